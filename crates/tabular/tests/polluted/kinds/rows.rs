//! Pollution of single rows.

use super::{Clean, Expected};
use crate::{
    dice::Dice,
    tables::Table,
    writer::{Quoting, Style},
};

type Made = Vec<(Vec<u8>, Expected)>;

/// Files made of each table.
const EACH: usize = 4;

/// A file whose row `row` (0 is the first below the header) is written as `line` and read as `cells`.
fn with_row(
    table: &Table,
    style: &Style,
    row: usize,
    line: String,
    cells: Vec<String>,
) -> (Vec<u8>, Expected) {
    let mut lines: Vec<String> = table.records().iter().map(|record| style.record(record)).collect();
    lines[row + 1] = line;
    let mut clean = Clean::of(table);
    clean.rows[row] = cells;
    (style.join(&lines).into_bytes(), Expected::Tables(vec![clean]))
}

pub fn missing_delimiter(table: &Table, dice: &mut Dice) -> Made {
    let style = Style::default();
    let mut made = Vec::new();
    for _ in 0..EACH * 8 {
        let row = dice.below(table.rows.len());
        let column = dice.between(1, table.header.len() - 1);
        let cells = &table.rows[row];
        // What stands in quotes cannot be told from its neighbor's quotes.
        let bare = |cell: &String| style.cell(cell) == *cell;
        if made.len() == EACH || !cells[column - 1..=column].iter().all(bare) {
            continue;
        }
        let mut merged = cells.clone();
        let gone = merged.remove(column);
        merged[column - 1].push_str(&gone);
        let line = style.record(&merged);
        made.push(with_row(table, &style, row, line, merged));
    }
    made
}

pub fn extra_delimiter(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { delimiter: dice.word(&[",", ";"]), ..Style::default() };
    let mut made = Vec::new();
    for _ in 0..EACH {
        let row = dice.below(table.rows.len());
        let mut cells = table.rows[row].clone();
        cells.insert(dice.below(table.header.len()), String::new());
        made.push(with_row(table, &style, row, style.record(&cells), cells));
    }
    made
}

/// A quote before a cell's text that nobody closes or escapes.
pub fn extra_quote(table: &Table, dice: &mut Dice) -> Made {
    let mut made = Vec::new();
    for quoting in [Quoting::Needed, Quoting::All] {
        let style = Style { quoting, ..Style::default() };
        for _ in 0..EACH * 4 {
            let row = dice.below(table.rows.len());
            let column = dice.below(table.header.len());
            let cell = &table.rows[row][column];
            let plain = !cell.contains(['"', ',', '\n']) && !cell.is_empty();
            let lines = table.rows[row].iter().any(|cell| cell.contains('\n'));
            if made.len() == EACH * (1 + usize::from(quoting == Quoting::All)) || !plain || lines {
                continue;
            }
            let mut cells = table.rows[row].clone();
            let mut written: Vec<String> = cells.iter().map(|cell| style.cell(cell)).collect();
            let (bare, quoted) = (format!("\"{cell}"), format!("\"\"{cell}\""));
            written[column] = if quoting == Quoting::All { quoted } else { bare };
            cells[column].insert(0, '"');
            made.push(with_row(table, &style, row, written.join(","), cells));
        }
    }
    made
}

pub fn other_delimiter(table: &Table, dice: &mut Dice) -> Made {
    let mut made = Vec::new();
    for (usual, other) in [(",", " "), (",", ";"), (";", ","), (",", "\t")] {
        let style = Style { delimiter: usual, ..Style::default() };
        let other = Style { delimiter: other, ..Style::default() };
        let row = dice.below(table.rows.len());
        let cells = table.rows[row].clone();
        made.push(with_row(table, &style, row, other.record(&cells), cells));
    }
    made
}

/// The last row ends in the middle, as a copy that was broken off does.
pub fn cut_short(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { last_end: false, ..Style::default() };
    let row = table.rows.len() - 1;
    let cells: Vec<String> = table.rows[row][..dice.between(1, table.header.len() - 1)].to_vec();
    vec![with_row(table, &style, row, style.record(&cells), cells)]
}
