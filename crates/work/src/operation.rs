//! Operations: typed pieces of business logic beyond create, read, update and delete.
//!
//! An operation is a struct of its input that implements [`Operate`], in a file named by its verb, with its SQL
//! beside it. Each area lists its own in a `const OPERATIONS`; API, command line, pages and permissions read
//! [`operations`]. The permission is `entity.name`, as `inventory.adjust`.

mod run;

use std::{future::Future, pin::Pin};

use model::{
    Document,
    entity::Entity,
    event::Event,
    field::{Field, Text},
    problem::{Code, Problem},
    registry,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use store::TenantTx;
use uuid::Uuid;

pub use self::run::{execute, execute_once};
use crate::{access::seal::Keyring, jobs::Services};

/// A typed operation on `On`: the id of a record, or `()` for one that concerns a whole kind of record. One that seals
/// a secret takes the instance's keys beside the id, one that several kinds of record have in common the kind.
///
/// The fields of the implementing struct carry the names of the description's `input`.
pub trait Operate<On>: DeserializeOwned + Send + 'static {
    /// What a caller learns: serializes to a JSON object.
    type Done: Serialize + Send;

    /// Does it, within the transaction: whole or not at all.
    ///
    /// # Errors
    /// One of the operation's refusals, or a problem of the database.
    fn run(self, tx: &mut TenantTx, on: On) -> impl Future<Output = Result<Self::Done, Problem>> + Send;

    /// Whether anything was done: an operation that was done before may answer as the first time, and tells no event.
    fn happened(_done: &Self::Done) -> bool {
        true
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome, Problem>> + Send + 'a>>;

/// What came of an operation.
#[derive(Debug)]
pub struct Outcome {
    answer: Document,
    happened: bool,
}

/// What an operation runs on.
#[derive(Clone, Copy)]
pub enum Target {
    /// One record: `POST /api/v1/companies/{id}/convert`.
    Record(for<'a> fn(&'a mut TenantTx, &'a Services, (&'static Entity, Uuid), Document) -> Running<'a>),
    /// The whole kind: `POST /api/v1/inventory/adjust`.
    Collection(for<'a> fn(&'a mut TenantTx, &'a Services, Document) -> Running<'a>),
}

/// The description of an operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The (plural) name of its entity.
    pub entity: &'static str,
    /// A verb.
    pub name: &'static str,
    /// What people read on its button.
    pub label: Text,
    /// What it does, a sentence.
    pub about: &'static str,
    /// Its input.
    pub input: &'static [Field],
    /// How it may refuse.
    pub refusals: &'static [&'static Code],
    /// What it runs on.
    pub target: Target,
    /// The second half of its event's name, where it is not made from the verb.
    pub past: Option<&'static str>,
    /// Its answer holds a secret: shown to the caller, kept nowhere.
    pub answers_secret: bool,
    /// It writes tables that only the program itself may write.
    pub system_scope: bool,
    /// Where people do it.
    pub place: Place,
    /// The values of the record's `status` in which people are offered it; in any where there are none.
    pub offered_in: &'static [&'static str],
}

/// Where people do an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the menu of its record or list, where its form is made from the input.
    Menu,
    /// On a page of its own, to which the menu leads.
    Page,
    /// Beside what it concerns, on pages that know when it is of use.
    Beside,
}

impl Operation {
    /// An operation on one record.
    pub const fn on_record<O: Operate<Uuid>>(entity: &'static str, name: &'static str) -> Self {
        Self::new(
            entity,
            name,
            Target::Record(|tx, _, (_, id), input| {
                Box::pin(async move { done::<_, O>(read::<O>(input)?.run(tx, id).await?) })
            }),
        )
    }

    /// An operation on one record that several kinds of record have in common.
    pub const fn on_record_of_kind<O: Operate<(&'static Entity, Uuid)>>(
        entity: &'static str,
        name: &'static str,
    ) -> Self {
        Self::new(
            entity,
            name,
            Target::Record(|tx, _, on, input| {
                Box::pin(async move { done::<_, O>(read::<O>(input)?.run(tx, on).await?) })
            }),
        )
    }

    /// An operation on one record that seals a secret.
    pub const fn on_record_with_keys<O: Operate<(Uuid, Keyring)>>(
        entity: &'static str,
        name: &'static str,
    ) -> Self {
        Self::new(
            entity,
            name,
            Target::Record(|tx, services, (_, id), input| {
                let keys = services.keys.clone();
                Box::pin(async move { done::<_, O>(read::<O>(input)?.run(tx, (id, keys)).await?) })
            }),
        )
    }

    /// An operation on a whole kind of record.
    pub const fn on_collection<O: Operate<()>>(entity: &'static str, name: &'static str) -> Self {
        Self::new(
            entity,
            name,
            Target::Collection(|tx, _, input| {
                Box::pin(async move { done::<_, O>(read::<O>(input)?.run(tx, ()).await?) })
            }),
        )
    }

    /// An operation on a whole kind of record that seals a secret.
    pub const fn on_collection_with_keys<O: Operate<Keyring>>(
        entity: &'static str,
        name: &'static str,
    ) -> Self {
        Self::new(
            entity,
            name,
            Target::Collection(|tx, services, input| {
                let keys = services.keys.clone();
                Box::pin(async move { done::<_, O>(read::<O>(input)?.run(tx, keys).await?) })
            }),
        )
    }

    const fn new(entity: &'static str, name: &'static str, target: Target) -> Self {
        Self {
            entity,
            name,
            label: Text::new(name),
            about: "",
            input: &[],
            refusals: &[],
            target,
            past: None,
            answers_secret: false,
            system_scope: false,
            place: Place::Menu,
            offered_in: &[],
        }
    }

    /// With its label and what it does.
    pub const fn about(mut self, label: Text, about: &'static str) -> Self {
        self.label = label;
        self.about = about;
        self
    }

    /// With its input.
    pub const fn input(mut self, fields: &'static [Field]) -> Self {
        self.input = fields;
        self
    }

    /// With how it may refuse.
    pub const fn refusals(mut self, codes: &'static [&'static Code]) -> Self {
        self.refusals = codes;
        self
    }

    /// With the second half of its event's name: for verbs whose past form is not made by adding `ed`.
    pub const fn past(mut self, past: &'static str) -> Self {
        self.past = Some(past);
        self
    }

    /// With where people do it.
    pub const fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Offered to people in these states of the record alone; what it refuses it says itself.
    pub const fn offered_in(mut self, states: &'static [&'static str]) -> Self {
        self.offered_in = states;
        self
    }

    /// Whether people are offered it on a record of this status.
    pub fn fits(&self, status: &str) -> bool {
        self.offered_in.is_empty() || self.offered_in.contains(&status)
    }

    /// Its answer holds a secret, which no event, log or memory of answers keeps.
    pub const fn answers_secret(mut self) -> Self {
        self.answers_secret = true;
        self
    }

    /// The second half of its event's name: `converted` of `convert`.
    pub fn event_action(&self) -> String {
        match (self.past, self.name.strip_suffix('y'), self.name.ends_with('e')) {
            (Some(past), ..) => past.to_owned(),
            (None, Some(stem), _) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ied"),
            (None, _, true) => format!("{}d", self.name),
            (None, _, false) => format!("{}ed", self.name),
        }
    }

    /// Tells that it was done: `{id, result}`.
    fn told(&self, entity: &Entity, id: Option<Uuid>, answer: &Document) -> Event {
        let result = if self.answers_secret { Value::Null } else { Value::Object(answer.clone()) };
        let kind = format!("{}.{}", entity.singular, self.event_action());
        Event::new(kind, entity.name, id, &json!({ "id": id, "result": result }))
    }

    /// It writes tables of class *system*, which staff may see at most: permission and sight are checked as the
    /// caller, then it runs as the program itself, the caller staying the actor.
    pub const fn in_system_scope(mut self) -> Self {
        self.system_scope = true;
        self
    }

    /// The permission it needs.
    pub fn permission(&self) -> String {
        format!("{}.{}", self.entity, self.name)
    }

    /// Its entity's description.
    ///
    /// # Errors
    /// A defect where the list names an entity that does not exist; a test holds the list.
    pub fn described(&self) -> Result<&'static Entity, Problem> {
        registry::described(self.entity)
    }

    /// Whether it runs on one record.
    pub const fn is_on_record(&self) -> bool {
        matches!(self.target, Target::Record(_))
    }
}

/// The operation that needs this permission, which the program itself wrote.
///
/// # Errors
/// `internal` where there is none.
pub fn named(permission: &str) -> Result<&'static Operation, Problem> {
    let mut all = operations();
    all.find(|one| one.permission() == permission)
        .ok_or_else(|| Problem::internal(format!("no operation {permission}")))
}

/// Every operation, area by area.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let areas: [&[Operation]; 13] = [
        crate::access::OPERATIONS,
        crate::access::sign_in::OPERATIONS,
        crate::stock::OPERATIONS,
        crate::crm::OPERATIONS,
        crate::merging::OPERATIONS,
        crate::export::OPERATIONS,
        crate::data::bulk::OPERATIONS,
        crate::import::OPERATIONS,
        crate::sources::OPERATIONS,
        crate::notices::OPERATIONS,
        crate::jobs::OPERATIONS,
        crate::webhooks::inbound::OPERATIONS,
        crate::webhooks::outbound::OPERATIONS,
    ];
    areas.into_iter().flatten()
}

fn read<O: DeserializeOwned>(input: Document) -> Result<O, Problem> {
    serde_json::from_value(Value::Object(input)).map_err(Problem::internal)
}

fn done<On, O: Operate<On>>(done: O::Done) -> Result<Outcome, Problem> {
    let happened = O::happened(&done);
    match serde_json::to_value(done).map_err(Problem::internal)? {
        Value::Object(answer) => Ok(Outcome { answer, happened }),
        other => Err(Problem::internal(format!("an operation answered {other}, not an object"))),
    }
}

#[cfg(test)]
mod tests;
