//! Snapshots: the outcome of every check at one time, kept so that a fault can be dated. Admins are told of each rule
//! that held before.

use model::{caller::Caller, notices::INTEGRITY_FINDING, problem::Problem};
use serde_json::json;
use store::{Db, Files, sql};

use super::{Checked, RULES, Rule, check};
use crate::notices::{Notice, To, Words, notify};

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
    let broken = checked.iter().filter(|one| !one.holds()).map(|one| one.rule);
    let fresh: Vec<_> = broken.filter(|rule| !before.iter().any(|earlier| earlier == rule.name)).collect();
    if !fresh.is_empty() {
        notify(&mut tx, To::Role("admin"), notice(&fresh)).await?;
    }
    tx.commit().await?;
    let broken_since = fresh.iter().map(|rule| rule.name).collect();
    Ok(Snapshot { checked, broken_since })
}

/// What the admins are told of rules that held until now.
fn notice(rules: &[&Rule]) -> Notice {
    let names = rules.iter().map(|rule| rule.name).collect::<Vec<_>>().join(", ");
    Notice::new(
        &INTEGRITY_FINDING,
        Words::of(format!("Stored data does not agree: {names}"), format!("พบข้อมูลไม่ตรงกัน: {names}")),
    )
    .body(Words::of(
        "`tenantry verify` shows which records, and what a repair would do.",
        "คำสั่ง `tenantry verify` จะแสดงว่าระเบียนใดไม่ตรง และการซ่อมจะทำอะไร",
    ))
}
