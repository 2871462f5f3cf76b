//! What of a record is answered, as columns from which PostgreSQL builds JSON.

use model::{
    caller::{Caller, Scope},
    entity::Entity,
    field::{Field, Kind, Read},
    problem::{Problem, codes},
    query::{Filter, Key, SortKey, Target, View, linked},
};

use super::{
    sight::Sight,
    writer::{Alias, Writer},
};

/// Whether a caller of this scope may read the field at all.
pub fn readable(scope: Scope, field: &Field) -> bool {
    match field.read {
        Read::Everyone => true,
        Read::Staff => scope != Scope::Portal,
        Read::Nobody => false,
    }
}

/// Fields of staff are unknown to portal callers, in whatever part of a request they are named.
///
/// # Errors
/// `unknown_field`.
pub fn known(
    caller: &Caller,
    entity: &Entity,
    view: &View,
    filters: &[Filter],
    sort: &[SortKey],
) -> Result<(), Problem> {
    if caller.scope != Scope::Portal {
        return Ok(());
    }
    let filtered = filters.iter().flat_map(|filter| match &filter.target {
        Target::Own(field) => [Some(*field), None],
        Target::Linked { link, field } => [Some(*link), Some(*field)],
        Target::Custom(_) => [None, None],
    });
    let sorted = sort.iter().map(|key| match key.key {
        Key::Field(field) => Some(field),
        Key::Rank => None,
    });
    let shown = view.fields.iter().flatten().chain(&view.expand).copied().map(Some);
    match filtered.chain(sorted).chain(shown).flatten().find(|field| !readable(caller.scope, field)) {
        None => Ok(()),
        Some(field) => Err(Problem::new(
            &codes::UNKNOWN_FIELD,
            format!("{} have no field `{}`.", entity.plural.en, field.name),
        )),
    }
}

/// Writes the joins of expanded links and, as the relation `r`, one row whose columns are the record's JSON
/// members. `t` is the record.
///
/// # Errors
/// When a link points at no known entity.
pub fn joins(w: &mut Writer, caller: &Caller, entity: &'static Entity, view: &View) -> Result<(), Problem> {
    for (number, link) in view.expand.iter().enumerate() {
        let target = linked(link)?;
        if let Some(sight) = Sight::view(caller, target) {
            let there = Alias("e", Some(number));
            w.put(" left join ").name(target.name).put(" ").alias(there).put(" on ").tenant(there);
            w.put(" and ").column(there, "id").put(" = ").column(Alias::MAIN, link.name);
            sight.and(w, target, there)?;
        }
    }
    w.put(" cross join lateral (select ");
    members(w, caller.scope, entity, Alias::MAIN, view);
    for (number, link) in view.expand.iter().enumerate() {
        let target = linked(link)?;
        let there = Alias("e", Some(number));
        w.put(", ");
        if Sight::view(caller, target).is_some() {
            w.put("case when ")
                .column(there, "id")
                .put(" is not null then (select row_to_json(x) from (select ");
            members(w, caller.scope, target, there, &View::default());
            w.put(") x) end");
        } else {
            w.put("null::json");
        }
        w.put(" as ").name(link.link_name().unwrap_or(link.name));
    }
    w.put(") r");
    Ok(())
}

/// Writes the record's members: `id` first, its own fields, custom fields, the standard ones.
fn members(w: &mut Writer, scope: Scope, entity: &'static Entity, alias: Alias, view: &View) {
    let wanted = |field: &Field| {
        readable(scope, field)
            && field.name != "id"
            && view.fields.as_ref().is_none_or(|fields| fields.iter().any(|f| f.name == field.name))
    };
    w.column(alias, "id");
    for field in entity.fields.iter().filter(|field| wanted(field)) {
        w.put(", ");
        member(w, alias, field);
    }
    // What a tenant notes in fields of its own is the staff's.
    if entity.custom_fields && scope != Scope::Portal && (view.fields.is_none() || view.attributes) {
        w.put(", ").column(alias, "attributes");
    }
    for field in entity.standard().filter(|field| wanted(field)) {
        w.put(", ");
        member(w, alias, field);
    }
}

/// One member in canonical form (see [`model::Document`]).
fn member(w: &mut Writer, alias: Alias, field: &'static Field) {
    match field.kind {
        Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent => {
            w.column(alias, field.name).put("::text as ").name(field.name);
        }
        Kind::Timestamp => {
            w.put("replace((")
                .column(alias, field.name)
                .put(" at time zone 'UTC')::text, ' ', 'T') || 'Z' as ");
            w.name(field.name);
        }
        _ => _ = w.column(alias, field.name),
    }
}
