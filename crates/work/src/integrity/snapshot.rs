//! Snapshots: the outcome of every check at one time, kept so that a fault can be dated.

use model::{caller::Caller, problem::Problem};
use serde_json::json;
use store::{Db, Files, sql};

use super::{Checked, RULES, check};

/// What a snapshot found.
#[derive(Debug)]
pub struct Snapshot {
    /// Every rule with what breaks it.
    pub checked: Vec<Checked>,
    /// The rules that held at the snapshot before and do not hold now.
    pub broken_since: Vec<&'static str>,
}

/// Checks every rule on the caller's tenant and keeps the outcome, one row each.
///
/// # Errors
/// As [`check`].
pub async fn snapshot(db: &Db, files: &Files, caller: &Caller) -> Result<Snapshot, Problem> {
    let checked = check(db, files, caller).await?;
    let mut tx = db.begin(caller).await?;
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let before = tx
        .query(
            sql!(
                "select n.name from unnest($2::text[]) n (name)
                 cross join lateral (
                   select ok from data_integrity_snapshots
                   where tenant_id = $1 and check_name = n.name order by created_at desc, id desc limit 1) s
                 where not s.ok"
            ),
            &[&tx.tenant(), &names],
        )
        .await?;
    let before: Vec<String> = before.iter().map(|row| row.get(0)).collect();
    let tenant = tx.tenant();
    for one in &checked {
        let (id, counts) = (tx.id(), json!({ "broken": one.count }));
        let findings = serde_json::to_value(&one.findings).map_err(Problem::internal)?;
        tx.execute(
            sql!(
                "insert into data_integrity_snapshots (tenant_id, id, check_name, ok, counts, findings)
                 values ($1, $2, $3, $4, $5, $6)"
            ),
            &[&tenant, &id, &one.rule.name, &one.holds(), &counts, &findings],
        )
        .await?;
    }
    tx.commit().await?;
    let broken = checked.iter().filter(|one| !one.holds()).map(|one| one.rule.name);
    let broken_since = broken.filter(|name| !before.iter().any(|earlier| earlier == name)).collect();
    Ok(Snapshot { checked, broken_since })
}
