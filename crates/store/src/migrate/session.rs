//! The one connection of a run, and who it acts as.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config};

use super::error::MigrateError;
use crate::connection::connect;

/// The role that owns everything.
pub(super) const OWNER: &str = "tenantry_owner";
/// The key of the lock that one run holds; any number that nobody else uses in this database.
const RUN_LOCK: i64 = 0x7465_6e61_6e74_7279;

/// A connection whose settings do not depend on the login's.
pub(super) struct Session {
    pub(super) client: Client,
    driver: JoinHandle<()>,
}

impl Session {
    pub(super) async fn open(admin: &Config) -> Result<Session, MigrateError> {
        let (client, connection) = connect(admin).await.map_err(MigrateError::Connect)?;
        let driver = tokio::spawn(async move {
            // A broken connection shows in the statement that waits for it.
            let _ended = connection.await;
        });
        let session = Session { client, driver };
        session
            .run(
                "set up the session",
                "set search_path = public; set client_min_messages = warning; set timezone = 'UTC'; \
                 set datestyle = 'ISO, YMD'; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; \
                 set default_transaction_read_only = off; set default_transaction_isolation = 'read committed'; \
                 set row_security = on",
            )
            .await?;
        Ok(session)
    }

    /// Runs statements of the runner's own.
    pub(super) async fn run(&self, step: &'static str, sql: &str) -> Result<(), MigrateError> {
        self.client.batch_execute(sql).await.map_err(MigrateError::step(step))
    }

    /// Waits for the turn of this run; ends with the session.
    pub(super) async fn take_turn(
        &self,
        patience: Duration,
        progress: &(impl Fn(&str) + Send + Sync),
    ) -> Result<(), MigrateError> {
        let since = Instant::now();
        let mut told = false;
        loop {
            let row = self
                .client
                .query_one("select pg_try_advisory_lock($1)", &[&RUN_LOCK])
                .await
                .map_err(MigrateError::step("take the migration lock"))?;
            if row.get(0) {
                return Ok(());
            }
            if since.elapsed() >= patience {
                return Err(MigrateError::OtherRun { seconds: since.elapsed().as_secs() });
            }
            if !told {
                progress("waiting for another `tenantry migrate` on this database");
                told = true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Acts as the owner of everything, or as the administrator's login.
    pub(super) async fn act_as(&self, admin: bool) -> Result<(), MigrateError> {
        if admin {
            self.run("act as the administrator again", "reset role").await
        } else {
            self.run("act as tenantry_owner", &format!("set role {OWNER}")).await
        }
    }

    /// Ends the connection and waits until it has.
    pub(super) async fn close(self) {
        drop(self.client);
        let _ended = self.driver.await;
    }
}

/// Whether the server refused for lack of a right.
pub(super) fn is_rights(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE)
}

/// A name as SQL writes it.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
