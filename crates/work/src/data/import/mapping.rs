//! Which column gives which field, and how its values are read: the stored form of a batch's mapping.

use jiff::tz::TimeZone;
use model::{
    Document,
    problem::{FieldError, Problem},
    value::{DateOrder, DecimalMark, Era, Format, codes as value_codes, nearest},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tabular::ColumnKind;

use super::{codes, matcher::targets, types::DataType};

/// How sure a match is; only certain and likely ones are taken without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nothing fits, or several fields fit alike.
    Weak,
    /// It reads nearly the same and its values fit.
    Likely,
    /// It reads the same, or a person said so.
    Certain,
}

/// What is done to a column's cells before they are read as the field's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// A percentage is written as a fraction: `0.15` means 15.
    Fraction,
    /// Yes and no (or 1 and 0) become one of two choices.
    Flag {
        /// The choice of yes.
        yes: String,
        /// The choice of no.
        no: String,
    },
}

/// How a column writes numbers and dates, as found or as a person says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CellFormat {
    /// `.` or `,`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// `dmy`, `mdy` or `ymd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<String>,
    /// Years are of the Buddhist era.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub buddhist: bool,
    /// Day and month could each come first; the locale decided.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
}

impl CellFormat {
    /// How a column of this kind writes its values.
    pub fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Decimal(marks) | ColumnKind::Percent(marks) | ColumnKind::Currency(marks) => {
                Self { decimal: Some(marks.decimal), ..Self::default() }
            }
            ColumnKind::Integer { thousands: Some('.') } => Self { decimal: Some(','), ..Self::default() },
            ColumnKind::Integer { thousands: Some(',') } => Self { decimal: Some('.'), ..Self::default() },
            ColumnKind::Date(format) | ColumnKind::DateTime(format) => Self {
                date_order: Some(
                    match format.order {
                        tabular::DateOrder::Dmy => "dmy",
                        tabular::DateOrder::Mdy => "mdy",
                        tabular::DateOrder::Ymd => "ymd",
                    }
                    .into(),
                ),
                buddhist: format.buddhist,
                ambiguous: format.ambiguous,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    /// The same for the reader of values.
    pub fn reader(&self, zone: &TimeZone, transform: Option<&Transform>) -> Format {
        Format {
            decimal: match self.decimal {
                Some(',') => Some(DecimalMark::Comma),
                Some(_) => Some(DecimalMark::Dot),
                None => None,
            },
            order: match self.date_order.as_deref() {
                Some("dmy") => Some(DateOrder::DayMonthYear),
                Some("mdy") => Some(DateOrder::MonthDayYear),
                Some("ymd") => Some(DateOrder::YearMonthDay),
                _ => None,
            },
            era: if self.buddhist { Era::Buddhist } else { Era::Guess },
            fraction: transform == Some(&Transform::Fraction),
            zone: zone.clone(),
            ..Format::default()
        }
    }
}

/// What becomes of one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// Place in the file, from 0.
    pub index: usize,
    /// The header as in the file.
    pub header: String,
    /// What its values look like: `text`, `integer`, `date`.
    pub kind: String,
    /// `customers.code`; none where the column is ignored.
    pub target: Option<String>,
    /// How sure.
    pub class: Class,
    /// Why, in a sentence.
    pub reason: String,
    /// How its values are written.
    #[serde(default)]
    pub format: CellFormat,
    /// What is done to its cells first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<Transform>,
    /// Fields that a person may have meant, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<String>,
    /// A few of its values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

/// The mapping of one file or sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// What the file holds.
    pub data_type: String,
    /// Other data types it may hold, best first.
    #[serde(default)]
    pub alternatives: Vec<String>,
    /// Its columns, in the order of the file.
    pub columns: Vec<ColumnMapping>,
}

impl Mapping {
    /// The headers of columns without a field.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| column.target.is_none()).map(|column| column.header.as_str())
    }

    /// Lays a person's choices over the mapping: header → field (`customers.code`, or `code` where one part alone
    /// has it), `null` or empty to ignore the column.
    ///
    /// # Errors
    /// `invalid` naming each unknown header or field, and two columns of one field.
    pub fn overrule(&mut self, data_type: &DataType, choices: &Document) -> Result<(), Problem> {
        let known = targets(data_type);
        let mut errors = vec![];
        for (header, choice) in choices {
            let Some(column) = self.columns.iter_mut().find(|column| column.header == *header) else {
                let near = nearest(header, self.columns.iter().map(|column| column.header.as_str()));
                let message = format!(
                    "The file has no column “{header}”. Its columns are named in the batch's mapping."
                );
                errors.push(FieldError::new(header, &codes::UNKNOWN_COLUMN, message).suggest(near));
                continue;
            };
            let wanted = choice.as_str().unwrap_or_default();
            if choice.is_null() || wanted.is_empty() {
                (column.target, column.transform) = (None, None);
            } else {
                let found = known.iter().find(|target| target.path == wanted).or_else(|| {
                    let mut same = known.iter().filter(|target| target.name() == wanted);
                    same.next().filter(|_| same.next().is_none())
                });
                let Some(target) = found else {
                    let near = nearest(wanted, known.iter().map(|target| target.path.as_str()));
                    let message = format!("{} have no field `{wanted}`.", data_type.label.en);
                    errors.push(
                        FieldError::new(header, &value_codes::UNKNOWN_FIELD, message)
                            .value(wanted)
                            .suggest(near),
                    );
                    continue;
                };
                column.target = Some(target.path.clone());
            }
            column.class = Class::Certain;
            column.reason = "Chosen by a person.".into();
        }
        for (at, column) in self.columns.iter().enumerate() {
            let twin = self.columns[..at].iter().find(|c| c.target.is_some() && c.target == column.target);
            if let Some(twin) = twin {
                let message = format!(
                    "“{}” and “{}” both give {}.",
                    twin.header,
                    column.header,
                    column.target.as_deref().unwrap_or_default()
                );
                errors.push(
                    FieldError::new(&column.header, &codes::TWO_COLUMNS, message)
                        .value(Value::from(column.target.clone())),
                );
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
    }
}
