//! The kinds of jobs that these tests bring along.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use model::problem::{Problem, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sql;
use tokio::time::sleep;
use work::jobs::{Job, Kind, Perform};

pub static KINDS: &[Kind] = &[
    Kind::of::<Nothing>("Does nothing."),
    Kind::of::<Nap>("Sleeps."),
    Kind::of::<Fail>("Fails."),
    Kind::of::<Panic>("Panics."),
    Kind::of::<Count>("Counts in its own transaction."),
];

/// Does nothing and gives its payload back.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Nothing {
    #[serde(default)]
    pub note: String,
}

impl Perform for Nothing {
    const KIND: &'static str = "test.nothing";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        if !self.note.is_empty() {
            job.log(format!("note: {}", self.note));
        }
        Ok(json!({ "note": self.note }))
    }
}

/// Sleeps, whatever it is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nap {
    pub millis: u64,
}

pub static NAPPING: AtomicUsize = AtomicUsize::new(0);

impl Perform for Nap {
    const KIND: &'static str = "test.nap";

    async fn run(self, _: &Job) -> Result<Value, Problem> {
        NAPPING.fetch_add(1, Ordering::SeqCst);
        let _awake = Awake;
        sleep(Duration::from_millis(self.millis)).await;
        Ok(Value::Null)
    }
}

struct Awake;

impl Drop for Awake {
    fn drop(&mut self) {
        NAPPING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Fails with words for people and a cause for the log alone.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fail {
    #[serde(default)]
    pub for_good: bool,
}

impl Perform for Fail {
    const KIND: &'static str = "test.fail";

    async fn run(self, _: &Job) -> Result<Value, Problem> {
        let code = if self.for_good { &codes::INVALID } else { &codes::UNAVAILABLE };
        Err(Problem::new(code, "The other side does not answer.").cause("a secret detail"))
    }

    fn backoff(_: i32) -> Duration {
        Duration::from_millis(50)
    }

    fn is_final(problem: &Problem) -> bool {
        *problem.code() == codes::INVALID
    }
}

/// Panics.
#[derive(Debug, Serialize, Deserialize)]
pub struct Panic {}

impl Perform for Panic {
    const KIND: &'static str = "test.panic";
    const MAX_ATTEMPTS: i32 = 1;

    async fn run(self, _: &Job) -> Result<Value, Problem> {
        panic!("as it must")
    }
}

/// Adds one to a counter of the tenant, in the transaction that ends the job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Count {
    #[serde(default)]
    pub millis: u64,
}

impl Perform for Count {
    const KIND: &'static str = "test.count";
    const MAX_ATTEMPTS: i32 = 1_000;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let (tenant, id) = (job.tenant(), tx.id());
        // One row per effect: two rows of one job would be an effect done twice.
        tx.execute(
            sql!("insert into tenant_settings (tenant_id, id, setting_group) values ($1, $2, $3)"),
            &[&tenant, &id, &format!("effect {} {id}", job.id())],
        )
        .await?;
        sleep(Duration::from_millis(self.millis)).await;
        job.finish_in(&mut tx, Value::Null).await?;
        tx.commit().await?;
        Ok(Value::Null)
    }

    fn backoff(_: i32) -> Duration {
        Duration::from_millis(50)
    }
}
