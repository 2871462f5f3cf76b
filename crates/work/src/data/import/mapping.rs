//! Which column gives which field, and how its values are read: the stored form of a batch's mapping.

use jiff::tz::TimeZone;
use model::value::{DateOrder, DecimalMark, Era, Format};
use serde::{Deserialize, Serialize};
use tabular::ColumnKind;

use super::transform::{self, Transform};

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
    /// A person said so, or a template; otherwise the values did.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
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
    pub fn reader(&self, zone: &TimeZone, steps: &[Transform]) -> Format {
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
            fraction: steps.contains(&Transform::Fraction),
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
    /// What is done to its cells first, in turn.
    #[serde(
        default,
        alias = "transform",
        deserialize_with = "transform::stored",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub steps: Vec<Transform>,
    /// Fields that a person may have meant, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<String>,
    /// A few of its values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

/// A value that no single column gives: made of several, of a piece of one, or the same for every row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// `orders.number`.
    pub target: String,
    /// The headers of the columns whose cells are joined; none where the value is the same for every row. A code takes
    /// all of them; of other values empty cells are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// What stands between the cells.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub with: String,
    /// What is done to the joined text, in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Transform>,
    /// How it writes numbers and dates.
    #[serde(default)]
    pub format: CellFormat,
}

/// The mapping of one file or sheet, or of one kind of record within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// What the file holds.
    pub data_type: String,
    /// Other data types it may hold, best first.
    #[serde(default)]
    pub alternatives: Vec<String>,
    /// Its columns, in the order of the file.
    pub columns: Vec<ColumnMapping>,
    /// Values that no single column gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<Made>,
    /// The headers of the columns by which rows tell of one record: rows with the same cells there are one. None where
    /// each row stands for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// The name of the template that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl Mapping {
    /// Whether a value is made of the column of this header, among others.
    pub fn is_joined(&self, header: &String) -> bool {
        self.made.iter().any(|made| made.from.contains(header))
    }

    /// The headers of columns without a field, and of which nothing is made.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        let ignored = self
            .columns
            .iter()
            .filter(move |column| column.target.is_none() && !self.is_joined(&column.header));
        ignored.map(|column| column.header.as_str())
    }

    /// The fields that get values, by their paths.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().filter_map(|column| column.target.as_deref());
        columns.chain(self.made.iter().map(|made| made.target.as_str()))
    }
}
