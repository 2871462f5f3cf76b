//! SQL made from a part's plan: the columns its payloads unfold into, and what is compared and written.
//!
//! All names come from descriptions. `r` is the staged row, `p` its values, `l` its resolved links, `i` the values
//! that only a new record takes, `t` the record's table.

use model::field::{Field, NOW};
use serde_json::Value;

use super::{
    documents,
    plan::{Identity, PartPlan, Source},
    types::Role,
};

/// A constant of a description as an SQL literal.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The default of a field as SQL; none where it has none.
fn default(field: &Field) -> Option<String> {
    let json = field.default?;
    if json == NOW {
        return Some("now()".into());
    }
    let value: Value = serde_json::from_str(json).ok()?;
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Array(_) => "{}".into(),
        other => other.to_string(),
    };
    Some(format!("{}::{}", literal(&text), field.kind.sql_type()))
}

/// The joins that unfold a staged row into `p`, `l` and `i`.
pub fn unfold(part: &PartPlan) -> String {
    let define = |fields: Vec<&'static Field>, more: &[&str]| {
        let mut columns: Vec<String> =
            fields.iter().map(|field| format!("{} {}", field.name, field.kind.sql_type())).collect();
        columns.extend(more.iter().map(|column| (*column).to_owned()));
        columns.join(", ")
    };
    let made = part.only_made();
    let implied = if made.is_empty() {
        String::new()
    } else {
        format!(
            " cross join lateral jsonb_to_record(coalesce(r.payload -> 'implied', '{{}}')) as i ({})",
            define(made, &[])
        )
    };
    let links = if part.links.is_empty() {
        String::new()
    } else {
        format!(
            " cross join lateral jsonb_to_record(coalesce(r.links, '{{}}')) as l ({})",
            define(distinct(&part.links), &[])
        )
    };
    let id = if part.by_id { "id text" } else { "\"?\" text" };
    let attributes = if part.custom { "attributes jsonb" } else { "\"??\" text" };
    format!(
        " cross join lateral jsonb_to_record(coalesce(r.payload, '{{}}')) as p ({}){links}{implied}",
        define(part.fields(), &[id, attributes])
    )
}

/// Link fields, each once.
pub fn distinct(fields: &[&'static Field]) -> Vec<&'static Field> {
    let mut once: Vec<&'static Field> = vec![];
    for field in fields {
        if once.iter().all(|known| known.name != field.name) {
            once.push(field);
        }
    }
    once
}

/// Whether the payload or the links hold the field.
fn stands(part: &PartPlan, field: &Field) -> bool {
    part.links.iter().any(|link| link.name == field.name)
        || part.fields().iter().any(|own| own.name == field.name)
}

/// The value of a field in the staged row, for comparisons.
fn value(part: &PartPlan, field: &Field) -> String {
    if part.links.iter().any(|link| link.name == field.name) {
        return format!("l.{}", field.name);
    }
    let own = stands(part, field).then(|| format!("p.{}", field.name));
    match (own, default(field)) {
        (Some(own), Some(default)) => format!("coalesce({own}, {default})"),
        (Some(own), None) => own,
        (None, Some(default)) => default,
        (None, None) => format!("null::{}", field.kind.sql_type()),
    }
}

/// Whether the row has all that a set of fields needs to tell records apart.
pub fn complete(part: &PartPlan, set: &Identity) -> String {
    let needed = set.fields.iter().filter(|field| set.needs(field));
    let tests: Vec<String> = needed.map(|field| format!("{} is not null", value(part, field))).collect();
    if tests.is_empty() { "true".into() } else { format!("({})", tests.join(" and ")) }
}

/// The join of the table on a set of fields.
pub fn same_key(part: &PartPlan, set: &Identity) -> String {
    same(set, |field| value(part, field))
}

/// The values of a set of fields in the staged row, under the names of the fields.
pub fn values(part: &PartPlan, set: &Identity) -> String {
    let values = set.fields.iter().map(|field| format!("{} as {}", value(part, field), field.name));
    values.collect::<Vec<_>>().join(", ")
}

/// Whether the table has the same values of a set of fields, which `value` tells.
pub fn same(set: &Identity, value: impl Fn(&Field) -> String) -> String {
    let tests: Vec<String> = set
        .fields
        .iter()
        .map(|field| {
            let value = value(field);
            match field.key {
                Some(key) => format!("t.{key} = lower(btrim({value}) collate \"und-x-icu\")"),
                None if set.needs(field) => format!("t.{} = {value}", field.name),
                None => format!("t.{} is not distinct from {value}", field.name),
            }
        })
        .collect();
    tests.join(" and ")
}

/// The values of the first complete set as one text; null where none is complete.
pub fn key_text(part: &PartPlan) -> String {
    let cases: Vec<String> = part
        .identities
        .iter()
        .enumerate()
        .map(|(at, set)| {
            let values: Vec<String> = set
                .fields
                .iter()
                .map(|field| {
                    let text = format!("coalesce(({})::text, '')", value(part, field));
                    if field.key.is_some() { format!("lower({text})") } else { text }
                })
                .collect();
            format!(
                "when {} then {} || {}",
                complete(part, set),
                literal(&format!("{at}\u{1f}")),
                values.join(" || E'\\x1f' || ")
            )
        })
        .collect();
    if cases.is_empty() { "null".into() } else { format!("case {} end", cases.join(" ")) }
}

/// The condition that what the row states is what the record holds.
pub fn unchanged(part: &PartPlan, restores: bool) -> String {
    let mut tests: Vec<String> = part
        .given
        .iter()
        .map(|field| format!("(not r.payload ? '{0}' or t.{0} is not distinct from p.{0})", field.name))
        .collect();
    for link in &part.given_links {
        let name = link.link_name().unwrap_or(link.name);
        tests.push(format!("(not r.payload ? '{name}' or t.{0} is not distinct from l.{0})", link.name));
    }
    for (link, _) in &part.of {
        tests.push(format!("t.{0} is not distinct from l.{0}", link.name));
    }
    tests.extend(documents::derived(part).into_iter().map(|derived| derived.same));
    if part.custom {
        tests.push(
            "(p.attributes is null or jsonb_strip_nulls(t.attributes || p.attributes) = t.attributes)".into(),
        );
    }
    if restores && part.entity.versioned && part.entity.archives {
        tests.push("t.archived_at is null".into());
    }
    if tests.is_empty() { "true".into() } else { tests.join(" and ") }
}

/// The columns an update may change.
fn changeable(part: &PartPlan) -> Vec<&'static str> {
    let mut names: Vec<&'static str> =
        part.given.iter().chain(&part.given_links).map(|field| field.name).collect();
    names.extend(part.of.iter().map(|(field, _)| field.name));
    names.extend(documents::derived(part).into_iter().map(|derived| derived.column));
    if part.part.role == Role::Root {
        names.extend(documents::OF_LINES.iter().filter(|name| part.entity.field(name).is_some()));
    }
    if part.custom {
        names.push("attributes");
    }
    if part.entity.versioned && part.entity.archives {
        names.push("archived_at");
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The record's values before the change, as JSON.
pub fn before(part: &PartPlan) -> String {
    let columns: Vec<String> = changeable(part).into_iter().map(|name| format!("t.{name}")).collect();
    let fields = if columns.is_empty() {
        "'{}'::jsonb".to_owned()
    } else {
        format!("(select to_jsonb(x) from (select {}) x)", columns.join(", "))
    };
    format!("jsonb_build_object('version', t.version, 'fields', {fields})")
}

/// The assignments of an update.
pub fn assignments(part: &PartPlan, restores: bool) -> String {
    let mut sets: Vec<String> = part
        .given
        .iter()
        .map(|field| format!("{0} = case when r.payload ? '{0}' then p.{0} else t.{0} end", field.name))
        .collect();
    for link in &part.given_links {
        let name = link.link_name().unwrap_or(link.name);
        sets.push(format!("{0} = case when r.payload ? '{name}' then l.{0} else t.{0} end", link.name));
    }
    sets.extend(part.of.iter().map(|(link, _)| format!("{0} = l.{0}", link.name)));
    if part.custom {
        sets.push("attributes = jsonb_strip_nulls(t.attributes || coalesce(p.attributes, '{}'))".into());
    }
    if restores && part.entity.versioned && part.entity.archives {
        sets.push("archived_at = null, archived_by = null".into());
    }
    if sets.is_empty() { "version = t.version".into() } else { sets.join(", ") }
}

/// The assignments that put the values from before back, and the record they unfold from.
pub fn restoring(part: &PartPlan) -> Option<(String, String)> {
    let names = changeable(part);
    let kind = |name: &str| match name {
        "attributes" => "jsonb",
        "archived_at" => "timestamptz",
        name => part.entity.field(name).map_or("text", |field| field.kind.sql_type()),
    };
    let sets: Vec<String> = names.iter().map(|name| format!("{name} = b.{name}")).collect();
    let define: Vec<String> = names.iter().map(|name| format!("{name} {}", kind(name))).collect();
    (!names.is_empty()).then(|| {
        (
            sets.join(", "),
            format!("cross join lateral jsonb_to_record(r.before -> 'fields') as b ({})", define.join(", ")),
        )
    })
}

/// Columns and values of an insert.
pub fn inserted(part: &PartPlan) -> (Vec<String>, Vec<String>) {
    let (mut columns, mut values) = (vec![], vec![]);
    let (own, made) = (part.fields(), part.only_made());
    for field in
        own.iter().chain(made.iter().filter(|field| own.iter().all(|known| known.name != field.name)))
    {
        let mut sources = vec![];
        if own.iter().any(|known| known.name == field.name) {
            sources.push(format!("p.{}", field.name));
        }
        if made.iter().any(|known| known.name == field.name) {
            sources.push(format!("i.{}", field.name));
        }
        sources.extend(default(field));
        columns.push(field.name.to_owned());
        values.push(if sources.len() == 1 {
            sources.remove(0)
        } else {
            format!("coalesce({})", sources.join(", "))
        });
    }
    for link in distinct(&part.links) {
        columns.push(link.name.into());
        values.push(format!("l.{}", link.name));
    }
    for field in part.entity.fields {
        let Some(link) = field.carried.and_then(|link| part.entity.field(link)) else { continue };
        if let (Some(entity), true) = (link.link(), part.links.iter().any(|known| known.name == link.name)) {
            columns.push(field.name.into());
            values.push(format!(
                "(select x.{} from {entity} x where x.tenant_id = $1 and x.id = l.{})",
                field.name, link.name
            ));
        }
    }
    if part.custom {
        columns.push("attributes".into());
        values.push("jsonb_strip_nulls(coalesce(p.attributes, '{}'))".into());
    }
    (columns, values)
}

/// Whether the part's records are counted within their document.
pub fn is_positioned(part: &PartPlan) -> bool {
    part.implied.iter().any(|(_, source)| matches!(source, Source::Position))
}
