//! Doing what an event asks for: through the record engine, so that checks, audit and events are those of everybody.

use model::{
    Document,
    entity::Entity,
    integrations::payload::Action,
    problem::{FieldError, Problem, codes},
    registry,
    value::{Author, Format, Mode, codes as values, parse_json, parse_text},
};
use serde_json::{Value, json};
use store::{TenantTx, engine, sql};
use uuid::Uuid;

use super::{
    effect::{Effect, Line},
    process::Event,
};

/// Does it within the transaction; gives what came of it, for the log.
///
/// # Errors
/// `invalid` where the payload is to blame; `not_found` where a record is named that is not there, or not yet.
pub async fn apply(tx: &mut TenantTx, event: &Event, effect: Effect) -> Result<Value, Problem> {
    match effect {
        Effect::Nothing(why) => Ok(json!({ "nothing": why })),
        Effect::Line(line) => heard(tx, line).await,
        Effect::Record(action, document) => record(tx, event, action, document).await,
    }
}

fn entity(name: &str) -> Result<&'static Entity, Problem> {
    registry::described(name)
}

/// Someone on LINE: a customer, found or made, and an activity of whoever looks after them.
async fn heard(tx: &mut TenantTx, line: Line) -> Result<Value, Problem> {
    let customers = entity("customers")?;
    let found = tx
        .optional(
            sql!("select id, owner_id, archived_at is not null from customers where tenant_id = $1 and line_user_id = $2"),
            &[&tx.tenant(), &line.user],
        )
        .await?;
    let (customer, owner, made) = match found {
        Some(row) => {
            let id: Uuid = row.get(0);
            if line.creates && row.get(2) {
                engine::restore(tx, customers, id, None).await?;
            }
            (id, row.get::<_, Option<Uuid>>(1), false)
        }
        None if !line.creates => return Ok(json!({ "nothing": "no customer has this LINE user" })),
        None => {
            let short: String = line.user.chars().take(9).collect();
            let document =
                json!({ "kind": "person", "name": format!("LINE {short}"), "line_user_id": line.user });
            (engine::create(tx, customers, object(document)).await?.id, None, true)
        }
    };
    let mut outcome = json!({ "customer_id": customer, "created": made });
    if let Some((title, notes)) = line.note {
        let document = json!({
            "kind": "note", "customer_id": customer, "user_id": owner, "outcome": title, "notes": notes,
            "occurred_at": line.at.unwrap_or_else(|| tx.world().now()),
        });
        let activity = engine::create(tx, entity("activities")?, object(document)).await?;
        outcome["activity_id"] = json!(activity.id);
    }
    Ok(outcome)
}

fn object(value: Value) -> Document {
    value.as_object().cloned().unwrap_or_default()
}

/// A record made or changed, as a documented action says.
async fn record(
    tx: &mut TenantTx,
    event: &Event,
    action: &'static Action,
    mut data: Document,
) -> Result<Value, Problem> {
    let described = entity(action.entity)?;
    let whole = Value::Object(data.clone());
    let external = taken(&mut data, "external_id");
    let given = taken(&mut data, "id");
    if action.entity == "service_jobs"
        && let Some(named) = data.shift_remove("customer")
    {
        data.insert("customer_id".to_owned(), json!(customer(tx, event, &named).await?));
    }
    let there = match (&given, &external) {
        (Some(id), _) => by_id(tx, action, id).await?,
        (None, Some(external)) => by_external(tx, event, action.entity, external).await?,
        (None, None) => None,
    };
    let there = match there {
        None if action.entity == "customers" && given.is_none() => by_key(tx, &data).await?,
        there => there,
    };
    let mut document = read(described, data, there.is_some())?;
    if action.entity == "service_jobs" {
        document.insert("webhook_data".to_owned(), whole);
        document.insert("webhook_log_id".to_owned(), json!(event.log));
        if let Some(workflow) = &event.workflow_id {
            document
                .insert("n8n_workflow_id".to_owned(), json!(workflow.chars().take(64).collect::<String>()));
        }
    }
    let (id, created) = match there {
        Some(_) if !action.updates => {
            let message = format!(
                "There is such a {} already; `{}` makes new ones alone.",
                described.singular, action.name
            );
            return Err(Problem::invalid(vec![FieldError::new("action", &values::DUPLICATE, message)]));
        }
        Some(id) => (engine::update(tx, described, id, document, None).await?.id, false),
        None if !action.creates || given.is_some() => return Err(Problem::not_found(described.singular)),
        None => (engine::create(tx, described, document).await?.id, true),
    };
    if let Some(external) = external {
        remember(tx, event, action.entity, &external, id).await?;
    }
    let mut outcome = json!({ "created": created });
    outcome[format!("{}_id", described.singular)] = json!(id);
    Ok(outcome)
}

/// A helper field that is no field of the record.
fn taken(data: &mut Document, name: &str) -> Option<String> {
    match data.shift_remove(name)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The fields as they are stored: only those that staff may write, in the types of programs or as people write them.
fn read(entity: &'static Entity, data: Document, exists: bool) -> Result<Document, Problem> {
    let mode = if exists { Mode::Update } else { Mode::Create };
    let (mut document, mut errors) = (Document::new(), vec![]);
    for (name, value) in data {
        let Some(field) = entity.field(&name) else {
            // Custom fields and unknown ones are the engine's to judge.
            document.insert(name, value);
            continue;
        };
        if !Author::Staff.writes(field, mode) || !Author::Staff.sees(field) {
            let message = format!("`{name}` is kept by the program; leave it out.");
            errors.push(FieldError::new(name, &values::READ_ONLY, message));
            continue;
        }
        let as_text = match &value {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        match (parse_json(field, &value), as_text) {
            (Ok(read), _) => _ = document.insert(name, read),
            (Err(error), None) => errors.push(error),
            (Err(error), Some(text)) => match parse_text(field, &text, &Format::canonical()) {
                Ok(read) => _ = document.insert(name, read),
                Err(_) => errors.push(error),
            },
        }
    }
    if errors.is_empty() { Ok(document) } else { Err(Problem::invalid(errors)) }
}

async fn by_id(tx: &mut TenantTx, action: &Action, id: &str) -> Result<Option<Uuid>, Problem> {
    let Ok(id) = Uuid::try_parse(id) else {
        let message = "`id` must be a UUID of Tenantry; give ids of your own as `external_id`.";
        return Err(Problem::invalid(vec![FieldError::new("id", &values::NOT_AN_ID, message).value(id)]));
    };
    let found = match action.entity {
        "customers" => sql!("select id from customers where tenant_id = $1 and id = $2"),
        _ => sql!("select id from service_jobs where tenant_id = $1 and id = $2"),
    };
    Ok(tx.optional(found, &[&tx.tenant(), &id]).await?.map(|row| row.get(0)))
}

async fn by_external(
    tx: &mut TenantTx,
    event: &Event,
    entity: &str,
    external: &str,
) -> Result<Option<Uuid>, Problem> {
    let found = tx
        .optional(
            sql!(
                "select record_id from external_ids
                 where tenant_id = $1 and entity = $2 and source_system = $3 and external_id = $4"
            ),
            &[&tx.tenant(), &entity, &event.code, &external],
        )
        .await?;
    Ok(found.map(|row| row.get(0)))
}

/// A customer by the keys among the fields.
async fn by_key(tx: &mut TenantTx, data: &Document) -> Result<Option<Uuid>, Problem> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::trim);
    let (code, line) = (text("code"), text("line_user_id"));
    if code.is_none() && line.is_none() {
        return Ok(None);
    }
    let found = tx
        .optional(
            sql!(
                "select id from customers where tenant_id = $1 and code = $2
                 union all
                 select id from customers where tenant_id = $1 and line_user_id = $3
                 limit 1"
            ),
            &[&tx.tenant(), &code, &line],
        )
        .await?;
    Ok(found.map(|row| row.get(0)))
}

/// The customer that a service job names: by `id`, `external_id`, `code`, `line_user_id` or `email`.
async fn customer(tx: &mut TenantTx, event: &Event, named: &Value) -> Result<Uuid, Problem> {
    let text =
        |name: &str| named.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let missing = || {
        Problem::not_found("customer")
            .hint("Name it by `id`, `external_id`, `code`, `line_user_id` or `email`, and make it first.")
    };
    if let Some(external) = text("external_id") {
        return by_external(tx, event, "customers", external).await?.ok_or_else(missing);
    }
    let id = text("id").and_then(|id| Uuid::try_parse(id).ok());
    let email = text("email").map(str::to_lowercase);
    let (code, line) = (text("code"), text("line_user_id"));
    if id.is_none() && code.is_none() && line.is_none() && email.is_none() {
        let message =
            "`customer` must be an object with one of `id`, `external_id`, `code`, `line_user_id`, `email`.";
        return Err(Problem::invalid(vec![FieldError::new("customer", &values::REQUIRED, message)]));
    }
    let found = tx
        .query(
            sql!(
                "select id from customers where tenant_id = $1 and archived_at is null and id = $2
                 union select id from customers where tenant_id = $1 and archived_at is null and code = $3
                 union select id from customers where tenant_id = $1 and archived_at is null and line_user_id = $4
                 union select id from customers where tenant_id = $1 and archived_at is null and email_key = $5
                 limit 2"
            ),
            &[&tx.tenant(), &id, &code, &line, &email],
        )
        .await?;
    match found.as_slice() {
        [] => Err(missing()),
        [only] => Ok(only.get(0)),
        _ => {
            let message = "Several customers are meant by `customer`; name one by `id` or `code`.";
            Err(Problem::invalid(vec![FieldError::new("customer", &values::AMBIGUOUS_LINK, message)]))
        }
    }
}

/// Keeps the sender's id of the record, so that the next event finds it.
async fn remember(
    tx: &mut TenantTx,
    event: &Event,
    entity_name: &str,
    external: &str,
    id: Uuid,
) -> Result<(), Problem> {
    match by_external(tx, event, entity_name, external).await? {
        Some(held) if held == id => Ok(()),
        Some(_) => Err(Problem::new(&codes::CONFLICT, "This `external_id` belongs to another record.")),
        None => {
            let document = json!({
                "entity": entity_name, "source_system": event.code, "external_id": external, "record_id": id,
            });
            engine::create(tx, entity("external_ids")?, object(document)).await.map(drop)
        }
    }
}
