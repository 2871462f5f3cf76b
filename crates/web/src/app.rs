//! What every handler may reach.

use std::{
    io,
    ops::Deref,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use store::{Db, Files};
use work::{jobs::Services, outbound::Network, webhooks::inbound::Inbox};

use crate::{
    limits::{Limits, Quotas},
    metrics::Metrics,
};

/// The age at which nobody is still sending an upload.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// The running program as the handlers see it. Every layer and handler has a clone of its own, so it is one pointer.
#[derive(Clone, Debug)]
pub struct App(Arc<Reach>);

/// What handlers may reach.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The database.
    pub db: Db,
    /// The files of all tenants.
    pub files: Files,
    /// The outside world, as background jobs have it too.
    pub services: Services,
    /// Takes webhooks in.
    pub inbox: Inbox,
    /// A folder for uploads until they are stored; on disk, since a file may have 512 MiB.
    spool: PathBuf,
    pub(crate) metrics: Option<Metrics>,
    /// Whose word on a request's origin is taken.
    pub(crate) proxies: Arc<[Network]>,
    /// How many requests may come.
    pub(crate) limits: Limits,
}

impl Deref for App {
    type Target = Reach;

    fn deref(&self) -> &Reach {
        &self.0
    }
}

impl App {
    /// A program over these services, with a folder for uploads that several processes may share.
    /// What a process that died left there is removed after a day.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn new(services: Services, inbox: Inbox, spool: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&spool)?;
        let (db, files) = (services.db.clone(), services.files.clone());
        let now = SystemTime::from(db.world().now());
        for entry in std::fs::read_dir(&spool)? {
            let entry = entry?;
            // An upload that ends just now is gone before it is looked at.
            let age = entry.metadata().and_then(|data| data.modified()).ok();
            let age = age.and_then(|changed| now.duration_since(changed).ok());
            if age.is_some_and(|age| age > LEFT_BEHIND) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        let (metrics, proxies, limits) = (None, Arc::new([]), Limits::default());
        Ok(Self(Arc::new(Reach { db, files, services, inbox, spool, metrics, proxies, limits })))
    }

    /// With limits to how many requests may come.
    pub fn limited(mut self, quotas: Quotas) -> Self {
        Arc::make_mut(&mut self.0).limits = Limits::new(quotas);
        self
    }

    /// With a page for Prometheus, which is there where a token guards it.
    pub fn with_metrics(mut self, metrics: Metrics) -> Self {
        Arc::make_mut(&mut self.0).metrics = Some(metrics);
        self
    }

    /// Behind these proxies, whose `X-Forwarded-For` is believed.
    pub fn behind(mut self, proxies: &[Network]) -> Self {
        Arc::make_mut(&mut self.0).proxies = proxies.into();
        self
    }

    /// A folder for one upload; removed with what it holds when dropped.
    pub(crate) fn folder(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix("upload-").tempdir_in(&self.spool)
    }
}
