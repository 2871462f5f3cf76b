//! From what comes in to what is stored: one reader of values for the API, forms, imports and the command line.
//!
//! [`parse_json`] reads what programs send, [`parse_text`] what people and files write; both end in the same
//! checks and the same canonical JSON (see [`crate::Document`]). [`validate()`] does it for a whole record.

pub mod codes;
mod country;
mod currency;
mod custom;
mod day;
mod fold;
mod format;
mod input;
mod number;
mod text;
mod time;
mod validate;

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use uuid::Uuid;

pub use self::{
    codes::ValueCode,
    country::find as country_code,
    currency::find as currency_code,
    custom::CustomField,
    fold::{fold, nearest},
    format::{DateOrder, DecimalMark, Era, Format, Serial},
    input::validate_input,
    text::is_own_machine,
    validate::{Author, Mode, run_checks, validate},
};
use crate::{
    field::{Choice, Field, Kind},
    problem::FieldError,
};

/// Reads a value of a JSON body.
///
/// Numbers of money, quantity, price and percent are read from strings, and from JSON numbers of at most 15
/// digits. Empty strings are `null`.
///
/// # Errors
/// One of [`codes`], naming field, value and mend.
pub fn parse_json(field: &Field, value: &Value) -> Result<Value, FieldError> {
    let wrong = |what: &str| {
        let message = format!("{} takes {what}, not {}.", field.label.en, type_name(value));
        error(field, &codes::WRONG_TYPE, message).value(shortened(value))
    };
    match (field.kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Json, value) => Ok(value.clone()),
        (Kind::Tags, Value::Array(words)) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            let words = words.ok_or_else(|| wrong("an array of strings"))?;
            text::tags(words.into_iter())
                .map(|tags| json!(tags))
                .map_err(|code| explain(field, code, &value.to_string()))
        }
        (Kind::Bool, Value::Bool(_)) => Ok(value.clone()),
        (kind, Value::Number(number)) if kind.scale().is_some() || matches!(kind, Kind::Integer { .. }) => {
            let written = number.to_string();
            let digits = written.chars().filter(char::is_ascii_digit).collect::<String>();
            if number.is_f64() && digits.trim_matches('0').len() > 15 {
                return Err(explain(field, &codes::TOO_PRECISE, &written));
            }
            parse_text(field, &written, &Format::canonical())
        }
        (_, Value::String(text)) => parse_text(field, text, &Format::canonical()),
        (Kind::Bool, _) => Err(wrong("true or false")),
        (Kind::Tags, _) => Err(wrong("an array of strings")),
        (Kind::Integer { .. }, _) => Err(wrong("a number")),
        _ => Err(wrong("a string")),
    }
}

/// Reads a cell, a form field or a command line argument. Empty text is `null`; a link is read as an id.
///
/// # Errors
/// One of [`codes`], naming field, value and mend.
pub fn parse_text(field: &Field, text: &str, format: &Format) -> Result<Value, FieldError> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    read(field, trimmed, format).map_err(|code| explain(field, code, trimmed))
}

/// The time of day in a text for a field that takes a day, as `14:30:00`: [`parse_text`] leaves it aside, and whoever
/// asks a person should tell. None where nothing is lost.
pub fn time_left_aside(field: &Field, text: &str, format: &Format) -> Option<String> {
    let timed = matches!(field.kind, Kind::Date) && (text.contains(':') || format.serial.is_some());
    timed.then(|| time::beside(text.trim(), format)).flatten().map(|time| time.to_string())
}

fn read(field: &Field, text: &str, format: &Format) -> Result<Value, &'static ValueCode> {
    match field.kind {
        Kind::Text { max } => text::text(text, max, false).map(Value::from),
        Kind::Paragraph { max } => text::text(text, max, true).map(Value::from),
        Kind::Code => text::text(text, text::CODE, false).map(Value::from),
        Kind::Email => text::email(text).map(Value::from),
        Kind::Phone => text::phone(text).map(Value::from),
        Kind::Url => text::url(text).map(Value::from),
        Kind::Integer { min, max } => integer(text, format, min, max),
        Kind::Quantity => decimal(field, text, format, 3, 14),
        Kind::Money => decimal(field, text, format, 2, 14),
        Kind::UnitPrice => decimal(field, text, format, 6, 18),
        Kind::Percent => decimal(field, text, format, 6, 9),
        Kind::Bool => boolean(text).map(Value::from).ok_or(&codes::NOT_A_BOOLEAN),
        Kind::Date => time::date(text, format).map(|date| date.to_string().into()),
        Kind::Timestamp => time::timestamp(text, format).map(|at| at.to_string().into()),
        Kind::Choice(choices) => choose(choices, text).map(Value::from).ok_or(&codes::NOT_A_CHOICE),
        Kind::Link(_) | Kind::Id => {
            Uuid::try_parse(text).map(|id| id.hyphenated().to_string().into()).map_err(|_| &codes::NOT_AN_ID)
        }
        Kind::Ip => text
            .parse::<std::net::IpAddr>()
            .map(|address| address.to_string().into())
            .map_err(|_| &codes::NOT_AN_ADDRESS),
        Kind::Country => country::find(text).map(Value::from).ok_or(&codes::NOT_A_COUNTRY),
        Kind::Currency => currency::find(text).map(Value::from).ok_or(&codes::NOT_A_CURRENCY),
        Kind::Tags => text::tags(text.split([',', ';', '|', '\n'])).map(|tags| json!(tags)),
        Kind::Json => serde_json::from_str(text).map_err(|_| &codes::NOT_JSON),
    }
}

/// The codes of all countries (ISO 3166-1 alpha-2).
pub fn countries() -> impl Iterator<Item = &'static str> {
    country::codes()
}

/// The codes of all currencies in use (ISO 4217).
pub fn currencies() -> &'static [&'static str] {
    currency::CODES
}

fn integer(text: &str, format: &Format, min: i64, max: i64) -> Result<Value, &'static ValueCode> {
    let number = number::read(text, format)?;
    if number.percent {
        return Err(&codes::NOT_A_NUMBER);
    }
    if !number.value.fract().is_zero() {
        return Err(&codes::NOT_A_WHOLE_NUMBER);
    }
    let value = i64::try_from(number.value.trunc()).map_err(|_| &codes::TOO_LARGE)?;
    match value {
        v if v < min => Err(&codes::TOO_SMALL),
        v if v > max => Err(&codes::TOO_LARGE),
        v => Ok(v.into()),
    }
}

/// A number as `numeric(precision, scale)` prints it. Money and quantities keep every digit they came with;
/// prices and rates are rounded half-up to their six decimals.
fn decimal(
    field: &Field,
    text: &str,
    format: &Format,
    scale: u32,
    precision: u32,
) -> Result<Value, &'static ValueCode> {
    let number = number::read(text, format)?;
    let mut value = number.value;
    let percentage = matches!(field.kind, Kind::Percent);
    if number.percent && !percentage {
        return Err(&codes::NOT_A_NUMBER);
    }
    if percentage && format.fraction && !number.percent {
        value = value.checked_mul(Decimal::ONE_HUNDRED).ok_or(&codes::TOO_LARGE)?;
    }
    let fitted = value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    if scale < 6 && fitted != value {
        return Err(&codes::TOO_PRECISE);
    }
    if fitted.abs() >= Decimal::from(10_i64.pow(precision - scale)) {
        return Err(&codes::TOO_LARGE);
    }
    if field.non_negative && fitted < Decimal::ZERO {
        return Err(&codes::TOO_SMALL);
    }
    if field.max.is_some_and(|max| fitted > Decimal::from(max)) {
        return Err(&codes::TOO_LARGE);
    }
    Ok(canonical_decimal(fitted, scale).into())
}

/// A number as the canonical JSON of documents has it: `scale` decimals, never a negative zero.
pub fn canonical_decimal(mut value: Decimal, scale: u32) -> String {
    value.rescale(scale);
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value.to_string()
}

fn boolean(text: &str) -> Option<bool> {
    if let "✓" | "✔" | "☑" | "✅" = text {
        return Some(true);
    }
    match fold(text).as_str() {
        "true" | "t" | "yes" | "y" | "1" | "on" | "x" | "checked" | "ja" | "oui" | "si" | "ใช่" | "จริง"
        | "มี" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "off" | "unchecked" | "nein" | "non" | "ไม่" | "ไม่ใช่" | "เท็จ"
        | "ไม่มี" => Some(false),
        _ => None,
    }
}

/// The stored value of the choice that `text` names: as stored, or by value, label or synonym after folding.
fn choose(choices: &'static [Choice], text: &str) -> Option<&'static str> {
    choices.iter().find(|choice| choice.value == text).map(|choice| choice.value).or_else(|| {
        let folded = fold(text);
        choices.iter().find(|choice| spellings(choice).any(|s| fold(s) == folded)).map(|choice| choice.value)
    })
}

fn spellings(choice: &Choice) -> impl Iterator<Item = &'static str> {
    [choice.value, choice.label.en, choice.label.th].into_iter().chain(choice.synonyms.iter().copied())
}

fn explain(field: &Field, code: &'static ValueCode, value: &str) -> FieldError {
    let label = field.label.en;
    let shown: Cow<'_, str> = if value.chars().count() > 60 {
        format!("{}…", value.chars().take(60).collect::<String>()).into()
    } else {
        value.into()
    };
    let mut suggestion = None;
    let says = match code.code {
        "too_long" => match field.kind {
            Kind::Text { max } | Kind::Paragraph { max } => {
                format!("has {} characters; at most {max} fit", value.chars().count())
            }
            Kind::Code => format!("has {} characters; at most {} fit", value.chars().count(), text::CODE),
            _ => "is too long".into(),
        },
        "bad_character" => "holds a control character; remove it".into(),
        "not_a_number" => format!("is not a number: “{shown}”. Write it like 1234.50"),
        "not_a_whole_number" => format!("takes whole numbers only, not {shown}"),
        "too_precise" => {
            let scale = field.kind.scale().unwrap_or(0);
            format!("keeps {scale} decimals, and {shown} has more. Round it first")
        }
        "too_large" => match (field.kind, field.max) {
            (Kind::Integer { max, .. }, _) | (_, Some(max)) => format!("is at most {max}, not {shown}"),
            _ => format!("cannot hold a number as large as {shown}"),
        },
        "too_small" => match field.kind {
            Kind::Integer { min, .. } => format!("is at least {min}, not {shown}"),
            _ => format!("cannot be below zero, as {shown} is"),
        },
        "not_a_boolean" => format!("is yes or no, not “{shown}”"),
        "not_a_date" => format!("is not a date: “{shown}”. Write it like 2026-01-31"),
        "ambiguous_date" => {
            format!("may be two dates: “{shown}”. Say whether the day or the month comes first")
        }
        "not_a_time" => format!("is not a time: “{shown}”. Write it like 2026-01-31T09:30:00Z"),
        "not_a_choice" => {
            let Kind::Choice(choices) = field.kind else { return error(field, code, code.about) };
            suggestion = choices
                .iter()
                .find(|c| spellings(c).any(|s| nearest(value, [s]).is_some()))
                .map(|choice| choice.value.to_owned());
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            format!("is one of {}, not “{shown}”", values.join(", "))
        }
        "not_an_email" => format!("is not one e-mail address: “{shown}”. Write it like name@example.com"),
        "not_a_phone" => format!("is not a telephone number: “{shown}”"),
        "not_a_url" => format!("is not a web address: “{shown}”. Write it like https://example.com"),
        "not_an_id" => format!("is not an id: “{shown}”"),
        "not_an_address" => format!("is not a network address: “{shown}”. Write it like 203.0.113.7"),
        "not_a_country" => {
            suggestion = nearest(value, country::names()).map(str::to_owned);
            format!("is not a country: “{shown}”. Write its name or a code like TH")
        }
        "not_a_currency" => {
            suggestion = nearest(value, currency::CODES.iter().copied()).map(str::to_owned);
            format!("is not a currency: “{shown}”. Write a code like THB")
        }
        "not_json" => format!("is not JSON: “{shown}”"),
        _ => code.about.to_owned(),
    };
    let meant = suggestion.as_ref().map(|s| format!(" Did you mean {s}?")).unwrap_or_default();
    error(field, code, format!("{label} {says}.{meant}")).value(&*shown).suggest(suggestion)
}

fn error(field: &Field, code: &'static ValueCode, message: impl Into<String>) -> FieldError {
    FieldError::new(field.name, code, message)
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Values are told back, but not megabytes of them.
fn shortened(value: &Value) -> Value {
    let text = value.to_string();
    if text.len() <= 200 { value.clone() } else { text.chars().take(200).collect::<String>().into() }
}
