//! Requests that are done once: the memory of answers, by a key that the caller chose.
//!
//! The answer is written in the transaction of the effect, so there is never one without the other: a process that dies
//! before the commit has done nothing, and after it the next request with the key is given the answer. Keys count for
//! one tenant, actor and address. What failed is not kept, so it may be tried again under its key.

use jiff::SignedDuration;
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::{Map, Value};
use store::{Db, TenantTx, sql};

/// How long answers are kept.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A request that is to be done once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Method and path: `POST /api/v1/orders/…/confirm`.
    pub address: String,
    /// What the caller chose.
    pub key: String,
    /// SHA-256 of what was sent.
    pub body: [u8; 32],
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body; none where the effect is done and its answer was never told, since it takes longer than the effect.
    pub body: Option<Vec<u8>>,
}

/// Whether this is the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done<T> {
    /// It was done now.
    Now(T),
    /// It was done before, and answered like this.
    Before(Kept),
}

impl<T> Done<T> {
    /// What was done, without a key under which it could have been done before.
    ///
    /// # Errors
    /// An answer of the time before, which is a defect.
    pub fn now(self) -> Result<T, Problem> {
        match self {
            Self::Now(done) => Ok(done),
            Self::Before(_) => Err(Problem::internal("an answer was kept for a request without a key")),
        }
    }
}

/// A transaction to do it in, or the answer of the time before.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is made")]
pub enum Begun {
    /// To be done.
    First(TenantTx),
    /// Done already.
    Before(Kept),
}

/// Begins the transaction of an effect that takes `permission`, unless it is done already. Without a key it always is
/// the first time.
///
/// # Errors
/// As [`Once::before`]; `forbidden` where the answer is there and the caller has lost the permission since.
pub async fn begin(
    db: &Db,
    caller: &Caller,
    permission: &str,
    once: Option<&Once>,
) -> Result<Begun, Problem> {
    let mut tx = db.begin(caller).await?;
    let Some(once) = once else { return Ok(Begun::First(tx)) };
    let before = once.before(&mut tx).await;
    match before {
        Ok(None) => Ok(Begun::First(tx)),
        Ok(Some(kept)) => {
            tx.rollback().await?;
            caller.permit(permission)?;
            Ok(Begun::Before(kept))
        }
        Err(problem) => {
            tx.rollback().await?;
            Err(problem)
        }
    }
}

/// The transaction in which all went well. One in which something did not is rolled back before the answer, so that its
/// locks, that of the request's key among them, hold up nobody who comes right behind.
///
/// # Errors
/// What went wrong.
pub async fn sound<T>(tx: TenantTx, done: Result<T, Problem>) -> Result<(TenantTx, T), Problem> {
    match done {
        Ok(done) => Ok((tx, done)),
        Err(problem) => {
            // Where the rollback fails, the connection is gone, and the server rolls back by itself.
            let _ = tx.rollback().await;
            Err(problem)
        }
    }
}

impl Once {
    /// Holds the key for as long as `tx` lasts; gives the answer where one is kept already.
    ///
    /// # Errors
    /// [`codes::KEY_BUSY`] while another transaction holds it, [`codes::KEY_REUSED`] where another body was sent under it.
    pub async fn before(&self, tx: &mut TenantTx) -> Result<Option<Kept>, Problem> {
        let actor = tx.actor().to_string();
        let held = tx
            .one(
                sql!(
                    "select pg_try_advisory_xact_lock(hashtextextended(
                       concat_ws(' ', 'answer to', $1::uuid, $2::text, $3::text, $4::text), 0))"
                ),
                &[&tx.tenant(), &actor, &self.address, &self.key],
            )
            .await?;
        if !held.get::<_, bool>(0) {
            let detail = "A request with this `Idempotency-Key` is still being done.";
            return Err(
                Problem::new(&codes::KEY_BUSY, detail).hint("Wait a moment, then send it again as it was.")
            );
        }
        // A statement of its own: it sees what whoever held the lock before has committed.
        let now = tx.world().now();
        let row = tx
            .optional(
                sql!(
                    "select body_hash, response_status, response_headers, response_body from idempotency_keys
                     where tenant_id = $1 and actor = $2 and route = $3 and key = $4 and expires_at > $5"
                ),
                &[&tx.tenant(), &actor, &self.address, &self.key, &now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.get::<_, &[u8]>(0) != self.body {
            let detail = "This `Idempotency-Key` was used for another body.";
            return Err(Problem::new(&codes::KEY_REUSED, detail)
                .hint("Make a new key for each thing that is to be done, and keep it for its repetitions."));
        }
        let headers: Option<Value> = row.get(2);
        let headers = headers.as_ref().and_then(Value::as_object).into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Some(Kept {
            status: row.get::<_, Option<i32>>(1).and_then(|code| code.try_into().ok()).unwrap_or(200),
            headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
            body: row.get(3),
        }))
    }

    /// Keeps the answer; it is there once `tx` commits.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn keep(&self, tx: &mut TenantTx, kept: &Kept) -> Result<(), Problem> {
        let headers: Map<String, Value> =
            kept.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let expires = tx.world().now().checked_add(KEPT_FOR).map_err(Problem::internal)?;
        let state = if kept.body.is_some() { "done" } else { "running" };
        let (tenant, id, actor) = (tx.tenant(), tx.id(), tx.actor());
        // A row that is there already has expired, or waits for its answer.
        tx.execute(
            sql!(
                "insert into idempotency_keys (tenant_id, id, actor, route, key, body_hash, state, response_status,
                   response_headers, response_body, expires_at, created_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (tenant_id, actor, route, key) do update set body_hash = excluded.body_hash,
                   state = excluded.state, response_status = excluded.response_status,
                   response_headers = excluded.response_headers, response_body = excluded.response_body,
                   expires_at = excluded.expires_at"
            ),
            &[
                &tenant,
                &id,
                &actor.to_string(),
                &self.address,
                &self.key,
                &self.body.as_slice(),
                &state,
                &i32::from(kept.status),
                &Value::Object(headers),
                &kept.body,
                &expires,
                &actor.id(),
            ],
        )
        .await?;
        Ok(())
    }

    /// The answer where one is kept; holds nothing.
    ///
    /// # Errors
    /// As [`Once::before`].
    pub async fn look(&self, db: &Db, caller: &Caller) -> Result<Option<Kept>, Problem> {
        let mut tx = db.begin(caller).await?;
        let before = self.before(&mut tx).await;
        tx.rollback().await?;
        before
    }

    /// Keeps an answer that was told after its effect.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn answered(&self, db: &Db, caller: &Caller, kept: &Kept) -> Result<(), Problem> {
        let mut tx = db.begin(caller).await?;
        self.keep(&mut tx, kept).await?;
        tx.commit().await
    }

    /// Frees the key of something that failed after all.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn forget(&self, db: &Db, caller: &Caller) -> Result<(), Problem> {
        let mut tx = db.begin(caller).await?;
        tx.execute(
            sql!(
                "delete from idempotency_keys where tenant_id = $1 and actor = $2 and route = $3 and key = $4"
            ),
            &[&caller.tenant, &caller.actor.to_string(), &self.address, &self.key],
        )
        .await?;
        tx.commit().await
    }
}
