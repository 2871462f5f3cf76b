//! A kind of job for tests that start processes of the program: it takes its time, and leaves one row per effect.

use std::time::Duration;

use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::sql;
use tokio::time::sleep;

use super::{Job, Kind, Perform};

pub(crate) const JOBS: &[Kind] = &[Kind::of::<Effect>("Takes its time and leaves a row.")];

/// Two rows of one job would be an effect done twice.
#[derive(Debug, Serialize, Deserialize)]
struct Effect {
    /// How long it takes.
    millis: u64,
    /// The effect commits before the job is ended, under a key that lets it happen once; else together with its end.
    apart: bool,
}

impl Perform for Effect {
    const KIND: &'static str = "test.effect";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let pause = Duration::from_millis(self.millis);
        let tenant = job.tenant();
        if self.apart {
            sleep(pause).await;
        }
        let mut tx = job.begin().await?;
        let id = tx.id();
        let effect =
            if self.apart { format!("effect {}", job.id()) } else { format!("effect {} {id}", job.id()) };
        tx.execute(
            sql!(
                "insert into tenant_settings (tenant_id, id, setting_group) values ($1, $2, $3)
                 on conflict (tenant_id, setting_group) do nothing"
            ),
            &[&tenant, &id, &effect],
        )
        .await?;
        if !self.apart {
            sleep(pause).await;
            job.finish_in(&mut tx, Value::Null).await?;
        }
        tx.commit().await?;
        Ok(Value::Null)
    }

    fn backoff(_: i32) -> Duration {
        Duration::from_millis(50)
    }
}
