//! Making, starting and stopping the server. Everything here happens within a turn ([`Home::lock_for_change`]).

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::binaries::{self, Binaries};
use super::error::ClusterError;
use super::home::{Home, tail};
use super::pidfile::{self, PidFile, Running, Status};
use super::{ADMIN, ClusterOptions, PORT, place, settings, unprivileged};

const STEP: Duration = Duration::from_millis(20);
/// How long a fast shutdown may take before the immediate one.
const FAST: Duration = Duration::from_secs(30);
const IMMEDIATE: Duration = Duration::from_secs(15);
/// How long processes of a killed server may still hold its shared memory.
const ORPHANS: Duration = Duration::from_secs(20);
/// The server's log is begun anew at a start beyond this size; the one before is kept.
const LOG_BYTES: u64 = 16 * 1024 * 1024;

/// The server that runs and is ready, waited for while it starts, waited out while it stops; `None` when none runs.
pub(super) fn running(home: &Home, patience: Duration) -> Result<Option<Running>, ClusterError> {
    let since = Instant::now();
    loop {
        match pidfile::read(&home.data()) {
            PidFile::Absent | PidFile::Dead => return Ok(None),
            PidFile::Reused => {
                let path = home.data().join("postmaster.pid");
                std::fs::remove_file(&path).map_err(ClusterError::io("remove the stale", &path))?;
                return Ok(None);
            }
            PidFile::Alive(running) if running.status == Status::Ready => return Ok(Some(running)),
            PidFile::Alive(_) if since.elapsed() < patience => std::thread::sleep(STEP),
            PidFile::Alive(running) => {
                return Err(failed(home, format!("(process {}) did not become ready", running.pid)));
            }
        }
    }
}

/// Starts the server, making its cluster first when there is none, and waits until it accepts connections.
pub(super) fn start(home: &Home, options: &ClusterOptions) -> Result<(Running, Child), ClusterError> {
    let made_by = home.made_by()?;
    let binaries = binaries::find(options.bin_dir.as_deref(), made_by, &home.path)?;
    if made_by.is_none() {
        initialize(home, &binaries, options.fast_for_tests)?;
    }
    write_private(
        home,
        &home.data().join("tenantry.conf"),
        &settings::text(&binaries, options.fast_for_tests),
    )?;
    let socket_dir = place::socket_dir(&home.path, home.user)?;
    let since = Instant::now();
    loop {
        let mut child = spawn(home, &binaries, &socket_dir)?;
        match await_ready(home, &mut child, options.start_timeout)? {
            Some(running) => return Ok((running, child)),
            // The killed server's last processes are still about to notice; PostgreSQL refuses to start beside them.
            None if since.elapsed() < ORPHANS && tail(&home.log()).contains("shared memory block") => {
                std::thread::sleep(STEP * 10);
            }
            None => return Err(failed(home, "did not start".to_owned())),
        }
    }
}

/// Runs `initdb` into a folder beside and moves it into place: a killed `initdb` leaves nothing half made.
fn initialize(home: &Home, binaries: &Binaries, fast_for_tests: bool) -> Result<(), ClusterError> {
    let new = home.path.join("data.new");
    if new.exists() {
        std::fs::remove_dir_all(&new).map_err(ClusterError::io("remove the half-made", &new))?;
    }
    let password = crate::secret::random_hex(24).map_err(place::randomness)?;
    write_private(home, &home.password_file(), &password)?;
    let locale = if cfg!(target_os = "linux") { "C.UTF-8" } else { "C" };
    let mut command = unprivileged::command(&binaries.initdb(), home.user);
    command
        .args(["--encoding=UTF8", "--locale-provider=icu", "--icu-locale=und", "--auth=scram-sha-256"])
        .args(["--data-checksums", "--no-instructions", "--username", ADMIN])
        .arg(format!("--locale={locale}"))
        .arg("--pwfile")
        .arg(home.password_file())
        .arg("--pgdata")
        .arg(&new);
    if fast_for_tests {
        command.arg("--no-sync");
    }
    let output = command.output().map_err(ClusterError::io("run", &binaries.initdb()))?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(ClusterError::Initdb { home: home.path.clone(), output });
    }
    let conf = new.join("postgresql.conf");
    OpenOptions::new()
        .append(true)
        .open(&conf)
        .and_then(|mut file| file.write_all(b"\ninclude_if_exists 'tenantry.conf'\n"))
        .map_err(ClusterError::io("write", &conf))?;
    std::fs::rename(&new, home.data()).map_err(ClusterError::io("put in place", &new))
}

fn spawn(home: &Home, binaries: &Binaries, socket_dir: &Path) -> Result<Child, ClusterError> {
    let log = open_log(home)?;
    let errors = log.try_clone().map_err(ClusterError::io("open", &home.log()))?;
    unprivileged::command(&binaries.postgres(), home.user)
        .arg("-D")
        .arg(home.data())
        .arg("-k")
        .arg(socket_dir)
        .args(["-p", &PORT.to_string()])
        .stdout(log)
        .stderr(errors)
        // A process group of its own: Ctrl-C in the terminal is for Tenantry, which then stops the server in order.
        .process_group(0)
        .spawn()
        .map_err(ClusterError::io("run", &binaries.postgres()))
}

/// Waits for the child to be ready; `None` when it ended instead.
fn await_ready(home: &Home, child: &mut Child, patience: Duration) -> Result<Option<Running>, ClusterError> {
    let since = Instant::now();
    loop {
        if child.try_wait().map_err(ClusterError::io("watch the server of", &home.path))?.is_some() {
            return Ok(None);
        }
        match pidfile::read(&home.data()) {
            PidFile::Alive(running)
                if running.status == Status::Ready && i64::from(running.pid) == i64::from(child.id()) =>
            {
                return Ok(Some(running));
            }
            _ if since.elapsed() < patience => std::thread::sleep(STEP),
            _ => {
                end(home, i32::try_from(child.id()).unwrap_or(0), Some(child))?;
                return Err(failed(home, format!("did not become ready within {} s", patience.as_secs())));
            }
        }
    }
}

/// Stops the server; returns whether one ran.
pub(super) fn stop(home: &Home, mut child: Option<Child>) -> Result<bool, ClusterError> {
    match pidfile::read(&home.data()) {
        PidFile::Alive(running) => end(home, running.pid, child.as_mut()).map(|()| true),
        PidFile::Absent | PidFile::Dead | PidFile::Reused => {
            child.as_mut().map_or(Ok(()), |child| bury(home, child)).map(|()| false)
        }
    }
}

/// A fast shutdown, then an immediate one.
fn end(home: &Home, pid: i32, mut child: Option<&mut Child>) -> Result<(), ClusterError> {
    for (signal, patience) in [(Signal::INT, FAST), (Signal::QUIT, IMMEDIATE)] {
        pidfile::signal(pid, signal).map_err(ClusterError::io("stop the server of", &home.path))?;
        let since = Instant::now();
        while since.elapsed() < patience {
            if let Some(child) = child.as_deref_mut() {
                let _ended = child.try_wait();
            }
            if !pidfile::alive(pid) {
                return child.map_or(Ok(()), |child| bury(home, child));
            }
            std::thread::sleep(STEP / 4);
        }
    }
    Err(ClusterError::Stop { home: home.path.clone(), pid })
}

/// Takes the exit status of a child that has ended, without which it would stay in the process table.
fn bury(home: &Home, child: &mut Child) -> Result<(), ClusterError> {
    child.wait().map(drop).map_err(ClusterError::io("watch the server of", &home.path))
}

fn failed(home: &Home, what: String) -> ClusterError {
    ClusterError::Start { what, log: home.log(), tail: tail(&home.log()) }
}

fn open_log(home: &Home) -> Result<File, ClusterError> {
    let path = home.log();
    if std::fs::metadata(&path).is_ok_and(|meta| meta.len() > LOG_BYTES) {
        std::fs::rename(&path, home.path.join("server.log.1"))
            .map_err(ClusterError::io("set aside", &path))?;
    }
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(unprivileged::no_links())
        .open(&path)
        .map_err(ClusterError::io("open", &path))?;
    unprivileged::give(&path, home.user)?;
    Ok(file)
}

/// Writes a file that only the server's user can read.
fn write_private(home: &Home, path: &Path, text: &str) -> Result<(), ClusterError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(unprivileged::no_links())
        .open(path)
        .map_err(ClusterError::io("write", path))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(ClusterError::io("write", path))?;
    unprivileged::give(path, home.user)
}
