//! Reads across tenants, for listed tasks alone.

use model::problem::Problem;
use tokio_postgres::{Row, types::ToSql};

use super::{error::problem, pool::Lease};
use crate::sql::Sql;

/// What the program may look up across tenants. What it finds is then done tenant by tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemTask {
    /// The operator lists tenants.
    ListTenants,
    /// A starting process looks for imports that a dead one left in the middle.
    FindInterruptedImports,
    /// A server learns which webhook sources there are, so that it can verify their requests while the database is away.
    ListWebhookSources,
    /// Workers look for tenants with jobs to be done.
    FindReadyJobs,
    /// Every process looks for jobs whose workers are gone.
    FindLostJobs,
    /// Every process looks for schedules that are due.
    FindDueSchedules,
    /// The operator looks at the queue.
    ListJobs,
    /// Workers look for tenants with events that are not handed on.
    FindPendingEvents,
    /// Workers look for endpoints with deliveries that are due.
    FindDueDeliveries,
    /// The figures for Prometheus tell how much waits.
    MeasureQueue,
    /// The operator sees how large tenants are and how they do: counts, never rows.
    MeasureTenants,
}

impl SystemTask {
    /// Every task there is.
    pub const ALL: [Self; 11] = [
        Self::ListTenants,
        Self::FindInterruptedImports,
        Self::ListWebhookSources,
        Self::FindReadyJobs,
        Self::FindLostJobs,
        Self::FindDueSchedules,
        Self::ListJobs,
        Self::FindPendingEvents,
        Self::FindDueDeliveries,
        Self::MeasureQueue,
        Self::MeasureTenants,
    ];
}

/// A read-only transaction of the operator's login.
#[derive(Debug)]
pub struct SystemTx {
    lease: Lease,
}

impl SystemTx {
    pub(super) async fn begin(lease: Lease, task: SystemTask) -> Result<Self, Problem> {
        tracing::debug!(?task, "reading across tenants");
        lease.client().batch_execute("begin read only").await.map_err(problem)?;
        Ok(Self { lease })
    }

    /// The rows of a hand-written statement.
    ///
    /// # Errors
    /// What the database said.
    pub async fn query(
        mut self,
        sql: &'static Sql,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Problem> {
        let statement = self.lease.prepare(sql.text).await.map_err(problem)?;
        let rows = self.lease.client().query(&statement, params).await.map_err(problem)?;
        self.lease.client().batch_execute("commit").await.map_err(problem)?;
        self.lease.clean();
        Ok(rows)
    }
}
