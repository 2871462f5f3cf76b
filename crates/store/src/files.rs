//! Object storage: files that the program keeps, in a local folder.
//!
//! Keys are `tenant/{tenant_id}/{kind}/{yyyy}/{mm}/{id}`, the month in UTC. A file is streamed, its SHA-256 taken on
//! the way, and is on disk (file and folder) when [`Files::put`] returns.

mod inbox;
mod scratch;

use std::{fmt, fmt::Write as _, path::Path as FilePath, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use model::problem::{Problem, codes};
use object_store::{ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use uuid::Uuid;

pub use inbox::Dropped;
pub use scratch::OnDisk;

/// Bytes read at a time, and of a part handed to the store.
const PIECE: usize = 1 << 20;

/// The files of all tenants. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<LocalFileSystem>,
    root: Arc<FilePath>,
}

/// A file as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it lies: `tenant/…/imports/2026/01/…`.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// A stored file as it is being read.
pub struct Reading {
    /// Bytes in all.
    pub size: u64,
    /// The bytes, from the first one on.
    pub bytes: Box<dyn AsyncRead + Send + Unpin>,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("size", &self.size).finish_non_exhaustive()
    }
}

/// A file that lies in the storage, whole or left unfinished by a process that died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where it lies.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When it was written last.
    pub stored_at: Timestamp,
}

/// Whose file it is and what for.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The tenant.
    pub tenant: Uuid,
    /// What sort of file: `imports`, `exports`.
    pub kind: &'static str,
    /// The file's own id.
    pub id: Uuid,
    /// When it came in: decides year and month.
    pub at: Timestamp,
}

impl Place {
    /// The key of the file here.
    pub fn key(&self) -> String {
        let month = self.at.to_zoned(TimeZone::UTC).strftime("%Y/%m").to_string();
        format!("tenant/{}/{}/{month}/{}", self.tenant, self.kind, self.id)
    }
}

/// Whether a text is the key of a stored file without its tenant, `{kind}/{yyyy}/{mm}/{id}`: nothing else may become a
/// path.
pub fn is_key(rest: &str) -> bool {
    let parts: Vec<&str> = rest.split('/').collect();
    let [kind, year, month, id] = parts.as_slice() else { return false };
    let digits =
        |text: &str, many: usize| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    let named = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    named
        && digits(year, 4)
        && digits(month, 2)
        && Uuid::try_parse(id).is_ok_and(|read| read.to_string() == *id)
}

impl Files {
    /// Files in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the folder cannot be made or opened.
    pub fn local(folder: &FilePath) -> Result<Self, Problem> {
        std::fs::create_dir_all(folder).map_err(storage)?;
        let root = folder.canonicalize().map_err(storage)?;
        let store = LocalFileSystem::new_with_prefix(&root).map_err(storage)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), root: root.into() })
    }

    /// A folder for work under way, named after it; removed with what it holds when dropped.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when it cannot be made.
    pub fn folder(&self, prefix: &str) -> Result<TempDir, Problem> {
        scratch::folder(&self.root.join("scratch"), prefix)
    }

    /// Stores what `from` gives, to its end. A failure leaves nothing behind.
    ///
    /// # Errors
    /// [`codes::TOO_LARGE`] above `limit` bytes, [`codes::UNAVAILABLE`] when reading or storing fails.
    pub async fn put(
        &self,
        place: Place,
        from: impl AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Stored, Problem> {
        self.put_under(place.key(), from, limit).await
    }

    async fn put_under(
        &self,
        key: String,
        mut from: impl AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Stored, Problem> {
        let upload = self.store.put_multipart(&at(&key)?).await.map_err(storage)?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PIECE);
        let mut hash = Sha256::new();
        let mut size = 0_u64;
        let mut piece = vec![0; PIECE];
        loop {
            let read = match from.read(&mut piece).await {
                Ok(0) => break,
                Ok(read) => &piece[..read],
                Err(error) => return Err(abandon(upload, storage(error)).await),
            };
            size += read.len() as u64;
            if size > limit {
                let problem =
                    Problem::new(&codes::TOO_LARGE, format!("The file is larger than {} MiB.", limit >> 20));
                return Err(abandon(upload, problem.hint("Split it into smaller files.")).await);
            }
            hash.update(read);
            if let Err(error) = upload.wait_for_capacity(2).await {
                return Err(abandon(upload, storage(error)).await);
            }
            upload.write(read);
        }
        upload.finish().await.map_err(storage)?;
        let sha256 = hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Stored { key, size, sha256 })
    }

    /// Stores what `from` gives under a key that a file had elsewhere, without its tenant (see [`is_key`]).
    ///
    /// # Errors
    /// As [`Files::put`]; a defect for what is no key.
    pub async fn put_at(
        &self,
        tenant: Uuid,
        rest: &str,
        from: impl AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Stored, Problem> {
        if !is_key(rest) {
            return Err(Problem::internal("a file under no key"));
        }
        self.put_under(format!("tenant/{tenant}/{rest}"), from, limit).await
    }

    /// Opens a stored file to be read once, from its beginning on.
    ///
    /// # Errors
    /// [`codes::NOT_FOUND`] when no such file is stored, [`codes::UNAVAILABLE`] when the storage cannot be read.
    pub async fn read(&self, key: &str) -> Result<Reading, Problem> {
        let path = self.store.path_to_filesystem(&at(key)?).map_err(storage)?;
        let file = tokio::fs::File::open(path).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Problem::not_found("file"),
            _ => storage(error),
        })?;
        let size = file.metadata().await.map_err(storage)?.len();
        Ok(Reading { size, bytes: Box::new(file) })
    }

    /// A stored file for readers that need a path.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub async fn on_disk(&self, key: &str) -> Result<OnDisk, Problem> {
        match self.holds(key).await? {
            true => Ok(OnDisk::itself(self.store.path_to_filesystem(&at(key)?).map_err(storage)?)),
            false => Err(Problem::not_found("file")),
        }
    }

    /// Whether a file is stored under this key.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the storage cannot be read.
    pub async fn holds(&self, key: &str) -> Result<bool, Problem> {
        match self.store.head(&at(key)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(storage(error)),
        }
    }

    /// Every file that lies in the storage for a tenant, unfinished ones included, by key.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the storage cannot be read.
    pub async fn list(&self, tenant: Uuid) -> Result<Vec<Kept>, Problem> {
        let root = self.root.clone();
        let listed = tokio::task::spawn_blocking(move || {
            let mut kept = vec![];
            walk(&root, &root.join(format!("tenant/{tenant}")), &mut kept)?;
            kept.sort_by(|a, b| a.key.cmp(&b.key));
            Ok(kept)
        });
        listed.await.map_err(Problem::internal)?.map_err(|error: std::io::Error| storage(error))
    }

    /// Removes what [`Files::list`] listed; what is gone already is no error.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the storage refuses.
    pub async fn remove(&self, kept: &Kept) -> Result<(), Problem> {
        match tokio::fs::remove_file(self.root.join(&kept.key)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(storage(error)),
            _ => Ok(()),
        }
    }

    /// Removes every file of a tenant, unfinished ones included, with its folder and its inbox; answers how many were stored.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the storage refuses.
    pub async fn remove_all(&self, tenant: Uuid) -> Result<u64, Problem> {
        let kept = self.list(tenant).await?;
        for folder in [self.root.join(format!("tenant/{tenant}")), self.inbox(tenant)] {
            match tokio::fs::remove_dir_all(folder).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(storage(error)),
                _ => {}
            }
        }
        Ok(kept.len() as u64)
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the storage refuses.
    pub async fn delete(&self, key: &str) -> Result<(), Problem> {
        match self.store.delete(&at(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(storage(error)),
        }
    }
}

/// Where a key lies in the store.
fn at(key: &str) -> Result<Path, Problem> {
    Path::parse(key).map_err(Problem::internal)
}

/// Adds the files below a folder; one that is not there, or goes while it is read, holds none.
fn walk(root: &FilePath, folder: &FilePath, kept: &mut Vec<Kept>) -> std::io::Result<()> {
    let gone = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    let entries = match std::fs::read_dir(folder) {
        Err(error) if gone(&error) => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let data = match entry.metadata() {
            Err(error) if gone(&error) => continue,
            data => data?,
        };
        if data.is_dir() {
            walk(root, &entry.path(), kept)?;
        } else if let Ok(key) = entry.path().strip_prefix(root) {
            let stored_at = Timestamp::try_from(data.modified()?).map_err(std::io::Error::other)?;
            kept.push(Kept { key: key.to_string_lossy().into_owned(), size: data.len(), stored_at });
        }
    }
    Ok(())
}

/// Gives up an upload and answers `problem`; what cannot be cleaned up is the storage's to sweep.
async fn abandon(upload: WriteMultipart, problem: Problem) -> Problem {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "an unfinished upload could not be removed");
    }
    problem
}

fn storage(cause: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::new(&codes::UNAVAILABLE, "The file storage cannot be used just now.")
        .hint("See that the data folder exists, can be written and has room.")
        .cause(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: u128) -> Place {
        let at = "2026-01-31T23:30:00Z".parse().unwrap();
        Place { tenant: Uuid::from_u128(7), kind: "imports", id: Uuid::from_u128(id), at }
    }

    #[tokio::test]
    async fn a_file_is_stored_whole_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let content = vec![42_u8; 3 * PIECE + 17];
        let stored = files.put(place(1), content.as_slice(), u64::MAX).await.unwrap();
        assert_eq!(stored.size, content.len() as u64);
        assert_eq!(
            stored.key,
            "tenant/00000000-0000-0000-0000-000000000007/imports/2026/01/00000000-0000-0000-0000-000000000001"
        );
        assert_eq!(std::fs::read(&*files.on_disk(&stored.key).await.unwrap()).unwrap(), content);
        let mut reading = files.read(&stored.key).await.unwrap();
        let mut read = vec![];
        reading.bytes.read_to_end(&mut read).await.unwrap();
        assert_eq!((reading.size, read), (stored.size, content));
        files.delete(&stored.key).await.unwrap();
        files.delete(&stored.key).await.unwrap();
        assert_eq!(files.on_disk(&stored.key).await.unwrap_err().code().code, "not_found");
        assert_eq!(files.read(&stored.key).await.unwrap_err().code().code, "not_found");
    }

    #[tokio::test]
    async fn what_lies_there_is_listed_by_tenant_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let mine = files.put(place(1), "abc".as_bytes(), 3).await.unwrap();
        let other = Place { tenant: Uuid::from_u128(8), ..place(2) };
        let theirs = files.put(other, "d".as_bytes(), 1).await.unwrap();
        let unfinished = folder.path().join(format!("{}#1", mine.key));
        std::fs::write(&unfinished, "a").unwrap();
        let kept = files.list(place(1).tenant).await.unwrap();
        let keys: Vec<&str> = kept.iter().map(|kept| kept.key.as_str()).collect();
        assert_eq!(keys, [mine.key.clone(), format!("{}#1", mine.key)]);
        assert_eq!((kept[0].size, files.holds(&mine.key).await.unwrap()), (3, true));
        for one in &kept {
            files.remove(one).await.unwrap();
            files.remove(one).await.unwrap();
        }
        assert!(!files.holds(&mine.key).await.unwrap() && !unfinished.exists());
        assert!(files.holds(&theirs.key).await.unwrap());
        assert_eq!(files.list(Uuid::from_u128(9)).await.unwrap(), []);
    }

    #[test]
    fn a_key_is_made_of_four_plain_parts() {
        let id = Uuid::from_u128(7);
        assert!(is_key(&format!("imports/2026/01/{id}")));
        for bad in [
            format!("../2026/01/{id}"),
            format!("imports/2026/../{id}"),
            format!("/imports/2026/01/{id}"),
            format!("imports/2026/01/{id}/"),
            format!("imports/2026/01/{id}.csv"),
            format!("imports/2026/1/{id}"),
            format!("IMPORTS/2026/01/{id}"),
            format!("imports/2026/01/{}", id.simple()),
            "imports/2026/01/..".to_owned(),
            String::new(),
        ] {
            assert!(!is_key(&bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn all_files_of_a_tenant_go_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let mine = [place(1), place(2)];
        for one in mine {
            files.put(one, "abc".as_bytes(), 3).await.unwrap();
        }
        let theirs =
            files.put(Place { tenant: Uuid::from_u128(8), ..place(3) }, "d".as_bytes(), 1).await.unwrap();
        assert_eq!(files.remove_all(mine[0].tenant).await.unwrap(), 2);
        assert!(!folder.path().join(format!("tenant/{}", mine[0].tenant)).exists());
        assert!(files.holds(&theirs.key).await.unwrap());
        assert_eq!(files.remove_all(mine[0].tenant).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn the_checksum_is_that_of_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let stored = files.put(place(2), "abc".as_bytes(), 3).await.unwrap();
        assert_eq!(stored.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[tokio::test]
    async fn a_file_beyond_the_limit_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let problem = files.put(place(3), [0; 10].as_slice(), 9).await.unwrap_err();
        assert_eq!(problem.code().code, "too_large");
        assert!(!files.holds(&place(3).key()).await.unwrap());
    }
}
