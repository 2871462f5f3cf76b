//! One run: check, provision, migrate, replace.

use tokio_postgres::Config;
use tokio_postgres::error::SqlState;

use super::error::{MigrateError, describe};
use super::secrets::RoleSecrets;
use super::session::{Session, identifier, is_rights};
use super::set::{Migration, MigrationSet, SqlFile};
use super::state::Applied;
use super::statements::{self, Statement};
use super::{Patience, Report, provision, server};

impl MigrationSet {
    /// Provisions roles and rights and brings the database of `admin` to this set.
    ///
    /// # Errors
    /// See [`MigrateError`]; what was applied before stays, and the next run goes on from there.
    pub async fn apply(
        &self,
        admin: &Config,
        secrets: &RoleSecrets,
        patience: Patience,
        progress: impl Fn(&str) + Send + Sync,
    ) -> Result<Report, MigrateError> {
        let session = Session::open(admin).await?;
        server::check(&session.client).await?;
        session.take_turn(patience.other_run, &progress).await?;
        let mut report = Report { version: self.version(), ..Report::default() };
        let applied = read(&session).await?;
        let pending = applied.pending(self)?;
        provision::provision(&session).await?;
        provision::set_passwords(&session, admin, secrets, &mut report.warnings).await?;

        let run = Run { session, patience, progress: &progress };
        run.replace(&self.before, &applied, self.version(), &mut report).await?;
        for migration in pending {
            progress(&format!("migration {}", migration.file.name));
            run.migrate(migration).await?;
            report.applied.push(migration.file.name.clone());
        }
        run.replace(&self.after, &applied, self.version(), &mut report).await?;
        run.forget(&applied.forget_files_but(self)).await?;
        run.session.close().await;
        Ok(report)
    }
}

async fn read(session: &Session) -> Result<Applied, MigrateError> {
    Applied::read(&session.client).await.map_err(MigrateError::step("read what has been applied"))
}

struct Run<'a, P> {
    session: Session,
    patience: Patience,
    progress: &'a P,
}

impl<P: Fn(&str) + Send + Sync> Run<'_, P> {
    /// Runs one migration and records it, in one transaction where the file allows.
    async fn migrate(&self, migration: &Migration) -> Result<(), MigrateError> {
        let file = &migration.file;
        if !file.no_transaction {
            return self
                .retried(&file.name, async || {
                    self.begin().await?;
                    self.script(file).await?;
                    self.record_migration(migration).await?;
                    self.session.run("commit", "commit").await
                })
                .await;
        }
        for statement in statements::split(&file.text) {
            self.retried(&file.name, async || self.outside_transaction(file, &statement).await).await?;
        }
        self.record_migration(migration).await
    }

    /// Runs one statement by itself. What a broken-off run of it left is dropped first.
    async fn outside_transaction(
        &self,
        file: &SqlFile,
        statement: &Statement<'_>,
    ) -> Result<(), MigrateError> {
        // Building or dropping an index concurrently waits for old transactions, and nobody waits behind it.
        let concurrently = statement.text.to_ascii_lowercase().contains("concurrently");
        if concurrently {
            self.set_lock_timeout(0).await?;
            self.drop_invalid_indexes().await?;
        } else {
            self.set_lock_timeout(self.patience.lock.as_millis()).await?;
        }
        self.session.act_as(file.as_admin).await?;
        let done = self.session.client.batch_execute(statement.text).await;
        self.session.act_as(true).await?;
        done.map_err(|error| fault(file, statement.line, statement.text, error))
    }

    /// Runs the files, those that must be there in one transaction when the text or the schema is another, and those
    /// that run every time.
    async fn replace(
        &self,
        files: &[SqlFile],
        applied: &Applied,
        version: i32,
        report: &mut Report,
    ) -> Result<(), MigrateError> {
        let changed = files.iter().any(|file| !file.optional && !applied.has_file(file, version));
        let due: Vec<&SqlFile> = files.iter().filter(|file| changed || file.always).collect();
        let Some(first) = due.first() else { return Ok(()) };
        if changed {
            (self.progress)("functions, triggers, policies and grants");
        }
        let mut warnings = Vec::new();
        self.retried(&first.name, async || {
            warnings.clear();
            self.begin().await?;
            for file in &due {
                warnings.extend(self.replace_one(file, version).await?);
            }
            self.session.run("commit", "commit").await
        })
        .await?;
        report.warnings.append(&mut warnings);
        report.replaced |= changed;
        Ok(())
    }

    /// Runs one file within the transaction; the warning of an optional one that lacks its right.
    async fn replace_one(&self, file: &SqlFile, version: i32) -> Result<Option<String>, MigrateError> {
        self.session.run("set a savepoint", "savepoint file").await?;
        let warning = match self.script(file).await {
            Err(MigrateError::Step { source, .. }) if file.optional && is_rights(&source) => {
                self.session.run("go back to the savepoint", "rollback to savepoint file").await?;
                Some(format!("{} was left out ({}): {}", file.name, describe(&source), file.cost()))
            }
            done => {
                done?;
                None
            }
        };
        self.session.act_as(false).await?;
        let sql = "insert into tenantry_meta.replaceable (name, checksum, schema_version) values ($1, $2, $3) \
                   on conflict (name) do update set checksum = excluded.checksum, \
                   schema_version = excluded.schema_version, applied_at = excluded.applied_at";
        if warning.is_none() {
            self.session
                .client
                .execute(sql, &[&file.name, &file.checksum, &version])
                .await
                .map_err(MigrateError::step("record a replaceable file"))?;
        }
        Ok(warning)
    }

    /// Runs a file's text as the role it is for. A refusal for lack of a right keeps its form when the file is
    /// optional, for the caller to judge.
    async fn script(&self, file: &SqlFile) -> Result<(), MigrateError> {
        self.session.act_as(file.as_admin).await?;
        self.session.client.batch_execute(&file.text).await.map_err(|error| {
            if file.optional && is_rights(&error) {
                MigrateError::Step { step: "run an optional file", source: error }
            } else {
                fault(file, 1, &file.text, error)
            }
        })
    }

    async fn record_migration(&self, migration: &Migration) -> Result<(), MigrateError> {
        self.session.act_as(false).await?;
        let file = &migration.file;
        let done = self
            .session
            .client
            .execute(
                "insert into tenantry_meta.migrations (version, name, checksum) values ($1, $2, $3)",
                &[&migration.version, &file.name, &file.checksum],
            )
            .await
            .map_err(MigrateError::step("record a migration"));
        self.session.act_as(true).await?;
        done.map(drop)
    }

    /// Forgets replaceable files that this program no longer has.
    async fn forget(&self, names: &[&str]) -> Result<(), MigrateError> {
        if names.is_empty() {
            return Ok(());
        }
        self.session.act_as(false).await?;
        self.session
            .client
            .execute("delete from tenantry_meta.replaceable where name = any($1)", &[&names])
            .await
            .map(drop)
            .map_err(MigrateError::step("forget replaceable files"))
    }

    async fn begin(&self) -> Result<(), MigrateError> {
        self.session.run("begin", "begin").await?;
        self.set_lock_timeout(self.patience.lock.as_millis()).await
    }

    async fn set_lock_timeout(&self, milliseconds: u128) -> Result<(), MigrateError> {
        self.session.run("set the lock timeout", &format!("set lock_timeout = '{milliseconds}ms'")).await
    }

    /// Tries again, after a pause, what met a lock or a deadlock. Whatever failed is rolled back.
    async fn retried(
        &self,
        file: &str,
        mut work: impl AsyncFnMut() -> Result<(), MigrateError>,
    ) -> Result<(), MigrateError> {
        let mut tries = 1;
        loop {
            let error = match work().await {
                Ok(()) => return self.session.act_as(true).await,
                Err(error) => error,
            };
            self.session.run("roll back", "rollback; reset role").await?;
            match error {
                MigrateError::Locked { message, .. } if tries >= self.patience.tries => {
                    return Err(MigrateError::Locked { file: file.to_owned(), tries, message });
                }
                MigrateError::Locked { file, .. } => {
                    (self.progress)(&format!("{file} waits for a lock of another session (try {tries})"));
                    tries += 1;
                    tokio::time::sleep(self.patience.pause).await;
                }
                other => return Err(other),
            }
        }
    }

    /// Drops the indexes that a broken-off `CREATE INDEX CONCURRENTLY` left: `IF NOT EXISTS` would take them for good
    /// ones. Indexes of partitioned tables are invalid by design until all their parts are there.
    async fn drop_invalid_indexes(&self) -> Result<(), MigrateError> {
        let sql = "select n.nspname::text, c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid \
                   join pg_namespace n on n.oid = c.relnamespace \
                   where not i.indisvalid and c.relkind = 'i' and pg_get_userbyid(c.relowner) = 'tenantry_owner'";
        let rows = self
            .session
            .client
            .query(sql, &[])
            .await
            .map_err(MigrateError::step("look for invalid indexes"))?;
        self.session.act_as(false).await?;
        for row in rows {
            let name = format!("{}.{}", identifier(row.get(0)), identifier(row.get(1)));
            self.session
                .run("drop an invalid index", &format!("drop index concurrently if exists {name}"))
                .await?;
        }
        self.session.act_as(true).await
    }
}

/// The error of a file's statement: a lock in the way, or a fault with its line.
fn fault(file: &SqlFile, line: usize, text: &str, error: tokio_postgres::Error) -> MigrateError {
    let in_the_way = [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED];
    if error.code().is_some_and(|code| in_the_way.contains(code)) {
        return MigrateError::Locked { file: file.name.clone(), tries: 1, message: describe(&error) };
    }
    MigrateError::statement(&file.name, line, text, &error)
}
