//! Sessions and one-time tokens whose time is over. Revoked sessions stay until then: their tokens still tell a theft.

use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{sql, sql::Sql};

use super::prune::sweep;
use crate::jobs::{Job, Kind, Perform};

pub(super) const KIND: Kind =
    Kind::of::<CleanSessions>("Removes sessions, invitations and password resets whose time is over.");

static SESSIONS: &Sql = sql!(
    "delete from sessions where tenant_id = $1 and id = any(array(
       select id from sessions where tenant_id = $1 and expires_at < $2 order by expires_at limit $3))"
);
static ONE_TIME_TOKENS: &Sql = sql!(
    "delete from one_time_tokens where tenant_id = $1 and id = any(array(
       select id from one_time_tokens where tenant_id = $1 and expires_at < $2 order by expires_at limit $3))"
);

/// The sweep over sessions.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CleanSessions {}

impl Perform for CleanSessions {
    const KIND: &'static str = "sessions.clean";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let now = job.db().world().now();
        let sessions = sweep(job, SESSIONS, now).await?;
        let tokens = sweep(job, ONE_TIME_TOKENS, now).await?;
        Ok(json!({ "sessions": sessions, "one_time_tokens": tokens }))
    }
}
