//! One cell of an OpenDocument spreadsheet and its text.

use std::fmt::Write;

use crate::cell_text::number_text;

/// Characters of a cell's text kept while it is read; the limit of a cell is applied later.
const KEPT: usize = 16 << 20;

/// A cell as its element and the elements inside it tell.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    /// Columns that hold the same.
    pub repeated: usize,
    kind: Kind,
    value: String,
    shown: String,
    paragraphs: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    Number,
    Date,
    Time,
    Truth,
}

impl Cell {
    /// For so many columns.
    pub fn new(repeated: usize) -> Self {
        Self { repeated, ..Self::default() }
    }

    /// Takes an attribute of the cell's element.
    pub fn attribute(&mut self, key: &str, value: &str) {
        match key {
            "office:value-type" => {
                self.kind = match value {
                    "float" | "percentage" | "currency" => Kind::Number,
                    "date" => Kind::Date,
                    "time" => Kind::Time,
                    "boolean" => Kind::Truth,
                    _ => Kind::Text,
                };
            }
            "office:value"
            | "office:date-value"
            | "office:time-value"
            | "office:boolean-value"
            | "office:string-value" => self.value = value.to_owned(),
            _ => {}
        }
    }

    /// Begins a paragraph of the text shown.
    pub fn paragraph(&mut self) {
        if self.paragraphs > 0 {
            self.text("\n");
        }
        self.paragraphs += 1;
    }

    /// Adds to the text shown.
    pub fn text(&mut self, text: &str) {
        if self.paragraphs > 0 && self.shown.len() + text.len() <= KEPT {
            self.shown.push_str(text);
        }
    }

    /// Adds blanks to the text shown.
    pub fn blanks(&mut self, count: u64) {
        let room = KEPT.saturating_sub(self.shown.len());
        let count = usize::try_from(count).unwrap_or(room).min(room);
        self.shown.extend(std::iter::repeat_n(' ', count));
    }

    /// The text a person recognizes: numbers in full, days and times in ISO form.
    pub fn into_text(self) -> String {
        match self.kind {
            Kind::Text if self.paragraphs == 0 => self.value,
            Kind::Text => self.shown,
            Kind::Truth => self.value.to_uppercase(),
            Kind::Number => match self.value.parse::<f64>() {
                // A number shown with zeros in front is a code.
                Ok(number) if is_padded(&self.shown) && self.shown.parse() == Ok(number) => self.shown,
                Ok(number) => {
                    let mut text = String::new();
                    number_text(number, &mut text);
                    text
                }
                Err(_) => self.shown,
            },
            Kind::Date => {
                // Fractions of a second and a midnight that nobody wrote are left out.
                let whole = self.value.split('.').next().unwrap_or_default();
                whole.strip_suffix("T00:00:00").unwrap_or(whole).to_owned()
            }
            Kind::Time => clock(&self.value).unwrap_or(self.shown),
        }
    }
}

fn is_padded(shown: &str) -> bool {
    shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit())
}

/// `PT08H30M00S` as `08:30:00`; hours beyond a day stay hours.
fn clock(duration: &str) -> Option<String> {
    let (sign, rest) = match duration.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", duration),
    };
    let mut rest = rest.strip_prefix('P')?;
    let mut seconds: u64 = 0;
    let mut in_time = false;
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T') {
            (rest, in_time) = (time, true);
            continue;
        }
        let unit = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
        let number = rest[..unit].split(['.', ',']).next()?.parse::<u64>().ok()?;
        let each = match (&rest[unit..=unit], in_time) {
            ("D", false) => 86_400,
            ("H", true) => 3_600,
            ("M", true) => 60,
            ("S", true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(each)?)?;
        rest = &rest[unit + 1..];
    }
    let mut text = sign.to_owned();
    write!(text, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60).ok()?;
    Some(text)
}
