//! The demo, as its user meets it: two tenants, the same each time, with something of everything.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::collections::BTreeSet;

use house::House;
use model::{entity::Entity, field::Kind, registry::ENTITIES};

const TENANTS: [&str; 2] = ["well-crafted", "saat-sai"];

/// States that no business makes up: they are those of machines at work.
const NOT_SHOWN: &[&str] = &[
    "email_messages", "audit_archives", "audit_logs", "bulk_changes", "credentials", "export_jobs",
    "import_batches", "import_rows", "job_runs", "jobs", "role_permissions", "webhook_events",
    "webhook_logs",
];

async fn counts(house: &House) -> Vec<(String, i64)> {
    let mut counts = vec![];
    for slug in TENANTS {
        for entity in ENTITIES.iter().filter(|entity| entity.name != "audit_logs" && entity.name != "tenants")
        {
            let sql = format!("select count(*) from {} where tenant_id = $1", entity.name);
            counts.push((format!("{slug} {}", entity.name), house.number(slug, &sql).await));
        }
    }
    counts
}

#[tokio::test]
async fn the_demo_tells_where_to_go_and_a_second_run_changes_nothing_but_its_token() {
    let house = House::new().await;
    let first = house.ok(&["demo"]);
    assert!(first.contains("http://127.0.0.1:8080") && first.contains("Well Crafted"), "{first}");
    let before = counts(&house).await;
    let second = house.ok(&["demo"]);
    assert_eq!(counts(&house).await, before);
    let token =
        |text: &str| text.split_whitespace().find(|word| word.starts_with("tnt_")).unwrap().to_owned();
    assert_ne!(token(&first), token(&second));

    let count = |slug: &str, sql: &'static str| {
        let slug = slug.to_owned();
        let house = &house;
        async move { house.number(&slug, sql).await }
    };
    assert_eq!(count("well-crafted", "select count(*) from skus where tenant_id = $1").await, 120);
    assert_eq!(count("well-crafted", "select count(*) from customers where tenant_id = $1").await, 200);
    let portal = "select count(distinct p.customer_id) from portal_users p join customers c using (tenant_id)
                  where p.tenant_id = $1 and c.id = p.customer_id
                    and c.name in ('Harborview Cellars', 'Downtown Wine', 'Vineyard Market')";
    assert_eq!(count("well-crafted", portal).await, 3);
    let paid = "select count(*) from orders o join invoices i using (tenant_id)
                where o.tenant_id = $1 and i.order_id = o.id and i.status = 'PAID' and o.status = 'closed'
                  and (select count(*) from order_lines l where l.tenant_id = $1 and l.order_id = o.id) = 2";
    assert!(count("well-crafted", paid).await > 0);
    let overdue = "select count(*) from invoices i join customers c using (tenant_id)
                   where i.tenant_id = $1 and c.id = i.customer_id and i.status = 'OVERDUE' and c.status = 'BLOCKED'";
    assert!(count("well-crafted", overdue).await >= 3, "an account with a chain of overdue invoices");
    let waiting = "select count(*) from import_batches where tenant_id = $1 and status = 'awaiting_approval'";
    assert!(count("well-crafted", waiting).await > 0, "an import that awaits approval");
    let future = "select count(*) from orders where tenant_id = $1 and ordered_at > now()";
    assert_eq!(count("well-crafted", future).await + count("saat-sai", future).await, 0);
    let span = "select count(distinct date_trunc('month', ordered_at)) from orders where tenant_id = $1";
    assert!(count("well-crafted", span).await >= 24, "two years of months");
}

#[tokio::test]
async fn the_demo_keeps_every_sum_and_shows_every_state() {
    let house = House::new().await;
    house.ok(&["demo"]);
    house.ok(&["verify"]);
    let mut missing = vec![];
    for entity in ENTITIES.iter().filter(|entity| !NOT_SHOWN.contains(&entity.name)) {
        missing.extend(unseen(&house, entity).await);
    }
    assert!(missing.is_empty(), "the demo shows no {missing:#?}");
}

/// The choices of an entity that occur in neither tenant.
async fn unseen(house: &House, entity: &Entity) -> Vec<String> {
    let mut missing = vec![];
    for field in entity.fields {
        let Kind::Choice(choices) = field.kind else { continue };
        let mut seen = BTreeSet::new();
        for slug in TENANTS {
            let key = if entity.name == "tenants" { "id" } else { "tenant_id" };
            let sql = format!("select distinct {}::text from {} where {key} = $1", field.name, entity.name);
            for row in house.rows(slug, sql).await {
                seen.extend(row.get::<_, Option<String>>(0));
            }
        }
        for choice in choices.iter().filter(|choice| !seen.contains(choice.value)) {
            missing.push(format!("{}.{} = {}", entity.name, field.name, choice.value));
        }
    }
    missing
}
