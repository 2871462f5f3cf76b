//! Events on their way into the outbox: kept until COMMIT, with which they travel in one flight.

use model::{caller::Caller, event::Event, world::World};
use tokio_postgres::{Client, Statement, types::ToSql};
use uuid::Uuid;

/// The events of a transaction that has not ended.
#[derive(Debug, Default)]
pub struct Outbox {
    events: Vec<Event>,
    /// Savepoints in force, each with how many events there were.
    marks: Vec<(&'static str, usize)>,
    muted: bool,
}

impl Outbox {
    /// Writes events; `$2` and the following are arrays of equal length.
    pub const SQL: &crate::sql::Sql = crate::sql!(
        "insert into webhook_events (tenant_id, id, type, entity, entity_id, payload, created_by)
         select $1, e.id, e.type, e.entity, e.entity_id, e.payload::jsonb, $7
         from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[]) as e (id, type, entity, entity_id, payload)"
    );

    /// One more event.
    pub fn add(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Changes of records are not told from now on.
    pub fn mute(&mut self) {
        self.muted = true;
    }

    /// Whether changes of records are not told.
    pub fn is_muted(&self) -> bool {
        self.muted
    }

    /// A savepoint was set.
    pub fn mark(&mut self, name: &'static str) {
        self.marks.push((name, self.events.len()));
    }

    /// The transaction went back to the savepoint: it stays, with those set before it.
    pub fn back_to(&mut self, name: &str) {
        if let Some(place) = self.marks.iter().rposition(|(mark, _)| *mark == name) {
            self.marks.truncate(place + 1);
            self.events.truncate(self.marks[place].1);
        }
    }

    /// The savepoint and those set after it were forgotten.
    pub fn release(&mut self, name: &str) {
        if let Some(place) = self.marks.iter().rposition(|(mark, _)| *mark == name) {
            self.marks.truncate(place);
        }
    }

    /// Its events as rows; none are left.
    pub fn rows(&mut self, caller: &Caller, world: &World) -> Rows {
        let events = std::mem::take(&mut self.events);
        let ids = events.iter().map(|_| world.id()).collect();
        Rows { tenant: caller.tenant, by: caller.actor.id(), ids, events }
    }
}

/// Events with their ids.
#[derive(Debug)]
pub struct Rows {
    tenant: Uuid,
    by: Option<Uuid>,
    ids: Vec<Uuid>,
    events: Vec<Event>,
}

impl Rows {
    /// Writes all, with the prepared statement of [`Outbox::SQL`]; to be polled together with COMMIT.
    pub async fn write(&self, client: &Client, statement: &Statement) -> Result<(), tokio_postgres::Error> {
        let kinds: Vec<&str> = self.events.iter().map(|event| &*event.kind).collect();
        let entities: Vec<&str> = self.events.iter().map(|event| event.entity).collect();
        let records: Vec<Option<Uuid>> = self.events.iter().map(|event| event.entity_id).collect();
        let payloads: Vec<&str> = self.events.iter().map(|event| event.payload.as_str()).collect();
        let params: [&(dyn ToSql + Sync); 7] =
            [&self.tenant, &self.ids, &kinds, &entities, &records, &payloads, &self.by];
        client.execute(statement, &params).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &'static str) -> Event {
        Event::new(name, "customers", None, &json!({}))
    }

    fn kinds(outbox: &Outbox) -> Vec<&str> {
        outbox.events.iter().map(|event| &*event.kind).collect()
    }

    #[test]
    fn going_back_drops_what_came_after_the_latest_savepoint_of_that_name() {
        let mut outbox = Outbox::default();
        outbox.add(event("a"));
        outbox.mark("one");
        outbox.add(event("b"));
        outbox.mark("one");
        outbox.add(event("c"));
        outbox.back_to("one");
        assert_eq!(kinds(&outbox), ["a", "b"]);
        outbox.add(event("d"));
        outbox.back_to("one");
        assert_eq!(kinds(&outbox), ["a", "b"]);
        outbox.release("one");
        outbox.back_to("one");
        assert_eq!(kinds(&outbox), ["a"]);
        outbox.mark("two");
        outbox.add(event("e"));
        outbox.release("one");
        outbox.back_to("two");
        assert_eq!(kinds(&outbox), ["a", "e"]);
    }
}
