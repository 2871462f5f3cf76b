//! What is wrong, or noteworthy, with one row: as it is stored, shown and written to the error file.

use model::{
    problem::FieldError,
    value::{ValueCode, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One error or warning of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The header of the column, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The field: `orders.ordered_at`.
    pub field: String,
    /// Stable code, as `required` or `duplicate_in_file`.
    pub code: String,
    /// The value as it stands in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// How to mend it.
    pub mend: String,
    /// What was probably meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Finding {
    /// A finding about a field of a part.
    pub fn new(
        part: &str,
        field: &str,
        code: &'static ValueCode,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            column: None,
            field: format!("{part}.{field}"),
            code: code.code.into(),
            value: None,
            message: message.into(),
            mend: mend.into(),
            suggestion: None,
        }
    }

    /// A finding that says what its code's documentation says: what is so, then the mend.
    pub fn about(part: &str, field: &str, code: &'static ValueCode) -> Self {
        let (message, mend) = code.about.split_once(". ").unwrap_or((code.about, ""));
        Self::new(part, field, code, format!("{message}."), mend)
    }

    /// What the reader of values says of a cell; `cell` as in the file.
    pub fn of(part: &str, error: FieldError, column: Option<&str>, cell: Option<&str>) -> Self {
        let mend = match &error.suggestion {
            Some(suggestion) => format!("Write {suggestion}."),
            None => mend(&error.code),
        };
        Self {
            column: column.map(str::to_owned),
            field: format!("{part}.{}", error.field),
            value: cell
                .map(|cell| cell.chars().take(200).collect::<String>().into())
                .or(error.value.map(|value| *value)),
            code: error.code.into_owned(),
            message: error.message,
            mend,
            suggestion: error.suggestion,
        }
    }

    /// With the column's header.
    pub fn column(mut self, header: Option<&str>) -> Self {
        self.column = header.map(str::to_owned);
        self
    }

    /// With the value as it stands in the file.
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// How an error of this code is mended: the imperative sentence of its documentation.
fn mend(code: &str) -> String {
    let about = codes::ALL.iter().find(|known| known.code == code).map_or("", |known| known.about);
    let last = about.split(". ").last().unwrap_or_default();
    if last.is_empty() { "Correct the value.".into() } else { format!("{}.", last.trim_end_matches('.')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_values_has_a_mend() {
        for code in codes::ALL {
            assert!(mend(code.code).len() > 5, "{}", code.code);
        }
        assert_eq!(mend("not_a_date"), "Write it like 2026-01-31.");
    }
}
