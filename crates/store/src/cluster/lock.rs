//! Locks of the operating system on files in the data folder: they end with the process, however it ends.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use super::error::ClusterError;
use super::unprivileged;

/// A held lock; given up on drop.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// How often a lock held by another process is tried again.
const STEP: Duration = Duration::from_millis(20);

/// Makes the data folder and takes its `instance.lock`, which says that one process serves from it.
pub(super) fn take_instance(data_dir: &Path) -> Result<FolderLock, ClusterError> {
    make_data_dir(data_dir)?;
    let path = data_dir.join("instance.lock");
    let mut file = open(&path)?;
    match file.try_lock() {
        Ok(()) => {
            // The number is for the other's message alone, so a read-only lock file does not matter.
            let _written = file
                .set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| write!(file, "{}", std::process::id()));
            Ok(FolderLock { _file: file })
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let holder = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            Err(ClusterError::InUse { data_dir: data_dir.to_owned(), holder })
        }
        Err(TryLockError::Error(source)) => Err(ClusterError::io("lock", &path)(source)),
    }
}

/// Makes the data folder. As root others may pass through it (not list it), since the server runs as another user;
/// everything in it is closed by itself.
pub(super) fn make_data_dir(data_dir: &Path) -> Result<(), ClusterError> {
    let mode = if unprivileged::i_am_root() { 0o711 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(data_dir)
        .map_err(ClusterError::io("make the data folder", data_dir))
}

/// Waits up to `patience` for the exclusive lock; `None` when another process holds it for longer.
pub(super) fn exclusive(path: &Path, patience: Duration) -> Result<Option<FolderLock>, ClusterError> {
    take(path, patience, File::try_lock)
}

/// Waits up to `patience` for a shared lock; `None` when another process holds it exclusively for longer.
pub(super) fn shared(path: &Path, patience: Duration) -> Result<Option<FolderLock>, ClusterError> {
    take(path, patience, File::try_lock_shared)
}

fn take(
    path: &Path,
    patience: Duration,
    lock: fn(&File) -> Result<(), TryLockError>,
) -> Result<Option<FolderLock>, ClusterError> {
    let file = open(path)?;
    let since = Instant::now();
    loop {
        match lock(&file) {
            Ok(()) => return Ok(Some(FolderLock { _file: file })),
            Err(TryLockError::WouldBlock) if since.elapsed() < patience => std::thread::sleep(STEP),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(source)) => return Err(ClusterError::io("lock", path)(source)),
        }
    }
}

/// Opens the lock file; for reading alone where another user made it, which is enough to lock it.
fn open(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644)
        .custom_flags(unprivileged::no_links())
        .open(path)
        .or_else(|_| OpenOptions::new().read(true).custom_flags(unprivileged::no_links()).open(path))
        .map_err(ClusterError::io("open", path))
}
