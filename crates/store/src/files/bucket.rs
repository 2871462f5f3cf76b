//! A bucket that keeps files, by the protocol of S3.
//!
//! Requests are signed with their content's SHA-256 (Signature Version 4), so a bucket refuses what arrives changed.

use std::{fmt, time::Duration};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use model::problem::Problem;
use object_store::{
    BackoffConfig, ClientOptions, Error, HeaderValue, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
    multipart::MultipartStore,
    path::Path,
};

use super::{Fault, Kept, fault::problem, unfinished::Uploads};
use crate::connection::provide_cryptography;

/// How long a bucket may take to let us in, and then to take or give the next bytes of a part.
const TIME: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// What is tried again, how often and for how long: whoever waits behind a request hears within seconds.
fn patience() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(3),
        base: 2.0,
    };
    RetryConfig { backoff, max_retries: 5, retry_timeout: Duration::from_secs(15) }
}

/// Where a bucket is and who we are to it.
#[derive(Clone)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// The address of its server; Amazon's where there is none.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// What keys in the bucket begin with, before a slash; nothing where it is empty.
    pub prefix: String,
    /// How it is to encrypt what it keeps.
    pub encryption: Encryption,
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = (&self.bucket, &self.endpoint, &self.region, &self.prefix, &self.encryption);
        f.debug_tuple("S3").field(&told).finish_non_exhaustive()
    }
}

impl S3 {
    /// The address of the server, without a slash at its end.
    pub fn server(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://s3.{}.amazonaws.com", self.region),
        }
    }
}

/// How a bucket encrypts what it keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// As the bucket itself says.
    #[default]
    Bucket,
    /// With the server's own keys (`AES256`).
    Server,
    /// With a key of its key management (`aws:kms`): this one, or the bucket's.
    Kms(Option<String>),
}

/// The bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    store: AmazonS3,
    uploads: Uploads,
    /// Empty, or with a slash at its end.
    prefix: String,
}

impl Bucket {
    pub(super) fn new(settings: &S3) -> Result<Self, Fault> {
        provide_cryptography();
        let server = settings.server();
        let agent = HeaderValue::from_static(concat!("Tenantry/", env!("CARGO_PKG_VERSION")));
        let options = ClientOptions::new()
            .with_allow_http(server.starts_with("http://"))
            .with_user_agent(agent)
            .with_connect_timeout(TIME.0)
            .with_timeout_disabled()
            .with_read_timeout(TIME.1);
        let builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_endpoint(&server)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key)
            .with_retry(patience())
            .with_client_options(options.clone());
        let encrypted: AmazonS3ConfigKey = "aws_server_side_encryption".parse()?;
        let builder = match &settings.encryption {
            Encryption::Bucket => builder,
            Encryption::Server => builder.with_config(encrypted, "AES256"),
            Encryption::Kms(None) => builder.with_config(encrypted, "aws:kms"),
            Encryption::Kms(Some(key)) => builder.with_sse_kms_encryption(key),
        };
        let prefix = match settings.prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        let uploads = Uploads::new(settings, &options)?;
        Ok(Self { store: builder.build()?, uploads, prefix })
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &self.store
    }

    /// Where a key lies.
    pub(super) fn at(&self, key: &str) -> Result<Path, Error> {
        Ok(Path::parse(format!("{}{key}", self.prefix))?)
    }

    /// What lies below a folder, with its keys.
    pub(super) async fn below(&self, folder: &str) -> Result<Vec<(String, ObjectMeta)>, Problem> {
        let at = self.at(folder).map_err(problem)?;
        let found: Vec<ObjectMeta> = self.store.list(Some(&at)).try_collect().await.map_err(problem)?;
        Ok(found.into_iter().filter_map(|meta| Some((self.key(meta.location.as_ref())?, meta))).collect())
    }

    /// The key of what lies somewhere.
    fn key(&self, location: &str) -> Option<String> {
        location.strip_prefix(&self.prefix).map(str::to_owned)
    }

    /// Every file below a folder, those whose upload has not ended included.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<Kept>, Problem> {
        let mut kept = vec![];
        for (key, meta) in self.below(folder).await? {
            let stored_at = Timestamp::from_millisecond(meta.last_modified.timestamp_millis());
            let stored_at = stored_at.map_err(Problem::internal)?;
            kept.push(Kept { key, size: meta.size, stored_at, upload: None });
        }
        for one in self.uploads.below(&format!("{}{folder}/", self.prefix)).await? {
            let Some(key) = self.key(&one.location) else { continue };
            kept.push(Kept { key, size: 0, stored_at: one.initiated, upload: Some(one.upload_id) });
        }
        Ok(kept)
    }

    pub(super) async fn remove(&self, kept: &Kept) -> Result<(), Problem> {
        let at = self.at(&kept.key).map_err(problem)?;
        let removed = match &kept.upload {
            Some(upload) => self.store.abort_multipart(&at, upload).await,
            None => self.store.delete(&at).await,
        };
        match removed {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(problem(error)),
        }
    }

    /// Removes all of them, a thousand with a request.
    pub(super) async fn remove_all(&self, all: &[Kept]) -> Result<(), Problem> {
        let (unfinished, whole): (Vec<&Kept>, Vec<&Kept>) =
            all.iter().partition(|kept| kept.upload.is_some());
        let places: Vec<_> = whole.iter().map(|kept| self.at(&kept.key)).collect();
        let mut removed = self.store.delete_stream(stream::iter(places).boxed());
        while let Some(one) = removed.next().await {
            one.map_err(problem)?;
        }
        for kept in unfinished {
            self.remove(kept).await?;
        }
        Ok(())
    }
}
