//! What a list can be asked: filter, sort, search, page, fields, expand, count.

use model::{
    entity::Entity,
    field::Field,
    query::{LONGEST_SEARCH, has_index, operators, sortable},
    registry,
    value::Author,
};
use serde_json::{Map, Value, json};

use store::engine::{self, SEARCH_MOST};

use super::{object, paths::json_answer, reference, schemas};
use crate::once::LONGEST;

/// Parameters that addresses share.
pub fn shared() -> Map<String, Value> {
    object([
        (
            "Id".to_owned(),
            json!({ "name": "id", "in": "path", "required": true, "description": "The record's id.",
                    "schema": { "type": "string", "format": "uuid" } }),
        ),
        (
            "Limit".to_owned(),
            query(
                "limit",
                "How many at most.",
                json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 }),
            ),
        ),
        (
            "After".to_owned(),
            query(
                "after",
                "`page.next` of an earlier answer to the same question: what comes behind it.",
                json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]*$" }),
            ),
        ),
        (
            "Before".to_owned(),
            query(
                "before",
                "`page.prev` of an earlier answer to the same question: what stands in front of it.",
                json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]*$" }),
            ),
        ),
        (
            "Count".to_owned(),
            query(
                "count",
                "Whether to count what the filter finds.",
                json!({ "type": "string", "enum": ["none", "capped", "exact"], "default": "none" }),
            ),
        ),
        (
            "Search".to_owned(),
            query(
                "q",
                "Words to search for; typing errors are forgiven.",
                json!({ "type": "string", "maxLength": LONGEST_SEARCH, "pattern": "^[^\\u0000]*$" }),
            ),
        ),
        (
            "Archived".to_owned(),
            query(
                "archived",
                "Archived records: left out, in as well, or alone.",
                json!({ "type": "string", "enum": ["without", "with", "only"], "default": "without" }),
            ),
        ),
        (
            "IfMatch".to_owned(),
            header("If-Match", "Write only if the record still has this `ETag`.", "\"v3\""),
        ),
        (
            "IdempotencyKey".to_owned(),
            json!({ "name": "Idempotency-Key", "in": "header",
                "description": "Done once, however often it is sent: the same key and body give the stored answer again for 24 hours. \
                    Another body under the key is refused with 422, a repetition while the first is being done with 409. \
                    Keys count for one caller and address.",
                "schema": { "type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]([ -~]*[!-~])?$" },
                "example": "8e03978e-40d5-43e8-bc93-6894a57f9324" }),
        ),
        (
            "IfNoneMatch".to_owned(),
            json!({ "name": "If-None-Match", "in": "header", "description": "Answer 304 if the record still has this `ETag`.",
                "schema": { "type": "string" }, "example": "\"v3\"" }),
        ),
    ])
}

/// The search over all kinds of record.
pub fn everywhere() -> Value {
    let names: Vec<&str> =
        registry::ENTITIES.iter().filter(|entity| entity.searchable).map(|entity| entity.name).collect();
    let text = |about: &str| json!({ "type": "string", "description": about });
    let about = "1: named exactly so; from 0.7: the title begins so; from 0.5: a word begins so; from 0.3: somewhere within; \
        below: resembles.";
    let hit = json!({
        "type": "object",
        "required": ["entity", "id", "title", "subtitle", "score"],
        "properties": {
            "entity": { "type": "string", "enum": names, "description": "What kind of record." },
            "id": { "type": "string", "format": "uuid" },
            "title": text("What people call it."),
            "subtitle": text("What tells it from others of that title."),
            "score": { "type": "number", "minimum": 0, "maximum": 1, "description": about },
        },
    });
    let mut answer = json!({ "type": "object", "required": ["data"] });
    answer["properties"]["data"] = json!({ "type": "array", "items": hit });
    let mut words = query(
        "q",
        "What to look for: a code, number, e-mail address, name or part of one; typing errors are forgiven.",
        json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH,
            "pattern": "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$" }),
    );
    words["required"] = true.into();
    words["example"] = "harbor".into();
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": SEARCH_MOST, "default": 10 });
    json!({
        "operationId": "search",
        "summary": "Search everywhere",
        "description": "Over every kind of record that the caller may see, best matches first.",
        "parameters": [
            words,
            query("limit", "How many at most.", limit),
            choice("entities", "Only these kinds of record.", &names),
        ],
        "responses": { "200": json_answer("The matches.", answer) },
    })
}

/// The look for records that likely are one that is about to be made.
pub fn likely(entity: &'static Entity) -> Value {
    let names: Vec<&str> = engine::likely_by(entity).map(|field| field.name).collect();
    let one = json!({
        "type": "object",
        "required": ["id", "title", "alike"],
        "properties": {
            "id": { "type": ["string", "null"], "format": "uuid", "description": "`null` where the caller may not see the record." },
            "title": { "type": ["string", "null"], "description": "What people call it." },
            "alike": { "type": "array", "items": { "type": "string", "enum": names }, "description": "The fields in which the two agree or resemble." },
        },
    });
    let mut answer = json!({ "type": "object", "required": ["data"] });
    answer["properties"]["data"] = json!({ "type": "array", "items": one });
    let stated = engine::likely_by(entity).map(|field| {
        query(
            field.name,
            &format!("{} of the record that is about to be made.", field.label.en),
            json!({ "type": "string" }),
        )
    });
    json!({
        "operationId": format!("likely_{}", entity.name),
        "summary": format!("Look for doubles among the {}", entity.plural.en.to_lowercase()),
        "description": "Records that likely are the one that is about to be made, over all of the company's. Ask before creating; nothing is refused for it.",
        "parameters": stated.collect::<Vec<_>>(),
        "responses": { "200": json_answer("The records, those that agree in most first.", answer) },
    })
}

/// Everything the list of an entity can be asked.
pub fn list(entity: &'static Entity) -> Vec<Value> {
    let mut names = vec!["Limit", "After", "Before", "Count"];
    names.extend(entity.archives.then_some("Archived"));
    names.extend(entity.searchable.then_some("Search"));
    let mut parameters: Vec<Value> = names.into_iter().map(|name| reference("parameters", name)).collect();
    parameters.push(reference("parameters", &format!("{}.sort", entity.name)));
    parameters.extend(record(entity));
    parameters.extend(filtered(entity).map(|field| reference("parameters", &filter_name(entity, field))));
    parameters
}

/// What the address of one record can be asked.
pub fn record(entity: &'static Entity) -> Vec<Value> {
    let mut names = vec!["fields"];
    names.extend((!links(entity, Author::Staff).is_empty()).then_some("expand"));
    names.into_iter().map(|name| reference("parameters", &format!("{}.{name}", entity.name))).collect()
}

/// The parameters that say something of this entity alone.
pub fn of(entity: &'static Entity) -> Map<String, Value> {
    let own = ["sort", "fields", "expand"]
        .into_iter()
        .filter_map(|name| Some((name, by_name(entity, name, Author::Staff)?)));
    let own = own.map(|(name, parameter)| (format!("{}.{name}", entity.name), parameter));
    object(own.chain(filtered(entity).map(|field| (filter_name(entity, field), filter(field)))))
}

/// Leaves of an entity's parameters what people at customers may state.
pub fn for_portal(entity: &'static Entity, parameters: &mut Vec<Value>) {
    *parameters = std::mem::take(parameters)
        .into_iter()
        .filter_map(|parameter| {
            let own = format!("#/components/parameters/{}.", entity.name);
            let Some(name) = parameter["$ref"].as_str().and_then(|path| path.strip_prefix(&own)) else {
                return Some(parameter);
            };
            match name.strip_prefix("filter.") {
                Some(field) => entity
                    .any_field(field)
                    .is_none_or(|field| Author::Portal.sees(field))
                    .then_some(parameter),
                None => by_name(entity, name, Author::Portal),
            }
        })
        .collect();
}

/// A parameter that names fields, as far as its author knows them; `None` where there are none.
fn by_name(entity: &'static Entity, name: &str, author: Author) -> Option<Value> {
    let (about, words) = match name {
        "sort" => {
            let fields = sortable(entity).filter(|field| author.sees(field));
            let both = fields.flat_map(|field| [field.name.to_owned(), format!("-{}", field.name)]);
            ("By these fields; `-` turns the order round.", both.collect())
        }
        "fields" => {
            ("Only these fields.", shown(entity, author).map(|field| field.name.to_owned()).collect())
        }
        _ => ("Put the linked records in.", links(entity, author)),
    };
    (!words.is_empty()).then(|| choice(name, about, &words))
}

fn filter_name(entity: &Entity, field: &Field) -> String {
    format!("{}.filter.{}", entity.name, field.name)
}

/// The fields whose filters an index answers.
fn filtered(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    shown(entity, Author::Staff).filter(|field| has_index(field) && operators(field.kind).contains(&"eq"))
}

fn links(entity: &'static Entity, author: Author) -> Vec<String> {
    shown(entity, author).filter_map(|field| Some(field.link_name()?.to_owned())).collect()
}

fn shown(entity: &'static Entity, author: Author) -> impl Iterator<Item = &'static Field> {
    entity.standard().chain(entity.fields).filter(move |field| author.sees(field))
}

/// Some of a set of words, joined by commas.
fn choice(name: &str, about: &str, words: &[impl AsRef<str>]) -> Value {
    let mut parameter = query(
        name,
        about,
        json!({ "type": "array", "minItems": 1, "items": { "type": "string", "enum": words.iter().map(AsRef::as_ref).collect::<Vec<&str>>() } }),
    );
    parameter["style"] = "form".into();
    parameter["explode"] = false.into();
    parameter
}

/// The filter on one field; the operators that go with it are told in words.
fn filter(field: &'static Field) -> Value {
    let others = operators(field.kind).iter().filter(|name| **name != "eq").map(|name| format!("`[{name}]`"));
    let others: Vec<String> = others.collect();
    let about = format!("{} is this value. Behind the name also {}.", field.label.en, others.join(", "));
    query(&format!("filter[{}]", field.name), &about, schemas::stated(field, true))
}

fn query(name: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "description": about, "schema": schema })
}

fn header(name: &str, about: &str, example: &str) -> Value {
    json!({ "name": name, "in": "header", "description": about, "example": example,
        "schema": { "type": "string", "pattern": "^(\\*|(W/)?\"[!#-~]*\")$" } })
}
