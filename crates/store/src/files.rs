//! Object storage: files that the program keeps, in a local folder or in a bucket by the protocol of S3.
//!
//! Keys are `tenant/{tenant_id}/{kind}/{yyyy}/{mm}/{id}`, the month in UTC. A file is streamed, its SHA-256 taken on
//! the way, and is kept (on disk, file and folder, or by the bucket's word) when [`Files::put`] returns.

mod bucket;
mod fault;
mod folder;
mod inbox;
mod scratch;
mod unfinished;
mod upload;

use std::{fmt, path::Path as FilePath, sync::Arc};

use futures_util::TryStreamExt;
use jiff::{Timestamp, tz::TimeZone};
use model::problem::Problem;
use object_store::{Error, GetResultPayload, ObjectStore, ObjectStoreExt, path::Path};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio_util::io::StreamReader;
use uuid::Uuid;

use crate::secret::random_hex;

use bucket::Bucket;
use fault::{problem, storage};
use folder::Folder;

pub use bucket::{Encryption, S3};
pub use fault::Fault;
pub use inbox::Dropped;
pub use scratch::OnDisk;

/// The files of all tenants. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    place: Arc<Keeps>,
    scratch: Arc<FilePath>,
}

/// What keeps them.
#[derive(Debug)]
enum Keeps {
    Folder(Folder),
    Bucket(Box<Bucket>),
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
    /// Bytes; 0 of one that is unfinished in a bucket.
    pub size: u64,
    /// When it was written last.
    pub stored_at: Timestamp,
    /// The bucket's name for the upload of an unfinished file.
    upload: Option<String>,
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
    /// `unavailable` when the folder cannot be made or opened.
    pub fn local(folder: &FilePath) -> Result<Self, Problem> {
        let folder = Folder::open(folder)?;
        let scratch = folder.root().join("scratch").into();
        Ok(Self { place: Arc::new(Keeps::Folder(folder)), scratch })
    }

    /// Files in a bucket. Copies for readers that need a path lie in the folder, which is made where it is missing.
    /// Nothing is sent yet: [`Files::check`] does.
    ///
    /// # Errors
    /// What is wrong with the settings, or that the folder cannot be made.
    pub fn s3(settings: &S3, folder: &FilePath) -> Result<Self, Fault> {
        let unmade = |error| Fault::Failed(format!("{} cannot be made ({error})", folder.display()));
        std::fs::create_dir_all(folder).map_err(unmade)?;
        let place = Keeps::Bucket(Box::new(Bucket::new(settings)?));
        Ok(Self { place: Arc::new(place), scratch: folder.join("scratch").into() })
    }

    /// Stores, lists, reads and removes a file of nobody's.
    ///
    /// # Errors
    /// What hinders it.
    pub async fn check(&self) -> Result<(), Fault> {
        let store = self.store();
        let name = random_hex(16).map_err(|error| Fault::Failed(error.to_string()))?;
        let (folder, at) = (self.at("check")?, self.at(&format!("check/{name}"))?);
        store.list_with_delimiter(Some(&folder)).await?;
        store.put(&at, "ok".into()).await?;
        let read = store.get(&at).await?.bytes().await;
        store.delete(&at).await?;
        read.map(drop).map_err(Fault::from)
    }

    /// A folder for work under way, named after it; removed with what it holds when dropped.
    ///
    /// # Errors
    /// `unavailable` when it cannot be made.
    pub fn folder(&self, prefix: &str) -> Result<TempDir, Problem> {
        scratch::folder(&self.scratch, prefix)
    }

    /// Stores what `from` gives, to its end. A failure leaves nothing behind.
    ///
    /// # Errors
    /// `too_large` above `limit` bytes, `unavailable` when reading or storing fails.
    pub async fn put(
        &self,
        place: Place,
        from: impl AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Stored, Problem> {
        self.put_under(place.key(), from, limit).await
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
    /// `not_found` when no such file is stored, `unavailable` when the storage cannot be read.
    pub async fn read(&self, key: &str) -> Result<Reading, Problem> {
        let got = self.store().get(&self.at(key).map_err(problem)?).await.map_err(problem)?;
        let bytes: Box<dyn AsyncRead + Send + Unpin> = match got.payload {
            GetResultPayload::File(file, _) => Box::new(tokio::fs::File::from_std(file)),
            GetResultPayload::Stream(bytes) => {
                Box::new(StreamReader::new(bytes.map_err(std::io::Error::other)))
            }
        };
        Ok(Reading { size: got.meta.size, bytes })
    }

    /// A stored file for readers that need a path: itself, or a copy of one in a bucket.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub async fn on_disk(&self, key: &str) -> Result<OnDisk, Problem> {
        match &*self.place {
            Keeps::Folder(folder) => folder.on_disk(&self.at(key).map_err(problem)?),
            Keeps::Bucket(_) => {
                let copy = OnDisk::copy(self.folder("copy-")?);
                self.save(key, &copy).await?;
                Ok(copy)
            }
        }
    }

    /// Writes what is stored into a file.
    async fn save(&self, key: &str, into: &FilePath) -> Result<(), Problem> {
        let mut reading = self.read(key).await?;
        let mut file = tokio::fs::File::create(into).await.map_err(storage)?;
        let copied = tokio::io::copy(&mut reading.bytes, &mut file).await.map_err(storage)?;
        file.flush().await.map_err(storage)?;
        match copied == reading.size {
            true => Ok(()),
            false => Err(storage(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))),
        }
    }

    /// Whether a file is stored under this key.
    ///
    /// # Errors
    /// `unavailable` when the storage cannot be read.
    pub async fn holds(&self, key: &str) -> Result<bool, Problem> {
        match self.store().head(&self.at(key).map_err(problem)?).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(problem(error)),
        }
    }

    /// Every file that lies in the storage for a tenant, unfinished ones included, by key.
    ///
    /// # Errors
    /// `unavailable` when the storage cannot be read.
    pub async fn list(&self, tenant: Uuid) -> Result<Vec<Kept>, Problem> {
        let mut kept = match &*self.place {
            Keeps::Folder(folder) => folder.list(tenant).await?,
            Keeps::Bucket(bucket) => bucket.list(&format!("tenant/{tenant}")).await?,
        };
        kept.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(kept)
    }

    /// Removes what [`Files::list`] listed; what is gone already is no error.
    ///
    /// # Errors
    /// `unavailable` when the storage refuses.
    pub async fn remove(&self, kept: &Kept) -> Result<(), Problem> {
        match &*self.place {
            Keeps::Folder(folder) => folder.remove(kept).await,
            Keeps::Bucket(bucket) => bucket.remove(kept).await,
        }
    }

    /// Removes every file of a tenant, unfinished ones included, with its folder and its inbox; answers how many were stored.
    ///
    /// # Errors
    /// `unavailable` when the storage refuses.
    pub async fn remove_all(&self, tenant: Uuid) -> Result<u64, Problem> {
        let kept = self.list(tenant).await?;
        match &*self.place {
            Keeps::Folder(folder) => folder.remove_all(tenant).await?,
            Keeps::Bucket(bucket) => {
                bucket.remove_all(&kept).await?;
                bucket.remove_all(&bucket.list(&inbox::home(tenant)).await?).await?;
            }
        }
        Ok(kept.len() as u64)
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// # Errors
    /// `unavailable` when the storage refuses.
    pub async fn delete(&self, key: &str) -> Result<(), Problem> {
        match self.store().delete(&self.at(key).map_err(problem)?).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(problem(error)),
        }
    }

    fn store(&self) -> &dyn ObjectStore {
        match &*self.place {
            Keeps::Folder(folder) => folder.store(),
            Keeps::Bucket(bucket) => bucket.store(),
        }
    }

    /// Where a key lies in the store.
    fn at(&self, key: &str) -> Result<Path, Error> {
        match &*self.place {
            Keeps::Folder(_) => Ok(Path::parse(key)?),
            Keeps::Bucket(bucket) => bucket.at(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
