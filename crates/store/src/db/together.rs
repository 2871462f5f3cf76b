//! Short reads that travel together: what arrives for one tenant and side while a flight is out waits for the next one,
//! which carries it all. BEGIN, context and COMMIT, most of what a point read costs the database, are paid once.
//!
//! A read's context is tenant, scope and customer and nothing else, so whoever shares these sees the same rows, and may
//! share a flight; who asks for the very same shares the rows too. A read begins after it was asked for, as one by
//! itself does. Nothing that takes long may come along: the others would wait for it.

use std::{
    collections::{HashMap, hash_map::Entry},
    mem, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::join_all;
use model::{caller::Caller, problem::Problem};
use tokio::sync::oneshot;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Db, flight::Carried};
use crate::sql::Query;

/// Flights of one line that are out at once.
const OUT: usize = 2;
/// How many wait before another one takes off beside the one that is out: the more travel together, the less each costs.
const ENOUGH: usize = 8;
/// How often a flight that is about to leave looks whether more have come.
const ROUNDS: usize = 4;
/// Most reads of a flight.
const SEATS: usize = 64;

/// Tenant, scope and customer.
type Reader = (Uuid, &'static str, Option<Uuid>);
/// Rows that all who asked for the same have together, and the tenant's stamp of access.
type Answer = Result<(Arc<[Row]>, Option<i64>), Problem>;

type Askers = Vec<oneshot::Sender<Answer>>;

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
            out.gather().await;
            let Some(seats) = out.aboard() else { break };
            let (queries, askers) = shared(seats);
            carry(&db, &caller, &queries, askers).await;
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
    /// Lets requests that have arrived meanwhile come to their question, as long as some do; where there are none, this
    /// costs nothing.
    async fn gather(&self) {
        let mut waiting = 0;
        for _ in 0..ROUNDS {
            tokio::task::yield_now().await;
            let now = self.together.lines().get(&self.reader).map_or(0, |line| line.waiting.len());
            if now == waiting {
                break;
            }
            waiting = now;
        }
    }

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

/// Each query once, with all who asked for it.
fn shared(seats: Vec<Seat>) -> (Vec<Query>, Vec<Askers>) {
    let mut places = HashMap::new();
    let (mut queries, mut askers) = (vec![], Vec::<Askers>::new());
    let alone = seats.len() == 1;
    for Seat { query, answer } in seats {
        let sent = if alone { None } else { query.sent() };
        let place = match sent.map(|sent| places.entry((query.text.clone(), sent))) {
            Some(Entry::Occupied(known)) => Some(*known.get()),
            Some(Entry::Vacant(new)) => {
                new.insert(queries.len());
                None
            }
            None => None,
        };
        match place {
            Some(place) => askers[place].push(answer),
            None => {
                queries.push(query);
                askers.push(vec![answer]);
            }
        }
    }
    (queries, askers)
}

/// Answers everybody. Where one of several queries fails, each goes by itself and has its own problem or none.
async fn carry(db: &Db, caller: &Caller, queries: &[Query], mut askers: Vec<Askers>) {
    // Whoever went away does not listen to what is sent.
    match (db.flight(caller).carry(queries).await, &mut *askers) {
        (Ok(Carried { rows: Ok(rows), stamp }), _) => {
            for (askers, rows) in askers.into_iter().zip(rows) {
                let rows: Arc<[Row]> = rows.into();
                askers.into_iter().for_each(|asker| _ = asker.send(Ok((rows.clone(), stamp))));
            }
        }
        (Ok(Carried { rows: Err(problem), .. }) | Err(problem), [only]) if only.len() == 1 => {
            if let Some(asker) = only.pop() {
                let _ = asker.send(Err(problem));
            }
        }
        _ => {
            let each = queries.iter().zip(askers).flat_map(|(query, askers)| {
                askers.into_iter().map(move |asker| async move {
                    let carried = db.flight(caller).carry(slice::from_ref(query)).await;
                    let own = carried.and_then(|Carried { rows, stamp }| Ok((rows?, stamp)));
                    let own = own.map(|(mut rows, stamp)| (rows.pop().unwrap_or_default().into(), stamp));
                    let _ = asker.send(own);
                })
            });
            join_all(each).await;
        }
    }
}
