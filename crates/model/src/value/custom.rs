//! Fields of a tenant's own: their values live in a record's `attributes` and are read alike, whoever states them.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Format, codes, fold, nearest, parse_json, parse_text, time_left_aside};
use crate::{
    field::{self, Field, Kind},
    problem::FieldError,
};

/// A field of a tenant's own, as the table of custom fields describes it.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// What people read.
    pub label: String,
    /// `text`, `integer`, `decimal`, `boolean`, `date` or `choice`.
    pub kind: String,
    /// The choices: words, or objects with a `value`.
    pub options: Value,
    /// A new record cannot be without it.
    pub required: bool,
}

static TEXT: Field = Field::new("attributes", "Value", Kind::Paragraph { max: 2_000 });
static INTEGER: Field = field::integer("attributes", "Value", -9_007_199_254_740_991, 9_007_199_254_740_991);
static DECIMAL: Field = field::unit_price("attributes", "Value");
static BOOLEAN: Field = field::boolean("attributes", "Value");
static DATE: Field = field::date("attributes", "Value");

impl CustomField {
    /// A value of a JSON body as it is stored; `key` is the field's.
    ///
    /// # Errors
    /// One of [`codes`], naming `attributes.KEY`, value and mend.
    pub fn read_json(&self, key: &str, value: &Value) -> Result<Value, FieldError> {
        match (self.field(), value) {
            (None, Value::Null) => Ok(Value::Null),
            (None, Value::String(text)) => self.choice(key, text, |option, text| option == text),
            (None, other) => Err(self.no_choice(key, other.clone(), None)),
            (Some(field), value) => self.told(key, parse_json(field, value)),
        }
    }

    /// A cell as it is stored; choices are found whatever their case and punctuation.
    ///
    /// # Errors
    /// As [`CustomField::read_json`].
    pub fn read_text(&self, key: &str, text: &str, format: &Format) -> Result<Value, FieldError> {
        match self.field() {
            None => self.choice(key, text, |option, text| option == text || fold(option) == fold(text)),
            Some(field) => self.told(key, parse_text(field, text, format)),
        }
    }

    /// As [`time_left_aside`](super::time_left_aside()).
    pub fn time_left_aside(&self, text: &str, format: &Format) -> Option<String> {
        self.field().and_then(|field| time_left_aside(field, text, format))
    }

    /// The error of a new record without a value for it.
    pub fn missing(&self, key: &str) -> FieldError {
        let message = format!("{} is missing; a record cannot be without it.", self.label);
        FieldError::new(name(key), &codes::REQUIRED, message)
    }

    /// A field of the kind of its values; of a choice, a field of text.
    pub fn shape(&self) -> &'static Field {
        self.field().unwrap_or(&TEXT)
    }

    /// The field whose kind reads its values; none for choices.
    fn field(&self) -> Option<&'static Field> {
        match self.kind.as_str() {
            "integer" => Some(&INTEGER),
            "decimal" => Some(&DECIMAL),
            "boolean" => Some(&BOOLEAN),
            "date" => Some(&DATE),
            "choice" => None,
            _ => Some(&TEXT),
        }
    }

    /// What the kind's reader said, in the words of this field.
    fn told(&self, key: &str, read: Result<Value, FieldError>) -> Result<Value, FieldError> {
        let value = read.map_err(|error| {
            let message = error.message.replacen("Value", &self.label, 1);
            FieldError { field: name(key), message, ..error }
        })?;
        let decimal = value.as_str().filter(|_| self.kind == "decimal").map(str::parse::<Decimal>);
        Ok(match decimal {
            Some(Ok(decimal)) => decimal.normalize().to_string().into(),
            _ => value,
        })
    }

    /// What a choice can be.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        let options = self.options.as_array().into_iter().flatten();
        options.filter_map(|option| option.as_str().or_else(|| option.get("value")?.as_str()))
    }

    fn choice(&self, key: &str, text: &str, same: fn(&str, &str) -> bool) -> Result<Value, FieldError> {
        match text.trim() {
            "" => Ok(Value::Null),
            text => self.options().find(|option| same(option, text)).map(Value::from).ok_or_else(|| {
                let near = nearest(text, self.options());
                self.no_choice(key, text.into(), near)
            }),
        }
    }

    fn no_choice(&self, key: &str, value: Value, near: Option<&str>) -> FieldError {
        let options: Vec<&str> = self.options().collect();
        let message = format!("{} is one of {}.", self.label, options.join(", "));
        FieldError::new(name(key), &codes::NOT_A_CHOICE, message).value(value).suggest(near)
    }
}

fn name(key: &str) -> String {
    format!("attributes.{key}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(kind: &str) -> CustomField {
        CustomField {
            label: "Grade".into(),
            kind: kind.into(),
            options: json!(["Gold", { "value": "Silver" }]),
            required: false,
        }
    }

    #[test]
    fn a_cell_and_a_body_end_in_the_same_value() {
        for (kind, cell, body, stored) in [
            ("decimal", "2.50", json!(2.5), json!("2.5")),
            ("integer", "7", json!(7), json!(7)),
            ("boolean", "yes", json!(true), json!(true)),
            ("date", "2026-01-31", json!("2026-01-31"), json!("2026-01-31")),
            ("choice", "silver", json!("Silver"), json!("Silver")),
            ("text", " a ", json!("a"), json!("a")),
            ("choice", " ", json!(null), json!(null)),
        ] {
            assert_eq!(of(kind).read_text("grade", cell, &Format::default()), Ok(stored.clone()), "{kind}");
            assert_eq!(of(kind).read_json("grade", &body), Ok(stored), "{kind}");
        }
    }

    #[test]
    fn a_time_beside_a_day_is_told_unless_it_is_midnight() {
        let bangkok = Format { zone: jiff::tz::TimeZone::get("Asia/Bangkok").unwrap(), ..Format::default() };
        for (kind, cell, time) in [
            ("date", "2026-01-05 14:30", Some("14:30:00")),
            ("date", "2026-01-05T16:59:00Z", Some("23:59:00")),
            ("date", "2026-01-05T17:00:00Z", None),
            ("date", "2026-01-05 00:00:00.000", None),
            ("date", "2026-01-05", None),
            ("text", "2026-01-05 14:30", None),
        ] {
            assert_eq!(of(kind).time_left_aside(cell, &bangkok).as_deref(), time, "{kind} {cell}");
        }
    }

    #[test]
    fn errors_name_the_field_as_people_do() {
        let error = of("choice").read_text("grade", "Golden", &Format::default()).unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.message.as_str()),
            ("attributes.grade", "Grade is one of Gold, Silver.")
        );
        assert_eq!(error.suggestion.as_deref(), Some("Gold"));
        let error = of("integer").read_json("grade", &json!("many")).unwrap_err();
        assert!(error.message.starts_with("Grade ") && error.field == "attributes.grade", "{error:?}");
    }
}
