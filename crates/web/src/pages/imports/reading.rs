//! How cells are read, in the step in which columns get their fields: what an empty cell means, how numbers and dates
//! are written, what becomes of values that nothing is known for.

use std::collections::BTreeMap;

use maud::{Markup, html};
use model::field::{Field, Kind};
use serde_json::{Map, Value, json};
use work::import::{ColumnMapping, FileReport, Mapping, Transform, Unknown};

use super::{map::column_name, words};
use crate::{pages::sent::Sent, ui::Look};

fn name(file: &FileReport, column: &ColumnMapping, of: &str) -> String {
    format!("{}.{of}", column_name(file, column))
}

/// The text that stands where a cell of the column is empty.
fn default(column: &ColumnMapping) -> &str {
    let default = column.steps.iter().find_map(|step| match step {
        Transform::Default(text) => Some(text.as_str()),
        _ => None,
    });
    default.unwrap_or_default()
}

/// What the values of the column become.
fn values(column: &ColumnMapping) -> BTreeMap<String, Option<String>> {
    let map = column.steps.iter().find_map(|step| match step {
        Transform::Values(map) => Some(map.clone()),
        _ => None,
    });
    map.unwrap_or_default()
}

/// The values of the column that nothing is known for, or that were given another before; with how often, if known.
fn asked<'a>(file: &'a FileReport, column: &'a ColumnMapping) -> Vec<(String, Option<&'a Unknown>)> {
    let mut all: Vec<(String, Option<&Unknown>)> = file
        .unknown
        .iter()
        .filter(|unknown| {
            unknown.column == column.header && column.target.as_deref() == Some(&*unknown.field)
        })
        .map(|unknown| (unknown.value.clone(), Some(unknown)))
        .collect();
    for value in values(column).into_keys() {
        if all.iter().all(|(known, _)| *known != value) {
            all.push((value, None));
        }
    }
    all
}

/// What can be said of how a column's cells are read; nothing of one without a field.
pub fn controls(look: &Look, file: &FileReport, column: &ColumnMapping, field: Option<&Field>) -> Markup {
    if column.target.is_none() {
        return html! {};
    }
    let asked = asked(file, column);
    let number = field.is_some_and(|field| {
        matches!(
            field.kind,
            Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent | Kind::Integer { .. }
        )
    });
    let dated = field.is_some_and(|field| matches!(field.kind, Kind::Date | Kind::Timestamp));
    let decimal = column.format.decimal.map(String::from).unwrap_or_default();
    let order = column.format.date_order.as_deref().unwrap_or_default();
    let said = !asked.is_empty() || !default(column).is_empty();
    html! {
        details.reading open[said] {
            summary { (look.t(words::READING)) }
            label {
                span { (look.t(words::WHERE_EMPTY)) }
                input.field type="text" name=(name(file, column, "default")) value=(default(column)) maxlength="200";
            }
            @if number {
                label {
                    span { (look.t(words::DECIMAL)) }
                    select.field name=(name(file, column, "decimal")) {
                        @if decimal.is_empty() { option value="" selected { (look.t(words::AS_FOUND)) } }
                        @for (mark, shown) in [(".", "1,234.50"), (",", "1.234,50")] {
                            option value=(mark) selected[decimal == mark] { (shown) }
                        }
                    }
                }
            }
            @if dated {
                label {
                    span { (look.t(words::DATE_ORDER)) }
                    select.field name=(name(file, column, "date_order")) {
                        @if order.is_empty() { option value="" selected { (look.t(words::AS_FOUND)) } }
                        @for (value, shown) in [("dmy", "31/12/2026"), ("mdy", "12/31/2026"), ("ymd", "2026-12-31")] {
                            option value=(value) selected[order == value] { (shown) }
                        }
                    }
                }
            }
            @if !asked.is_empty() { (map(look, file, column, &asked, field)) }
        }
    }
}

/// A choice for each value that nothing is known for.
fn map(
    look: &Look,
    file: &FileReport,
    column: &ColumnMapping,
    asked: &[(String, Option<&Unknown>)],
    field: Option<&Field>,
) -> Markup {
    let known = values(column);
    let choices = match field.map(|field| field.kind) {
        Some(Kind::Choice(choices)) => choices,
        _ => &[],
    };
    html! {
        fieldset.values {
            legend { (look.t(words::VALUES)) }
            @for (at, (value, unknown)) in asked.iter().enumerate() {
                @let chosen = known.get(value).map(|to| to.as_deref().unwrap_or_default());
                input type="hidden" name=(name(file, column, &format!("k{at}"))) value=(value);
                label {
                    span { (value) @if let Some(unknown) = unknown { " " span.muted.num { "× " (unknown.records) } } }
                    @if choices.is_empty() {
                        input.field type="text" name=(name(file, column, &format!("v{at}"))) value=[chosen] maxlength="200";
                    } @else {
                        select.field name=(name(file, column, &format!("v{at}"))) {
                            option value="" selected[chosen.is_none_or(str::is_empty)] { (look.t(words::AS_IT_IS)) }
                            @for choice in choices {
                                option value=(choice.value) selected[chosen == Some(choice.value)] { (look.t(choice.label)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the form says of how a column's cells are read, otherwise than the mapping has it: members of its choice.
pub fn chosen(file: &FileReport, column: &ColumnMapping, sent: &Sent) -> Map<String, Value> {
    let mut said = Map::new();
    let mut steps = column.steps.clone();
    if let Some(text) = sent.get(&name(file, column, "default")) {
        let text = text.trim();
        if text != default(column) {
            steps.retain(|step| !matches!(step, Transform::Default(_)));
            if !text.is_empty() {
                steps.push(Transform::Default(text.to_owned()));
            }
        }
    }
    let mut map = values(column);
    for (at, (value, _)) in asked(file, column).iter().enumerate() {
        // The page may be of before the rows were checked again.
        if sent.get(&name(file, column, &format!("k{at}"))) != Some(value) {
            continue;
        }
        match sent.text(&name(file, column, &format!("v{at}"))).trim() {
            // A value that is emptied stays so.
            "" if map.get(value) == Some(&None) => {}
            "" => _ = map.remove(value),
            to => _ = map.insert(value.clone(), Some(to.to_owned())),
        }
    }
    if map != values(column) {
        steps.retain(|step| !matches!(step, Transform::Values(_)));
        if !map.is_empty() {
            steps.insert(0, Transform::Values(map));
        }
    }
    if steps != column.steps {
        said.insert("steps".into(), json!(steps));
    }
    let now = [
        ("decimal", column.format.decimal.map(String::from).unwrap_or_default()),
        ("date_order", column.format.date_order.clone().unwrap_or_default()),
    ];
    for (of, now) in now {
        let text = sent.text(&name(file, column, of));
        if !text.is_empty() && text != now {
            said.insert(of.into(), text.into());
        }
    }
    said
}

/// The name of the form's field for the columns by which rows tell of one record.
pub fn key_name(file: &FileReport) -> String {
    format!("{}.key", file.batch)
}

/// By which column rows tell of one record. A key of several columns stays as it is until another is chosen.
pub fn key(look: &Look, file: &FileReport, mapping: &Mapping) -> Markup {
    let now = mapping.key.join(" + ");
    html! {
        label.key {
            span { (look.t(words::ONE_FOR_EACH)) }
            select.field name=(key_name(file)) {
                option value="" selected[now.is_empty()] { (look.t(words::EACH_ROW)) }
                @if mapping.key.len() > 1 { option value=(now) selected { (now) } }
                @for column in &mapping.columns {
                    option value=(column.header) selected[now == column.header] { (column.header) }
                }
            }
        }
    }
}

/// The key that the form chooses, where it is another one.
pub fn chosen_key(file: &FileReport, mapping: &Mapping, sent: &Sent) -> Option<Vec<String>> {
    let chosen = sent.get(&key_name(file))?;
    let header =
        mapping.columns.iter().find(|column| column.header == chosen).map(|column| column.header.clone());
    (chosen != mapping.key.join(" + ")).then(|| header.into_iter().collect())
}
