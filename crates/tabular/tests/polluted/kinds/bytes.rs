//! Pollution of bytes: encodings, marks, damage.

use encoding_rs::Encoding;

use super::{Clean, Expected};
use crate::{dice::Dice, tables::Table, writer::Style};

type Made = Vec<(Vec<u8>, Expected)>;

fn text_of(table: &Table, dice: &mut Dice) -> String {
    let style = Style { delimiter: dice.word(&[",", ";"]), ..Style::default() };
    style.lines(&table.records())
}

fn read_as(table: &Table) -> Expected {
    Expected::Tables(vec![Clean::of(table)])
}

pub fn marked(table: &Table, dice: &mut Dice) -> Made {
    vec![(format!("\u{FEFF}{}", text_of(table, dice)).into_bytes(), read_as(table))]
}

pub fn utf16(table: &Table, dice: &mut Dice) -> Made {
    let text = text_of(table, dice);
    let marked = format!("\u{FEFF}{text}");
    let mut made = Vec::new();
    for text in [text, marked] {
        made.push((text.encode_utf16().flat_map(u16::to_le_bytes).collect(), read_as(table)));
        made.push((text.encode_utf16().flat_map(u16::to_be_bytes).collect(), read_as(table)));
    }
    made
}

pub fn utf32(table: &Table, dice: &mut Dice) -> Made {
    let text = text_of(table, dice);
    let marked = format!("\u{FEFF}{text}");
    let mut made = Vec::new();
    for text in [text, marked] {
        made.push((text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(), read_as(table)));
        made.push((text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(), read_as(table)));
    }
    made
}

/// What programs of the region write by default.
pub fn regional(table: &Table, dice: &mut Dice) -> Made {
    let labels: &[&str] = match table.about {
        "thai stock" => &["windows-874"],
        "german prices" => &["windows-1252", "iso-8859-15"],
        _ => &["windows-1252", "macintosh"],
    };
    let text = text_of(table, dice);
    labels
        .iter()
        .map(|label| {
            let (bytes, _, faults) = Encoding::for_label(label.as_bytes()).unwrap().encode(&text);
            assert!(!faults, "{label} cannot write {}", table.about);
            (bytes.into_owned(), read_as(table))
        })
        .collect()
}

pub fn zero(table: &Table, dice: &mut Dice) -> Made {
    let mut table = table.clone();
    let (row, column) = (dice.below(table.rows.len()), dice.below(table.header.len()));
    table.rows[row][column].push('\0');
    let bytes = text_of(&table, dice).into_bytes();
    table.rows[row][column] = table.rows[row][column].replace('\0', "\u{FFFD}");
    vec![(bytes, read_as(&table))]
}

/// One byte of a letter is lost.
pub fn broken(table: &Table, dice: &mut Dice) -> Made {
    // A pair of letters that no table has marks the place.
    let mut table = table.clone();
    let row = dice.below(table.rows.len());
    table.rows[row][1].push('ʘ');
    let mut bytes = text_of(&table, dice).into_bytes();
    let at = bytes.windows(2).position(|pair| pair == "ʘ".as_bytes()).unwrap();
    bytes.remove(at + 1);
    table.rows[row][1] = table.rows[row][1].replace('ʘ', "\u{FFFD}");
    vec![(bytes, read_as(&table))]
}
