//! Is the database as the program means it to be? Checks that read the catalog alone and name what is wrong.
//!
//! Each check is a statement that answers one row per fault, so a sound database answers nothing. They read no
//! tenant's rows and run as any of the roles.

mod catalog;
mod grants;
mod keys;
mod marks;
mod policies;
mod shape;
mod statements;

use std::fmt;

pub use catalog::drift;
pub use statements::statements;

use model::problem::Problem;
use tokio_postgres::GenericClient;

use crate::db::Db;

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, such as `policy` or `link_without_tenant`.
    pub rule: &'static str,
    /// What breaks it: a table, key, role or function.
    pub subject: String,
    /// How it breaks it.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}: {}", self.rule, self.subject, self.detail)
    }
}

/// A rule and the statement that answers (subject, detail) for everything that breaks it.
struct Check {
    rule: &'static str,
    sql: &'static str,
}

/// The tables of `public` with their class and flags, as `tables`; a partition has those of its parent.
macro_rules! tables {
    ($rest:expr) => {
        concat!(
            "with tables as (
               select c.oid, c.relname::text as name, coalesce(p.relname, c.relname)::text as root, c.relkind, c.relispartition,
                 c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, k.class, k.flags,
                 (select a.attnum from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
                    and a.attname = case when k.class = 'tenants' then 'id' else 'tenant_id' end) as tenant_column,
                 (select a.attnum from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
                    and a.attname = 'customer_id') as customer_column
               from pg_class c
               left join pg_inherits h on h.inhrelid = c.oid
               left join pg_class p on p.oid = h.inhparent
               left join app.table_classes() k on k.table_name = coalesce(p.relname, c.relname)
               where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
             ) ",
            $rest
        )
    };
}
use tables;

/// Everything that would let one tenant, or one customer of a portal, reach what belongs to another: missing row-level
/// security, policies that are not their class's, keys and links without the tenant, grants, roles, views, functions.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn isolation(client: &impl GenericClient) -> Result<Vec<Finding>, Problem> {
    let mut findings = policies::findings(client).await?;
    findings.extend(run(client, keys::CHECKS).await?);
    findings.extend(run(client, grants::CHECKS).await?);
    Ok(findings)
}

/// Everything that departs from the rules of the schema: the columns, keys and triggers each table has, and what keeps it
/// fit to be distributed by tenant.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn shape(client: &impl GenericClient) -> Result<Vec<Finding>, Problem> {
    run(client, shape::CHECKS).await
}

/// What an administrator without superuser rights could not set, and partitions that run out: the database works, but
/// slower or not for long.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn provisioning(client: &impl GenericClient) -> Result<Vec<Finding>, Problem> {
    run(client, marks::CHECKS).await
}

/// What a look at the catalog found.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Must be mended before the database may be used.
    pub faults: Vec<Finding>,
    /// Works, but slower or not for long.
    pub warnings: Vec<Finding>,
}

impl Db {
    /// The faults ([`isolation`], [`shape`], [`drift`], [`statements()`]) and warnings ([`provisioning`]) of this
    /// database and the program on it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn verify_catalog(&self) -> Result<Verdict, Problem> {
        let lease = self.lease().await?;
        let mut faults = isolation(lease.client()).await?;
        faults.extend(shape(lease.client()).await?);
        faults.extend(drift(lease.client()).await?);
        faults.extend(statements(lease.client()).await?);
        let warnings = provisioning(lease.client()).await?;
        lease.clean();
        Ok(Verdict { faults, warnings })
    }
}

async fn run(client: &impl GenericClient, checks: &'static [Check]) -> Result<Vec<Finding>, Problem> {
    let mut findings = Vec::new();
    for check in checks {
        for row in client.query(check.sql, &[]).await.map_err(Problem::internal)? {
            findings.push(Finding { rule: check.rule, subject: row.get(0), detail: row.get(1) });
        }
    }
    Ok(findings)
}
