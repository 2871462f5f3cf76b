//! Record scope: which records of an entity a caller reaches, as a condition of SQL.

use model::{
    Document,
    caller::{Actor, Caller, RecordScope},
    entity::{Class, Entity, Personal},
    field::Field,
    problem::Problem,
    query::linked,
};
use uuid::Uuid;

use super::writer::{Alias, Writer};

/// How far a caller's permission reaches into the records of an entity.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Whose records; `None` means everyone's.
    owners: Option<Vec<Uuid>>,
    /// Those without an owner as well, which are everybody's.
    shared: bool,
    /// The one customer whose records a portal user reaches.
    customer: Option<Uuid>,
}

impl Sight {
    /// How far the caller may go with `action`.
    ///
    /// # Errors
    /// `forbidden`, naming the permission that is missing.
    pub fn of(caller: &Caller, entity: &Entity, action: &str) -> Result<Self, Problem> {
        let mut scope = caller.permit(&entity.permission(action))?;
        if entity.personal.is_some() && matches!(caller.actor, Actor::User(_)) {
            scope = RecordScope::Own;
        }
        let shared = entity.personal == Some(Personal::OrShared);
        let customer = caller.customer.filter(|_| entity.class == Class::Customer);
        Ok(Self { owners: caller.owners(scope), shared, customer })
    }

    /// What the caller sees of an entity; `None` when nothing.
    pub fn view(caller: &Caller, entity: &Entity) -> Option<Self> {
        Self::of(caller, entity, "view").ok()
    }

    /// Every record of the tenant.
    pub fn is_all(&self) -> bool {
        self.owners.is_none() && self.customer.is_none()
    }

    /// Whose records it reaches and no others; `None` means everyone's.
    pub fn owners(&self) -> Option<&[Uuid]> {
        self.owners.as_deref()
    }

    /// Whether a record without an owner is out of reach.
    pub fn needs_owner(&self) -> bool {
        self.owners.is_some() && !self.shared
    }

    /// Writes ` and …`, true of the records of `entity` under `alias` that are reached; nothing where all are.
    ///
    /// # Errors
    /// When the entity's owner path does not lead along links.
    pub fn and(&self, w: &mut Writer, entity: &'static Entity, alias: Alias) -> Result<(), Problem> {
        if let Some(customer) = self.customer {
            w.put(" and ").column(alias, customer_column(entity)).put(" = ").bind(customer);
        }
        if let Some(owners) = &self.owners {
            w.put(" and (");
            along(w, entity, alias, entity.owner, owners, 0)?;
            if let (true, [owner]) = (self.shared, entity.owner) {
                w.put(" or ").column(alias, owner).put(" is null");
            }
            w.put(")");
        }
        Ok(())
    }

    /// Writes a condition that is always there: `true` where all records are reached.
    ///
    /// # Errors
    /// As [`Sight::and`].
    pub fn condition(&self, w: &mut Writer, entity: &'static Entity, alias: Alias) -> Result<(), Problem> {
        w.put("(true");
        self.and(w, entity, alias)?;
        w.put(")");
        Ok(())
    }
}

impl Sight {
    /// Whether a document stays within reach by its own owner field; `None` when the owner stands elsewhere or is
    /// not stated.
    pub fn reaches(&self, entity: &Entity, doc: &Document) -> Option<bool> {
        let owners = self.owners()?;
        let [owner] = entity.owner else { return None };
        let stated = doc.get(*owner)?;
        if stated.is_null() {
            return Some(self.shared);
        }
        let id = stated.as_str().and_then(|id| Uuid::try_parse(id).ok());
        Some(id.is_some_and(|id| owners.contains(&id)))
    }

    /// Writes ` and …`, true of rows whose link `through` points at a record that leads to an owner within reach.
    /// Writes nothing where all are reached, or the owner is found otherwise.
    ///
    /// # Errors
    /// When the entity's owner path does not lead along links.
    pub fn and_through(
        &self,
        w: &mut Writer,
        entity: &'static Entity,
        given: Alias,
        through: &[&'static Field],
    ) -> Result<(), Problem> {
        let (Some(owners), [first, _, ..]) = (self.owners(), entity.owner) else { return Ok(()) };
        let stated = |name: &str| through.iter().find(|field| field.name == name);
        if stated(first).is_some() {
            w.put(" and ");
            return along(w, entity, given, entity.owner, owners, 0);
        }
        // The first link is copied from the record that another one names, so the path goes on from there.
        match entity.field(first).and_then(|field| stated(field.carried?)) {
            Some(link) => {
                let (target, there) = (linked(link)?, Alias("p", None));
                w.put(" and exists (select from ").name(target.name).put(" p where ").tenant(there);
                w.put(" and p.id = ").column(given, link.name).put(" and ");
                along(w, target, there, entity.owner, owners, 0)?;
                w.put(")");
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// The column by which a table of class customer says whose rows they are.
fn customer_column(entity: &Entity) -> &'static str {
    entity.field("customer_id").map_or("id", |field| field.name)
}

/// Follows the path from a record to its owner. A record without a path has no owner, so nobody owns it.
fn along(
    w: &mut Writer,
    entity: &'static Entity,
    alias: Alias,
    path: &'static [&'static str],
    owners: &[Uuid],
    depth: usize,
) -> Result<(), Problem> {
    match path {
        [] => _ = w.put("false"),
        [owner] => _ = w.column(alias, owner).put(" = any(").bind(owners.to_vec()).put(")"),
        [link, rest @ ..] => {
            let field = entity.field(link).ok_or_else(|| {
                Problem::internal(format!("the owner path of {} names no link `{link}`", entity.name))
            })?;
            let target = linked(field)?;
            let next = Alias("s", Some(depth));
            w.put("exists (select from ").name(target.name).put(" ").alias(next).put(" where ");
            w.tenant(next).put(" and ").column(next, "id").put(" = ").column(alias, link).put(" and ");
            along(w, target, next, rest, owners, depth + 1)?;
            w.put(")");
        }
    }
    Ok(())
}
