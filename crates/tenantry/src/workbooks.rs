//! Workbooks are read in a process of their own: this program again, with bounds on memory and time, since libraries for
//! spreadsheets panic and swell on crafted files. Only that process dies of one.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tabular::{Isolation, Order, Running};

/// The hidden command that reads.
pub const COMMAND: &str = "read-workbook";
/// Memory of a reader, in MiB: room for the largest table of strings that is read at all.
pub const MEMORY_MIB: u64 = 2048;
/// Processor time of a reader, in seconds: a sheet of a million rows takes about ten.
pub const CPU_SECONDS: u64 = 300;

/// Starts a reader for each workbook.
#[derive(Clone, Debug)]
pub struct Apart {
    program: PathBuf,
    memory_mib: u64,
    cpu_seconds: u64,
}

impl Apart {
    /// With this program's file.
    ///
    /// # Errors
    /// The system does not tell which file that is.
    pub fn of_this_program() -> io::Result<Self> {
        // The running program even where an upgrade has put another file in its place.
        let own = Path::new("/proc/self/exe");
        let program = if own.exists() { own.to_owned() } else { std::env::current_exe()? };
        Ok(Self::new(program, MEMORY_MIB, CPU_SECONDS))
    }

    /// With the program at `program`, and bounds in MiB and seconds.
    pub fn new(program: PathBuf, memory_mib: u64, cpu_seconds: u64) -> Self {
        Self { program, memory_mib, cpu_seconds }
    }
}

impl Isolation for Apart {
    fn start(&self, order: &Order) -> io::Result<Running> {
        let mut child = Command::new(&self.program)
            .arg(COMMAND)
            .args([self.memory_mib.to_string(), self.cpu_seconds.to_string()])
            .args(order.to_args())
            // What the settings say is none of its business.
            .env_clear()
            // The allocator takes memory as it needs it: what it holds in reserve would be beyond the bound that is set later.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("the reader has no output"))?;
        let stop = move || {
            // It may have ended by itself; either way nothing of it stays.
            drop(child.kill());
            drop(child.wait());
        };
        Ok(Running { output: Box::new(output), stop: Box::new(stop) })
    }
}

/// Reads what the arguments of the hidden command tell, within their bounds, to standard output.
///
/// # Errors
/// The arguments tell nothing, the bounds cannot be set, or nobody reads the output any more.
pub fn serve(args: &[OsString]) -> io::Result<()> {
    let number = |at: usize| args.get(at)?.to_str()?.parse::<u64>().ok();
    let order = args.get(2..).and_then(Order::from_args);
    let (Some(memory_mib), Some(seconds), Some(order)) = (number(0), number(1), order) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this command is for the program itself"));
    };
    bound(Resource::As, memory_mib << 20)?;
    bound(Resource::Cpu, seconds)?;
    bound(Resource::Core, 0)?;
    // It has no business to write files.
    bound(Resource::Fsize, 0)?;
    bound(Resource::Nofile, 16)?;
    order.serve(io::stdout().lock())
}

fn bound(resource: Resource, most: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(most, |hard| hard.min(most));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}
