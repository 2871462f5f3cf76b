//! What the database says has been applied to it: schema `tenantry_meta`.

use std::collections::BTreeMap;

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::error::{MigrateError, describe};
use super::set::{Migration, MigrationSet, SqlFile};

/// The runner's own tables. The replaceable files remember the version they ran on: a newer schema needs them again.
pub(super) const TABLES: &str = "
    create table if not exists tenantry_meta.migrations (
      version integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    create table if not exists tenantry_meta.replaceable (
      name text primary key,
      checksum text not null,
      schema_version integer not null,
      applied_at timestamptz not null default now()
    );
    grant select on tenantry_meta.migrations, tenantry_meta.replaceable to tenantry_app, tenantry_operator";

/// Why a program must not run on a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaState {
    /// The database is older than the program.
    #[error(
        "the database is at schema version {have}{}, this program needs version {want}: run `tenantry migrate`",
        if .have == .want { " with functions or policies of another release" } else { "" }
    )]
    Behind {
        /// The database's version; 0 for a database without Tenantry's schema.
        have: i32,
        /// The program's version.
        want: i32,
    },
    /// The database is newer than the program.
    #[error(
        "this database was made by a newer Tenantry (its schema is at version {have}, this program knows {want}): use \
         that version or a newer one"
    )]
    Ahead {
        /// The database's version.
        have: i32,
        /// The program's version.
        want: i32,
    },
    /// The question could not be answered.
    #[error("cannot read the database's schema version: {reason}")]
    Unreadable {
        /// Why not.
        reason: String,
    },
}

/// What has been applied.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Checksums of the migrations by version.
    migrations: BTreeMap<i32, String>,
    /// Checksum and schema version of the replaceable files by name.
    replaceable: BTreeMap<String, (String, i32)>,
}

impl Applied {
    /// Reads the tables; a database without them has had nothing applied.
    pub(super) async fn read(client: &Client) -> Result<Applied, tokio_postgres::Error> {
        let mut applied = Applied::default();
        let migrations =
            match client.query("select version, checksum from tenantry_meta.migrations", &[]).await {
                Ok(rows) => rows,
                Err(error) if is_missing(&error) => return Ok(applied),
                Err(error) => return Err(error),
            };
        applied.migrations = migrations.iter().map(|row| (row.get(0), row.get(1))).collect();
        match client.query("select name, checksum, schema_version from tenantry_meta.replaceable", &[]).await
        {
            Ok(rows) => {
                applied.replaceable = rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
                Ok(applied)
            }
            Err(error) if is_missing(&error) => Ok(applied),
            Err(error) => Err(error),
        }
    }

    /// The newest version applied; 0 for none.
    pub(super) fn version(&self) -> i32 {
        self.migrations.last_key_value().map_or(0, |(version, _)| *version)
    }

    pub(super) fn forget_files_but(&self, set: &MigrationSet) -> Vec<&str> {
        let known = |name: &str| set.before.iter().chain(&set.after).any(|file| file.name == name);
        self.replaceable.keys().map(String::as_str).filter(|name| !known(name)).collect()
    }

    /// Whether the file has run, as it is, on this schema version.
    pub(super) fn has_file(&self, file: &SqlFile, version: i32) -> bool {
        self.replaceable
            .get(&file.name)
            .is_some_and(|(checksum, on)| *checksum == file.checksum && *on == version)
    }

    /// The migrations still to run.
    ///
    /// Refuses a database of a newer program, an edited migration, and one numbered below what is applied.
    pub(super) fn pending<'a>(&self, set: &'a MigrationSet) -> Result<Vec<&'a Migration>, MigrateError> {
        let have = self.version();
        let known = |version: &i32| set.migrations.iter().any(|migration| migration.version == *version);
        if have > set.version() || !self.migrations.keys().all(known) {
            return Err(MigrateError::Ahead { have, want: set.version() });
        }
        let mut pending = Vec::new();
        for migration in &set.migrations {
            let file = migration.file.name.clone();
            match self.migrations.get(&migration.version) {
                Some(checksum) if *checksum == migration.file.checksum => {}
                Some(_) => return Err(MigrateError::Edited { file }),
                None if migration.version < have => return Err(MigrateError::OutOfOrder { file, have }),
                None => pending.push(migration),
            }
        }
        Ok(pending)
    }
}

impl MigrationSet {
    /// Whether the database has exactly this set.
    ///
    /// # Errors
    /// [`SchemaState`] says what is different and what to do.
    pub async fn check(&self, client: &Client) -> Result<(), SchemaState> {
        let applied = Applied::read(client)
            .await
            .map_err(|error| SchemaState::Unreadable { reason: describe(&error) })?;
        let (have, want) = (applied.version(), self.version());
        match applied.pending(self) {
            Err(MigrateError::Ahead { .. }) => Err(SchemaState::Ahead { have, want }),
            Err(error) => Err(SchemaState::Unreadable { reason: error.to_string() }),
            Ok(pending) if pending.is_empty() && self.required().all(|file| applied.has_file(file, want)) => {
                Ok(())
            }
            Ok(_) => Err(SchemaState::Behind { have, want }),
        }
    }
}

fn is_missing(error: &tokio_postgres::Error) -> bool {
    error
        .code()
        .is_some_and(|code| *code == SqlState::UNDEFINED_TABLE || *code == SqlState::INVALID_SCHEMA_NAME)
}
