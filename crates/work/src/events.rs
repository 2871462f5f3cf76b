//! Every event there is, from the descriptions of entities and operations.

use std::sync::LazyLock;

use model::{
    entity::Entity,
    event::{self, Change},
    field::Text,
    registry,
};
use serde_json::{Value, json};

use crate::{data::import, operation::operations};

/// A kind of event.
#[derive(Clone, Debug)]
pub struct EventType {
    /// Its name, as `customer.updated`.
    pub name: String,
    /// What people read, in English.
    pub label_en: String,
    /// What people read, in Thai.
    pub label_th: String,
    /// What it is about.
    pub entity: &'static Entity,
    /// What of.
    of: Of,
}

#[derive(Clone, Copy, Debug)]
enum Of {
    Change(Change),
    Operation,
    Import,
}

impl EventType {
    fn new(name: String, entity: &'static Entity, label: Text, of: Of) -> Self {
        let label_en = format!("{}: {}", entity.label.en, label.en);
        let label_th = format!("{}: {}", entity.label.th, label.th);
        Self { name, label_en, label_th, entity, of }
    }

    /// An example of what is told: `data` of the message.
    pub fn example(&self) -> Value {
        match self.of {
            Of::Change(change) => event::example(self.entity, change),
            Of::Operation => json!({ "id": "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00", "result": {} }),
            Of::Import => import::events::example(),
        }
    }
}

/// Every kind of event: changes of entity after entity, then operations, then imports.
pub fn event_types() -> &'static [EventType] {
    static TYPES: LazyLock<Vec<EventType>> = LazyLock::new(|| {
        let mut types = vec![];
        for entity in registry::ENTITIES.iter().copied() {
            let of = |change: Change| {
                EventType::new(change.of(entity), entity, change.label(), Of::Change(change))
            };
            types.extend(event::changes(entity).map(of));
        }
        types.extend(operations().filter_map(|operation| {
            let entity = operation.described().ok()?;
            let name = format!("{}.{}", entity.singular, operation.event_action());
            Some(EventType::new(name, entity, operation.label, Of::Operation))
        }));
        if let Some(imports) = registry::entity("import_batches") {
            let label = Text::of("completed", "เสร็จ");
            types.push(EventType::new(import::events::COMPLETED.to_owned(), imports, label, Of::Import));
        }
        types
    });
    &TYPES
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_has_a_name_of_its_own_and_an_example() {
        let names: BTreeSet<&str> = event_types().iter().map(|kind| kind.name.as_str()).collect();
        assert_eq!(names.len(), event_types().len());
        for name in ["customer.updated", "company.converted", "inventory_level.adjusted", "import.completed"]
        {
            assert!(names.contains(name), "{name}");
        }
        assert!(event_types().iter().all(|kind| kind.example()["id"].is_string()));
        assert!(names.iter().all(|name| event::is_filter(name)));
    }
}
