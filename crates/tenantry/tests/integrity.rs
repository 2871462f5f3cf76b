//! `tenantry verify`: each rule turned red by a fault planted in one tenant, and green again by the repair, or left to
//! a person; the other tenant is a twin that nothing of it touches.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    time::{Duration, SystemTime},
};

use house::House;
use model::caller::Caller;
use serde_json::Value;
use store::sql::Query;

const SLUG: &str = "well-crafted";
const TWIN: &str = "saat-sai";

/// A fault, the rules that must find it, and how it goes away.
struct Fault {
    plant: &'static str,
    broken: &'static [&'static str],
    end: End,
}

/// How a fault goes away.
enum End {
    /// The repair mends it; the number that must be 0 then.
    Repaired(&'static str),
    /// The repair must leave it alone; the statement that takes it back.
    ByHand(&'static str),
}
use End::{ByHand, Repaired};

const FAULTS: &[Fault] = &[
    Fault {
        plant: "update inventory set on_hand = on_hand + 5 where tenant_id = $1
                and id = (select min(id::text)::uuid from inventory where tenant_id = $1)",
        broken: &["levels_equal_movements"],
        end: Repaired("select count(*) from inventory where tenant_id = $1 and on_hand <> (
                select sum(quantity) from inventory_movements m
                where m.tenant_id = $1 and m.sku_id = inventory.sku_id and m.location_id = inventory.location_id)"),
    },
    // A level that is gone is made anew from its movements.
    Fault {
        plant: "delete from inventory where tenant_id = $1
                and id = (select min(id::text)::uuid from inventory where tenant_id = $1 and reserved = 0 and on_hand > 0)",
        broken: &["levels_equal_movements"],
        end: Repaired("select count(*) from inventory_movements m where tenant_id = $1 and not exists (
                select from inventory i where i.tenant_id = $1 and i.sku_id = m.sku_id and i.location_id = m.location_id)"),
    },
    // The ledger cannot be below nothing: a person must count.
    Fault {
        plant: "insert into inventory_movements (tenant_id, id, sku_id, location_id, kind, quantity, reason)
                select tenant_id, gen_random_uuid(), sku_id, location_id, 'issue', -1000000, 'planted'
                from inventory where tenant_id = $1 order by id limit 1",
        broken: &["levels_equal_movements"],
        end: ByHand("delete from inventory_movements where tenant_id = $1 and reason = 'planted'"),
    },
    Fault {
        plant: "update inventory set reserved = reserved + 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from inventory where tenant_id = $1 and available >= 1)",
        broken: &["reserved_equals_reservations"],
        end: Repaired("select count(*) from inventory i where tenant_id = $1 and reserved <> (
                select coalesce(sum(quantity), 0) from inventory_reservations r
                where r.tenant_id = $1 and r.state = 'open' and r.sku_id = i.sku_id and r.location_id = i.location_id)"),
    },
    Fault {
        plant: "update order_lines set unit_price = unit_price + 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from order_lines where tenant_id = $1 and discount_percent < 50 and quantity >= 1)",
        broken: &["line_totals_follow_formula"],
        end: ByHand("update order_lines set unit_price = unit_price - 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from order_lines where tenant_id = $1 and discount_percent < 50 and quantity >= 1)"),
    },
    Fault {
        plant: "update orders set total = total + 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from orders where tenant_id = $1)",
        broken: &["orders_equal_lines"],
        end: ByHand("update orders set total = total - 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from orders where tenant_id = $1)"),
    },
    Fault {
        plant: "update invoices set tax = tax + 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from invoices where tenant_id = $1)",
        broken: &["invoices_equal_lines"],
        end: ByHand("update invoices set tax = tax - 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from invoices where tenant_id = $1)"),
    },
    // A paid invoice that says it is open is paid again.
    Fault {
        plant: "update invoices set outstanding = 1, status = 'ISSUED', notes = 'planted' where tenant_id = $1
                and id = (select min(id::text)::uuid from invoices
                  where tenant_id = $1 and not imported and status = 'PAID' and kind = 'invoice' and total > 1)",
        broken: &["outstanding_equals_allocations"],
        end: Repaired("select count(*) from invoices where tenant_id = $1 and notes = 'planted' and (outstanding, status) <> (0, 'PAID')"),
    },
    Fault {
        plant: "update payments set unallocated = 1, notes = 'planted' where tenant_id = $1
                and id = (select min(id::text)::uuid from payments
                  where tenant_id = $1 and not imported and unallocated = 0 and refunded = 0 and amount > 1)",
        broken: &["payments_equal_allocations"],
        end: Repaired("select count(*) from payments where tenant_id = $1 and notes = 'planted' and unallocated <> 0"),
    },
    Fault {
        plant: "update document_series set next_number = next_number + 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from document_series where tenant_id = $1 and year > 0)",
        broken: &["numbers_have_no_gaps"],
        end: ByHand("update document_series set next_number = next_number - 1 where tenant_id = $1
                and id = (select min(id::text)::uuid from document_series where tenant_id = $1 and year > 0)"),
    },
    Fault {
        plant: "insert into files (tenant_id, id, storage_key, name, media_type, size, sha256)
                values ($1, gen_random_uuid(), 'tenant/nowhere', 'planted', 'text/csv', 1, repeat('0', 64))",
        broken: &["files_are_stored"],
        end: ByHand("delete from files where tenant_id = $1 and name = 'planted'"),
    },
    Fault {
        plant: "insert into jobs (tenant_id, id, type, status, attempts, lease, lease_until)
                select $1, gen_random_uuid(), 'planted', 'processing', attempts, gen_random_uuid(), now() - interval '1 hour'
                from (values (1), (3)) a (attempts)",
        broken: &["jobs_are_at_work"],
        end: Repaired("select count(*) from jobs where tenant_id = $1 and type = 'planted'
                and status <> case attempts when 1 then 'pending' else 'failed' end"),
    },
    Fault {
        plant: "insert into jobs (tenant_id, id, type, run_at) values ($1, gen_random_uuid(), 'forgotten', now() - interval '7 hours')",
        broken: &["jobs_are_taken"],
        end: ByHand("delete from jobs where tenant_id = $1 and type = 'forgotten'"),
    },
    Fault {
        plant: "insert into import_batches (tenant_id, id, source, status, file_name, updated_at)
                values ($1, gen_random_uuid(), 'cli', 'committing', 'planted', now() - interval '2 hours')",
        broken: &["imports_move"],
        end: ByHand("delete from import_batches where tenant_id = $1 and file_name = 'planted'"),
    },
];

async fn run(house: &House, slug: &str, sql: &str) -> u64 {
    let system = Caller::system(house.tenant(slug).await, house.db.world().id());
    let mut tx = house.db.begin(&system).await.unwrap();
    let text = format!("with done as ({sql} returning 1) select count(*) from done");
    let rows = tx.run(&Query::free(text, vec![system.tenant.into()])).await.unwrap();
    tx.commit().await.unwrap();
    u64::try_from(rows[0].get::<_, i64>(0)).unwrap()
}

/// The rules that `verify` says do not hold, as `tenant check`, and what it said of each.
fn red(house: &House, args: &[&str]) -> (BTreeSet<String>, Vec<Value>) {
    let output = house.run(&[&["verify", "--json"], args].concat());
    let lines: Vec<Value> =
        house::text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty(), "{}", house::text(&output.stderr));
    let bad = lines.iter().filter(|line| line["ok"] == false);
    let name = |line: &Value| {
        format!("{} {}", line["tenant"].as_str().unwrap_or("-"), line["check"].as_str().unwrap())
    };
    let red: BTreeSet<String> = bad.map(name).collect();
    assert_eq!(output.status.success(), red.is_empty(), "{red:?}");
    (red, lines)
}

/// Everything of the twin that a repair could touch.
async fn print_of_twin(house: &House) -> Vec<String> {
    let mut prints = vec![];
    for table in [
        "inventory", "inventory_movements", "invoices", "payments", "jobs", "files", "import_batches",
        "audit_logs",
    ] {
        let sql = format!(
            "select md5(coalesce(string_agg(t::text, '|' order by id), '')) from {table} t where tenant_id = $1"
        );
        prints.push(house.rows(TWIN, sql).await[0].get(0));
    }
    prints
}

#[tokio::test]
async fn every_planted_fault_is_found_and_mended_or_left_to_a_person() {
    let house = House::new().await;
    house.ok(&["demo"]);
    // A tenant that has just been resumed has a while to catch up.
    let longer = "update tenants set status_since = now() - interval '1 day' where id = $1";
    assert_eq!(run(&house, SLUG, longer).await, 1);
    assert_eq!(red(&house, &[]).0, BTreeSet::new());
    let twin = print_of_twin(&house).await;
    let rules: BTreeSet<&str> = work::integrity::RULES.iter().map(|rule| rule.name).collect();
    let planted: BTreeSet<&str> = FAULTS.iter().flat_map(|fault| fault.broken).copied().collect();
    assert_eq!(
        rules.difference(&planted).copied().collect::<Vec<_>>(),
        ["files_are_known"],
        "every rule has its fault; the strays have a test of their own"
    );
    for fault in FAULTS {
        assert!(run(&house, SLUG, fault.plant).await > 0, "planted: {}", fault.plant);
        let expected: BTreeSet<String> = fault.broken.iter().map(|rule| format!("{SLUG} {rule}")).collect();
        let (found, lines) = red(&house, &[]);
        assert_eq!(found, expected, "{}", fault.plant);
        let told = lines.iter().find(|line| line["ok"] == false).unwrap();
        let offer = &told["findings"][0]["repair"];
        assert_eq!(offer.is_string(), matches!(fault.end, Repaired(_)), "{told}");
        match fault.end {
            Repaired(left) => {
                let (found, lines) = red(&house, &["--repair", "--tenant", SLUG]);
                assert_eq!(found, BTreeSet::new(), "{}", fault.plant);
                assert!(lines.iter().any(|line| line["repaired"].as_u64() > Some(0)), "{lines:?}");
                assert_eq!(house.number(SLUG, left).await, 0, "{left}");
            }
            ByHand(undo) => {
                let (found, _) = red(&house, &["--repair"]);
                assert_eq!(found, expected, "{}", fault.plant);
                assert_eq!(run(&house, SLUG, undo).await, 1, "{undo}");
            }
        }
        assert_eq!(red(&house, &[]).0, BTreeSet::new(), "after {}", fault.plant);
    }
    assert_eq!(print_of_twin(&house).await, twin);
    let noted = "select count(*) from audit_logs where tenant_id = $1 and action = 'integrity.repaired'";
    let repaired = FAULTS.iter().filter(|fault| matches!(fault.end, Repaired(_))).count();
    assert_eq!(house.number(SLUG, noted).await, i64::try_from(repaired).unwrap());
    let audited = "select count(*) from audit_logs where tenant_id = $1 and entity = 'inventory' and actor_kind = 'system'
                   and action = 'update' and new_values ? 'on_hand' and at > now() - interval '10 minutes'
                   and old_values ->> 'on_hand' <> new_values ->> 'on_hand'";
    assert!(house.number(SLUG, audited).await >= 2, "the fault and its mend are in the audit");
}

#[tokio::test]
async fn files_that_belong_to_nobody_are_removed_after_a_day() {
    let house = House::new().await;
    for slug in [SLUG, TWIN] {
        house.ok(&["tenant", "create", "--slug", slug, "--name", slug]);
    }
    let now = SystemTime::from(house.db.world().now());
    let stray = async |slug: &str, name: &str, age: u64| {
        let folder = house
            .folder
            .path()
            .join(format!("data/files/tenant/{}/exports/2026/01", house.tenant(slug).await));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), "left behind").unwrap();
        let file = File::options().write(true).open(folder.join(name)).unwrap();
        file.set_modified(now - Duration::from_secs(age * 3_600)).unwrap();
        folder.join(name)
    };
    let (old, unfinished, young) =
        (stray(SLUG, "old", 25).await, stray(SLUG, "unfinished#1", 25).await, stray(SLUG, "young", 23).await);
    let theirs = stray(TWIN, "old", 25).await;
    let both = BTreeSet::from([SLUG, TWIN].map(|slug| format!("{slug} files_are_known")));
    let (found, lines) = red(&house, &[]);
    assert_eq!(found, both);
    let line = lines.iter().find(|line| line["ok"] == false && line["tenant"] == SLUG).unwrap();
    assert_eq!(line["count"], 2, "{line}");
    assert!(old.exists() && unfinished.exists(), "looking removes nothing");
    assert_eq!(red(&house, &["--repair", "--tenant", SLUG]).0, BTreeSet::new());
    assert!(!old.exists() && !unfinished.exists() && young.exists() && theirs.exists());
    let audited = "select count(*) from audit_logs where tenant_id = $1 and action = 'integrity.removed'
                   and jsonb_array_length(new_values -> 'keys') = 2";
    assert_eq!(house.number(SLUG, audited).await, 1);
}
