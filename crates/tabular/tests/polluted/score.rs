//! Scores in the manner of the Pollock benchmark: loaded or not, then precision, recall and F1 of header, records and
//! cells, each from 0 to 1, summed to at most 10. Records count without order, cells without order or place.

use std::collections::HashMap;

use crate::{
    kinds::{Clean, Expected, Polluted},
    reading::{Read, read},
};

/// The score of one file, 0 to 10.
pub fn score(file: &Polluted) -> f64 {
    match (&file.expected, read(&file.bytes, file.locale)) {
        (Expected::Refused(code), Read::Refused(got)) => {
            if *code == got {
                10.0
            } else {
                0.0
            }
        }
        (Expected::Refused(_), Read::Tables(_)) | (Expected::Tables(_), Read::Refused(_)) => 0.0,
        (Expected::Tables(clean), Read::Tables(got)) => {
            // A table that is not there, or one too many, scores like one of which nothing fits.
            let nothing = Clean::default();
            let count = clean.len().max(got.len());
            let sum: f64 = (0..count)
                .map(|at| table_score(clean.get(at).unwrap_or(&nothing), got.get(at).unwrap_or(&nothing)))
                .sum();
            1.0 + sum / count as f64
        }
    }
}

/// The nine measures of one table.
fn table_score(clean: &Clean, got: &Clean) -> f64 {
    let fold = |cells: &[String]| cells.iter().map(|cell| normal(cell)).collect::<Vec<_>>();
    let records = |table: &Clean| table.rows.iter().map(|row| record(row)).collect::<Vec<_>>();
    let cells = |table: &Clean| records(table).concat();
    measures(&fold(&clean.header), &fold(&got.header))
        + measures(&records(clean), &records(got))
        + measures(&cells(clean), &cells(got))
}

/// A record without the empty cells at its end, which a reader may add or leave out.
fn record(row: &[String]) -> Vec<String> {
    let mut cells: Vec<String> = row.iter().map(|cell| normal(cell)).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}

/// A cell without blanks at its edges, and with one kind of line end.
fn normal(cell: &str) -> String {
    cell.trim().replace("\r\n", "\n").replace('\r', "\n")
}

/// Precision, recall and F1 of what was read against what should have been, as bags.
fn measures<T: std::hash::Hash + Eq>(clean: &[T], got: &[T]) -> f64 {
    if clean.is_empty() && got.is_empty() {
        return 3.0;
    }
    let mut left: HashMap<&T, usize> = HashMap::new();
    for item in clean {
        *left.entry(item).or_default() += 1;
    }
    let mut both = 0.0;
    for item in got {
        if let Some(count) = left.get_mut(item).filter(|count| **count > 0) {
            *count -= 1;
            both += 1.0;
        }
    }
    if both == 0.0 {
        return 0.0;
    }
    let (precision, recall) = (both / got.len() as f64, both / clean.len() as f64);
    precision + recall + 2.0 * precision * recall / (precision + recall)
}

#[test]
fn a_perfect_reading_scores_ten_and_a_lost_row_less() {
    let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
    let clean = Clean { header: row(["a", "b"]), rows: vec![row(["1", "2"]), row(["3", ""])] };
    assert!((table_score(&clean, &clean) - 9.0).abs() < 1e-9);
    let lost = Clean { rows: clean.rows[..1].to_vec(), ..clean.clone() };
    let half = 1.0 + 0.5 + 2.0 / 3.0;
    let cells = 1.0 + 2.0 / 3.0 + 0.8;
    assert!((table_score(&clean, &lost) - (3.0 + half + cells)).abs() < 1e-9);
    assert!((table_score(&clean, &Clean::default())).abs() < 1e-9);
}
