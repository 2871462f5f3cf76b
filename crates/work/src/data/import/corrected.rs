//! What people corrected in a file's cells, and which rows they left out. The file stays as it came; corrections lie over
//! its cells wherever they are read.

use std::collections::{BTreeMap, HashMap};

use model::problem::Problem;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{codes, finding::Finding};

/// Corrections of a file, by the rows' numbers.
pub type Corrected = HashMap<i64, RowFix>;

/// What is corrected in one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowFix {
    /// It is left out.
    pub skipped: bool,
    /// Cells by place, from 0.
    pub cells: BTreeMap<usize, String>,
}

impl RowFix {
    /// The row's cells with the corrections laid over them.
    pub fn laid<'a>(&'a self, raw: &[&'a str]) -> Vec<&'a str> {
        let mut cells = raw.to_vec();
        for (place, value) in &self.cells {
            if cells.len() <= *place {
                cells.resize(place + 1, "");
            }
            cells[*place] = value;
        }
        cells
    }

    /// Whether the corrections mend what was found of the row's shape: missing cells once one of them is filled in, bytes
    /// that are no text once each cell with such bytes is corrected. All else takes another file.
    pub fn mends(&self, finding: &Finding, raw: &[&str]) -> bool {
        if finding.code == codes::WRONG_NUMBER_OF_CELLS.code {
            let last = raw.iter().rposition(|cell| !cell.trim().is_empty());
            return self.cells.keys().any(|place| last.is_none_or(|last| *place > last));
        }
        if finding.code == codes::BAD_BYTES.code {
            let bad = |(place, cell): (usize, &&str)| cell.contains('\u{fffd}').then_some(place);
            let mut bad = raw.iter().enumerate().filter_map(bad);
            return !self.cells.is_empty() && bad.all(|place| self.cells.contains_key(&place));
        }
        false
    }
}

/// The corrections of a file, or of some of its rows.
///
/// # Errors
/// Problems of the database.
pub async fn of(tx: &mut TenantTx, batch: Uuid, rows: Option<&[i64]>) -> Result<Corrected, Problem> {
    let found = tx
        .query(
            sql!(
                "select row_number, place, value from import_fixes
                 where tenant_id = $1 and batch_id = $2 and ($3::bigint[] is null or row_number = any($3))"
            ),
            &[&tx.tenant(), &batch, &rows],
        )
        .await?;
    let mut all = Corrected::new();
    for row in found {
        let fix = all.entry(row.get(0)).or_default();
        match row.get::<_, Option<i32>>(1).map(usize::try_from) {
            Some(Ok(place)) => {
                _ = fix.cells.insert(place, row.get::<_, Option<String>>(2).unwrap_or_default())
            }
            _ => fix.skipped = true,
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(cells: &[(usize, &str)]) -> RowFix {
        let cells = cells.iter().map(|(place, value)| (*place, (*value).to_owned())).collect();
        RowFix { skipped: false, cells }
    }

    fn about(code: &'static model::value::ValueCode) -> Finding {
        Finding::new("customers", "row", code, "", "")
    }

    #[test]
    fn corrections_lie_over_the_cells() {
        assert_eq!(fix(&[(1, "x"), (3, "y")]).laid(&["a", "b"]), ["a", "x", "", "y"]);
    }

    #[test]
    fn missing_cells_are_mended_by_filling_one_in() {
        let short = ["C1", "Name", "", ""];
        assert!(fix(&[(2, "x")]).mends(&about(&codes::WRONG_NUMBER_OF_CELLS), &short));
        assert!(!fix(&[(1, "x")]).mends(&about(&codes::WRONG_NUMBER_OF_CELLS), &short));
        // Surplus cells stand behind every column.
        assert!(!fix(&[(1, "x")]).mends(&about(&codes::WRONG_NUMBER_OF_CELLS), &["C1", "Name", "", "more"]));
    }

    #[test]
    fn bad_bytes_are_mended_by_correcting_each_cell_that_has_them() {
        let raw = ["caf\u{fffd}", "b\u{fffd}r", "c"];
        assert!(!fix(&[(0, "café")]).mends(&about(&codes::BAD_BYTES), &raw));
        assert!(fix(&[(0, "café"), (1, "bär")]).mends(&about(&codes::BAD_BYTES), &raw));
        assert!(!fix(&[(0, "café")]).mends(&about(&codes::UNCLOSED_QUOTE), &raw));
    }
}
