//! `tenantry verify`: tables and policies against the descriptions, stored sums against what they sum, files against
//! their rows, work against its workers; with `--repair` what has one right answer is mended.

use model::caller::Caller;
use serde_json::{Value, json};
use store::verify::Finding;
use work::{
    integrity::{self, Checked},
    tenants,
};

use crate::{cli::VerifyArgs, database::Database, failure::Failure};

/// Findings of one rule that are printed as text; the JSON has more.
const SHOWN: usize = 10;

/// Proves everything; fails with what does not hold.
pub async fn run(database: &Database, args: &VerifyArgs) -> Result<(), Failure> {
    let mut faults = match args.tenant {
        // The catalog is nobody's own.
        Some(_) => 0,
        None => catalog(database, args.json).await?,
    };
    for (slug, tenant) in wanted(database, args).await? {
        faults += one(database, args, &slug, tenant).await?;
    }
    match (faults, args.repair) {
        (0, _) => Ok(()),
        (_, true) => Err(Failure::work("What is marked BAD is for a person to mend.")),
        (_, false) => Err(Failure::work(
            "What is marked BAD must be mended; `--repair` does what is said to be repaired.",
        )),
    }
}

/// The tenants to be checked, by slug.
async fn wanted(database: &Database, args: &VerifyArgs) -> Result<Vec<(String, uuid::Uuid)>, Failure> {
    Ok(match &args.tenant {
        Some(slug) => vec![(slug.clone(), tenants::find(&database.db, slug).await?)],
        None => {
            tenants::list(&database.db).await?.into_iter().map(|tenant| (tenant.slug, tenant.id)).collect()
        }
    })
}

/// Checks the catalog; answers the number of faults.
async fn catalog(database: &Database, json: bool) -> Result<usize, Failure> {
    let verdict = database.db.verify_catalog().await?;
    if json {
        let told = |findings: &[Finding]| -> Vec<Value> {
            findings
                .iter()
                .map(|one| json!({ "subject": one.subject, "detail": format!("{}: {}", one.rule, one.detail), "repair": null }))
                .collect()
        };
        println!(
            "{}",
            json!({
                "tenant": null, "check": "catalog", "ok": verdict.faults.is_empty(), "count": verdict.faults.len(),
                "findings": told(&verdict.faults), "warnings": told(&verdict.warnings), "repaired": 0,
            })
        );
        return Ok(verdict.faults.len());
    }
    for Finding { rule, subject, detail } in &verdict.faults {
        println!("BAD   {rule}: {subject} {detail}");
    }
    for Finding { rule, subject, detail } in &verdict.warnings {
        println!("note  {rule}: {subject} {detail}");
    }
    if verdict.faults.is_empty() {
        println!("ok    catalog: row-level security, keys, links, grants, descriptions and statements fit");
    }
    Ok(verdict.faults.len())
}

/// Checks one tenant, mends it where that is asked, and answers how many rules do not hold in the end.
async fn one(
    database: &Database,
    args: &VerifyArgs,
    slug: &str,
    tenant: uuid::Uuid,
) -> Result<usize, Failure> {
    let (db, files) = (&database.db, &database.files);
    let caller = Caller::system(tenant, db.world().id());
    let before = integrity::check(db, files, &caller).await?;
    let mut repaired = vec![0; before.len()];
    let mut after = None;
    if args.repair && before.iter().any(|checked| !checked.holds()) {
        for (checked, count) in before.iter().zip(&mut repaired).filter(|(checked, _)| !checked.holds()) {
            *count = integrity::repair(db, files, &caller, checked.rule).await?;
        }
        after = Some(integrity::check(db, files, &caller).await?);
    }
    for (at, found) in before.iter().enumerate() {
        let left = after.as_ref().map_or(found, |after| &after[at]);
        match args.json {
            true => println!("{}", line(slug, left, repaired[at])),
            false => tell(slug, found, left, repaired[at], args.repair),
        }
    }
    Ok(after.as_ref().unwrap_or(&before).iter().filter(|checked| !checked.holds()).count())
}

fn line(slug: &str, checked: &Checked, repaired: u64) -> Value {
    json!({
        "tenant": slug, "check": checked.rule.name, "ok": checked.holds(), "count": checked.count,
        "findings": checked.findings, "repaired": repaired,
    })
}

/// Tells a rule, what breaks it and what was or would be done about it.
fn tell(slug: &str, found: &Checked, left: &Checked, repaired: u64, repairing: bool) {
    let law = found.rule.law.en.trim_end_matches('.');
    if repaired > 0 {
        println!("mended {slug}: {law}: {repaired} repaired");
    }
    if left.holds() {
        // Another rule's repair may have mended it too.
        if repaired == 0 {
            println!("ok    {slug}: {law}");
        }
        return;
    }
    println!("BAD   {slug}: {law}: not for {}", left.count);
    for finding in left.findings.iter().take(SHOWN) {
        let repair = match (&finding.repair, repairing) {
            (Some(repair), false) => format!("; --repair {repair}"),
            _ => String::new(),
        };
        println!("        {} {}{repair}", finding.subject, finding.detail);
    }
    if left.findings.len() > SHOWN {
        println!("        … and {} more", left.count - SHOWN as u64);
    }
    if left.findings.iter().any(|finding| finding.repair.is_none()) {
        println!("        {}", left.rule.by_hand.en);
    }
}
