//! Inboxes: folders of the storage into which other software lays files for a tenant, `inbox/{tenant_id}/…`.
//!
//! What lies there is nobody's but theirs: it is read, never written, and removed with the tenant alone.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use model::{data::is_folder, problem::Problem};
use uuid::Uuid;

use super::{Files, storage};

/// Most files of one folder that are looked at, in the order of their names.
const MOST: usize = 10_000;

/// A file that lies in an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Its name below the folder that was listed: `2026/prices.csv`.
    pub name: String,
    /// Where it lies in the storage.
    pub key: String,
    /// What is another one where the file was written anew.
    pub stamp: String,
}

impl Files {
    /// The folder of a tenant's inbox.
    pub(super) fn inbox(&self, tenant: Uuid) -> PathBuf {
        self.root.join(format!("inbox/{tenant}"))
    }

    /// The files of a folder in a tenant's inbox, folders within included, by name; none where there is no such folder.
    /// Names that begin with a dot or end in `.part` or `.tmp` are files on their way and left out, and so are links.
    ///
    /// # Errors
    /// `unavailable` when the storage cannot be read; a defect for what is no folder.
    pub async fn dropped(&self, tenant: Uuid, folder: &str) -> Result<Vec<Dropped>, Problem> {
        if !is_folder(folder) {
            return Err(Problem::internal("a folder that leads elsewhere"));
        }
        let (root, home) = (self.root.clone(), self.inbox(tenant).join(folder));
        let listed = tokio::task::spawn_blocking(move || {
            let mut found = vec![];
            walk((&root, &home), &home, &mut found)?;
            found.sort_by(|a: &Dropped, b| a.name.cmp(&b.name));
            found.truncate(MOST);
            Ok(found)
        });
        listed.await.map_err(Problem::internal)?.map_err(|error: std::io::Error| storage(error))
    }

    /// Copies a file out of an inbox.
    ///
    /// # Errors
    /// `not_found` where it is gone, `unavailable` when it cannot be read or written.
    pub async fn copy(&self, dropped: &Dropped, into: &Path) -> Result<(), Problem> {
        match tokio::fs::copy(self.root.join(&dropped.key), into).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Problem::not_found("file")),
            copied => copied.map(drop).map_err(storage),
        }
    }
}

/// Adds the files below a folder by their names below `home` and their keys below `root`.
fn walk((root, home): (&Path, &Path), folder: &Path, found: &mut Vec<Dropped>) -> std::io::Result<()> {
    let gone = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    let entries = match std::fs::read_dir(folder) {
        Err(error) if gone(&error) => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp") {
            continue;
        }
        let data = match entry.metadata() {
            Err(error) if gone(&error) => continue,
            data => data?,
        };
        if data.is_dir() {
            walk((root, home), &entry.path(), found)?;
        } else if data.is_file()
            && let Ok(below) = entry.path().strip_prefix(home)
            && let Ok(key) = entry.path().strip_prefix(root)
        {
            let written_at = Timestamp::try_from(data.modified()?).map_err(std::io::Error::other)?;
            let [name, key] = [below, key].map(|path| path.to_string_lossy().into_owned());
            found.push(Dropped { name, key, stamp: format!("{} {written_at}", data.len()) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_lies_in_an_inbox_is_listed_for_its_tenant_alone() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let (mine, theirs) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let home = files.inbox(mine).join("brewery");
        std::fs::create_dir_all(home.join("2026")).unwrap();
        std::fs::create_dir_all(files.inbox(theirs).join("brewery")).unwrap();
        for name in ["prices.csv", "2026/old.csv", ".hidden.csv", "half.csv.part", "half.tmp"] {
            std::fs::write(home.join(name), "a,b\n").unwrap();
        }
        std::fs::write(files.inbox(theirs).join("brewery/secret.csv"), "x").unwrap();
        std::os::unix::fs::symlink(files.inbox(theirs), home.join("theirs")).unwrap();
        let names: Vec<String> =
            files.dropped(mine, "brewery").await.unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["2026/old.csv", "prices.csv"]);
        assert_eq!(files.dropped(mine, "nothing").await.unwrap(), []);
        assert!(files.dropped(mine, "../8").await.is_err());
        assert_eq!(files.list(mine).await.unwrap(), [], "an inbox is not among the stored files");
        files.remove_all(mine).await.unwrap();
        assert!(!files.inbox(mine).exists() && files.inbox(theirs).exists());
    }
}
