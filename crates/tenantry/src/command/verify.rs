//! `tenantry verify`: tables and policies against the descriptions, stored sums against what they sum.

use store::verify::Finding;
use work::tenants;

use crate::{database::Database, failure::Failure, integrity};

/// Proves everything; fails with what does not hold.
pub async fn run(database: &Database) -> Result<(), Failure> {
    let db = &database.db;
    let mut faults = 0;
    let verdict = db.verify_catalog().await?;
    for Finding { rule, subject, detail } in &verdict.faults {
        faults += 1;
        println!("BAD   {rule}: {subject} {detail}");
    }
    for Finding { rule, subject, detail } in &verdict.warnings {
        println!("note  {rule}: {subject} {detail}");
    }
    if verdict.faults.is_empty() {
        println!("ok    catalog: row-level security, keys, links, grants, descriptions and statements fit");
    }
    for tenant in tenants::list(db).await? {
        for check in integrity::check(db, tenant.id).await? {
            if check.broken == 0 {
                println!("ok    {}: {}", tenant.slug, check.rule);
            } else {
                faults += 1;
                println!(
                    "BAD   {}: {} does not hold for {} records, {} first",
                    tenant.slug, check.rule, check.broken, check.first
                );
            }
        }
    }
    if faults == 0 { Ok(()) } else { Err(Failure::work("What is marked BAD must be mended.")) }
}
