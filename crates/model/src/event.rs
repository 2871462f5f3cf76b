//! Events: facts that others are told of, named `entity.action` with the singular of the entity (`customer.updated`).

use std::borrow::Cow;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Document,
    entity::{Entity, Writes},
    field::{Field, Kind, Read, Text},
    registry,
    value::{Format, parse_text},
};

/// A fact that commits together with the change it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name, as `customer.updated`.
    pub kind: Cow<'static, str>,
    /// The (plural) name of the entity.
    pub entity: &'static str,
    /// The record it is about, where it is about one.
    pub entity_id: Option<Uuid>,
    /// What is told, a JSON object as text.
    pub payload: String,
}

impl Event {
    /// An event of a document.
    pub fn new(
        kind: impl Into<Cow<'static, str>>,
        entity: &'static str,
        entity_id: Option<Uuid>,
        payload: &Value,
    ) -> Self {
        Self { kind: kind.into(), entity, entity_id, payload: payload.to_string() }
    }
}

/// What writes do to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created,
    /// Some of its fields have other values.
    Updated,
    /// It went into the archive.
    Archived,
    /// It came out of the archive.
    Restored,
    /// It is gone.
    Deleted,
}

impl Change {
    const ALL: [Self; 5] = [Self::Created, Self::Updated, Self::Archived, Self::Restored, Self::Deleted];

    /// The second half of an event's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Archived => "archived",
            Self::Restored => "restored",
            Self::Deleted => "deleted",
        }
    }

    /// What people read.
    pub const fn label(self) -> Text {
        match self {
            Self::Created => Text::of("created", "สร้าง"),
            Self::Updated => Text::of("changed", "แก้ไข"),
            Self::Archived => Text::of("archived", "เก็บถาวร"),
            Self::Restored => Text::of("restored", "นำกลับ"),
            Self::Deleted => Text::of("deleted", "ลบ"),
        }
    }

    /// The event's name for records of this entity.
    pub fn of(self, entity: &Entity) -> String {
        format!("{}.{}", entity.singular, self.name())
    }
}

/// What callers can do to records of the entity, as events.
pub fn changes(entity: &Entity) -> impl Iterator<Item = Change> + use<> {
    let (writable, archives) = (entity.writes == Writes::All, entity.archives);
    Change::ALL.into_iter().filter(move |change| match change {
        Change::Created | Change::Updated => writable,
        Change::Archived | Change::Restored => writable && archives,
        Change::Deleted => writable && !archives,
    })
}

/// Whether this can be a filter of events: a name such as `customer.updated`, all of an entity by `customer.*`, or all
/// there is by `*`. Actions are not looked at, since operations have theirs.
pub fn is_filter(text: &str) -> bool {
    let plain = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let known = |of: &str| of == IMPORT || subject(of).is_some();
    text == "*"
        || text.split_once('.').is_some_and(|(of, action)| known(of) && (action == "*" || plain(action)))
}

/// The example of what is told about a changed record: `{id, version, changed, record}`.
pub fn example(entity: &Entity, change: Change) -> Value {
    let id = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";
    let mut record = Document::from_iter([("id".to_owned(), json!(id))]);
    let shown = entity.fields.iter().chain(entity.standard()).filter(|field| field.read != Read::Nobody);
    for field in shown.filter(|field| field.name != "id") {
        record.insert(field.name.to_owned(), value(field));
    }
    let title = entity.field(entity.title).map(|field| field.name);
    let changed = match change {
        Change::Updated => json!(title.into_iter().collect::<Vec<_>>()),
        _ => json!([]),
    };
    let version = if entity.versioned { json!(1) } else { Value::Null };
    json!({ "id": id, "version": version, "changed": changed, "record": record })
}

/// The example of a field, else its default, else nothing.
fn value(field: &Field) -> Value {
    let read = |text| parse_text(field, text, &Format::canonical()).ok();
    let shown = match (field.name, field.kind) {
        ("version", _) => Some(json!(1)),
        ("created_at" | "updated_at", _) => Some(json!("2026-01-31T09:30:00Z")),
        (_, Kind::Json) if field.example.is_empty() => None,
        _ if !field.example.is_empty() => read(field.example),
        _ => None,
    };
    let default = || field.default.and_then(|text| serde_json::from_str(text).ok());
    shown.or_else(default).unwrap_or(Value::Null)
}

/// What events of imports are named by.
pub const IMPORT: &str = "import";

/// The entity with this singular, by which events are named.
fn subject(singular: &str) -> Option<&'static Entity> {
    registry::ENTITIES.iter().copied().find(|entity| entity.singular == singular)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_names_entities_or_everything() {
        for good in
            ["*", "customer.*", "customer.updated", "company.converted", "import.completed", "import.*"]
        {
            assert!(is_filter(good), "{good}");
        }
        for bad in [
            "", ".", "*.*", "customer", "customers.updated", "customer.", ".*", "*.updated", "customer.Up",
            "customer.**",
        ] {
            assert!(!is_filter(bad), "{bad}");
        }
    }

    #[test]
    fn every_change_has_an_example_with_the_fields_of_the_record() {
        let customers = registry::entity("customers").unwrap();
        let names: Vec<_> = changes(customers).map(|change| change.of(customers)).collect();
        assert_eq!(names, ["customer.created", "customer.updated", "customer.archived", "customer.restored"]);
        let told = example(customers, Change::Updated);
        assert_eq!(told["record"]["status"], "ACTIVE");
        assert_eq!(told["changed"].as_array().map(Vec::len), Some(1));
        assert_eq!(changes(registry::entity("jobs").unwrap()).count(), 0);
        assert_eq!(subject("customer").map(|entity| entity.name), Some("customers"));
    }
}
