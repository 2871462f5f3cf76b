//! Conditions: a target (own field, field over one link, custom field) and a test of its value.

use serde_json::Value;

use super::names::{self, bad, unknown};
use crate::{
    entity::Entity,
    field::{Field, Kind},
    problem::{FieldError, Problem},
    value::{Format, parse_text},
};

/// Most values of `in`.
const MOST_VALUES: usize = 200;
/// Most characters of a text that is looked for.
const LONGEST: usize = 200;

/// The value a filter looks at.
#[derive(Clone, Debug)]
pub enum Target {
    /// A field of the record.
    Own(&'static Field),
    /// A field of the record that a link points at.
    Linked {
        /// The link.
        link: &'static Field,
        /// The field over there.
        field: &'static Field,
    },
    /// A custom field of the tenant, by its key.
    Custom(String),
}

impl Target {
    /// The name as `filter[…]` has it.
    pub fn name(&self) -> String {
        match self {
            Self::Own(field) => field.name.to_owned(),
            Self::Linked { link, field } => {
                format!("{}.{}", link.link_name().unwrap_or(link.name), field.name)
            }
            Self::Custom(key) => format!("attributes.{key}"),
        }
    }
}

/// What must hold of the value. Values are canonical (see [`crate::Document`]), never null.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Equal.
    Eq(Value),
    /// Not equal; an empty value is not equal to any.
    Ne(Value),
    /// Less.
    Lt(Value),
    /// Less or equal.
    Lte(Value),
    /// Greater.
    Gt(Value),
    /// Greater or equal.
    Gte(Value),
    /// Equal to one of them.
    In(Vec<Value>),
    /// Fits the pattern, where `%` stands for any text and `_` for one character.
    Like(String),
    /// Contains the text, upper and lower case alike; of a set of words: has the word.
    Contains(String),
    /// Has no value, or has one.
    IsNull(bool),
    /// From the first to the second, both included.
    Between(Value, Value),
}

/// A condition.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The value it looks at.
    pub target: Target,
    /// What must hold of it.
    pub test: Test,
}

static OPERATORS: [&str; 11] =
    ["eq", "ne", "lt", "lte", "gt", "gte", "in", "like", "contains", "is_null", "between"];

/// The operators that make sense for a kind of value.
pub fn operators(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text { .. } | Kind::Paragraph { .. } | Kind::Code | Kind::Email | Kind::Phone | Kind::Url => {
            &OPERATORS
        }
        Kind::Integer { .. }
        | Kind::Quantity
        | Kind::Money
        | Kind::UnitPrice
        | Kind::Percent
        | Kind::Date
        | Kind::Timestamp => &["eq", "ne", "lt", "lte", "gt", "gte", "in", "is_null", "between"],
        Kind::Choice(_) | Kind::Country | Kind::Currency | Kind::Link(_) | Kind::Id | Kind::Ip => {
            &["eq", "ne", "in", "is_null"]
        }
        Kind::Bool => &["eq", "ne", "is_null"],
        Kind::Tags => &["contains", "is_null"],
        Kind::Json => &["is_null"],
    }
}

/// The problem of the first filter over a custom field that is none of `known`, with the nearest that is.
pub(super) fn unknown_custom(entity: &Entity, filters: &[Filter], known: &[&str]) -> Option<Problem> {
    let custom = filters.iter().filter_map(|filter| match &filter.target {
        Target::Custom(key) => Some(key.as_str()),
        _ => None,
    });
    let key = custom.into_iter().find(|key| !known.contains(key))?;
    let names: Vec<String> = known.iter().map(|key| format!("attributes.{key}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let detail = format!("{} have no custom field `{key}`.", entity.plural.en);
    let name = format!("attributes.{key}");
    Some(unknown(&format!("filter[{name}]"), detail, &name, &names))
}

/// Reads `filter[name]=value` and `filter[name][op]=value`; `parameter` is the whole left side.
pub(super) fn parse(entity: &'static Entity, parameter: &str, value: &str) -> Result<Filter, Problem> {
    let malformed = || {
        bad(
            parameter,
            value,
            format!("`{parameter}` is not a filter; write filter[field]=value or filter[field][op]=value."),
        )
    };
    if parameter.contains('\0') || value.contains('\0') {
        return Err(bad("filter", "", "A filter cannot hold the character U+0000.".to_owned()));
    }
    let inner =
        parameter.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']')).ok_or_else(malformed)?;
    let (name, op) = inner.split_once("][").unwrap_or((inner, "eq"));
    if name.contains(['[', ']']) || op.contains(['[', ']']) {
        return Err(malformed());
    }
    let target = match name.split_once('.') {
        None => Target::Own(names::field(entity, name, parameter)?),
        Some(("attributes", key)) if entity.custom_fields && !key.is_empty() => {
            Target::Custom(key.to_owned())
        }
        Some((link, rest)) => {
            let link = names::link(entity, link, parameter)?;
            Target::Linked { link, field: names::field(names::linked(link)?, rest, parameter)? }
        }
    };
    let allowed = match &target {
        Target::Own(field) | Target::Linked { field, .. } => operators(field.kind),
        Target::Custom(_) => &OPERATORS,
    };
    if !allowed.contains(&op) {
        let detail = if OPERATORS.contains(&op) {
            format!("`{name}` cannot be tested with `{op}`.")
        } else {
            format!("There is no operator `{op}`.")
        };
        return Err(unknown(parameter, detail, op, allowed));
    }
    let test = match &target {
        Target::Own(field) | Target::Linked { field, .. } => {
            test(op, value, parameter, &|text| read(field, text, parameter))?
        }
        Target::Custom(_) => test(op, value, parameter, &|text| match text.trim() {
            "" => Err(empty(parameter)),
            text => Ok(text.into()),
        })?,
    };
    Ok(Filter { target, test })
}

fn test(
    op: &str,
    value: &str,
    parameter: &str,
    read: &dyn Fn(&str) -> Result<Value, Problem>,
) -> Result<Test, Problem> {
    let text = || match value {
        "" => Err(empty(parameter)),
        long if long.chars().count() > LONGEST => {
            Err(bad(parameter, long, format!("At most {LONGEST} characters can be looked for.")))
        }
        text => Ok(text.to_owned()),
    };
    Ok(match op {
        "eq" => Test::Eq(read(value)?),
        "ne" => Test::Ne(read(value)?),
        "lt" => Test::Lt(read(value)?),
        "lte" => Test::Lte(read(value)?),
        "gt" => Test::Gt(read(value)?),
        "gte" => Test::Gte(read(value)?),
        "like" => match text()? {
            open if open.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1 => {
                return Err(bad(parameter, value, "A pattern cannot end in a single backslash.".to_owned()));
            }
            pattern => Test::Like(pattern),
        },
        "contains" => Test::Contains(text()?),
        "in" => {
            let values = value.split(',').map(read).collect::<Result<Vec<_>, _>>()?;
            if values.len() > MOST_VALUES {
                return Err(bad(parameter, "", format!("`in` takes at most {MOST_VALUES} values.")));
            }
            Test::In(values)
        }
        "between" => match value.split_once(',') {
            Some((low, high)) if !high.contains(',') => Test::Between(read(low)?, read(high)?),
            _ => {
                return Err(bad(parameter, value, "`between` takes two values, as in `10,20`.".to_owned()));
            }
        },
        _ => match value {
            "true" => Test::IsNull(true),
            "false" => Test::IsNull(false),
            _ => return Err(bad(parameter, value, "`is_null` is `true` or `false`.".to_owned())),
        },
    })
}

/// Reads a value with the field's own parser; the error names the parameter.
fn read(field: &Field, text: &str, parameter: &str) -> Result<Value, Problem> {
    match parse_text(field, text, &Format::canonical()) {
        Ok(Value::Null) => Err(empty(parameter)),
        Ok(value) => Ok(value),
        Err(error) => Err(Problem::invalid(vec![FieldError { field: parameter.to_owned(), ..error }])),
    }
}

fn empty(parameter: &str) -> Problem {
    let stem = parameter.find("][").map_or(parameter, |end| &parameter[..=end]);
    bad(
        parameter,
        "",
        format!("`{parameter}` has no value; to find empty ones write `{stem}[is_null]=true`."),
    )
}
