//! Tenantry's own PostgreSQL: a cluster in the data folder, for machines where nobody set a server up.
//!
//! The rules of living together on one data folder:
//! * `serve` calls [`Cluster::start`], which takes the folder's `instance.lock`; a second `serve` is refused.
//! * Short commands (`import`, `export`, `tenant`…) call [`Cluster::attach_or_start`]: they use the server that
//!   runs, or start it.
//! * Everyone who uses the server holds a shared lock on `users.lock`. Whoever leaves last stops the server, so an
//!   import outlives the `serve` it ran beside, and a server whose owner was killed is adopted by the next command.
//!
//! All waiting is plain blocking code on tokio's blocking threads: starting a server is files, locks and processes.

mod binaries;
mod error;
mod home;
mod lock;
mod pidfile;
mod place;
mod server;
mod settings;
mod unprivileged;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::ClusterError;
use home::Home;
use lock::FolderLock;
use pidfile::Running;

/// The superuser of the own cluster. Only `migrate` and the operator's own maintenance log in as it.
const ADMIN: &str = "tenantry_admin";
/// The port is part of the socket's file name only: nothing listens on the network.
const PORT: u16 = 5432;

/// Where the cluster lives and how it runs.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Tenantry's data folder; made when missing. The cluster is its subfolder `postgres`.
    pub data_dir: PathBuf,
    /// Where the cluster is placed when Tenantry runs as root and the server's user cannot reach `data_dir`
    /// (a folder below `/root`, say); `data_dir/postgres` is then a link to it.
    pub elsewhere: PathBuf,
    /// A folder with `initdb` and `postgres` to use instead of searching for one.
    pub bin_dir: Option<PathBuf>,
    /// Gives up durability for speed: a machine that loses power loses the cluster. For test clusters alone.
    pub fast_for_tests: bool,
    /// How long the server may take until it accepts connections, crash recovery included.
    pub start_timeout: Duration,
}

impl ClusterOptions {
    /// A durable cluster in `data_dir`, its binaries searched for in the usual places.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        ClusterOptions {
            data_dir: data_dir.into(),
            elsewhere: PathBuf::from("/var/lib/tenantry"),
            bin_dir: None,
            fast_for_tests: false,
            start_timeout: Duration::from_secs(300),
        }
    }
}

/// A running server that this process uses. Stopped, unless others use it too, by [`Cluster::stop`] or on drop.
#[derive(Debug)]
pub struct Cluster {
    home: Home,
    socket_dir: PathBuf,
    password: String,
    started_here: bool,
    child: Option<std::process::Child>,
    user_lock: Option<FolderLock>,
    _instance: Option<FolderLock>,
}

impl Cluster {
    /// Takes the data folder for this process and makes sure that its server runs: starts it, or adopts one that a
    /// killed owner left behind.
    ///
    /// # Errors
    /// [`ClusterError::InUse`] when another process holds the folder this way; otherwise what hindered the start.
    pub async fn start(options: &ClusterOptions) -> Result<Cluster, ClusterError> {
        let options = options.clone();
        blocking(move || {
            let instance = lock::take_instance(&options.data_dir)?;
            let mut cluster = join_or_start(&options)?;
            cluster._instance = Some(instance);
            Ok(cluster)
        })
        .await
    }

    /// Uses the server that runs on the data folder, or starts it. Any number of processes may do so at once.
    ///
    /// # Errors
    /// What hindered the start.
    pub async fn attach_or_start(options: &ClusterOptions) -> Result<Cluster, ClusterError> {
        let options = options.clone();
        blocking(move || join_or_start(&options)).await
    }

    /// Uses the server that runs on the data folder; `None` when none runs. Starts and makes nothing.
    ///
    /// # Errors
    /// When the folder cannot be read, or the server is starting and does not become ready.
    pub async fn attach(options: &ClusterOptions) -> Result<Option<Cluster>, ClusterError> {
        let options = options.clone();
        blocking(move || {
            let Some(home) = Home::find(&options)? else { return Ok(None) };
            let _turn = home.lock_for_change()?;
            match server::running(&home, options.start_timeout)? {
                Some(running) => Cluster::join(home, running, None).map(Some),
                None => Ok(None),
            }
        })
        .await
    }

    /// The superuser's connection: socket, password, database `postgres`.
    pub fn admin(&self) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config.host_path(&self.socket_dir).port(PORT).user(ADMIN).password(&self.password).dbname("postgres");
        config
    }

    /// The folder with the server's socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The folder that holds the cluster: its data, its log `server.log` and its superuser's password.
    pub fn home(&self) -> &Path {
        &self.home.path
    }

    /// Whether this process started the server, rather than found it running.
    pub fn started_here(&self) -> bool {
        self.started_here
    }

    /// Leaves, and stops the server when nobody else uses it: a fast shutdown (open transactions are rolled back),
    /// then, if that takes over 30 s, an immediate one, from which the next start recovers.
    ///
    /// Returns whether the server was stopped.
    ///
    /// # Errors
    /// When the server cannot be told to stop or does not end.
    pub async fn stop(mut self) -> Result<bool, ClusterError> {
        blocking(move || self.leave()).await
    }

    /// Leaves without stopping the server; the next user finds it running.
    pub fn leave_running(mut self) {
        self.user_lock = None;
    }

    fn join(
        home: Home,
        running: Running,
        child: Option<std::process::Child>,
    ) -> Result<Cluster, ClusterError> {
        let password = home.password()?;
        let user_lock = Some(home.lock_as_user()?);
        Ok(Cluster {
            home,
            socket_dir: running.socket_dir,
            password,
            started_here: child.is_some(),
            child,
            user_lock,
            _instance: None,
        })
    }

    /// Gives the user lock up and stops the server if it was the last one. Does nothing the second time.
    fn leave(&mut self) -> Result<bool, ClusterError> {
        let Some(user_lock) = self.user_lock.take() else { return Ok(false) };
        let _turn = self.home.lock_for_change()?;
        drop(user_lock);
        if !self.home.is_unused()? {
            return Ok(false);
        }
        server::stop(&self.home, self.child.take())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::warn!(%error, "the PostgreSQL server was left running");
        }
    }
}

fn join_or_start(options: &ClusterOptions) -> Result<Cluster, ClusterError> {
    let home = Home::find_or_make(options)?;
    let _turn = home.lock_for_change()?;
    if let Some(running) = server::running(&home, options.start_timeout)? {
        return Cluster::join(home, running, None);
    }
    let (running, child) = server::start(&home, options)?;
    Cluster::join(home, running, Some(child))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> Result<T, ClusterError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => Err(ClusterError::Interrupted { reason: failed.to_string() }),
    }
}
