//! A local folder that keeps files.

use std::{
    fs::{DirEntry, Metadata},
    io::{Error, ErrorKind},
    path::{Path as FilePath, PathBuf},
};

use jiff::Timestamp;
use model::problem::Problem;
use object_store::{ObjectStore, local::LocalFileSystem, path::Path};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{
    Kept, OnDisk,
    fault::{problem, storage},
    inbox,
};

/// The folder.
#[derive(Debug)]
pub(super) struct Folder {
    store: LocalFileSystem,
    root: PathBuf,
}

impl Folder {
    /// Opens the folder, which is made where it is missing.
    pub(super) fn open(folder: &FilePath) -> Result<Self, Problem> {
        std::fs::create_dir_all(folder).map_err(storage)?;
        let root = folder.canonicalize().map_err(storage)?;
        let store = LocalFileSystem::new_with_prefix(&root).map_err(storage)?.with_fsync(true);
        Ok(Self { store, root })
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &self.store
    }

    pub(super) fn root(&self) -> &FilePath {
        &self.root
    }

    /// The stored file itself.
    pub(super) fn on_disk(&self, at: &Path) -> Result<OnDisk, Problem> {
        let path = self.store.path_to_filesystem(at).map_err(problem)?;
        if path.is_file() { Ok(OnDisk::itself(path)) } else { Err(Problem::not_found("file")) }
    }

    /// Every file of a tenant, those that the store has not finished (`…#1`) included.
    pub(super) async fn list(&self, tenant: Uuid) -> Result<Vec<Kept>, Problem> {
        let root = self.root.clone();
        let listed = spawn_blocking(move || {
            let mut kept = vec![];
            walk(&root, &root.join(format!("tenant/{tenant}")), &mut kept)?;
            Ok(kept)
        });
        listed.await.map_err(Problem::internal)?.map_err(|error: Error| storage(error))
    }

    pub(super) async fn remove(&self, kept: &Kept) -> Result<(), Problem> {
        gone(tokio::fs::remove_file(self.root.join(&kept.key)).await)
    }

    /// Removes the folders of a tenant.
    pub(super) async fn remove_all(&self, tenant: Uuid) -> Result<(), Problem> {
        for folder in [format!("tenant/{tenant}"), inbox::home(tenant)] {
            gone(tokio::fs::remove_dir_all(self.root.join(folder)).await)?;
        }
        Ok(())
    }
}

/// What is gone already need not be removed.
fn gone(removed: Result<(), Error>) -> Result<(), Problem> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(storage(error)),
        _ => Ok(()),
    }
}

/// What lies in a folder; one that is not there, or goes while it is read, holds nothing.
pub(super) fn entries(folder: &FilePath) -> std::io::Result<Vec<(DirEntry, Metadata)>> {
    let gone = |error: &Error| error.kind() == ErrorKind::NotFound;
    let listed = match std::fs::read_dir(folder) {
        Err(error) if gone(&error) => return Ok(vec![]),
        listed => listed?,
    };
    let mut entries = vec![];
    for entry in listed {
        let entry = entry?;
        match entry.metadata() {
            Err(error) if gone(&error) => {}
            data => entries.push((entry, data?)),
        }
    }
    Ok(entries)
}

/// Adds the files below a folder.
fn walk(root: &FilePath, folder: &FilePath, kept: &mut Vec<Kept>) -> std::io::Result<()> {
    for (entry, data) in entries(folder)? {
        if data.is_dir() {
            walk(root, &entry.path(), kept)?;
        } else if let Ok(key) = entry.path().strip_prefix(root) {
            let stored_at = Timestamp::try_from(data.modified()?).map_err(Error::other)?;
            let key = key.to_string_lossy().into_owned();
            kept.push(Kept { key, size: data.len(), stored_at, upload: None });
        }
    }
    Ok(())
}
