//! Documents as a relation: one JSON parameter becomes rows of typed columns, however many there are.

use model::{
    Document,
    caller::Caller,
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    query::linked,
};
use serde_json::Value;

use super::{
    sight::Sight,
    writer::{Alias, Writer},
};

/// The table of documents within a statement.
pub const GIVEN: Alias = Alias("g", None);

/// Columns that some documents state.
#[derive(Clone, Debug)]
pub struct Given {
    /// Fields, in the order of the description.
    pub fields: Vec<&'static Field>,
    /// Custom fields are stated.
    pub attributes: bool,
}

impl Given {
    /// The columns that at least one of the documents states.
    pub fn of<'a>(entity: &'static Entity, docs: impl Iterator<Item = &'a Document> + Clone) -> Self {
        let stated = |name: &str| docs.clone().any(|doc| doc.contains_key(name));
        let writable = |field: &&Field| !matches!(field.name, "id" | "version" | "updated_at");
        let fields = entity.fields.iter().chain(entity.standard().filter(writable));
        Self {
            fields: fields.filter(|field| stated(field.name)).collect(),
            attributes: entity.custom_fields && stated("attributes"),
        }
    }

    /// Writes `jsonb_array_elements(…) d(doc) cross join lateral jsonb_to_record(…) g(…)`: rows `g` of the
    /// documents' id and columns, each with its document as `d.doc`.
    pub fn rows(&self, w: &mut Writer, docs: Vec<Value>) {
        w.put("jsonb_array_elements(").bind(Value::Array(docs)).put("::jsonb) d(doc)");
        w.put(" cross join lateral jsonb_to_record(d.doc) g(id uuid");
        for field in &self.fields {
            w.put(", ").name(field.name).put(" ").put(field.kind.sql_type());
        }
        if self.attributes {
            w.put(", attributes jsonb");
        }
        w.put(")");
    }

    /// Its links.
    pub fn links(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().copied().filter(|field| matches!(field.kind, Kind::Link(_)))
    }

    /// The fields that are copied from the record a stated link names, with that link.
    pub fn carried(&self, entity: &'static Entity) -> Vec<(&'static Field, &'static Field)> {
        let stated = |name: &str| self.fields.iter().copied().find(|field| field.name == name);
        let carried = |field: &'static Field| Some((field, stated(field.carried?)?));
        entity.fields.iter().filter(|field| stated(field.name).is_none()).filter_map(carried).collect()
    }

    /// Writes the value that `field` has in the record which `link` names.
    ///
    /// # Errors
    /// When the link points at no known entity.
    pub fn copied(w: &mut Writer, field: &'static Field, link: &'static Field) -> Result<(), Problem> {
        let there = Alias("c", None);
        w.put("(select ").column(there, field.name).put(" from ").name(linked(link)?.name).put(" c where ");
        w.tenant(there).put(" and c.id = ").column(GIVEN, link.name).put(")");
        Ok(())
    }

    /// Writes a condition that is true of rows whose link points nowhere, or at a record that the caller sees.
    /// A caller may always name themself.
    ///
    /// # Errors
    /// When the link points at no known entity.
    pub fn link_is_seen(w: &mut Writer, caller: &Caller, link: &'static Field) -> Result<(), Problem> {
        let target = linked(link)?;
        let sight = Sight::view(caller, target);
        w.put("(").column(GIVEN, link.name).put(" is null");
        if let Some(me) = caller.actor.id().filter(|_| sight.as_ref().is_none_or(|s| s.owners().is_some())) {
            w.put(" or ").column(GIVEN, link.name).put(" = ").bind(me);
        }
        if let Some(sight) = sight {
            let there = Alias("l", None);
            w.put(" or exists (select from ").name(target.name).put(" l where ").tenant(there);
            w.put(" and l.id = ").column(GIVEN, link.name);
            sight.and(w, target, there)?;
            w.put(")");
        }
        w.put(")");
        Ok(())
    }
}

/// The records that writes are about.
pub fn json(docs: &[Document]) -> Vec<Value> {
    docs.iter().cloned().map(Value::Object).collect()
}
