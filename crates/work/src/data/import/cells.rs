//! Columns at work: which cells make a value, what is done to them, where it goes.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{
    field::{Field, Kind},
    value::{CustomField, Format},
};

use super::{
    mapping::CellFormat,
    transform::{Steps, Transform},
};

/// Where a column's values go.
#[derive(Clone, Debug)]
pub enum To {
    /// A field of the record.
    Field(&'static Field),
    /// A link, kept as text until it is resolved.
    Link(&'static Field),
    /// The record's own id.
    Id,
    /// A field of the tenant's own, by its key.
    Custom(String, Arc<CustomField>),
}

/// One column at work, or several whose cells make one value.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    /// Places in the file; none where the value is the same for every row.
    pub from: Vec<usize>,
    /// What stands between their cells.
    pub with: String,
    /// Each of them must hold something.
    pub whole: bool,
    /// As in the file.
    pub header: String,
    /// Where its values go.
    pub to: To,
    /// How they are written.
    pub format: Format,
    /// What is done to them first.
    pub steps: Steps,
    /// The choices of yes and no, where its cells are flags.
    pub flag: Option<(String, String)>,
}

impl ColumnPlan {
    /// A column, or several, of which these are the steps.
    pub fn new(
        from: Vec<usize>,
        header: String,
        to: To,
        format: &CellFormat,
        steps: &[Transform],
        zone: &TimeZone,
    ) -> Self {
        let flag = steps.iter().find_map(|step| match step {
            Transform::Flag { yes, no } => Some((yes.clone(), no.clone())),
            _ => None,
        });
        let whole = matches!(&to, To::Id | To::Field(Field { kind: Kind::Code, .. }));
        let format = format.reader(zone, steps);
        Self { from, with: String::new(), whole, header, to, format, steps: Steps::of(steps), flag }
    }
}
