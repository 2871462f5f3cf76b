//! Bringing what was spooled into the database, in order, once it is back.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Weak, atomic::Ordering},
    time::Duration,
};

use model::problem::{Problem, codes};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    delivery::Delivery,
    frame,
    inbox::Inner,
    keep,
    spool::{self, Reader},
};

/// How often the database is asked whether it is back, and the folder whether a process has left a file.
const LOOK: Duration = Duration::from_millis(250);
const ORPHANS: u32 = 40;

/// Most deliveries brought at once.
const PIECE: usize = 500;

/// Drains this process's file whenever it holds something, and the files of dead ones, at once and then every ten
/// seconds; for as long as the inbox lives.
pub async fn keep_draining(inner: Weak<Inner>) {
    let mut turn = 0_u32;
    while let Some(inner) = inner.upgrade() {
        let away = inner.away.load(Ordering::Acquire);
        if (away || inner.spool.length() > 0) && inner.db.ping().await.is_ok() {
            match own(&inner).await {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "the webhook spool is not drained yet"),
            }
        }
        if turn.is_multiple_of(ORPHANS)
            && !inner.away.load(Ordering::Acquire)
            && let Err(error) = others(&inner).await
        {
            tracing::warn!(%error, "a spool that another process left is not drained yet");
            // Looked at again soon.
            turn = turn.wrapping_add(ORPHANS - 4);
        }
        turn = turn.wrapping_add(1);
        drop(inner);
        sleep(LOOK).await;
    }
}

async fn own(inner: &Inner) -> Result<(), Stopped> {
    let mut reader = Reader::open(inner.spool.path())?;
    loop {
        bring(inner, &mut reader).await?;
        if inner.spool.length() == 0 || inner.spool.drained(reader.offset).await {
            inner.away.store(false, Ordering::Release);
            metrics::gauge!("tenantry_webhook_spool_bytes").set(0.0);
            return Ok(());
        }
        if reader.offset < inner.spool.length() {
            continue;
        }
        return Err(Stopped::Disk(io::Error::other("the file cannot be emptied")));
    }
}

async fn others(inner: &Inner) -> Result<(), Stopped> {
    let (folder, own) = (inner.folder.clone(), inner.spool.path().to_owned());
    let found = spawn_blocking(move || spool::orphans(&folder, &own)).await.map_err(io::Error::other)??;
    for orphan in found {
        let mut reader = Reader::open(&orphan.path)?;
        bring(inner, &mut reader).await?;
        tracing::info!(file = %orphan.path.display(), bytes = reader.offset, "drained a spool that a process had left");
        orphan.remove()?;
    }
    Ok(())
}

/// Why draining stopped; it goes on from the beginning, since what is there already is not stored twice.
#[derive(Debug)]
enum Stopped {
    Database(Problem),
    Disk(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(problem) => problem.fmt(f),
            Self::Disk(error) => error.fmt(f),
        }
    }
}

/// Brings everything that the file holds.
async fn bring(inner: &Inner, reader: &mut Reader) -> Result<(), Stopped> {
    loop {
        let deliveries = reader.next(PIECE)?;
        if deliveries.is_empty() {
            return Ok(());
        }
        for together in deliveries.chunk_by(|one, next| one.tenant == next.tenant) {
            let Err(problem) = keep::keep(&inner.db, together[0].tenant, together).await else { continue };
            passing(problem)?;
            for one in together {
                let Err(problem) = keep::keep(&inner.db, one.tenant, std::slice::from_ref(one)).await else {
                    continue;
                };
                tracing::error!(?problem, delivery = %one.log, "the database refuses a spooled webhook; it is set aside");
                passing(problem)?;
                aside(&inner.folder, one)?;
            }
        }
    }
}

/// What ends by itself stops the draining for now; what does not is no reason to keep the others.
fn passing(problem: Problem) -> Result<(), Stopped> {
    let code = problem.code();
    if *code == codes::UNAVAILABLE || *code == codes::BUSY || *code == codes::TOO_SLOW {
        return Err(Stopped::Database(problem));
    }
    Ok(())
}

/// Keeps a delivery that the database refuses, for its operator.
fn aside(folder: &Path, delivery: &Delivery) -> Result<(), Stopped> {
    let mut bytes = vec![];
    frame::write(&mut bytes, delivery).map_err(io::Error::other)?;
    let mut file =
        OpenOptions::new().create(true).append(true).mode(0o600).open(folder.join("refused.frames"))?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    Ok(())
}
