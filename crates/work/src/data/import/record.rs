//! From a row of cells to the records of its parts.

use std::borrow::Cow;

use model::value::codes as value_codes;
use model::{
    Document,
    field::Field,
    problem::FieldError,
    value::{Format, parse_text, run_checks, time_left_aside},
};
use serde_json::Value;

use super::{
    cells::{ColumnPlan, To},
    codes,
    finding::Finding,
    plan::{PartPlan, Plan, Source},
};

/// Values that stand for nothing in exports of other programs.
const NOTHING: [&str; 4] = ["NULL", "null", "\\N", "#N/A"];

/// One record of one row.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Canonical values; texts of links under the link's name; `attributes`; `implied` for what only a new record
    /// takes.
    pub payload: Document,
    /// What makes it unusable.
    pub errors: Vec<Finding>,
    /// What makes it unusable unless it exists already: required fields without a value.
    pub missing: Vec<Finding>,
    /// What a person should know of it, though it can be used.
    pub warnings: Vec<Finding>,
    /// The record's own id, as the file states it.
    pub id: Option<String>,
    /// What tells it apart in the file, as far as its own cells say; none where links are part of it.
    pub key: Option<String>,
}

/// The records of one row, one place for each part of the plan; none where the row says nothing of the part.
pub fn read<'a>(plan: &Plan, cell: impl Fn(usize) -> &'a str, clear: bool) -> Vec<Option<Record>> {
    let mut records: Vec<(Record, bool)> = plan
        .parts
        .iter()
        .map(|part| {
            let mut record = Record::default();
            let mut filled = false;
            for column in &part.columns {
                filled |= read_cell(part, column, &cell, clear, &mut record);
            }
            (record, filled)
        })
        .collect();
    // Values may be implied from a later part as well as from an earlier one.
    for _ in 0..2 {
        for at in 0..plan.parts.len() {
            imply(plan, at, &mut records);
        }
    }
    let last = plan.finest();
    records
        .into_iter()
        .zip(&plan.parts)
        .enumerate()
        .map(|(at, ((mut record, filled), part))| {
            let alone = plan.key.is_empty() && plan.parts.iter().filter(|part| !part.made).count() == 1;
            if part.made || at == last && !alone && !filled {
                return None;
            }
            require(part, &mut record);
            want(part, &mut record);
            require_own(part, &mut record);
            if record.errors.is_empty() && !part.entity.checks.is_empty() {
                check(part, &mut record);
            }
            record.key = key(part, &record);
            Some(record)
        })
        .collect()
}

/// What a cell says; empty where that is nothing.
fn said(cell: &str) -> &str {
    let text = unguarded(cell.trim());
    if NOTHING.contains(&text) { "" } else { text }
}

/// The cell of a column, or the text that several make together; none where one of them is empty that must not be.
fn joined<'a>(column: &ColumnPlan, cell: &impl Fn(usize) -> &'a str) -> Cow<'a, str> {
    if let [index] = column.from[..] {
        return cell(index).into();
    }
    let mut pieces: Vec<&str> = column.from.iter().map(|index| said(cell(*index))).collect();
    if column.whole && pieces.contains(&"") {
        return "".into();
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces.join(&column.with).into()
}

/// Reads one cell, or several, into the record; answers whether the file says anything there.
fn read_cell<'a>(
    part: &PartPlan,
    column: &ColumnPlan,
    cell: &impl Fn(usize) -> &'a str,
    clear: bool,
    record: &mut Record,
) -> bool {
    let cell = joined(column, cell);
    let cell = cell.as_ref();
    let raw = said(cell);
    let stepped = (!column.steps.is_empty()).then(|| column.steps.run(raw.into(), &column.format));
    let text = stepped.as_deref().map_or(raw, str::trim);
    if text.is_empty() {
        if clear {
            empty(column, record);
        }
        return false;
    }
    match &column.to {
        To::Link(field) => {
            let name = field.link_name().unwrap_or(field.name);
            record.payload.insert(name.to_owned(), text.chars().take(200).collect::<String>().into());
        }
        To::Id => record.id = Some(text.to_owned()),
        To::Field(field) => match parse(field, text, column) {
            Ok(value) => {
                let time = time_left_aside(field, text, &column.format);
                let told =
                    |time: String| time_left_out(part, field.name, field.label.en, column, &time, cell);
                record.warnings.extend(time.map(told));
                record.payload.insert(field.name.to_owned(), value);
            }
            Err(error) => {
                record.errors.push(Finding::of(part.name(), error, Some(&column.header), Some(cell)));
            }
        },
        To::Custom(key, field) => match field.read_text(key, text, &column.format) {
            Ok(value) => {
                let time = field.time_left_aside(text, &column.format);
                let told = |time: String| {
                    time_left_out(part, &format!("attributes.{key}"), &field.label, column, &time, cell)
                };
                record.warnings.extend(time.map(told));
                own(record, key, value);
            }
            Err(error) => {
                record.errors.push(Finding::of(part.name(), error, Some(&column.header), Some(cell)));
            }
        },
    }
    !raw.is_empty()
}

/// States a field of the tenant's own.
fn own(record: &mut Record, key: &str, value: Value) {
    let stated = record.payload.entry("attributes").or_insert_with(|| Value::Object(Document::new()));
    if let Value::Object(stated) = stated {
        stated.insert(key.to_owned(), value);
    }
}

/// The warning that a field, by its name and label, takes only the day of a cell.
fn time_left_out(
    part: &PartPlan,
    field: &str,
    label: &str,
    column: &ColumnPlan,
    time: &str,
    cell: &str,
) -> Finding {
    let message = format!("{label} takes a day; the time {time} is left out.");
    let mend = "Leave it so if the day is enough; else map the column to a field that takes times.";
    Finding::new(part.name(), field, &codes::TIME_LEFT_OUT, message, mend)
        .column(Some(&column.header))
        .value(cell)
}

fn parse(field: &Field, text: &str, column: &ColumnPlan) -> Result<Value, FieldError> {
    let Some((yes, no)) = &column.flag else {
        return parse_text(field, text, &column.format);
    };
    static YES_OR_NO: Field = model::field::boolean("flag", "The value");
    match parse_text(&YES_OR_NO, text, &Format::default()) {
        Ok(Value::Bool(true)) => Ok(yes.as_str().into()),
        Ok(_) => Ok(no.as_str().into()),
        Err(_) => parse_text(field, text, &column.format),
    }
}

/// An empty cell that takes the stored value away; a record cannot lose what it must have.
fn empty(column: &ColumnPlan, record: &mut Record) {
    match &column.to {
        To::Field(field) if !field.required && field.default.is_none() => {
            record.payload.insert(field.name.to_owned(), Value::Null);
        }
        To::Link(field) if !field.required => {
            record.payload.insert(field.link_name().unwrap_or(field.name).to_owned(), Value::Null);
        }
        To::Custom(key, field) if !field.required => own(record, key, Value::Null),
        _ => {}
    }
}

/// Exports guard what a spreadsheet would run as a formula with an apostrophe; it is taken off again.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}

/// Fills what no column gives.
fn imply(plan: &Plan, at: usize, records: &mut [(Record, bool)]) {
    let part = &plan.parts[at];
    for (field, source) in &part.implied {
        let has = |document: &Document| document.get(field.name).is_some_and(|value| !value.is_null());
        let own = &records[at].0.payload;
        let kept = own.get("implied").and_then(Value::as_object).is_some_and(has);
        if has(own) || kept || records[at].0.errors.iter().any(|error| error.field.ends_with(field.name)) {
            continue;
        }
        let value = match source {
            Source::Always(value) => Some(value.clone()),
            Source::Same(other, name) => {
                let other = &records[*other].0.payload;
                let implied = other.get("implied").and_then(|implied| implied.get(*name));
                other.get(*name).or(implied).filter(|value| !value.is_null()).cloned()
            }
            Source::Position | Source::DefaultLocation => None,
        };
        let Some(value) = value else { continue };
        let payload = &mut records[at].0.payload;
        if part.is_key(field.name) {
            payload.insert(field.name.to_owned(), value);
        } else if let Value::Object(implied) =
            payload.entry("implied").or_insert_with(|| Value::Object(Document::new()))
        {
            implied.insert(field.name.to_owned(), value);
        }
    }
}

/// Notes required fields that have no value from anywhere.
fn require(part: &PartPlan, record: &mut Record) {
    for field in part.entity.fields.iter().filter(|field| field.required && field.default.is_none()) {
        let name = field.link_name().unwrap_or(field.name);
        let has = |document: &Document| document.get(name).is_some_and(|value| !value.is_null());
        let later = part.of.iter().any(|(link, _)| link.name == field.name)
            || part.implied.iter().any(|(implied, source)| {
                implied.name == field.name && matches!(source, Source::Position | Source::DefaultLocation)
            });
        let given =
            has(&record.payload) || record.payload.get("implied").and_then(Value::as_object).is_some_and(has);
        let wrong =
            record.errors.iter().any(|error| error.field == format!("{}.{}", part.name(), field.name));
        if later || given || wrong || !part.part.takes(field) {
            continue;
        }
        let header = part.header(field.name);
        let (label, one) = (field.label.en, part.entity.label.en.to_lowercase());
        let message = format!("{label} is missing; a {one} cannot be without it.");
        let mend = match header {
            Some(header) => format!("Fill in “{header}”."),
            None => format!("Add a column for {}.", label.to_lowercase()),
        };
        record
            .missing
            .push(Finding::new(part.name(), name, &value_codes::REQUIRED, message, mend).column(header));
    }
}

/// Warns of fields that are wanted and have no value.
fn want(part: &PartPlan, record: &mut Record) {
    for (name, code) in part.part.wanted {
        let stated = record.payload.get(*name).is_some_and(|value| !value.is_null());
        let wrong = record.errors.iter().any(|error| error.field == format!("{}.{name}", part.name()));
        if !stated && !wrong {
            record.warnings.push(Finding::about(part.name(), name, code).column(part.header(name)));
        }
    }
}

/// Notes required fields of the tenant's own that have no value.
fn require_own(part: &PartPlan, record: &mut Record) {
    for (key, field) in part.own.iter().filter(|(_, field)| field.required) {
        let stated = record.payload.get("attributes").and_then(|stated| stated.get(key));
        let error = field.missing(key);
        let wrong = |known: &Finding| known.field == format!("{}.{}", part.name(), error.field);
        if stated.is_none_or(Value::is_null) && !record.errors.iter().any(wrong) {
            let header = part.header(key);
            record.missing.push(Finding::of(part.name(), error, header, None));
        }
    }
}

/// The entity's rules over the whole record, as far as its fields are known.
fn check(part: &PartPlan, record: &mut Record) {
    let mut known = record.payload.clone();
    if let Some(Value::Object(implied)) = known.shift_remove("implied") {
        known.extend(implied);
    }
    for field in part.links.iter() {
        // Which record a link names is not known yet; that it names one is.
        let name = field.link_name().unwrap_or(field.name);
        if let Some(text) = known.shift_remove(name) {
            known.insert(field.name.to_owned(), text);
        } else if part.of.iter().any(|(link, _)| link.name == field.name) {
            known.insert(field.name.to_owned(), Value::from("-"));
        }
    }
    for error in run_checks(part.entity, &known) {
        let header = part.header(&error.field).map(str::to_owned);
        record.errors.push(Finding::of(part.name(), error, header.as_deref(), None));
    }
}

/// What tells the record apart: the values of the first set of fields that is complete. None where that set has
/// links, which are compared once they are resolved.
fn key(part: &PartPlan, record: &Record) -> Option<String> {
    if part.identities.iter().any(|set| set.fields.iter().any(|field| field.link().is_some())) {
        return None;
    }
    for (at, set) in part.identities.iter().enumerate() {
        let values: Option<Vec<Cow<'_, str>>> = set.fields.iter().map(|field| text(field, record)).collect();
        if let Some(values) = values {
            let joined = values.join("\u{1f}");
            return Some(if at == 0 { joined } else { format!("{at}\u{1f}{joined}") });
        }
    }
    None
}

fn text<'a>(field: &Field, record: &'a Record) -> Option<Cow<'a, str>> {
    match record.payload.get(field.name)? {
        Value::Null => None,
        Value::String(text) if field.key.is_some() => Some(text.to_lowercase().into()),
        Value::String(text) => Some(text.as_str().into()),
        other => Some(other.to_string().into()),
    }
}
