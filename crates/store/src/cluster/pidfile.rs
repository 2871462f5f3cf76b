//! `postmaster.pid`: how PostgreSQL says that it runs, where it listens and whether it is ready.

use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A server that runs, as its pid file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) pid: i32,
    pub(super) socket_dir: PathBuf,
    pub(super) status: Status,
}

/// What the server last wrote about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Starting,
    Ready,
    Stopping,
}

/// What the data folder's pid file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PidFile {
    /// None there: no server.
    Absent,
    /// Its process is gone: the server was killed, and PostgreSQL itself replaces the file at the next start.
    Dead,
    /// Its number belongs to another program by now, which PostgreSQL would take for a running server.
    Reused,
    /// A server runs.
    Alive(Running),
}

/// Reads the pid file of PostgreSQL's folder.
pub(super) fn read(data: &Path) -> PidFile {
    let Ok(text) = std::fs::read_to_string(data.join("postmaster.pid")) else { return PidFile::Absent };
    let Some(running) = parse(&text) else { return PidFile::Dead };
    match (alive(running.pid), is_postgres(running.pid)) {
        (false, _) => PidFile::Dead,
        (true, false) => PidFile::Reused,
        (true, true) => PidFile::Alive(running),
    }
}

/// Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
fn parse(text: &str) -> Option<Running> {
    let lines: Vec<&str> = text.lines().collect();
    let pid = lines.first()?.trim().parse().ok().filter(|pid| *pid > 0)?;
    let status = match lines.get(7).map(|line| line.trim()) {
        Some("ready") => Status::Ready,
        Some("stopping") => Status::Stopping,
        _ => Status::Starting,
    };
    Some(Running { pid, socket_dir: PathBuf::from(lines.get(4).copied().unwrap_or_default()), status })
}

/// Whether the process exists and is not merely waiting to be buried by its parent.
pub(super) fn alive(pid: i32) -> bool {
    let Some(target) = Pid::from_raw(pid) else { return false };
    match test_kill_process(target) {
        Ok(()) | Err(rustix::io::Errno::PERM) => process_stat(pid).is_none_or(|(_, state)| state != 'Z'),
        Err(_) => false,
    }
}

/// Whether the process is PostgreSQL; taken for granted where the system has no `/proc`.
fn is_postgres(pid: i32) -> bool {
    process_stat(pid).is_none_or(|(name, _)| name.starts_with("postgres") || name.starts_with("postmaster"))
}

/// Name and state of a process: `1234 (postgres) S …`.
fn process_stat(pid: i32) -> Option<(String, char)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.split_once('(')?;
    let (name, rest) = rest.rsplit_once(") ")?;
    Some((name.to_owned(), rest.chars().next()?))
}

/// Sends the postmaster a signal; a process that is gone already is no error.
pub(super) fn signal(pid: i32, signal: Signal) -> std::io::Result<()> {
    let Some(target) = Pid::from_raw(pid) else { return Ok(()) };
    match kill_process(target, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_tells_the_socket_folder_and_the_state() {
        let text = "4711\n/data\n1700000000\n5432\n/run/x\n\n  123 456\nready   \n";
        let expected = Running { pid: 4711, socket_dir: PathBuf::from("/run/x"), status: Status::Ready };
        assert_eq!(parse(text).unwrap(), expected);
        assert_eq!(parse("4711\n/data\n").unwrap().status, Status::Starting);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_number_that_another_program_carries_is_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postmaster.pid");
        assert_eq!(read(folder.path()), PidFile::Absent);
        std::fs::write(&file, format!("{}\n/x\n1\n5432\n/x\n\n\nready\n", std::process::id())).unwrap();
        let expected = if cfg!(target_os = "linux") { PidFile::Reused } else { read(folder.path()) };
        assert_eq!(read(folder.path()), expected);
        std::fs::write(&file, "2147483646\n/x\n1\n5432\n/x\n\n\nready\n").unwrap();
        assert_eq!(read(folder.path()), PidFile::Dead);
    }
}
