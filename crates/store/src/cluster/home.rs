//! The cluster's folder: data, log, locks and the superuser's password.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::ClusterError;
use super::lock::{self, FolderLock};
use super::unprivileged::{self, ServerUser};
use super::{ClusterOptions, place};

/// How long one process waits for another that starts or stops the server: a start with crash recovery, or a stop.
const PATIENCE: Duration = Duration::from_secs(330);

/// The folder of one cluster and the user its server runs as (`None`: this process's own).
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    pub(super) user: Option<ServerUser>,
}

impl Home {
    /// The existing folder of the cluster of this data folder.
    pub(super) fn find(options: &ClusterOptions) -> Result<Option<Home>, ClusterError> {
        let path = options.data_dir.join("postgres");
        match path.canonicalize() {
            Ok(path) => {
                let user = unprivileged::owner_of(&path)?;
                unprivileged::give(&path, user)?;
                if let Some(user) = user.filter(|user| !unprivileged::can_enter(&path, *user)) {
                    return Err(ClusterError::Unreachable { home: path, uid: user.uid });
                }
                Ok(Some(Home { path, user }))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::io("find", &path)(error)),
        }
    }

    /// The cluster's folder, made when missing. Processes that make it at once agree on one.
    pub(super) fn find_or_make(options: &ClusterOptions) -> Result<Home, ClusterError> {
        lock::make_data_dir(&options.data_dir)?;
        let making = options.data_dir.join("making.lock");
        let _turn = lock::exclusive(&making, PATIENCE)?.ok_or_else(|| ClusterError::Busy {
            home: options.data_dir.clone(),
            seconds: PATIENCE.as_secs(),
        })?;
        if let Some(home) = Home::find(options)? {
            return Ok(home);
        }
        let user = unprivileged::for_new_cluster()?;
        let path = place::make_home(options, user)?;
        Ok(Home { path, user })
    }

    /// PostgreSQL's own folder.
    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.path.join("admin.password")
    }

    /// The superuser's password.
    pub(super) fn password(&self) -> Result<String, ClusterError> {
        let path = self.password_file();
        let text = std::fs::read_to_string(&path).map_err(ClusterError::io("read", &path))?;
        Ok(text.trim().to_owned())
    }

    /// The major version that made the cluster; `None` before `initdb`.
    pub(super) fn made_by(&self) -> Result<Option<u32>, ClusterError> {
        let path = self.data().join("PG_VERSION");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::io("read", &path)(error)),
        }
    }

    /// The turn to look at the server's state and change it.
    pub(super) fn lock_for_change(&self) -> Result<FolderLock, ClusterError> {
        lock::exclusive(&self.path.join("change.lock"), PATIENCE)?.ok_or_else(|| self.busy(PATIENCE))
    }

    /// The mark that this process uses the server. Taken within a turn, so it never waits for long.
    pub(super) fn lock_as_user(&self) -> Result<FolderLock, ClusterError> {
        let patience = Duration::from_secs(10);
        lock::shared(&self.users(), patience)?.ok_or_else(|| self.busy(patience))
    }

    /// Whether nobody uses the server. Asked within a turn.
    pub(super) fn is_unused(&self) -> Result<bool, ClusterError> {
        Ok(lock::exclusive(&self.users(), Duration::ZERO)?.is_some())
    }

    fn users(&self) -> PathBuf {
        self.path.join("users.lock")
    }

    fn busy(&self, waited: Duration) -> ClusterError {
        ClusterError::Busy { home: self.path.clone(), seconds: waited.as_secs() }
    }
}

/// The last lines of a log, for a message.
pub(super) fn tail(log: &Path) -> String {
    const LINES: usize = 12;
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text[text.len().saturating_sub(16 * 1024)..]).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
