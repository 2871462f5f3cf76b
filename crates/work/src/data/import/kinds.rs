//! What the values of a column tell of the field they are for.

use model::{
    field::{Field, Kind},
    value::fold,
};
use tabular::{Column, ColumnKind, TextPattern};

use super::transform::Transform;

/// A rate in a column of plain numbers may be written as fractions; whether it is, all its values tell.
pub fn of_kind(field: &Field, column: &Column) -> Option<Transform> {
    let plain = matches!(column.kind, ColumnKind::Decimal(_) | ColumnKind::Integer { .. });
    (matches!(field.kind, Kind::Percent) && plain).then_some(Transform::Fraction)
}

/// A yes-or-no column whose header names one of a field's choices, as `Discontinued` does.
pub fn flag(field: &Field, header: &str, column: &Column) -> Option<Transform> {
    let two = matches!(column.kind, ColumnKind::Bool)
        || matches!(column.kind, ColumnKind::Integer { .. })
            && column.samples.iter().all(|sample| matches!(sample.trim(), "0" | "1"));
    let flag = field.flags.iter().find(|flag| fold(flag.header) == header).filter(|_| two)?;
    Some(Transform::Flag { yes: flag.yes.into(), no: flag.no.into() })
}

/// Whether the values of a column can be those of a field.
pub fn fits(field: &Field, column: &Column) -> bool {
    let number = matches!(
        column.kind,
        ColumnKind::Integer { .. }
            | ColumnKind::Decimal(_)
            | ColumnKind::Percent(_)
            | ColumnKind::Currency(_)
    );
    match field.kind {
        Kind::Integer { .. } => matches!(column.kind, ColumnKind::Integer { .. }),
        Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent => number,
        Kind::Bool => matches!(column.kind, ColumnKind::Bool),
        Kind::Date | Kind::Timestamp => matches!(column.kind, ColumnKind::Date(_) | ColumnKind::DateTime(_)),
        Kind::Email => column.pattern == Some(TextPattern::Email),
        Kind::Url => column.pattern == Some(TextPattern::Url),
        Kind::Phone => column.pattern == Some(TextPattern::Phone) || number,
        Kind::Code | Kind::Link(_) => matches!(column.kind, ColumnKind::Text | ColumnKind::Integer { .. }),
        _ => matches!(column.kind, ColumnKind::Text),
    }
}

/// The name of what a column's values look like.
pub fn kind_name(column: &Column) -> &'static str {
    match (column.kind, column.pattern) {
        (_, Some(TextPattern::Identifier)) => "identifier",
        (_, Some(TextPattern::Phone)) => "phone",
        (_, Some(TextPattern::PostalCode)) => "postal_code",
        (_, Some(TextPattern::Email)) => "email",
        (_, Some(TextPattern::Url)) => "url",
        (ColumnKind::Empty, _) => "empty",
        (ColumnKind::Integer { .. }, _) => "integer",
        (ColumnKind::Decimal(_), _) => "decimal",
        (ColumnKind::Percent(_), _) => "percent",
        (ColumnKind::Currency(_), _) => "currency",
        (ColumnKind::Bool, _) => "bool",
        (ColumnKind::Date(_), _) => "date",
        (ColumnKind::DateTime(_), _) => "datetime",
        (ColumnKind::Time, _) => "time",
        _ => "text",
    }
}
