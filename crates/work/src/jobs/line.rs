//! The jobs of one tenant that this process holds, and how many more it takes at a time.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use store::queue::Claimed;
use tokio::{task::AbortHandle, time::Instant};
use uuid::Uuid;

use super::{Job, settle::Attempt};

/// How much work may wait in this process: longer waits belong into the database, where others can take them.
const AHEAD: f64 = 0.1;
/// A claimed job that has waited this long for a slot is given back.
pub const STALE: Duration = Duration::from_millis(500);

/// A job being done.
pub struct Held {
    pub lease: Uuid,
    pub job: Job,
    pub kind: &'static str,
    pub abort: AbortHandle,
}

/// The jobs of one tenant in this process.
#[derive(Default)]
pub struct Line {
    /// Claimed, not begun, with the moment of the claim.
    pub buffered: VecDeque<(Claimed, Instant)>,
    /// Being done.
    pub running: HashMap<Uuid, Held>,
    /// Ended, not written yet.
    pub ended: Vec<Attempt>,
    /// Being written.
    pub settling: Option<Arc<Vec<Attempt>>>,
    /// A claim is under way.
    pub claiming: bool,
    /// There may be more to claim.
    pub ready: bool,
    /// A wake-up came while a claim was under way.
    pub again: bool,
    /// Seconds that a job takes, up at once and down slowly; unknown until one has run.
    pace: Option<f64>,
}

impl Line {
    /// Learns how long a job took.
    pub fn took(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        self.pace = Some(match self.pace {
            Some(pace) if seconds < pace => pace * 0.9 + seconds * 0.1,
            _ => seconds,
        });
    }

    /// How many jobs to claim now, where it may run `cap` at once and `free` more than it does. Quick jobs come in
    /// batches of up to `batch`; of slow ones no more than can begin at once.
    pub fn wanted(&self, cap: usize, free: usize, batch: usize) -> usize {
        let free = free.saturating_sub(self.buffered.len());
        let Some(pace) = self.pace else { return free };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number, cut off at `batch`"
        )]
        let ahead = ((AHEAD * cap as f64 / pace.max(1e-6)) as usize).min(batch);
        if ahead <= cap {
            free
        } else if self.buffered.len() * 2 > ahead {
            0
        } else {
            ahead
        }
    }

    /// Takes out claimed jobs that have waited too long for a slot.
    pub fn stale(&mut self, now: Instant) -> Vec<Claimed> {
        let stale = self.buffered.iter().take_while(|(_, since)| now >= *since + STALE).count();
        if stale > 0 {
            self.took(STALE);
        }
        self.buffered.drain(..stale).map(|(claimed, _)| claimed).collect()
    }

    /// Jobs and leases that must be kept alive.
    pub fn leases(&self) -> (Vec<Uuid>, Vec<Uuid>) {
        let buffered = self.buffered.iter().map(|(claimed, _)| (claimed.id, claimed.lease));
        let running = self.running.iter().map(|(id, held)| (*id, held.lease));
        let ended = self.ended.iter().chain(self.settling.iter().flat_map(|batch| batch.iter()));
        buffered.chain(running).chain(ended.map(|one| (one.ended.id, one.ended.lease))).unzip()
    }

    /// Nothing is held, under way or to be had.
    pub fn is_idle(&self) -> bool {
        !self.ready && !self.claiming && self.holds_nothing()
    }

    /// Nothing is held.
    pub fn holds_nothing(&self) -> bool {
        self.buffered.is_empty()
            && self.running.is_empty()
            && self.ended.is_empty()
            && self.settling.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_jobs_come_in_batches_and_slow_ones_as_slots_are_free() {
        let mut line = Line::default();
        assert_eq!(line.wanted(6, 6, 100), 6, "nothing is known yet");
        line.took(Duration::from_micros(50));
        assert_eq!(line.wanted(6, 6, 100), 100);
        line.took(Duration::from_millis(10));
        assert_eq!(line.wanted(6, 6, 100), 60);
        line.took(Duration::from_secs(60));
        assert_eq!(line.wanted(6, 2, 100), 2);
        assert_eq!(line.wanted(6, 0, 100), 0);
        for _ in 0..150 {
            line.took(Duration::from_micros(50));
        }
        assert_eq!(line.wanted(6, 6, 100), 100, "a slow job is forgotten by and by");
    }
}
