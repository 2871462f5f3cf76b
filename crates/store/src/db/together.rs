//! Short reads that travel together: what arrives for one tenant and side while flights are out waits for the next one,
//! which carries it all. BEGIN, context and COMMIT, most of what a point read costs the database, are paid once.
//!
//! A read's context is tenant, scope and customer and nothing else, so whoever shares these sees the same rows, and may
//! share a flight. A read begins after it was asked for, as one by itself does. Nothing that takes long may come along:
//! the others would wait for it.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::join_all;
use model::{caller::Caller, problem::Problem};
use tokio::sync::oneshot;
use tokio_postgres::Row;
use uuid::Uuid;

use super::Db;
use crate::sql::Query;

/// Flights of one line that are out at once: one is answered while the next one is written.
const OUT: usize = 2;
/// Most reads of a flight.
const SEATS: usize = 64;

/// Tenant, scope and customer.
type Reader = (Uuid, &'static str, Option<Uuid>);
type Answer = Result<Vec<Row>, Problem>;

/// A read that waits.
#[derive(Debug)]
struct Seat {
    query: Query,
    answer: oneshot::Sender<Answer>,
}

/// The reads of one tenant, scope and customer.
#[derive(Debug, Default)]
struct Line {
    waiting: Vec<Seat>,
    out: usize,
}

/// All lines of a process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Together(Arc<Mutex<HashMap<Reader, Line>>>);

impl Together {
    /// The rows of a short query.
    ///
    /// # Errors
    /// The query's own problem, or `unavailable`.
    pub async fn read(&self, db: &Db, caller: &Caller, query: Query) -> Answer {
        let reader = (caller.tenant, caller.scope.name(), caller.customer);
        let (answer, told) = oneshot::channel();
        let takes_off = {
            let mut lines = self.lines();
            let line = lines.entry(reader).or_default();
            line.waiting.push(Seat { query, answer });
            let takes_off = line.out < OUT;
            line.out += usize::from(takes_off);
            takes_off
        };
        if takes_off {
            // A flight belongs to all aboard: whoever asked first may go away.
            tokio::spawn(self.clone().fly(db.clone(), caller.clone(), reader));
        }
        told.await.map_err(Problem::internal)?
    }

    /// Carries what waits, until nothing does.
    async fn fly(self, db: Db, caller: Caller, reader: Reader) {
        let mut out = Out { together: &self, reader, back: false };
        while let Some(seats) = out.aboard() {
            let (queries, answers): (Vec<_>, Vec<_>) =
                seats.into_iter().map(|seat| (seat.query, seat.answer)).unzip();
            let told = carried(&db, &caller, queries).await;
            for (answer, told) in answers.into_iter().zip(told) {
                // Whoever went away does not listen.
                let _ = answer.send(told);
            }
        }
    }

    /// A thread that died within leaves it whole: each change is one step.
    fn lines(&self) -> MutexGuard<'_, HashMap<Reader, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the flights of a line.
struct Out<'a> {
    together: &'a Together,
    reader: Reader,
    /// The place was given back.
    back: bool,
}

impl Out<'_> {
    /// Those who fly next. Where nobody waits, the place is given back in the same step: whoever comes then takes off.
    fn aboard(&mut self) -> Option<Vec<Seat>> {
        let mut lines = self.together.lines();
        let line = lines.get_mut(&self.reader)?;
        let later = line.waiting.split_off(line.waiting.len().min(SEATS));
        let seats = mem::replace(&mut line.waiting, later);
        if seats.is_empty() {
            self.back = true;
            leave(&mut lines, self.reader);
            return None;
        }
        Some(seats)
    }
}

impl Drop for Out<'_> {
    /// A flight that breaks gives its place back too; with the last one go those who wait, who are told of a defect.
    fn drop(&mut self) {
        if !self.back {
            leave(&mut self.together.lines(), self.reader);
        }
    }
}

fn leave(lines: &mut HashMap<Reader, Line>, reader: Reader) {
    if let Some(line) = lines.get_mut(&reader) {
        line.out -= 1;
        if line.out == 0 {
            lines.remove(&reader);
        }
    }
}

/// The answer to each query, in order. Where one of several fails, each goes by itself and has its own problem or none.
async fn carried(db: &Db, caller: &Caller, queries: Vec<Query>) -> Vec<Answer> {
    if queries.len() > 1
        && let Ok(rows) = db.flight(caller).carry(&queries).await
    {
        return rows.into_iter().map(Ok).collect();
    }
    join_all(queries.into_iter().map(|query| db.read(caller, query))).await
}
