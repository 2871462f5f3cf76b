//! Pollution of a file as a whole: what stands above, below and beside its table.

use super::{Clean, Expected};
use crate::{dice::Dice, tables::Table, writer::Style};

type Made = Vec<(Vec<u8>, Expected)>;

fn one(text: String, clean: Clean) -> Made {
    vec![(text.into_bytes(), Expected::Tables(vec![clean]))]
}

pub fn clean(table: &Table, _: &mut Dice) -> Made {
    one(Style::default().lines(&table.records()), Clean::of(table))
}

pub fn empty(_: &Table, _: &mut Dice) -> Made {
    vec![(vec![], Expected::Refused("file_empty"))]
}

pub fn blank(_: &Table, dice: &mut Dice) -> Made {
    let text = (dice.word(&["\n", "\r\n\r\n", " \n \n", "\t\n", "\u{FEFF}\n"])).to_owned();
    vec![(text.into_bytes(), Expected::Refused("file_empty"))]
}

pub fn no_last_end(table: &Table, _: &mut Dice) -> Made {
    let style = Style { last_end: false, ..Style::default() };
    one(style.lines(&table.records()), Clean::of(table))
}

pub fn two_last_ends(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { end: dice.word(&["\n", "\r\n"]), ..Style::default() };
    one(style.lines(&table.records()) + style.end, Clean::of(table))
}

pub fn no_header(table: &Table, _: &mut Dice) -> Made {
    let clean = Clean { header: vec![], rows: table.rows.clone() };
    one(Style::default().lines(&table.rows), clean)
}

/// A row of groups above the names: each group's title stands over its first column.
fn groups(table: &Table, dice: &mut Dice) -> Vec<String> {
    let titles = ["Master data", "Details", "Terms", "Other"];
    let step = dice.between(2, 3);
    let title = |column: usize| titles[(column / step) % titles.len()].to_owned();
    (0..table.header.len())
        .map(|column| if column % step == 0 { title(column) } else { String::new() })
        .collect()
}

/// A row of units below the names.
fn units(table: &Table) -> Vec<String> {
    let number = |cell: &str| cell.chars().any(|c| c.is_ascii_digit()) && !cell.contains(['@', '/']);
    (0..table.header.len())
        .map(|column| {
            let numbers = table.rows.iter().all(|row| number(&row[column]));
            if numbers { "unit".to_owned() } else { "text".to_owned() }
        })
        .collect()
}

fn header_of(table: &Table, header: Vec<Vec<String>>) -> Made {
    let names = (0..table.header.len())
        .map(|column| {
            let mut parts: Vec<&str> = header.iter().map(|row| row[column].as_str()).collect();
            parts.retain(|part| !part.is_empty());
            parts.dedup();
            parts.join(" ")
        })
        .collect();
    let clean = Clean { header: names, rows: table.rows.clone() };
    one(Style::default().lines(&[header, table.rows.clone()].concat()), clean)
}

pub fn header_of_two(table: &Table, dice: &mut Dice) -> Made {
    let above = groups(table, dice);
    let mut made = header_of(table, vec![above, table.header.clone()]);
    made.extend(header_of(table, vec![table.header.clone(), table.header.clone()]));
    made.extend(header_of(table, vec![table.header.clone(), units(table)]));
    made
}

pub fn header_of_three(table: &Table, dice: &mut Dice) -> Made {
    let above = groups(table, dice);
    let mut made = header_of(table, vec![above, table.header.clone(), units(table)]);
    made.extend(header_of(table, vec![table.header.clone(), table.header.clone(), table.header.clone()]));
    made
}

pub fn header_only(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { last_end: dice.chance(50), ..Style::default() };
    one(
        style.lines(std::slice::from_ref(&table.header)),
        Clean { header: table.header.clone(), rows: vec![] },
    )
}

pub fn one_row(table: &Table, _: &mut Dice) -> Made {
    let table = table.with_rows(table.rows[..1].to_vec());
    one(Style::default().lines(&table.records()), Clean::of(&table))
}

fn titles(table: &Table, dice: &mut Dice) -> Vec<String> {
    let all = [
        format!("Report: {}", table.about),
        format!("Printed {} by M. Weber", dice.word(&["2024-05-01", "01.05.2024 10:22", "May 1st"])),
        "Filter: all, open; sorted by name".to_owned(),
        "Example Trading Ltd.".to_owned(),
        "Confidential".to_owned(),
    ];
    let first = dice.below(all.len());
    (0..dice.between(1, 3)).map(|line| all[(first + line) % all.len()].clone()).collect()
}

pub fn preamble(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { end: dice.word(&["\n", "\r\n"]), ..Style::default() };
    let mut made = Vec::new();
    for blank in [true, false] {
        let mut lines = titles(table, dice);
        // Without a blank row in between, a title with the delimiter in it cannot be told from a row.
        lines.retain(|line| blank || !line.contains(','));
        if lines.is_empty() {
            lines.push("Sales report".to_owned());
        }
        if blank {
            lines.push(String::new());
        }
        made.extend(one(style.join(&lines_of(&style, lines, table)), Clean::of(table)));
    }
    made
}

fn lines_of(style: &Style, above: Vec<String>, table: &Table) -> Vec<String> {
    above.into_iter().chain(table.records().iter().map(|record| style.record(record))).collect()
}

pub fn preamble_padded(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { delimiter: dice.word(&[",", ";", "\t"]), ..Style::default() };
    let width = table.header.len();
    let pad = |title: String| [vec![title], vec![String::new(); width - 1]].concat();
    let mut above: Vec<Vec<String>> = titles(table, dice).into_iter().map(pad).collect();
    above.push(vec![String::new(); width]);
    one(style.lines(&[above, table.records()].concat()), Clean::of(table))
}

pub fn comments(table: &Table, dice: &mut Dice) -> Made {
    let style = Style::default();
    let lines: Vec<String> = titles(table, dice).into_iter().map(|line| format!("# {line}")).collect();
    one(style.join(&lines_of(&style, lines, table)), Clean::of(table))
}

pub fn footer(table: &Table, dice: &mut Dice) -> Made {
    let style = Style { delimiter: dice.word(&[",", ";", "\t"]), ..Style::default() };
    let width = table.header.len();
    let rest = vec![String::new(); width - 2];
    let sum =
        [vec![(dice.word(&["Total", "Grand total:", "Summe"])).to_owned()], rest, vec!["1234.50".into()]];
    let mut made = Vec::new();
    let text = style.lines(&table.records());
    let note =
        dice.word(&["Source: warehouse system", "*** end of report ***", "Printed on 2024-05-01 10:22"]);
    made.extend(one(text.clone() + &style.lines(&[sum.concat()]), Clean::of(table)));
    made.extend(one(format!("{text}{}{note}{}", style.end, style.end), Clean::of(table)));
    made.extend(one(format!("{text}{}{note}\n", style.lines(&[sum.concat()])), Clean::of(table)));
    made
}

pub fn blank_between(table: &Table, dice: &mut Dice) -> Made {
    let style = Style::default();
    let mut lines = Vec::new();
    for record in table.records() {
        lines.push(style.record(&record));
        if dice.chance(25) {
            lines.push(if dice.chance(50) { String::new() } else { ",".repeat(table.header.len() - 1) });
        }
    }
    one(style.join(&lines), Clean::of(table))
}

/// A second table below the first, parted from it by a blank row or not at all.
fn two_tables(table: &Table, second: &Table) -> Made {
    let style = Style::default();
    let (first_text, second_text) = (style.lines(&table.records()), style.lines(&second.records()));
    let expected = || Expected::Tables(vec![Clean::of(table), Clean::of(second)]);
    vec![
        (format!("{first_text}\n{second_text}").into_bytes(), expected()),
        (format!("{first_text}{second_text}").into_bytes(), expected()),
    ]
}

pub fn two_tables_same(table: &Table, dice: &mut Dice) -> Made {
    let rows = table.rows[..dice.between(3, 8)].to_vec();
    let mut second = table.with_rows(rows);
    for name in &mut second.header {
        name.push_str(" 2");
    }
    two_tables(table, &second)
}

/// The second table has other columns: some of the first one's, in another order.
fn other_columns(table: &Table, width: usize, dice: &mut Dice) -> Table {
    let columns: Vec<usize> = (0..width).map(|column| (column * 3 + 1) % table.header.len()).collect();
    let pick = |row: &Vec<String>| columns.iter().map(|column| row[*column].clone()).collect::<Vec<_>>();
    let mut header = pick(&table.header);
    for (place, name) in header.iter_mut().enumerate() {
        if place >= table.header.len() {
            name.push_str(" again");
        }
    }
    let rows = table.rows[..dice.between(4, 8)].iter().map(pick).collect();
    Table { header, rows, ..table.clone() }
}

pub fn two_tables_narrower(table: &Table, dice: &mut Dice) -> Made {
    let second = other_columns(table, table.header.len() - 1 - dice.below(2), dice);
    two_tables(table, &second)
}

pub fn two_tables_wider(table: &Table, dice: &mut Dice) -> Made {
    let second = other_columns(table, table.header.len() + 1 + dice.below(2), dice);
    two_tables(table, &second)
}
