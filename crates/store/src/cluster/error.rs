//! What can hinder the own cluster, each with the mend.

use std::io;
use std::path::{Path, PathBuf};

/// Why the own PostgreSQL cluster cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable server program on this machine.
    #[error(
        "PostgreSQL {} or newer was not found on this machine: install it (Debian and Ubuntu: `apt-get install \
         postgresql`; Fedora: `dnf install postgresql-server postgresql-contrib`; macOS: `brew install postgresql@17`), \
         or set DATABASE_URL to a server of your own{}",
        super::binaries::OLDEST_MAJOR,
        found_note(.found)
    )]
    NotInstalled {
        /// Versions that were found and are too old, as `14.9 in /usr/lib/postgresql/14/bin`.
        found: Vec<String>,
    },
    /// The cluster was made by another major version than those installed.
    #[error(
        "the cluster in {} was made by PostgreSQL {made_by}, which was not found on this machine: install PostgreSQL \
         {made_by} (Debian and Ubuntu: `apt-get install postgresql-{made_by}`), or move the data with `pg_upgrade`",
        .home.display()
    )]
    OtherMajor {
        /// The cluster's folder.
        home: PathBuf,
        /// The major version that made it.
        made_by: u32,
    },
    /// Another `serve` owns the data folder.
    #[error(
        "the data folder {} is in use by another `tenantry serve`{}: stop that one first, or give this one a data \
         folder of its own",
        .data_dir.display(),
        .holder.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The data folder.
        data_dir: PathBuf,
        /// The process that holds it, where known.
        holder: Option<u32>,
    },
    /// Another process starts or stops the server and does not come to an end.
    #[error(
        "another process has been starting or stopping the PostgreSQL server in {} for {seconds} s: see {}/server.log, \
         and end that process if it hangs",
        .home.display(), .home.display()
    )]
    Busy {
        /// The cluster's folder.
        home: PathBuf,
        /// How long this process waited.
        seconds: u64,
    },
    /// Started as root on a machine without an unprivileged user for the server.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody` on this machine: make \
         one with `useradd --system postgres`, or start Tenantry as an unprivileged user"
    )]
    NoUnprivilegedUser,
    /// The cluster belongs to another user.
    #[error(
        "the cluster in {} belongs to user id {owner}, this process runs as user id {me}: run Tenantry as that user or \
         as root, or give the folder away with `chown -R {me} {}`",
        .home.display(), .home.display()
    )]
    NotOurs {
        /// The cluster's folder.
        home: PathBuf,
        /// Its owner's user id.
        owner: u32,
        /// The effective user id of this process.
        me: u32,
    },
    /// The server's user cannot enter the cluster's folder.
    #[error(
        "the PostgreSQL server runs as user id {uid}, who cannot enter {}: let that user pass through each folder above \
         it (`chmod o+x`), or choose a data folder such as /var/lib/tenantry",
        .home.display()
    )]
    Unreachable {
        /// The cluster's folder.
        home: PathBuf,
        /// The server's user id.
        uid: u32,
    },
    /// No folder short enough for a socket could be used.
    #[error(
        "no folder for the PostgreSQL socket: {} is too long for a socket's path ({} bytes at most), and {} is not a \
         folder that only this server can use; remove it or set XDG_RUNTIME_DIR to a short private folder",
        .home.display(), super::place::LONGEST_SOCKET_PATH, .tried.display()
    )]
    NoSocketFolder {
        /// The cluster's folder.
        home: PathBuf,
        /// The short folder that was tried instead.
        tried: PathBuf,
    },
    /// `initdb` failed.
    #[error("`initdb` could not make a cluster in {}: {output}", .home.display())]
    Initdb {
        /// The cluster's folder.
        home: PathBuf,
        /// What `initdb` wrote to its error output.
        output: String,
    },
    /// The server ended or did not become ready.
    #[error("the PostgreSQL server {what}; the end of its log {}:\n{tail}", .log.display())]
    Start {
        /// What it did instead of starting.
        what: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The server does not end.
    #[error("the PostgreSQL server (process {pid}) in {} does not stop; see {}/server.log", .home.display(), .home.display())]
    Stop {
        /// The cluster's folder.
        home: PathBuf,
        /// The postmaster's process id.
        pid: i32,
    },
    /// A file or a process could not be handled.
    #[error("cannot {what} {}: {source}", .path.display())]
    Io {
        /// What was tried, as `write`, `read`, `run`.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes for a password: {reason}")]
    Randomness {
        /// What it said.
        reason: String,
    },
    /// The runtime shut down in the middle.
    #[error("starting or stopping the PostgreSQL server was interrupted: {reason}")]
    Interrupted {
        /// What the runtime said.
        reason: String,
    },
}

impl ClusterError {
    /// Names the file and what was done with it; for `map_err`.
    pub(super) fn io<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> ClusterError + 'a {
        move |source| ClusterError::Io { what, path: path.to_owned(), source }
    }
}

fn found_note(found: &[String]) -> String {
    if found.is_empty() { String::new() } else { format!(" (too old: {})", found.join(", ")) }
}
