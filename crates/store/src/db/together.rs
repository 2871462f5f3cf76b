//! Short reads that travel together: what arrives for one tenant and side while a flight is out waits for the next one,
//! which carries it all. BEGIN, context and COMMIT, most of what a point read costs the database, are paid once.
//!
//! A read's context is tenant, scope and customer and nothing else, so whoever shares these sees the same rows, and may
//! share a flight; who asks for the very same shares the rows too, and records that are asked for alike by their ids are found
//! by one statement. A read begins after it was asked for, as one by itself does, and is answered as soon as its own rows are
//! there. Nothing that takes long may come along: the others would wait for it.

use std::{
    collections::HashMap,
    mem, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::join_all;
use model::{caller::Caller, problem::Problem};
use tokio::{sync::oneshot, task::yield_now};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Db, flight};
use crate::sql::Query;

/// Flights of one line that are out at once.
const OUT: usize = 4;
/// How many wait before another one takes off beside those that are out: the more travel together, the less each costs.
const ENOUGH: usize = 2;
/// Most reads of a flight.
const SEATS: usize = 64;

/// Tenant, scope and customer.
type Reader = (Uuid, &'static str, Option<Uuid>);
/// Rows that all who asked for the same have together, and the tenant's stamp of access.
type Answer = Result<(Arc<[Row]>, Option<i64>), Problem>;

/// Somebody who waits for rows.
#[derive(Debug)]
struct Asker {
    /// Of a query by ids, the one they asked for.
    id: Option<Uuid>,
    answer: oneshot::Sender<Answer>,
}

impl Asker {
    fn tell(self, answer: Answer) {
        // Whoever went away does not listen.
        let _ = self.answer.send(answer);
    }
}

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
    /// The query's own problem, `access_changed`, or `unavailable`.
    pub async fn read(&self, db: &Db, caller: &Caller, query: Query) -> Result<Arc<[Row]>, Problem> {
        let reader = (caller.tenant, caller.scope.name(), caller.customer);
        let (answer, told) = oneshot::channel();
        let takes_off = {
            let mut lines = self.lines();
            let line = lines.entry(reader).or_default();
            line.waiting.push(Seat { query, answer });
            let takes_off = line.out == 0 || (line.out < OUT && line.waiting.len() >= ENOUGH);
            line.out += usize::from(takes_off);
            takes_off
        };
        if takes_off {
            // A flight belongs to all aboard: whoever asked first may go away.
            tokio::spawn(self.clone().fly(db.clone(), caller.clone(), reader));
        }
        let (rows, stamp) = told.await.map_err(Problem::internal)??;
        caller.confirm(stamp).map(|()| rows)
    }

    /// Carries what waits, until nothing does.
    async fn fly(self, db: Db, caller: Caller, reader: Reader) {
        let mut out = Out { together: &self, reader, back: false };
        loop {
            // Requests that have arrived meanwhile come to their question; where there are none, this costs nothing.
            yield_now().await;
            let Some(seats) = out.aboard() else { break };
            let (queries, askers) = shared(seats);
            carry(&db, &caller, queries, askers).await;
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

/// Each query once, with all who asked for it; one by ids for all the ids that they asked for.
fn shared(seats: Vec<Seat>) -> (Vec<Query>, Vec<Vec<Asker>>) {
    let (mut queries, mut askers) = (Vec::<Query>::new(), Vec::<Vec<Asker>>::new());
    let mut sent = vec![];
    let alone = seats.len() == 1;
    for Seat { query, answer } in seats {
        let own = if alone { None } else { query.sent() };
        let asker = Asker { id: query.by_id.map(|(_, id)| id), answer };
        let same = |at: &usize| own.is_some() && sent[*at] == own && queries[*at].text == query.text;
        match (0..queries.len()).find(same) {
            Some(at) => askers[at].push(asker),
            None => {
                sent.push(own);
                queries.push(query);
                askers.push(vec![asker]);
            }
        }
    }
    for (query, askers) in queries.iter_mut().zip(&askers).filter(|(_, askers)| askers.len() > 1) {
        let mut ids: Vec<Uuid> = askers.iter().filter_map(|asker| asker.id).collect();
        ids.sort_unstable();
        ids.dedup();
        query.ask_for(ids);
    }
    (queries, askers)
}

/// Answers everybody as soon as their rows are there: they stand, whatever becomes of the end of a transaction that changed
/// nothing. Where one of several fails, each that has no answer goes by itself and has its own problem or none.
async fn carry(db: &Db, caller: &Caller, queries: Vec<Query>, mut askers: Vec<Vec<Asker>>) {
    let mut failed = None;
    let told = |at: usize, answer: flight::Answer| match answer {
        (Ok(rows), stamp) => tell(mem::take(&mut askers[at]), rows, stamp),
        (Err(problem), _) => _ = failed.get_or_insert(problem),
    };
    let ended = db.flight(caller).carry(&queries, told).await;
    let left = askers.iter().flatten().count();
    if let (1, Some(problem)) = (left, failed.or(ended.err()))
        && let Some(only) = askers.iter_mut().find_map(Vec::pop)
    {
        return only.tell(Err(problem));
    }
    let each = queries.iter().zip(askers).flat_map(|(query, askers)| {
        askers.into_iter().map(move |asker| async move {
            let mut query = query.clone();
            query.ask_for(asker.id.into_iter().collect());
            let mut own = None;
            let told = |_, (rows, stamp): flight::Answer| own = Some(rows.map(|rows| (rows, stamp)));
            let ended = db.flight(caller).carry(slice::from_ref(&query), told).await;
            let own = own.or(ended.err().map(Err));
            let own = own.unwrap_or_else(|| Err(Problem::internal("a query without an answer")));
            asker.tell(own.map(|(rows, stamp)| (rows.into(), stamp)));
        })
    });
    join_all(each).await;
}

/// Gives all of them the rows, or of a query by ids each the one of their own id.
fn tell(askers: Vec<Asker>, rows: Vec<Row>, stamp: Option<i64>) {
    let rows: Arc<[Row]> = rows.into();
    let alone = askers.len() == 1;
    for asker in askers {
        let own = match asker.id.filter(|_| !alone) {
            Some(id) => rows.iter().find(|row| id_of(row) == Some(id)).cloned().into_iter().collect(),
            None => rows.clone(),
        };
        asker.tell(Ok((own, stamp)));
    }
}

/// The last column.
fn id_of(row: &Row) -> Option<Uuid> {
    row.try_get(row.len().checked_sub(1)?).ok()
}
