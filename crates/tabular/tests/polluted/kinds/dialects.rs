//! Other dialects than comma, double quote and line feed.

use super::{Clean, Expected};
use crate::{
    dice::Dice,
    tables::Table,
    writer::{Escape, Quoting, Style},
};

type Made = Vec<(Vec<u8>, Expected)>;

fn written(table: &Table, style: &Style) -> Made {
    let text = style.lines(&table.records());
    vec![(text.into_bytes(), Expected::Tables(vec![Clean::of(table)]))]
}

fn delimited(table: &Table, delimiter: &'static str, dice: &mut Dice) -> Made {
    let end = dice.word(&["\n", "\r\n"]);
    let mut made = written(table, &Style { delimiter, end, ..Style::default() });
    made.extend(written(table, &Style { delimiter, quoting: Quoting::Texts, ..Style::default() }));
    made
}

pub fn semicolon(table: &Table, dice: &mut Dice) -> Made {
    delimited(table, ";", dice)
}

pub fn tab(table: &Table, dice: &mut Dice) -> Made {
    delimited(table, "\t", dice)
}

pub fn bar(table: &Table, dice: &mut Dice) -> Made {
    delimited(table, "|", dice)
}

pub fn space(table: &Table, dice: &mut Dice) -> Made {
    delimited(table, " ", dice)
}

pub fn comma_space(table: &Table, dice: &mut Dice) -> Made {
    delimited(table, ", ", dice)
}

/// Spreadsheet programs take the delimiter from a first line `sep=;`.
pub fn sep_line(table: &Table, dice: &mut Dice) -> Made {
    let delimiter = dice.word(&[",", ";", "\t", "|"]);
    let style = Style { delimiter, end: "\r\n", ..Style::default() };
    let text = format!("sep={delimiter}\r\n{}", style.lines(&table.records()));
    vec![(text.into_bytes(), Expected::Tables(vec![Clean::of(table)]))]
}

pub fn apostrophe(table: &Table, dice: &mut Dice) -> Made {
    let delimiter = dice.word(&[",", ";"]);
    let mut made = Vec::new();
    for quoting in [Quoting::All, Quoting::Texts, Quoting::Needed] {
        made.extend(written(table, &Style { delimiter, quote: '\'', quoting, ..Style::default() }));
    }
    made
}

pub fn all_quoted(table: &Table, dice: &mut Dice) -> Made {
    let delimiter = dice.word(&[",", ";", "\t"]);
    written(table, &Style { delimiter, quoting: Quoting::All, ..Style::default() })
}

pub fn backslash(table: &Table, dice: &mut Dice) -> Made {
    let quoting = *dice.one(&[Quoting::All, Quoting::Texts, Quoting::Needed]);
    written(table, &Style { escape: Escape::Backslash, quoting, ..Style::default() })
}

pub fn no_escape(table: &Table, dice: &mut Dice) -> Made {
    let quoting = *dice.one(&[Quoting::All, Quoting::Texts, Quoting::Needed]);
    written(table, &Style { escape: Escape::Missing, quoting, ..Style::default() })
}

pub fn lf(table: &Table, _: &mut Dice) -> Made {
    written(table, &Style::default())
}

pub fn crlf(table: &Table, _: &mut Dice) -> Made {
    written(table, &Style { end: "\r\n", ..Style::default() })
}

pub fn cr(table: &Table, _: &mut Dice) -> Made {
    written(table, &Style { end: "\r", ..Style::default() })
}

pub fn mixed_ends(table: &Table, dice: &mut Dice) -> Made {
    let style = Style::default();
    let ends: &[&str] = if dice.chance(50) { &["\n", "\r\n"] } else { &["\n", "\r\n", "\r"] };
    let line = |record: &Vec<String>| style.record(record) + dice.word(ends);
    let text: String = table.records().iter().map(line).collect();
    vec![(text.into_bytes(), Expected::Tables(vec![Clean::of(table)]))]
}

/// Cells set in columns for the eye.
pub fn padded(table: &Table, dice: &mut Dice) -> Made {
    let delimiter = dice.word(&["|", ";", ","]);
    let style = Style { delimiter, ..Style::default() };
    let records: Vec<Vec<String>> =
        table.records().iter().map(|record| record.iter().map(|cell| style.cell(cell)).collect()).collect();
    let wide = |column: usize| records.iter().map(|record| record[column].chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = records
        .iter()
        .map(|record| {
            let cells = record.iter().enumerate().map(|(column, cell)| format!("{cell:0$}", wide(column)));
            cells.collect::<Vec<_>>().join(delimiter)
        })
        .collect();
    vec![(style.join(&lines).into_bytes(), Expected::Tables(vec![Clean::of(table)]))]
}

pub fn trailing(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { delimiter: dice.word(&[",", ";", "\t"]), ..Style::default() };
    let line = |record: &Vec<String>| style.record(record) + style.delimiter;
    let lines: Vec<String> = table.records().iter().map(line).collect();
    vec![(style.join(&lines).into_bytes(), Expected::Tables(vec![Clean::of(table)]))]
}

pub fn trailing_below(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { delimiter: dice.word(&[",", ";", "\t"]), ..Style::default() };
    let mut lines = vec![style.record(&table.header)];
    lines.extend(table.rows.iter().map(|record| style.record(record) + style.delimiter));
    vec![(style.join(&lines).into_bytes(), Expected::Tables(vec![Clean::of(table)]))]
}
