//! Why a write was refused: which link is unknown, which record has the key, which rule was broken.

use std::collections::HashMap;

use model::{
    Document,
    entity::{Entity, Key},
    field::Field,
    problem::{FieldError, Problem, codes},
    query::nullable,
    value,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    allowed, custom,
    given::{GIVEN, Given, json as rows_of},
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::{
    TenantTx,
    db::{Violation, violation},
    sql::Row,
};

/// Why new documents were left out by [`super::insert::insert`]; by id, one statement for all.
///
/// # Errors
/// What the database says.
pub async fn of_new(
    tx: &mut TenantTx,
    entity: &'static Entity,
    sight: &Sight,
    docs: &[Document],
) -> Result<HashMap<Uuid, Problem>, Problem> {
    let missing = custom::missing(tx, entity).await?;
    let mut found = of_docs(tx, entity, sight, docs).await?;
    let mut problems = HashMap::with_capacity(docs.len());
    for doc in docs {
        let id = allowed::id_of(doc)?;
        let errors: Vec<_> = if doc.contains_key("attributes") { vec![] } else { missing.clone() };
        let problem = match found.remove(&id) {
            _ if !errors.is_empty() => Problem::invalid(errors),
            Some(problem) => problem,
            None => {
                Problem::new(&codes::DUPLICATE, format!("{} like this one exists already.", entity.label.en))
            }
        };
        problems.insert(id, problem);
    }
    Ok(problems)
}

/// The unknown links, taken keys and owners out of reach of documents that carry their ids, in one statement.
///
/// # Errors
/// What the database says.
pub async fn of_docs(
    tx: &mut TenantTx,
    entity: &'static Entity,
    sight: &Sight,
    docs: &[Document],
) -> Result<HashMap<Uuid, Problem>, Problem> {
    let caller = tx.caller().clone();
    let given = Given::of(entity, docs.iter());
    let links: Vec<_> = given.links().collect();
    let keys: Vec<_> = entity.keys.iter().filter(|key| is_stated(entity, key, &given)).collect();
    let mut w = Writer::new(caller.tenant);
    w.put("select g.id, (true");
    sight.and_through(&mut w, entity, GIVEN, &given.fields)?;
    w.put(")");
    for link in &links {
        w.put(", ");
        Given::link_is_seen(&mut w, &caller, link)?;
    }
    for number in 0..keys.len() {
        let key = Alias("k", Some(number));
        w.put(", ").alias(key).put(".id, ").alias(key).put(".archived, ").alias(key).put(".seen");
    }
    w.put(" from ");
    given.rows(&mut w, rows_of(docs));
    let view = Sight::view(&caller, entity);
    for (number, key) in keys.iter().enumerate() {
        w.put(" left join lateral (select x.id, ");
        w.put(if entity.archives { "x.archived_at is not null" } else { "false" }).put(" as archived, ");
        match &view {
            Some(view) => view.condition(&mut w, entity, Alias("x", None))?,
            None => _ = w.put("false"),
        }
        w.put(" as seen from ").name(entity.name).put(" x where x.tenant_id = $1 and x.id <> g.id");
        for name in key.fields {
            match given.fields.iter().find(|field| field.name == *name) {
                Some(field) => same_key(&mut w, field, key.fields.len()),
                // Stated by no document, so empty in all of them.
                None => {
                    _ = w.put(" and ").column(Alias("x", None), field_of(entity, name)?.name).put(" is null")
                }
            }
        }
        w.put(" limit 1) ").alias(Alias("k", Some(number))).put(" on true");
    }
    let rows = tx.run(&w.free()).await?;
    let docs: HashMap<Uuid, &Document> =
        docs.iter().map(|doc| Ok((allowed::id_of(doc)?, doc))).collect::<Result<_, Problem>>()?;
    let mut problems = HashMap::new();
    for row in &rows {
        let id: Uuid = column(row, 0)?;
        let Some(doc) = docs.get(&id) else { continue };
        if let Some(problem) = judge(entity, row, doc, &links, &keys)? {
            problems.insert(id, problem);
        }
    }
    Ok(problems)
}

fn judge(
    entity: &'static Entity,
    row: &Row,
    doc: &Document,
    links: &[&'static Field],
    keys: &[&'static Key],
) -> Result<Option<Problem>, Problem> {
    let mut unknown = vec![];
    for (number, link) in links.iter().enumerate() {
        if !column::<bool>(row, 2 + number)? {
            unknown.push(unknown_link(link, doc.get(link.name)));
        }
    }
    if !unknown.is_empty() {
        return Ok(Some(Problem::invalid(unknown)));
    }
    for (number, key) in keys.iter().enumerate() {
        let first = 2 + links.len() + 3 * number;
        if let Some(other) = column::<Option<Uuid>>(row, first)? {
            let (archived, seen) = (column(row, first + 1)?, column(row, first + 2)?);
            return Ok(Some(duplicate(entity, key, doc, seen, other, archived)));
        }
    }
    let within: bool = column(row, 1)?;
    Ok((!within).then(|| {
        Problem::new(&codes::FORBIDDEN, "Your role reaches only records of yourself or your team.")
            .hint("Ask an admin of your company to widen one of your roles.")
    }))
}

/// The error of a link to a record that does not exist, or that the caller may not see: the two are told alike.
pub fn unknown_link(link: &Field, value: Option<&Value>) -> FieldError {
    let what = link.link_name().unwrap_or(link.name).replace('_', " ");
    let message = format!("{}: there is no such {what}. Give the id of one that exists.", link.label.en);
    FieldError::new(link.name, &value::codes::UNKNOWN_LINK, message).value(value.cloned().unwrap_or_default())
}

fn duplicate(entity: &Entity, key: &Key, doc: &Document, seen: bool, other: Uuid, archived: bool) -> Problem {
    let mut errors = vec![];
    let mut said = vec![];
    for name in key.fields {
        let value = doc.get(*name).cloned().unwrap_or_default();
        let label = entity.any_field(name).map_or(*name, |field| field.label.en);
        said.push(format!("{label} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        let message = format!("{label} is taken by another record.");
        errors.push(FieldError::new(*name, &codes::DUPLICATE, message).value(value));
    }
    let detail = format!("A {} with {} exists already.", entity.label.en.to_lowercase(), said.join(", "));
    let problem = Problem::new(&codes::DUPLICATE, detail).errors(errors);
    match (seen, archived) {
        (false, _) => problem.hint("Use another value."),
        (true, false) => {
            problem.facts(json!({ "id": other, "archived": false })).hint("Change that one instead.")
        }
        (true, true) => problem
            .facts(json!({ "id": other, "archived": true }))
            .hint("It is archived; restore it instead of making another one."),
    }
}

/// Whether the documents say enough to look a key up. Of a key of one field an empty value is never taken.
fn is_stated(entity: &Entity, key: &Key, given: &Given) -> bool {
    let stated = |name: &str| given.fields.iter().any(|field| field.name == name);
    key.fields.iter().all(|name| stated(name) || entity.any_field(name).is_some_and(nullable))
        && key.fields.iter().any(|name| stated(name))
}

/// Writes ` and x.… = g.…`. Within a key of several fields empty values are alike.
fn same_key(w: &mut Writer, field: &'static Field, fields: usize) {
    if let Some(key) = field.key {
        w.put(" and x.").name(key).put(" = lower(btrim(").column(GIVEN, field.name);
        w.put(") collate \"und-x-icu\")");
    } else {
        let same = if fields > 1 && nullable(field) { " is not distinct from " } else { " = " };
        w.put(" and ").column(Alias("x", None), field.name).put(same).column(GIVEN, field.name);
    }
}

fn field_of(entity: &Entity, name: &str) -> Result<&'static Field, Problem> {
    let missing = || Problem::internal(format!("a key of {} names no field {name}", entity.name));
    entity.any_field(name).ok_or_else(missing)
}

/// A rule of the database that was broken, in the words of the description.
pub fn explain(entity: &Entity, problem: Problem) -> Problem {
    let field_of = |constraint: &str, ending: &str| {
        let stem = constraint.strip_suffix(ending)?;
        entity.field(stem.strip_prefix(entity.name)?.strip_prefix('_')?)
    };
    let error = match violation(&problem) {
        Some(Violation::Link(name)) => field_of(&name, "_link").map(|field| unknown_link(field, None)),
        Some(Violation::Missing(name)) => entity.any_field(&name).map(|field| {
            FieldError::new(
                field.name,
                &value::codes::REQUIRED,
                format!("{} cannot be empty.", field.label.en),
            )
        }),
        Some(Violation::Check(name)) => Some(match field_of(&name, "_check") {
            Some(field) => {
                let message = format!("{} is outside of what a record may hold.", field.label.en);
                FieldError::new(field.name, &value::codes::INCONSISTENT, message)
            }
            None => {
                let stem = name.strip_prefix(entity.name).unwrap_or(&name).trim_start_matches('_');
                let rule = stem.trim_end_matches("_check").replace('_', " ");
                FieldError::new(
                    "",
                    &value::codes::INCONSISTENT,
                    format!("The values contradict each other ({rule})."),
                )
            }
        }),
        _ => None,
    };
    match error {
        Some(error) => Problem::invalid(vec![error]).cause(problem),
        None => problem,
    }
}

fn column<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, Problem> {
    row.try_get(index).map_err(Problem::internal)
}
