//! The folder for work under way: copies of stored files for readers that need a path, and what is fetched before it is
//! stored. Nothing in it is kept.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use model::problem::Problem;
use tempfile::{Builder, TempDir};

use super::fault::storage;

/// How long what a process that died has left is kept.
const LEFT: Duration = Duration::from_secs(24 * 60 * 60);

/// A stored file where it can be read from disk: the file itself, or a copy that is removed with the last of its clones.
#[derive(Clone, Debug)]
pub struct OnDisk {
    path: PathBuf,
    /// Removes the copy.
    _copy: Option<Arc<TempDir>>,
}

impl OnDisk {
    /// The file where it is stored.
    pub(super) fn itself(path: PathBuf) -> Self {
        Self { path, _copy: None }
    }

    /// A copy in a folder of its own, to be written there.
    pub(super) fn copy(folder: TempDir) -> Self {
        Self { path: folder.path().join("file"), _copy: Some(Arc::new(folder)) }
    }
}

impl Deref for OnDisk {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

/// A folder of one's own below `scratch`, removed with what it holds when dropped. Those of processes that died are
/// swept.
///
/// # Errors
/// `unavailable` when it cannot be made.
pub(super) fn folder(scratch: &Path, prefix: &str) -> Result<TempDir, Problem> {
    std::fs::create_dir_all(scratch).map_err(storage)?;
    for entry in std::fs::read_dir(scratch).map_err(storage)?.flatten() {
        let old = entry
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFT));
        if old && let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!(%error, "a folder that a process left could not be removed");
        }
    }
    Builder::new().prefix(prefix).tempdir_in(scratch).map_err(storage)
}
