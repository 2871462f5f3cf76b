//! The user the server runs as: PostgreSQL refuses root, so root hands it to an unprivileged one.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::ClusterError;

/// The server's user, different from the one this process runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ServerUser {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

pub(super) fn i_am_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The owner of an existing cluster, whom its server must run as; `None` where that is this process's own user.
pub(super) fn owner_of(home: &Path) -> Result<Option<ServerUser>, ClusterError> {
    let meta = std::fs::metadata(home).map_err(ClusterError::io("read", home))?;
    let me = rustix::process::geteuid().as_raw();
    match (meta.uid(), me) {
        (0, 0) => choose().map(Some),
        (owner, 0) => Ok(Some(ServerUser { uid: owner, gid: meta.gid() })),
        (owner, me) if owner == me => Ok(None),
        (owner, me) => Err(ClusterError::NotOurs { home: home.to_owned(), owner, me }),
    }
}

/// The user for a new cluster: `postgres` or `nobody` for root, this process's own user (`None`) for anyone else.
pub(super) fn for_new_cluster() -> Result<Option<ServerUser>, ClusterError> {
    if i_am_root() { choose().map(Some) } else { Ok(None) }
}

fn choose() -> Result<ServerUser, ClusterError> {
    ["postgres", "nobody"].iter().find_map(|name| look_up(name)).ok_or(ClusterError::NoUnprivilegedUser)
}

fn look_up(name: &str) -> Option<ServerUser> {
    let id = |flag: &str| -> Option<u32> {
        let output = Command::new("id").args([flag, name]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    };
    let user = ServerUser { uid: id("-u")?, gid: id("-g")? };
    (user.uid != 0).then_some(user)
}

/// A command that runs as the server's user in the root folder with nothing of this process's environment but PATH:
/// no PG* variable changes what it does, and it needs no access to the current folder.
pub(super) fn command(program: &Path, user: Option<ServerUser>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir("/").stdin(Stdio::null());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// Whether the server's user can enter the folder, asked by trying it as that user.
pub(super) fn can_enter(folder: &Path, user: ServerUser) -> bool {
    command(Path::new("/bin/sh"), Some(user))
        .args(["-c", r#"cd -- "$1""#, "sh"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Gives a file or folder to the server's user. A link is not followed: that user could have made it point anywhere.
pub(super) fn give(path: &Path, user: Option<ServerUser>) -> Result<(), ClusterError> {
    match user {
        None => Ok(()),
        Some(user) => std::os::unix::fs::lchown(path, Some(user.uid), Some(user.gid))
            .map_err(ClusterError::io("change the owner of", path)),
    }
}

/// Flags to open files with in folders that belong to the server's user: root does not follow that user's links.
pub(super) fn no_links() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}
