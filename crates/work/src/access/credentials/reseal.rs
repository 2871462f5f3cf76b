//! After the instance's key was changed: every stored secret is sealed anew with the key in use, so that the former one
//! can be thrown away.

use model::problem::{Problem, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    access::seal::{Place, SEALED, Sealed},
    jobs::{Job, Kind, Perform},
};

/// The job.
pub(super) const KIND: Kind =
    Kind::of::<Reseal>("Seals stored secrets anew where the instance's key was changed since.");

/// Secrets sealed anew in one transaction.
const BATCH: i64 = 200;

/// The sweep over sealed secrets.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reseal {}

impl Perform for Reseal {
    const KIND: &'static str = "secrets.reseal";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let (mut done, mut lost) = (Map::new(), 0_u64);
        for column in SEALED {
            let (sealed, unopened) = sweep(job, column).await?;
            lost += unopened;
            done.insert(format!("{}.{}", column.table, column.column), sealed.into());
        }
        done.insert("without_key".to_owned(), lost.into());
        Ok(Value::Object(done))
    }
}

/// Seals the column's secrets anew; answers how many, and how many no key of this instance opens: those stay.
async fn sweep(job: &Job, column: &Sealed) -> Result<(u64, u64), Problem> {
    let (keys, world) = (&job.services().keys, job.db().world().clone());
    let current = keys.current_bytes().to_vec();
    let (mut above, mut sealed, mut unopened) = (Uuid::nil(), 0, 0);
    loop {
        if job.cancelled().is_cancelled() {
            return Err(Problem::new(&codes::UNAVAILABLE, "The process is about to end."));
        }
        let mut tx = job.begin().await?;
        let tenant = tx.tenant();
        let rows = tx.query(column.find, &[&tenant, &current, &BATCH, &above]).await?;
        let (mut ids, mut anew): (Vec<Uuid>, Vec<Vec<u8>>) = (vec![], vec![]);
        for row in &rows {
            let (id, secret): (Uuid, Vec<u8>) = (row.get(0), row.get(1));
            above = id;
            let place = Place { tenant, purpose: column.purpose, record: id };
            match keys.open(place, &secret) {
                Ok(text) => {
                    ids.push(id);
                    anew.push(keys.seal(&world, place, &text)?);
                    sealed += 1;
                }
                Err(problem) => {
                    let Sealed { table, column, .. } = column;
                    tracing::warn!(table, column, %id, ?problem, "a stored secret cannot be sealed anew");
                    unopened += 1;
                }
            }
        }
        tx.execute(column.put, &[&tenant, &ids, &anew]).await?;
        let last = rows.len() < BATCH.unsigned_abs() as usize;
        tx.commit().await?;
        if last {
            return Ok((sealed, unopened));
        }
    }
}
