//! Whether delimiter, quote and escape are found, over tables of all subjects in dialects as programs write them.

use crate::{
    dice::Dice,
    kinds::Half,
    reading::attempt,
    tables::{SUBJECTS_COUNT, Table, table},
    writer::{Escape, Quoting, Style},
};

/// A file in a known dialect.
pub struct Case {
    pub text: String,
    pub style: Style,
    pub locale: &'static str,
    pub about: &'static str,
}

/// Files of a half.
pub fn cases(half: Half, count: u64) -> Vec<Case> {
    (0..count)
        .map(|place| {
            let number = place * 2 + half as u64;
            let mut dice = Dice::new(number + 5_000);
            case(&table(number + number / SUBJECTS_COUNT), &mut dice)
        })
        .collect()
}

/// Delimiters about as often as they are met, the rare ones more often.
const DELIMITERS: [&str; 20] =
    [",", ",", ",", ",", ",", ",", ";", ";", ";", ";", "\t", "\t", "\t", "|", "|", ", ", ", ", " ", "^", "~"];

fn case(table: &Table, dice: &mut Dice) -> Case {
    let style = Style {
        delimiter: dice.word(&DELIMITERS),
        quote: if dice.chance(15) { '\'' } else { '"' },
        escape: if dice.chance(15) { Escape::Backslash } else { Escape::Doubled },
        quoting: *dice.one(&[Quoting::Needed, Quoting::Needed, Quoting::Texts, Quoting::All]),
        end: dice.word(&["\n", "\n", "\r\n", "\r\n", "\r"]),
        last_end: dice.chance(80),
    };
    let mut table = table.clone();
    if dice.chance(25) {
        table.rows.truncate(dice.between(2, 5));
    }
    let first = dice.below(table.header.len() - 1);
    if dice.chance(20) {
        // A narrow table: two or three of the columns.
        let last = (first + dice.between(2, 3)).min(table.header.len());
        table.header = table.header[first..last].to_vec();
        for row in &mut table.rows {
            *row = row[first..last].to_vec();
        }
    }
    let mut lines: Vec<String> = Vec::new();
    match dice.below(10) {
        0 => lines.extend([format!("Report: {}", table.about), String::new()]),
        1 => lines.extend([
            "Example Trading Ltd., Bangkok".to_owned(),
            "Printed 2024-05-01".to_owned(),
            String::new(),
        ]),
        2 => lines.push(format!("# {}", table.about)),
        _ => {}
    }
    if !dice.chance(12) {
        lines.push(style.record(&table.header));
    }
    lines.extend(table.rows.iter().map(|row| style.record(row)));
    if dice.chance(10) {
        lines.extend([String::new(), "Source: warehouse system".to_owned()]);
    }
    Case { text: style.join(&lines), style, locale: table.locale, about: table.about }
}

/// How many cases were found right, of how many in which the mark occurs.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub right: usize,
    pub of: usize,
}

impl Tally {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    /// Share of those found, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.of == 0 { 1.0 } else { self.right as f64 / self.of as f64 }
    }
}

/// Delimiter, quote and escape, over all cases. `told` hears each case that went wrong.
pub fn tally(cases: &[Case], told: &mut dyn FnMut(&Case, &str)) -> [Tally; 3] {
    let [mut delimiters, mut quotes, mut escapes] = [Tally::default(); 3];
    for case in cases {
        let found = attempt(case.text.as_bytes(), case.locale).ok().and_then(|tables| tables[0].0.dialect);
        let found = found.map(|found| found.dialect);
        let blank = case.style.delimiter == ", ";
        let right = found.is_some_and(|found| {
            char::from(found.delimiter) == case.style.delimiter.chars().next().unwrap()
                && found.spaced == blank
        });
        delimiters.add(right);
        let quote = case.style.quote;
        let quoted = case
            .text
            .split(['\n', '\r'])
            .any(|line| line.contains(&format!("{quote}{}", case.style.delimiter)));
        if quoted {
            let right = found.is_some_and(|found| found.quote.map(char::from) == Some(quote));
            quotes.add(right);
            if !right {
                told(case, "quote");
            }
        }
        if case.text.contains(&format!("\\{quote}")) {
            let right = found.is_some_and(|found| found.escape == Some(b'\\'));
            escapes.add(right);
            if !right {
                told(case, "escape");
            }
        }
        if !right {
            told(case, "delimiter");
        }
    }
    [delimiters, quotes, escapes]
}
