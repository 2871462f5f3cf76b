//! After the instance's key was changed: every stored secret is sealed anew with the key in use, so that the former one
//! can be thrown away.

use model::problem::{Problem, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{sql, sql::Sql};
use uuid::Uuid;

use crate::{
    access::seal::Place,
    jobs::{Job, Kind, Perform},
};

/// The job.
pub(super) const KIND: Kind =
    Kind::of::<Reseal>("Seals stored secrets anew where the instance's key was changed since.");

/// Secrets sealed anew in one transaction.
const BATCH: i64 = 200;

/// A column of sealed secrets.
struct Column {
    /// What it is called in the job's result.
    name: &'static str,
    /// What the secrets are sealed for.
    purpose: &'static str,
    /// Up to `$3` of the secrets that no key `$2` sealed, above the id `$4`: id and secret, locked.
    find: &'static Sql,
    /// Puts `$3` in place.
    put: &'static Sql,
}

/// Statements for a column: its secret names its key in four bytes behind the version.
macro_rules! column {
    ($table:literal, $column:literal, $purpose:literal) => {
        column!($table, $column, $purpose, "")
    };
    ($table:literal, $column:literal, $purpose:literal, $more:literal) => {
        Column {
            name: concat!($table, ".", $column),
            purpose: $purpose,
            find: sql!(concat!(
                "select id, ", $column, " from ", $table, " where tenant_id = $1 and id > $4 and length(",
                $column, ") > 5 and substring(", $column,
                " from 2 for 4) <> $2 order by id limit $3 for no key update"
            )),
            put: sql!(concat!(
                "update ", $table, " set ", $column, " = $3", $more, " where tenant_id = $1 and id = $2"
            )),
        }
    };
}

static COLUMNS: &[Column] = &[
    column!(
        "credentials", "sealed", "credential", ", key_id = encode(substring($3::bytea from 2 for 4), 'hex')"
    ),
    column!("webhook_sources", "secret", "webhook_source"),
    column!("webhook_sources", "former_secret", "webhook_source"),
    column!("webhook_subscriptions", "secret", "webhook_subscription"),
    column!("webhook_subscriptions", "former_secret", "webhook_subscription"),
    column!("users", "totp", "totp"),
    column!("portal_users", "totp", "portal_totp"),
];

/// The sweep over sealed secrets.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reseal {}

impl Perform for Reseal {
    const KIND: &'static str = "secrets.reseal";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let (mut done, mut lost) = (Map::new(), 0_u64);
        for column in COLUMNS {
            let (sealed, unopened) = sweep(job, column).await?;
            lost += unopened;
            done.insert(column.name.to_owned(), sealed.into());
        }
        done.insert("without_key".to_owned(), lost.into());
        Ok(Value::Object(done))
    }
}

/// Seals the column's secrets anew; answers how many, and how many no key of this instance opens: those stay.
async fn sweep(job: &Job, column: &Column) -> Result<(u64, u64), Problem> {
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
        for row in &rows {
            let (id, secret): (Uuid, Vec<u8>) = (row.get(0), row.get(1));
            above = id;
            let place = Place { tenant, purpose: column.purpose, record: id };
            match keys.open(place, &secret) {
                Ok(text) => {
                    let anew = keys.seal(&world, place, &text)?;
                    tx.execute(column.put, &[&tenant, &id, &anew]).await?;
                    sealed += 1;
                }
                Err(problem) => {
                    tracing::warn!(column = column.name, %id, ?problem, "a stored secret cannot be sealed anew");
                    unopened += 1;
                }
            }
        }
        let last = rows.len() < BATCH.unsigned_abs() as usize;
        tx.commit().await?;
        if last {
            return Ok((sealed, unopened));
        }
    }
}
