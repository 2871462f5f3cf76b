//! What must hold of a write before any SQL: the entity can be written, the caller may, the document is valid
//! and stays within the caller's reach.

use model::{
    Document,
    caller::Caller,
    entity::{Class, Entity, Writes},
    problem::{FieldError, Problem, codes},
    value::{self, Author, Mode, validate},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::sight::Sight;
use crate::TenantTx;

/// How far the caller may go with `action` on records that callers write.
///
/// # Errors
/// `method_not_allowed` for entities that only the program writes; `forbidden`.
pub fn to(caller: &Caller, entity: &Entity, action: &str) -> Result<Sight, Problem> {
    if entity.writes == Writes::None {
        return Err(Problem::new(
            &codes::METHOD_NOT_ALLOWED,
            format!("{} are kept by the program and cannot be written directly.", entity.plural.en),
        )
        .hint("Use the operations that lead to them."));
    }
    Sight::of(caller, entity, action)
}

/// A valid new document with its id: one that the program stated, or a new one.
///
/// # Errors
/// All bad fields.
pub fn new_record(
    tx: &TenantTx,
    entity: &'static Entity,
    sight: &Sight,
    mut doc: Document,
) -> Result<Document, Vec<FieldError>> {
    let caller = tx.caller();
    // Whoever may only make records of their own makes them their own where they name no owner.
    if let (true, [owner], Some(me)) = (sight.needs_owner(), entity.owner, caller.actor.id())
        && *owner != "id"
        && doc.get(*owner).is_none_or(Value::is_null)
    {
        doc.insert((*owner).to_owned(), json!(me));
    }
    // A portal user acts for one customer, whose records the table's class says these are, and keeps what people keep.
    if let (Class::Customer, Some(customer)) = (entity.class, caller.customer) {
        for (name, value) in [("customer_id", Some(customer)), ("portal_user_id", caller.actor.id())] {
            // What another record carries along is not stated.
            let stated = entity.field(name).is_some_and(|field| field.carried.is_none());
            if stated && !doc.contains_key(name) {
                doc.insert(name.to_owned(), json!(value));
            }
        }
    }
    let mut doc = validate(entity, doc, Mode::Create, Author::from(caller.scope))?;
    within(entity, sight, &doc)?;
    if !doc.contains_key("id") {
        doc.insert("id".to_owned(), json!(tx.world().id()));
    }
    Ok(doc)
}

/// A valid change.
///
/// # Errors
/// All bad fields.
pub fn change(
    caller: &Caller,
    entity: &'static Entity,
    sight: &Sight,
    doc: Document,
) -> Result<Document, Vec<FieldError>> {
    let doc = validate(entity, doc, Mode::Update, Author::from(caller.scope))?;
    within(entity, sight, &doc)?;
    Ok(doc)
}

/// Whether the caller may write this change to records of the entity at all; what depends on the record is left open.
///
/// # Errors
/// As [`to`]; `invalid` naming each bad field.
pub fn check_change(caller: &Caller, entity: &'static Entity, doc: Document) -> Result<(), Problem> {
    let sight = to(caller, entity, "update")?;
    change(caller, entity, &sight, doc).map(drop).map_err(Problem::invalid)
}

/// A record cannot be given to someone out of the caller's reach.
fn within(entity: &Entity, sight: &Sight, doc: &Document) -> Result<(), Vec<FieldError>> {
    if sight.reaches(entity, doc) != Some(false) {
        return Ok(());
    }
    let [owner, ..] = entity.owner else { return Ok(()) };
    let value = doc.get(*owner).cloned().unwrap_or_default();
    let message = "Your role reaches only records of yourself or your team; name one of them.";
    Err(vec![FieldError::new(*owner, &value::codes::OUT_OF_REACH, message).value(value)])
}

/// The id in a document that the engine made or found there.
///
/// # Errors
/// When there is none: a defect.
pub fn id_of(doc: &Document) -> Result<Uuid, Problem> {
    doc.get("id")
        .and_then(Value::as_str)
        .and_then(|id| Uuid::try_parse(id).ok())
        .ok_or_else(|| Problem::internal("a document without an id"))
}
