//! What a contestant costs: processor time and memory, from `/proc`.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// Processor time spent so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// By this process and its children that have ended.
    pub own: Duration,
    /// By the server's processes, those that have ended too.
    pub postgres: Duration,
    /// By the process under test, where it is another one.
    pub other: Duration,
}

impl Spent {
    fn since(self, before: Self) -> Self {
        Self {
            own: self.own.saturating_sub(before.own),
            postgres: self.postgres.saturating_sub(before.postgres),
            other: self.other.saturating_sub(before.other),
        }
    }
}

/// A measurement under way.
#[derive(Debug)]
pub struct Watch {
    started: Instant,
    before: Spent,
    postmaster: u32,
    other: Option<u32>,
}

/// What a measurement gave.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Time by the clock.
    pub wall: Duration,
    /// Time of the processors.
    pub cpu: Spent,
}

impl Watch {
    /// Starts; `other` is a further process to be watched.
    ///
    /// # Errors
    /// Where `/proc` cannot be read.
    pub fn start(postmaster: u32, other: Option<u32>) -> Result<Self, Failure> {
        let before = spent(postmaster, other)?;
        Ok(Self { started: Instant::now(), before, postmaster, other })
    }

    /// Time by the clock since the start.
    pub fn so_far(&self) -> Duration {
        self.started.elapsed()
    }

    /// What it cost since the start.
    ///
    /// # Errors
    /// Where `/proc` cannot be read.
    pub fn stop(self) -> Result<Cost, Failure> {
        let wall = self.started.elapsed();
        Ok(Cost { wall, cpu: spent(self.postmaster, self.other)?.since(self.before) })
    }
}

fn spent(postmaster: u32, other: Option<u32>) -> Result<Spent, Failure> {
    let own = times("self")?;
    let server = times(&postmaster.to_string())?;
    let mut postgres = server.itself + server.ended_children;
    let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"))?;
    for child in children.split_whitespace() {
        // One that has just ended is counted with its parent the next time.
        if Path::new(&format!("/proc/{child}/stat")).exists() {
            postgres += times(child).map_or(Duration::ZERO, |times| times.itself);
        }
    }
    let other = match other {
        Some(process) => times(&process.to_string())?.itself,
        None => Duration::ZERO,
    };
    Ok(Spent { own: own.itself + own.ended_children, postgres, other })
}

struct Times {
    itself: Duration,
    ended_children: Duration,
}

/// Fields 14 to 17 of `/proc/<process>/stat`; the name in field 2 may hold blanks, so they are counted from its end.
fn times(process: &str) -> Result<Times, Failure> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: Vec<u64> =
        rest.split_whitespace().skip(11).take(4).filter_map(|field| field.parse().ok()).collect();
    let [user, system, children_user, children_system] = ticks[..] else {
        return Err(Failure::work(format!("/proc/{process}/stat reads unlike Linux's.")));
    };
    let a_second = rustix::param::clock_ticks_per_second().max(1);
    let time = |ticks: u64| Duration::from_millis(ticks * 1_000 / a_second);
    Ok(Times { itself: time(user + system), ended_children: time(children_user + children_system) })
}

/// The most memory that this process has held since [`forget_peak`], in bytes.
///
/// # Errors
/// Where `/proc` cannot be read.
pub fn peak_memory() -> Result<u64, Failure> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib =
        line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    kib.map(|kib| kib * 1_024).ok_or_else(|| Failure::work("/proc/self/status names no VmHWM."))
}

/// Begins the peak of memory anew, at what is held now.
///
/// # Errors
/// Where `/proc` cannot be written.
pub fn forget_peak() -> Result<(), Failure> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

/// The server's first process, from the cluster's data folder.
///
/// # Errors
/// When the server does not run.
pub fn postmaster(home: &Path) -> Result<u32, Failure> {
    let text = fs::read_to_string(home.join("data/postmaster.pid"))?;
    let number = text.lines().next().and_then(|line| line.trim().parse().ok());
    number.ok_or_else(|| Failure::work("postmaster.pid names no process."))
}

/// Cores and memory, in a sentence.
pub fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib: u64 =
        kib.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0);
    format!("{cores} cores, {} GiB of memory", (kib + 524_288) >> 20)
}
