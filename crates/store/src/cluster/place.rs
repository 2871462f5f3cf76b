//! Where the cluster and its socket are placed, within what the operating system allows.

use std::fs::DirBuilder;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::ClusterError;
use super::unprivileged::{self, ServerUser};
use super::{ClusterOptions, PORT};

/// What the operating system allows for a socket's path: 108 bytes with the closing zero on Linux, 104 elsewhere.
pub(super) const LONGEST_SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Makes the folder for a new cluster and returns its real path. Root's server runs as another user; where that user
/// cannot reach the data folder, the cluster is put elsewhere and `data_dir/postgres` becomes a link to it.
pub(super) fn make_home(options: &ClusterOptions, user: Option<ServerUser>) -> Result<PathBuf, ClusterError> {
    let link = options.data_dir.join("postgres");
    let Some(server_user) = user.filter(|user| !unprivileged::can_enter(&options.data_dir, *user)) else {
        make_private(&link, user)?;
        return link.canonicalize().map_err(ClusterError::io("find", &link));
    };
    let elsewhere =
        options.elsewhere.join(format!("cluster-{}", crate::secret::random_hex(8).map_err(randomness)?));
    DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(&options.elsewhere)
        .map_err(ClusterError::io("make", &options.elsewhere))?;
    make_private(&elsewhere, user)?;
    if !unprivileged::can_enter(&elsewhere, server_user) {
        let _removed = std::fs::remove_dir(&elsewhere);
        return Err(ClusterError::Unreachable { home: link, uid: server_user.uid });
    }
    symlink(&elsewhere, &link).map_err(ClusterError::io("make the link", &link))?;
    tracing::info!(
        data_dir = %options.data_dir.display(), cluster = %elsewhere.display(),
        "the PostgreSQL server's user cannot enter the data folder, so the cluster lives elsewhere"
    );
    elsewhere.canonicalize().map_err(ClusterError::io("find", &elsewhere))
}

/// The folder for the socket: the cluster's own where its path is short enough, else a private one named after it in
/// the runtime folder or the system's temporary folder.
pub(super) fn socket_dir(home: &Path, user: Option<ServerUser>) -> Result<PathBuf, ClusterError> {
    if fits(home) {
        return Ok(home.to_owned());
    }
    let name = format!("tenantry-{}", short_name(home));
    // Root's runtime folder is closed to the server's user.
    let runtime =
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| user.is_none() && dir.is_dir());
    let dir = [runtime, Some(std::env::temp_dir())]
        .into_iter()
        .flatten()
        .map(|parent| parent.join(&name))
        .find(|dir| fits(dir))
        .unwrap_or_else(|| Path::new("/tmp").join(&name));
    match make_private(&dir, user) {
        Ok(()) => Ok(dir),
        Err(_) if is_private(&dir, user) => Ok(dir),
        Err(_) => Err(ClusterError::NoSocketFolder { home: home.to_owned(), tried: dir }),
    }
}

fn fits(dir: &Path) -> bool {
    dir.as_os_str().as_bytes().len() + format!("/.s.PGSQL.{PORT}").len() <= LONGEST_SOCKET_PATH
}

fn short_name(home: &Path) -> String {
    crate::secret::hex(&Sha256::digest(home.as_os_str().as_bytes())[..8])
}

fn make_private(dir: &Path, user: Option<ServerUser>) -> Result<(), ClusterError> {
    DirBuilder::new().mode(0o700).create(dir).map_err(ClusterError::io("make", dir))?;
    unprivileged::give(dir, user)
}

/// Whether a folder someone made before is a real one, closed to all but the server's user. In the shared temporary
/// folder anyone could have made it, to listen in.
fn is_private(dir: &Path, user: Option<ServerUser>) -> bool {
    let owner = user.map_or_else(|| rustix::process::geteuid().as_raw(), |user| user.uid);
    std::fs::symlink_metadata(dir)
        .is_ok_and(|meta| meta.is_dir() && meta.uid() == owner && meta.mode() & 0o077 == 0)
}

pub(super) fn randomness(error: impl ToString) -> ClusterError {
    ClusterError::Randomness { reason: error.to_string() }
}
