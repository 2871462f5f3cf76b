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
    /// Where it can be read.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// When it was written last.
    pub written_at: Timestamp,
}

impl Files {
    /// Where a tenant's inbox lies.
    pub fn inbox(&self, tenant: Uuid) -> PathBuf {
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
        let home = self.inbox(tenant).join(folder);
        let listed = tokio::task::spawn_blocking(move || {
            let mut found = vec![];
            walk(&home, &home, &mut found)?;
            found.sort_by(|a: &Dropped, b| a.name.cmp(&b.name));
            found.truncate(MOST);
            Ok(found)
        });
        listed.await.map_err(Problem::internal)?.map_err(|error: std::io::Error| storage(error))
    }
}

fn walk(home: &Path, folder: &Path, found: &mut Vec<Dropped>) -> std::io::Result<()> {
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
            walk(home, &entry.path(), found)?;
        } else if data.is_file()
            && let Ok(below) = entry.path().strip_prefix(home)
        {
            let written_at = Timestamp::try_from(data.modified()?).map_err(std::io::Error::other)?;
            let name = below.to_string_lossy().into_owned();
            found.push(Dropped { name, path: entry.path(), size: data.len(), written_at });
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
