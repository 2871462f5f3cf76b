//! Canonical JSON values as parameters, and columns as canonical JSON values.

use std::net::IpAddr;

use jiff::{Timestamp, civil::Date};
use model::{field::Kind, problem::Problem};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use crate::sql::Arg;

/// A canonical value that is not null as a parameter of the column's type; `None` when it is not canonical.
pub fn arg(kind: Kind, value: &Value) -> Option<Arg> {
    Some(match kind {
        Kind::Integer { .. } if kind.sql_type() == "bigint" => value.as_i64()?.into(),
        Kind::Integer { .. } => i32::try_from(value.as_i64()?).ok()?.into(),
        Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent => {
            value.as_str()?.parse::<Decimal>().ok()?.into()
        }
        Kind::Bool => value.as_bool()?.into(),
        Kind::Date => value.as_str()?.parse::<Date>().ok()?.into(),
        Kind::Timestamp => value.as_str()?.parse::<Timestamp>().ok()?.into(),
        Kind::Link(_) | Kind::Id => Uuid::try_parse(value.as_str()?).ok()?.into(),
        Kind::Ip => Arg::new(value.as_str()?.parse::<IpAddr>().ok()?, Type::INET),
        Kind::Json => value.clone().into(),
        Kind::Tags => {
            let words: Option<Vec<String>> =
                value.as_array()?.iter().map(|word| word.as_str().map(str::to_owned)).collect();
            words?.into()
        }
        _ => value.as_str()?.to_owned().into(),
    })
}

/// A column of the kind as a canonical value.
///
/// # Errors
/// When the column is of another type than the kind says.
pub fn read(kind: Kind, row: &Row, index: usize) -> Result<Value, Problem> {
    fn column<'a, T, V>(row: &'a Row, index: usize, canonical: impl Fn(T) -> V) -> Result<Value, Problem>
    where
        T: tokio_postgres::types::FromSql<'a>,
        V: Into<Value>,
    {
        let value: Option<T> = row.try_get(index).map_err(Problem::internal)?;
        Ok(value.map_or(Value::Null, |value| canonical(value).into()))
    }
    match kind {
        Kind::Integer { .. } if *row.columns()[index].type_() == Type::INT8 => column(row, index, |v: i64| v),
        Kind::Integer { .. } => column(row, index, |v: i32| v),
        Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent => {
            column(row, index, |v: Decimal| v.to_string())
        }
        Kind::Bool => column(row, index, |v: bool| v),
        Kind::Date => column(row, index, |v: Date| v.to_string()),
        Kind::Timestamp => column(row, index, |v: Timestamp| v.to_string()),
        Kind::Link(_) | Kind::Id => column(row, index, |v: Uuid| v.to_string()),
        Kind::Ip => column(row, index, |v: IpAddr| v.to_string()),
        _ => column(row, index, |v: String| v),
    }
}

/// A real number as a parameter.
pub fn real(value: f32) -> Arg {
    Arg::new(value, Type::FLOAT4)
}
