//! The schemas of an entity: as it is read, created and updated.

use model::{
    entity::{Entity, Writes},
    field::{Choice, Field, Kind},
    value::{self, Author, Format, Mode, parse_text},
};
use serde_json::{Map, Value, json};

use super::{object, reference};

/// Stands where an example of an id is shown.
const EXAMPLE_ID: &str = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";

/// The name of the schema of a record: `CustomerLicense` for `customer_license`.
pub fn name(entity: &Entity) -> String {
    let words = entity.singular.split('_');
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

/// `Customer`, and where callers may write, `CustomerCreate` and `CustomerUpdate`.
pub fn of(entity: &'static Entity) -> Map<String, Value> {
    let name = name(entity);
    let mut schemas = object([(name.clone(), record(entity))]);
    if entity.writes == Writes::All {
        schemas.insert(format!("{name}Create"), input(entity, Mode::Create));
        schemas.insert(format!("{name}Update"), input(entity, Mode::Update));
    }
    schemas
}

/// The fields staff can read. `fields=` leaves some out, so none is required but the id.
fn record(entity: &'static Entity) -> Value {
    let shown = entity.standard().chain(entity.fields).filter(|field| Author::Staff.sees(field));
    let mut properties = object(shown.map(|field| (field.name.to_owned(), read(field))));
    if entity.custom_fields {
        properties.insert("attributes".to_owned(), attributes());
    }
    json!({ "type": "object", "title": entity.label.en, "description": entity.about, "properties": properties })
}

/// The fields a caller can write.
pub fn input(entity: &'static Entity, mode: Mode) -> Value {
    let written = entity.fields.iter().filter(|field| writable(field, mode));
    let mut properties = object(written.clone().map(|field| (field.name.to_owned(), write(field, mode))));
    if entity.custom_fields {
        properties.insert("attributes".to_owned(), attributes());
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if mode == Mode::Create {
        let needed = written.filter(|field| field.required && field.default.is_none());
        let needed: Vec<&str> = needed.map(|field| field.name).collect();
        if !needed.is_empty() {
            schema["required"] = json!(needed);
        }
    }
    schema
}

/// The input of an operation.
pub fn operation_input(fields: &'static [Field]) -> Value {
    let properties = object(fields.iter().map(|field| (field.name.to_owned(), write(field, Mode::Create))));
    let needed = fields.iter().filter(|field| field.required && field.default.is_none());
    let needed: Vec<&str> = needed.map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !needed.is_empty() {
        schema["required"] = json!(needed);
    }
    schema
}

/// The values that a setting may have.
pub fn setting(field: &'static Field) -> Value {
    let mut schema = write(field, Mode::Create);
    if field.default.is_some() {
        schema["type"] = shape(field.kind)["type"].clone();
        if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            choices.retain(|choice| !choice.is_null());
        }
    }
    schema
}

/// Whether the tenant's own people and tokens may state the field.
pub fn writable(field: &Field, mode: Mode) -> bool {
    Author::Staff.sees(field) && Author::Staff.writes(field, mode)
}

fn attributes() -> Value {
    json!({ "type": "object", "description": "The tenant's custom fields, by key.", "additionalProperties": true })
}

fn read(field: &Field) -> Value {
    described(shape(field.kind), field, !field.required)
}

fn write(field: &Field, mode: Mode) -> Value {
    let filled = field.required && field.default.is_none();
    let mut schema = described(stated(field, filled), field, !filled);
    if mode == Mode::Create
        && let Some(default) = field.default.and_then(|text| serde_json::from_str(text).ok())
    {
        schema["default"] = default;
    }
    schema
}

/// With label, help, example, and `null` where the field may be empty.
fn described(mut schema: Value, field: &Field, nullable: bool) -> Value {
    if nullable {
        if let Some(named) = schema.as_object_mut().and_then(|schema| schema.shift_remove("$ref")) {
            schema["anyOf"] = json!([{ "$ref": named }, { "type": "null" }]);
        }
        if let Some(kind) = schema.get("type").cloned() {
            schema["type"] = json!([kind, "null"]);
        }
        if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            choices.push(Value::Null);
        }
    }
    schema["title"] = field.label.en.into();
    if !field.help.is_empty() {
        schema["description"] = field.help.into();
    }
    if let Some(example) = example(field) {
        schema["examples"] = json!([example]);
    }
    schema
}

/// The field's example in the form in which the API reads and writes it.
pub fn example(field: &Field) -> Option<Value> {
    match field.kind {
        Kind::Link(_) | Kind::Id => Some(EXAMPLE_ID.into()),
        _ if field.example.is_empty() => None,
        _ => parse_text(field, field.example, &Format::canonical()).ok(),
    }
}

/// What a kind's values look like as JSON.
pub fn shape(kind: Kind) -> Value {
    match kind {
        Kind::Text { max } | Kind::Paragraph { max } => json!({ "type": "string", "maxLength": max }),
        Kind::Code => json!({ "type": "string", "maxLength": 64 }),
        Kind::Email => json!({ "type": "string", "format": "email" }),
        Kind::Phone => json!({ "type": "string" }),
        Kind::Url => json!({ "type": "string", "format": "uri" }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent => {
            json!({ "type": "string", "format": "decimal", "pattern": decimal(kind, true) })
        }
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::Choice(choices) => json!({ "type": "string", "enum": values(choices) }),
        Kind::Link(_) | Kind::Id => json!({ "type": "string", "format": "uuid" }),
        Kind::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        Kind::Currency => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        Kind::Tags => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Json => json!({}),
        Kind::Ip => json!({ "type": "string" }),
    }
}

/// What a value that somebody states looks like: narrower than what is read where the program refuses the rest.
/// `filled` leaves out what counts as empty.
pub fn stated(field: &Field, filled: bool) -> Value {
    let mut schema = shape(field.kind);
    match field.kind {
        Kind::Text { .. } | Kind::Paragraph { .. } | Kind::Code => {
            schema["pattern"] = characters(filled).into()
        }
        Kind::Phone => schema["pattern"] = phone(filled).into(),
        Kind::Date | Kind::Timestamp => schema["pattern"] = YEARS.into(),
        Kind::Country => return reference("schemas", "Country"),
        Kind::Currency => return reference("schemas", "Currency"),
        kind if kind.scale().is_some() => schema["pattern"] = number(field).into(),
        _ => {}
    }
    schema
}

/// The years in which a day is believed.
const YEARS: &str = "^(1[0-9]{3}|2[0-3][0-9]{2}|2400)-";

/// Texts without control characters, tabs and line breaks aside.
fn characters(filled: bool) -> String {
    const CONTROL: &str = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f";
    match filled {
        true => format!("^[^{CONTROL}]*[^\\s\\ufeff\\u200b{CONTROL}][^{CONTROL}]*$"),
        false => format!("^[^{CONTROL}]*$"),
    }
}

/// Three digits and more; what else people write among them.
fn phone(filled: bool) -> &'static str {
    match filled {
        true => "^([ +().,/#-]*[0-9]){3,20}$",
        false => "^(([ +().,/#-]*[0-9]){3,20})?$",
    }
}

/// The decimal numbers that a field holds.
fn number(field: &Field) -> String {
    let whole = match field.kind {
        Kind::Quantity => 11,
        Kind::Percent => 3,
        _ => 12,
    };
    // Prices and rates are rounded, amounts and quantities are not.
    let fraction = match field.kind.scale() {
        Some(scale) if scale < 6 => format!("(\\.[0-9]{{1,{scale}}})?"),
        _ => "(\\.[0-9]+)?".to_owned(),
    };
    let sign = if field.non_negative { "" } else { "-?" };
    match field.max {
        Some(100) => format!("^{sign}(100|[0-9]{{1,2}}{fraction})$"),
        _ => format!("^{sign}[0-9]{{1,{whole}}}{fraction}$"),
    }
}

/// The codes of countries and currencies.
pub fn codes() -> Map<String, Value> {
    let of = |about: &str, codes: Vec<&str>| json!({ "type": "string", "description": about, "enum": codes });
    object([
        ("Country".to_owned(), of("A country (ISO 3166-1 alpha-2).", value::countries().collect())),
        ("Currency".to_owned(), of("A currency (ISO 4217).", value::currencies().to_vec())),
    ])
}

fn values(choices: &[Choice]) -> Vec<&'static str> {
    choices.iter().map(|choice| choice.value).collect()
}

/// The pattern of a decimal number of this kind.
fn decimal(kind: Kind, signed: bool) -> String {
    let sign = if signed { "-?" } else { "" };
    format!("^{sign}[0-9]+(\\.[0-9]{{1,{}}})?$", kind.scale().unwrap_or_default())
}
