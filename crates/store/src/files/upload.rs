//! Storing what is streamed, part by part; what is not stored to its end is taken back.

use model::problem::{Problem, codes};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{
    Files, Keeps, Stored,
    fault::{problem, storage},
};
use crate::secret::hex;

/// Bytes of a part: a folder takes any, a bucket at least 5 MiB and 10,000 of them.
const PART: (u64, u64) = (1 << 20, 8 << 20);

impl Files {
    /// Stores what `from` gives under a key, one part ahead of what is stored.
    pub(super) async fn put_under(
        &self,
        key: String,
        from: impl AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Stored, Problem> {
        let part = match &*self.place {
            Keeps::Folder(_) => PART.0,
            Keeps::Bucket(_) => PART.1,
        };
        let (store, at) = (self.store(), self.at(&key).map_err(problem)?);
        let mut source = Source { from, part, limit, size: 0, hash: Sha256::new() };
        let first = source.next().await?;
        if source.size < part {
            store.put(&at, first.into()).await.map_err(problem)?;
        } else {
            let mut upload = Upload::begin(store, &at).await?;
            if let Err(problem) = upload.all(&mut source, first).await {
                upload.take_back().await;
                return Err(problem);
            }
        }
        Ok(Stored { key, size: source.size, sha256: hex(&source.hash.finalize()) })
    }
}

/// What is to be stored, in parts.
struct Source<R> {
    from: R,
    part: u64,
    limit: u64,
    size: u64,
    hash: Sha256,
}

impl<R: AsyncRead + Unpin> Source<R> {
    /// The next part: a whole one, a shorter one at the end, nothing behind it.
    async fn next(&mut self) -> Result<Vec<u8>, Problem> {
        let mut part = vec![];
        (&mut self.from).take(self.part).read_to_end(&mut part).await.map_err(storage)?;
        self.size += part.len() as u64;
        if self.size > self.limit {
            let told = format!("The file is larger than {} MiB.", self.limit >> 20);
            return Err(Problem::new(&codes::TOO_LARGE, told).hint("Split it into smaller files."));
        }
        self.hash.update(&part);
        Ok(part)
    }
}

/// An upload under way. One that is dropped before its end (its request was given up) is taken back in the background.
struct Upload(Option<Box<dyn MultipartUpload>>);

impl Upload {
    async fn begin(store: &dyn ObjectStore, at: &Path) -> Result<Self, Problem> {
        Ok(Self(Some(store.put_multipart(at).await.map_err(problem)?)))
    }

    /// Stores the first part and all that follow, and finishes.
    async fn all<R: AsyncRead + Unpin>(
        &mut self,
        source: &mut Source<R>,
        first: Vec<u8>,
    ) -> Result<(), Problem> {
        let upload = self.0.as_mut().ok_or_else(|| Problem::internal("an upload that has ended"))?;
        let mut part = first;
        while !part.is_empty() {
            let sending = upload.put_part(part.into());
            let (sent, next) = tokio::join!(sending, source.next());
            sent.map_err(problem)?;
            part = next?;
        }
        upload.complete().await.map_err(problem)?;
        self.0 = None;
        Ok(())
    }

    /// Takes back what was stored; what cannot be is the storage's to sweep.
    async fn take_back(mut self) {
        if let Some(upload) = self.0.take() {
            abort(upload).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(upload), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(abort(upload));
        }
    }
}

async fn abort(mut upload: Box<dyn MultipartUpload>) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "an unfinished upload could not be removed");
    }
}
