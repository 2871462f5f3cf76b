//! What people corrected in a file's cells, and which rows they left out. The file stays as it came; corrections lie over
//! its cells wherever they are read.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use model::problem::Problem;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{codes, finding::Finding};

/// What stands between the cells of a key.
const BETWEEN: &str = "\u{1f}";

/// Corrections of a file.
#[derive(Debug, Default)]
pub struct Corrected {
    /// Of single rows, by their numbers.
    rows: HashMap<i64, RowFix>,
    /// Of all rows with the same cells in these columns, by those cells; what is said later goes before.
    keyed: Vec<(Vec<usize>, HashMap<String, RowFix>)>,
}

impl Corrected {
    /// What is corrected in the row of this number with these cells; what is said of it alone goes before.
    pub fn of_row<'b>(&self, number: i64, cells: impl FnOnce() -> Vec<&'b str>) -> Option<Cow<'_, RowFix>> {
        let own = self.rows.get(&number);
        if self.keyed.is_empty() {
            return own.map(Cow::Borrowed);
        }
        let cells = cells();
        let told = self.keyed.iter().filter_map(|(places, fixes)| fixes.get(&key(places, &cells)?));
        let mut laid: Option<RowFix> = None;
        for fix in told {
            let laid = laid.get_or_insert_default();
            laid.cells.extend(fix.cells.clone());
            laid.stands |= fix.skipped && fix.first == Some(number);
            laid.skipped |= fix.skipped;
        }
        let Some(mut laid) = laid else { return own.map(Cow::Borrowed) };
        if let Some(own) = own {
            laid.cells.extend(own.cells.clone());
            laid.skipped |= own.skipped;
        }
        Some(Cow::Owned(laid))
    }
}

/// What the cells in the columns of a key say; none where they say nothing.
pub fn key(places: &[usize], cells: &[&str]) -> Option<String> {
    let cells: Vec<&str> =
        places.iter().map(|place| cells.get(*place).map_or("", |cell| cell.trim())).collect();
    cells.iter().any(|cell| !cell.is_empty()).then(|| cells.join(BETWEEN))
}

/// What is corrected in one row, or in the rows of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowFix {
    /// It is left out.
    pub skipped: bool,
    /// It is the row that stands for a record which is left out.
    pub stands: bool,
    /// The row that stood for the record when it was corrected.
    first: Option<i64>,
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

/// The corrections of a file, or of some of its rows. What is said of a record's cells in one part of a sheet is said of
/// the same rows in its other parts; a record is left out of its own part alone.
///
/// # Errors
/// Problems of the database.
pub async fn of(tx: &mut TenantTx, batch: Uuid, rows: Option<&[i64]>) -> Result<Corrected, Problem> {
    let found = tx
        .query(
            sql!(
                "select x.row_number, x.place, x.value, x.key_places, x.key
                 from import_batches b
                 join import_batches s on s.tenant_id = $1 and (s.id = b.id or s.parent_id = b.parent_id and s.file_id = b.file_id
                   and s.detection -> 'member' is not distinct from b.detection -> 'member'
                   and s.detection -> 'sheet' is not distinct from b.detection -> 'sheet')
                 join import_fixes x on x.tenant_id = $1 and x.batch_id = s.id
                 where b.tenant_id = $1 and b.id = $2 and case when x.key is null
                   then s.id = b.id and ($3::bigint[] is null or x.row_number = any($3))
                   else s.id = b.id or x.place is not null end
                 order by x.id"
            ),
            &[&tx.tenant(), &batch, &rows],
        )
        .await?;
    let mut all = Corrected::default();
    for row in found {
        let number: i64 = row.get(0);
        let fix = match (row.get::<_, Option<Vec<i32>>>(3), row.get::<_, Option<String>>(4)) {
            (Some(places), Some(key)) => {
                let places: Vec<usize> =
                    places.into_iter().filter_map(|place| usize::try_from(place).ok()).collect();
                let at = all.keyed.iter().position(|(known, _)| *known == places).unwrap_or_else(|| {
                    all.keyed.push((places, HashMap::new()));
                    all.keyed.len() - 1
                });
                all.keyed[at].1.entry(key).or_default()
            }
            _ => all.rows.entry(number).or_default(),
        };
        match row.get::<_, Option<i32>>(1).map(usize::try_from) {
            Some(Ok(place)) => {
                _ = fix.cells.insert(place, row.get::<_, Option<String>>(2).unwrap_or_default())
            }
            _ => (fix.skipped, fix.first) = (true, Some(number)),
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(cells: &[(usize, &str)]) -> RowFix {
        let cells = cells.iter().map(|(place, value)| (*place, (*value).to_owned())).collect();
        RowFix { cells, ..RowFix::default() }
    }

    fn about(code: &'static model::value::ValueCode) -> Finding {
        Finding::new("customers", "row", code, "", "")
    }

    #[test]
    fn corrections_lie_over_the_cells() {
        assert_eq!(fix(&[(1, "x"), (3, "y")]).laid(&["a", "b"]), ["a", "x", "", "y"]);
    }

    #[test]
    fn what_is_said_of_a_record_holds_for_its_rows_and_a_row_says_more() {
        let mut all = Corrected::default();
        all.keyed.push((vec![0], HashMap::from([("S1".to_owned(), fix(&[(1, "record"), (2, "record")]))])));
        all.rows.insert(7, fix(&[(2, "row")]));
        let laid = |number, cells: &[&'static str]| {
            let found = all.of_row(number, || cells.to_vec());
            found.map(|fix| fix.laid(cells).join(","))
        };
        assert_eq!(laid(3, &[" S1 ", "a", "b"]).unwrap(), " S1 ,record,record");
        assert_eq!(laid(7, &["S1", "a", "b"]).unwrap(), "S1,record,row");
        assert_eq!(laid(7, &["S2", "a", "b"]).unwrap(), "S2,a,row");
        assert_eq!(laid(3, &["S2", "a", "b"]), None);
        assert_eq!((key(&[0, 5], &["a"]), key(&[0, 1], &["", " "])), (Some("a\u{1f}".to_owned()), None));
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
