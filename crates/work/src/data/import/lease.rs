//! Who works on a set of files: one process at a time.
//!
//! The worker renews its lease every [`BEAT`]; a lease that is not renewed runs out after [`LEASE`], and the next
//! process may take the work up. Who comes while the lease is alive is refused.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use store::{Db, TenantTx, sql};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How long a lease lives without being renewed.
pub const LEASE: Duration = Duration::from_secs(6);
/// How often a worker renews.
const BEAT: Duration = Duration::from_secs(2);
/// How often one who waits looks.
const LOOK: Duration = Duration::from_millis(200);

/// The right to work on a set of files; given back by [`Lease::release`], or left to run out.
#[derive(Debug)]
pub struct Lease {
    db: Db,
    caller: Caller,
    batch: Uuid,
    owner: Uuid,
    beat: Arc<JoinHandle<()>>,
}

impl Lease {
    /// Takes the lease. One that another process holds is waited for as long as it is not renewed: a process that
    /// died leaves it behind, one that lives shows it within a beat.
    ///
    /// # Errors
    /// [`codes::BUSY`] when another process is at work.
    pub async fn take(db: &Db, caller: &Caller, batch: Uuid) -> Result<Self, Problem> {
        let owner = db.world().id();
        let mut seen: Option<Timestamp> = None;
        loop {
            match attempt(db, caller, batch, owner).await? {
                None => break,
                Some(until) if seen.is_some_and(|before| before != until) => {
                    return Err(taken());
                }
                Some(until) => seen = Some(until),
            }
            tokio::time::sleep(LOOK).await;
        }
        let beat = tokio::spawn(renew(db.clone(), caller.clone(), batch, owner));
        Ok(Self { db: db.clone(), caller: caller.clone(), batch, owner, beat: Arc::new(beat) })
    }

    /// Whose lease it is.
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// Whether the work is still this process's to do: `false` where somebody asked it to stop.
    ///
    /// # Errors
    /// [`codes::BUSY`] when the lease ran out and another process took the work up.
    pub async fn goes_on(&self, tx: &mut TenantTx) -> Result<bool, Problem> {
        let row = tx
            .optional(
                sql!(
                    "select coalesce(summary ? 'cancel', false) from import_batches
                     where tenant_id = $1 and id = $2 and lease_owner = $3"
                ),
                &[&self.caller.tenant, &self.batch, &self.owner],
            )
            .await?;
        row.map(|row| !row.get::<_, bool>(0)).ok_or_else(taken)
    }

    /// Makes sure that what `tx` did is still this process's to do, until `tx` ends: comes right before its commit, so
    /// that a process which slept through its lease writes nothing after another took the work up.
    ///
    /// # Errors
    /// [`codes::BUSY`] when another process took the work up.
    pub async fn fence(&self, tx: &mut TenantTx) -> Result<(), Problem> {
        let row = tx
            .optional(
                sql!(
                    "select 1 from import_batches where tenant_id = $1 and id = $2 and lease_owner = $3 for update"
                ),
                &[&self.caller.tenant, &self.batch, &self.owner],
            )
            .await?;
        row.map(drop).ok_or_else(taken)
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// Problems of the database; the lease then runs out by itself.
    pub async fn release(self) -> Result<(), Problem> {
        self.beat.abort();
        let mut tx = self.db.begin(&self.caller).await?;
        tx.execute(
            sql!(
                "update import_batches set lease_owner = null, lease_until = null
                 where tenant_id = $1 and id = $2 and lease_owner = $3"
            ),
            &[&self.caller.tenant, &self.batch, &self.owner],
        )
        .await?;
        tx.commit().await
    }
}

fn taken() -> Problem {
    Problem::new(&codes::BUSY, "Another process is at work on this import.")
        .hint("Wait until it has finished, or cancel it.")
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.beat.abort();
    }
}

/// Takes the lease if it is free or has run out; else answers until when it is held.
async fn attempt(db: &Db, caller: &Caller, batch: Uuid, owner: Uuid) -> Result<Option<Timestamp>, Problem> {
    let now = db.world().now();
    let until = later(now);
    let mut tx = db.begin(caller).await?;
    let taken = tx
        .execute(
            sql!(
                "update import_batches set lease_owner = $3, lease_until = $4
                 where tenant_id = $1 and id = $2 and (lease_until is null or lease_until < $5)"
            ),
            &[&caller.tenant, &batch, &owner, &until, &now],
        )
        .await?;
    let held = if taken == 1 {
        None
    } else {
        let row = tx
            .one(
                sql!("select lease_until from import_batches where tenant_id = $1 and id = $2"),
                &[&caller.tenant, &batch],
            )
            .await?;
        Some(row.get::<_, Option<Timestamp>>(0).unwrap_or(now))
    };
    tx.commit().await?;
    Ok(held)
}

async fn renew(db: Db, caller: Caller, batch: Uuid, owner: Uuid) {
    loop {
        tokio::time::sleep(BEAT).await;
        if let Err(problem) = beat(&db, &caller, batch, owner).await {
            tracing::warn!(%batch, ?problem, "the lease of an import could not be renewed");
        }
    }
}

async fn beat(db: &Db, caller: &Caller, batch: Uuid, owner: Uuid) -> Result<(), Problem> {
    let mut tx = db.begin(caller).await?;
    tx.execute(
        sql!(
            "update import_batches set lease_until = $4 where tenant_id = $1 and id = $2 and lease_owner = $3"
        ),
        &[&caller.tenant, &batch, &owner, &later(db.world().now())],
    )
    .await?;
    tx.commit().await
}

fn later(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::ZERO)).unwrap_or(now)
}
