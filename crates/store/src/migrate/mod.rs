//! Bringing a database up to date: roles, rights, migrations and replaceable SQL files.
//!
//! The runner is our own: refinery, the usual choice, holds no lock while it runs and runs no file outside a
//! transaction, which `CREATE INDEX CONCURRENTLY` needs.
//!
//! * **Migrations** `migrations/NNNN_name.sql` hold tables. Each runs once, in order, and is never edited afterwards
//!   (its checksum is kept). There is no way back: a change expands first and contracts in a later release.
//! * **Replaceable files** `sql/NN_name.sql` hold functions, triggers, policies, grants: whatever can be written to
//!   be run again. All of them run, in one transaction, whenever the text of one or the schema below has changed;
//!   those named `00_…` before the migrations, the others after.
//! * **Marks** stand in a file's first line, as `-- as admin, optional`; see [`MigrationSet`].
//!
//! Everything runs as `tenantry_owner` under one advisory lock, over a direct connection (an advisory lock does not
//! survive a pooler in transaction mode), with a `lock_timeout` and retries so that a waiting migration never stands
//! in front of the program's own queries for long. Killed at any point, `migrate` is simply run again.

mod error;
mod permissions;
mod provision;
mod runner;
mod secrets;
mod server;
mod session;
mod set;
mod state;
mod statements;

use std::time::Duration;

pub use error::{MigrateError, MissingRight};
pub use permissions::list_permissions;
pub use provision::create_database;
#[cfg(feature = "testing")]
pub(crate) use provision::database_rights;
pub use secrets::RoleSecrets;
pub use set::MigrationSet;
pub use state::SchemaState;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The migrations that ran, by file name.
    pub applied: Vec<String>,
    /// Whether the replaceable files ran.
    pub replaced: bool,
    /// What could not be had and what that costs; for the operator to read.
    pub warnings: Vec<String>,
    /// The schema's version now: the number of its newest migration.
    pub version: i32,
}

/// How long a run waits for others.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long one statement may wait for a lock; others queue behind it for no longer than this.
    pub lock: Duration,
    /// How often a file that met a lock is tried.
    pub tries: u32,
    /// The pause between two tries.
    pub pause: Duration,
    /// How long to wait for another `migrate` on the same database.
    pub other_run: Duration,
}

impl Default for Patience {
    /// 2 s for a lock, 60 tries 5 s apart, 10 min for another run.
    fn default() -> Self {
        Patience {
            lock: Duration::from_secs(2),
            tries: 60,
            pause: Duration::from_secs(5),
            other_run: Duration::from_secs(600),
        }
    }
}

/// Provisions roles and rights and brings the database of `admin` to this program's schema.
///
/// `progress` is told what is being done, a line at a time.
///
/// # Errors
/// See [`MigrateError`]; what was applied before stays, and the next run goes on from there.
pub async fn migrate(
    admin: &tokio_postgres::Config,
    secrets: &RoleSecrets,
    progress: impl Fn(&str) + Send + Sync,
) -> Result<Report, MigrateError> {
    MigrationSet::embedded()?.apply(admin, secrets, Patience::default(), progress).await
}

/// Whether the database has exactly this program's schema; any login of Tenantry may ask.
///
/// # Errors
/// [`SchemaState`] says what is different and what to do.
pub async fn check_current(client: &tokio_postgres::Client) -> Result<(), SchemaState> {
    match MigrationSet::embedded() {
        Ok(set) => set.check(client).await,
        Err(error) => Err(SchemaState::Unreadable { reason: error.to_string() }),
    }
}
