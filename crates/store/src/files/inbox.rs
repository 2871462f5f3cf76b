//! Inboxes: folders of the storage into which other software lays files for a tenant, `inbox/{tenant_id}/…`.
//!
//! What lies there is nobody's but theirs: it is read, never written, and removed with the tenant alone.

use std::{
    io::{Error, ErrorKind},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use model::{data::is_folder, problem::Problem};
use uuid::Uuid;

use super::{
    Files, Keeps,
    bucket::Bucket,
    fault::storage,
    folder::{Folder, entries},
};

/// Most files of one folder that are looked at, in the order of their names.
const MOST: usize = 10_000;

/// A file that lies in an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Its name below the folder that was listed: `2026/prices.csv`.
    pub name: String,
    /// What is another one where the file was written anew.
    pub stamp: String,
    lies: Lies,
}

/// Where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lies {
    OnDisk(PathBuf),
    InBucket(String),
}

/// Where a tenant's inbox lies.
pub(super) fn home(tenant: Uuid) -> String {
    format!("inbox/{tenant}")
}

impl Files {
    /// The files of a folder in a tenant's inbox, folders within included, by name; none where there is no such folder.
    /// Names that begin with a dot or end in `.part` or `.tmp` are files on their way and left out, and so are links.
    ///
    /// # Errors
    /// `unavailable` when the storage cannot be read; a defect for what is no folder.
    pub async fn dropped(&self, tenant: Uuid, folder: &str) -> Result<Vec<Dropped>, Problem> {
        if !is_folder(folder) {
            return Err(Problem::internal("a folder that leads elsewhere"));
        }
        let home = format!("{}/{folder}", home(tenant));
        let mut found = match &*self.place {
            Keeps::Folder(kept) => on_disk(kept, &home).await?,
            Keeps::Bucket(bucket) => in_bucket(bucket, &home).await?,
        };
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found.truncate(MOST);
        Ok(found)
    }

    /// Copies a file out of an inbox.
    ///
    /// # Errors
    /// `not_found` where it is gone, `unavailable` when it cannot be read or written.
    pub async fn copy(&self, dropped: &Dropped, into: &Path) -> Result<(), Problem> {
        match &dropped.lies {
            Lies::InBucket(key) => self.save(key, into).await,
            Lies::OnDisk(path) => match tokio::fs::copy(path, into).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Err(Problem::not_found("file")),
                copied => copied.map(drop).map_err(storage),
            },
        }
    }
}

async fn in_bucket(bucket: &Bucket, home: &str) -> Result<Vec<Dropped>, Problem> {
    let mut found = vec![];
    for (key, meta) in bucket.below(home).await? {
        let Some(name) = key.strip_prefix(home).and_then(|name| name.strip_prefix('/')) else { continue };
        if name.split('/').any(under_way) {
            continue;
        }
        let version = meta.e_tag.unwrap_or_else(|| meta.last_modified.timestamp_millis().to_string());
        let (name, stamp) = (name.to_owned(), format!("{} {version}", meta.size));
        found.push(Dropped { name, stamp, lies: Lies::InBucket(key) });
    }
    Ok(found)
}

async fn on_disk(folder: &Folder, home: &str) -> Result<Vec<Dropped>, Problem> {
    let home = folder.root().join(home);
    let listed = tokio::task::spawn_blocking(move || {
        let mut found = vec![];
        walk(&home, &home, &mut found)?;
        Ok(found)
    });
    listed.await.map_err(Problem::internal)?.map_err(|error: Error| storage(error))
}

/// Whether a file or folder of this name is on its way.
fn under_way(name: &str) -> bool {
    name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp")
}

fn walk(home: &Path, folder: &Path, found: &mut Vec<Dropped>) -> std::io::Result<()> {
    for (entry, data) in entries(folder)? {
        if under_way(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if data.is_dir() {
            walk(home, &entry.path(), found)?;
        } else if data.is_file()
            && let Ok(below) = entry.path().strip_prefix(home)
        {
            let written_at = Timestamp::try_from(data.modified()?).map_err(Error::other)?;
            let (name, stamp) =
                (below.to_string_lossy().into_owned(), format!("{} {written_at}", data.len()));
            found.push(Dropped { name, stamp, lies: Lies::OnDisk(entry.path()) });
        }
    }
    Ok(())
}
