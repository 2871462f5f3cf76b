//! The example of a create, one that the reader of values takes.

use model::{
    Document,
    entity::Entity,
    field::Field,
    value::{Author, Mode, validate},
};
use serde_json::Value;

use super::schemas;

/// The required fields, and of the others what makes the record richer without making it wrong. Links that
/// nothing asks for are left out.
pub fn create(entity: &'static Entity) -> Option<Value> {
    let (needed, others): (Vec<&Field>, Vec<&Field>) = entity
        .fields
        .iter()
        .filter(|field| schemas::writable(field, Mode::Create))
        .partition(|field| field.required && field.default.is_none());
    let mut example = Document::new();
    for field in needed {
        add(&mut example, field);
    }
    let mut wrong = faults(entity, &example);
    for field in others {
        let mut richer = example.clone();
        add(&mut richer, field);
        let now = faults(entity, &richer);
        if now < wrong || (now == wrong && field.link().is_none()) {
            (example, wrong) = (richer, now);
        }
    }
    (!example.is_empty()).then_some(Value::Object(example))
}

fn add(example: &mut Document, field: &Field) {
    if let Some(value) = schemas::example(field) {
        example.insert(field.name.to_owned(), value);
    }
}

fn faults(entity: &'static Entity, example: &Document) -> usize {
    validate(entity, example.clone(), Mode::Create, Author::Staff).err().map_or(0, |errors| errors.len())
}
