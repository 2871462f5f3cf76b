//! Integrity: what is stored twice must agree, and nothing must lie about that belongs to nobody.
//!
//! [`RULES`] is the list. [`check`] tells what breaks a rule in one tenant and what a repair would do about it;
//! [`repair`] does it, in transactions of the tenant, behind the locks that the ordinary changes take. A rule is
//! repaired only where one side is the truth: the ledger of stock, open reservations, allocations. Where both sides
//! could be wrong, the finding says what a person must do.

mod files;
mod job;
mod money;
mod snapshot;
mod stock;
mod work;

use jiff::Timestamp;
use model::{caller::Caller, field::Text, problem::Problem};
use serde::Serialize;
use serde_json::json;
use store::{
    Db, Files,
    sql::{Query, Sql, ToSql},
};

pub(crate) use job::JOBS;
pub use snapshot::{Snapshot, snapshot};

use crate::access::audit::{Note, note};

/// Findings that are told of one rule; the count has them all.
pub const TOLD: i64 = 100;

/// Records locked and mended in one transaction.
const BATCH: i64 = 500;

/// One thing that must hold in every tenant.
#[derive(Debug)]
pub struct Rule {
    /// Its name in snapshots, such as `levels_equal_movements`.
    pub name: &'static str,
    /// What must hold, as people read it.
    pub law: Text,
    /// What a person does about a finding that no repair may decide.
    pub by_hand: Text,
    look: Look,
    repair: Option<Repair>,
}

/// How exceptions are found.
#[derive(Debug)]
enum Look {
    /// `$1` the tenant, `$2` how many are told: gives the number of all, then a record, what is wrong with it, and what
    /// a repair does (null where it may not).
    Rows(&'static Sql),
    /// The same with the present time as `$3`.
    Timed(&'static Sql),
    /// Rows whose file is not in the storage.
    LostFiles,
    /// Files in the storage without a row.
    StrayFiles,
}

/// How exceptions are mended.
#[derive(Debug)]
enum Repair {
    /// Statements of one transaction, repeated until nothing is left to mend.
    Rows {
        /// Makes rows that must be there first: `$1` the tenant, `$2` how many at most.
        missing: Option<&'static Sql>,
        /// Locks what is broken and can be mended, in the order in which everybody locks: as `missing`, and the present
        /// time as `$3` where the rule depends on it.
        lock: &'static Sql,
        /// Mends what is locked, and still broken: `$1` the tenant, `$2` the ids, `$3` the present time.
        mend: &'static Sql,
    },
    /// Removes the files without a row.
    StrayFiles,
}

/// Every rule, in the order in which they are checked and mended.
pub static RULES: &[&Rule] = &[
    &stock::LEVELS,
    &stock::RESERVED,
    &money::LINES,
    &money::ORDERS,
    &money::INVOICES,
    &money::OUTSTANDING,
    &money::PAYMENTS,
    &money::NUMBERS,
    &files::LOST,
    &files::STRAY,
    &work::LIMBO,
    &work::UNCLAIMED,
    &work::IMPORTS,
];

/// One exception to a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The id of the record, the series of a number, or the key of a file.
    pub subject: String,
    /// What is wrong with it.
    pub detail: String,
    /// What a repair does about it; none where a person must decide.
    pub repair: Option<String>,
}

/// What was found of one rule in one tenant.
#[derive(Debug)]
pub struct Checked {
    /// The rule.
    pub rule: &'static Rule,
    /// How many exceptions there are.
    pub count: u64,
    /// The first [`TOLD`] of them.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether the rule holds.
    pub fn holds(&self) -> bool {
        self.count == 0
    }
}

/// Where rules are checked: one tenant's rows and files, at one time.
#[derive(Clone, Copy, Debug)]
struct Desk<'a> {
    db: &'a Db,
    files: &'a Files,
    caller: &'a Caller,
    now: Timestamp,
}

/// Checks every rule on the caller's tenant. Changes nothing.
///
/// # Errors
/// Problems of the database or of the storage; `caller` must be in scope system to see jobs.
pub async fn check(db: &Db, files: &Files, caller: &Caller) -> Result<Vec<Checked>, Problem> {
    let desk = Desk { db, files, caller, now: db.world().now() };
    let mut all = vec![];
    for rule in RULES {
        all.push(desk.look(rule).await?);
    }
    Ok(all)
}

/// Mends what a rule's repair may mend on the caller's tenant; answers how many records or files. Every changed
/// record leaves its line in the audit by itself, and the repair one of its own.
///
/// # Errors
/// Problems of the database or of the storage. What was mended before stays mended.
pub async fn repair(db: &Db, files: &Files, caller: &Caller, rule: &'static Rule) -> Result<u64, Problem> {
    let desk = Desk { db, files, caller, now: db.world().now() };
    match &rule.repair {
        None => Ok(0),
        Some(Repair::Rows { missing, lock, mend }) => desk.mend(rule, *missing, lock, mend).await,
        Some(Repair::StrayFiles) => desk.remove_strays().await,
    }
}

impl Desk<'_> {
    async fn look(&self, rule: &'static Rule) -> Result<Checked, Problem> {
        let tenant = self.caller.tenant;
        let (count, findings) = match rule.look {
            Look::Rows(sql) => self.rows(Query::fixed(sql, vec![tenant.into(), TOLD.into()])).await?,
            Look::Timed(sql) => {
                self.rows(Query::fixed(sql, vec![tenant.into(), TOLD.into(), self.now.into()])).await?
            }
            Look::LostFiles => self.lost_files().await?,
            Look::StrayFiles => files::told(self.stray_files().await?),
        };
        Ok(Checked { rule, count, findings })
    }

    async fn rows(&self, query: Query) -> Result<(u64, Vec<Finding>), Problem> {
        let rows = self.db.read(self.caller, query).await?;
        let count = rows.first().map_or(0, |row| row.get::<_, i64>(0));
        let findings = rows
            .iter()
            .map(|row| Finding { subject: row.get(1), detail: row.get(2), repair: row.get(3) })
            .collect();
        Ok((u64::try_from(count).unwrap_or(0), findings))
    }

    async fn mend(
        &self,
        rule: &'static Rule,
        missing: Option<&'static Sql>,
        lock: &'static Sql,
        mend: &'static Sql,
    ) -> Result<u64, Problem> {
        let timed = matches!(rule.look, Look::Timed(_));
        let tenant = self.caller.tenant;
        let mut all = 0;
        loop {
            let mut tx = self.db.begin(self.caller).await?;
            if let Some(missing) = missing {
                tx.execute(missing, &[&tenant, &BATCH]).await?;
            }
            let picked: [&(dyn ToSql + Sync); 3] = [&tenant, &BATCH, &self.now];
            let rows = tx.query(lock, &picked[..if timed { 3 } else { 2 }]).await?;
            let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.get(0)).collect();
            // What the lock waited for is committed by now, so this statement sees it.
            let params: [&(dyn ToSql + Sync); 3] = [&tenant, &ids, &self.now];
            let mended = tx.execute(mend, &params[..if timed { 3 } else { 2 }]).await?;
            if mended == 0 {
                tx.rollback().await?;
                return Ok(all);
            }
            let told = Some(json!({ "check": rule.name, "mended": mended }));
            let entity = "data_integrity_snapshots";
            note(&mut tx, Note { entity, id: None, action: "integrity.repaired", new_values: told }).await?;
            tx.commit().await?;
            all += mended;
        }
    }
}
