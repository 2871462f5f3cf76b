//! The peers: npm packages in a process of Node.js per turn.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use tokio::process::Command;

use super::Turn;
use crate::{
    bench::place::{Fresh, Place, told},
    failure::Failure,
};

/// A queue on the same database.
pub struct Peer {
    /// What it is called.
    pub name: &'static str,
    script: PathBuf,
}

#[derive(Deserialize)]
struct Rate {
    enqueue: f64,
    finish: f64,
}

#[derive(Deserialize)]
struct Waits {
    waits: Vec<f64>,
}

/// Installs what the lock file names and gives the peers; none where the folder is not there.
pub async fn install(folder: &Path) -> Result<Vec<Peer>, Failure> {
    let script = folder.join("peer.mjs");
    if !script.exists() {
        println!("Without the peers: {} is not there (`--peers` names the folder).\n", script.display());
        return Ok(vec![]);
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
    told("npm ci", npm).await?;
    let script = script.canonicalize()?;
    Ok(["graphile-worker", "pg-boss"].map(|name| Peer { name, script: script.clone() }).into())
}

impl Peer {
    /// Enqueues and finishes so many jobs.
    pub async fn rate(&self, place: &Place, fresh: &Fresh, jobs: usize) -> Result<Turn, Failure> {
        let rate: Rate = self.told(place, fresh, "rate", jobs).await?;
        Ok(Turn {
            enqueue: Duration::from_secs_f64(rate.enqueue),
            finish: Duration::from_secs_f64(rate.finish),
        })
    }

    /// Milliseconds from enqueueing a job to its beginning, one job at a time.
    pub async fn waits(&self, place: &Place, fresh: &Fresh, picks: usize) -> Result<Vec<f64>, Failure> {
        Ok(self.told::<Waits>(place, fresh, "latency", picks).await?.waits)
    }

    async fn told<T: for<'de> Deserialize<'de>>(
        &self,
        place: &Place,
        fresh: &Fresh,
        what: &str,
        count: usize,
    ) -> Result<T, Failure> {
        let mut node = place.logged_in(Command::new("node"), &fresh.name);
        node.arg(&self.script).args([self.name, what, &count.to_string()]);
        let answer = told(self.name, node).await?;
        let line = answer.lines().last().unwrap_or_default();
        serde_json::from_str(line)
            .map_err(|error| Failure::work(format!("{} said {line}: {error}.", self.name)))
    }
}
