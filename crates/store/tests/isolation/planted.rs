//! Leaks planted on purpose: each must turn the catalog checks red, and the probes too where one can be used.

use store::verify::{self, Finding};

use crate::database::{Database, assert_none};
use crate::rows::{self, Row};
use crate::{links, matrix};

/// A leak, the rule that must find it, and whether the probes must feel it.
struct Leak {
    plant: &'static str,
    rule: &'static str,
    felt: bool,
}

const fn seen(plant: &'static str, rule: &'static str) -> Leak {
    Leak { plant, rule, felt: false }
}

const fn felt(plant: &'static str, rule: &'static str) -> Leak {
    Leak { plant, rule, felt: true }
}

const LEAKS: &[Leak] = &[
    seen("alter table orders no force row level security", "row_level_security"),
    felt("alter table orders disable row level security", "row_level_security"),
    // WITH CHECK dropped. An update is stopped all the same, by the policy for SELECT, which the new row must meet too.
    seen(
        "drop policy orders_app_update on orders;
         create policy orders_app_update on orders for update to tenantry_app
           using (tenant_id = nullif(current_setting('app.current_tenant_id', true), '')::uuid) with check (true)",
        "policy",
    ),
    felt(
        "drop policy suppliers_app_insert on suppliers;
         create policy suppliers_app_insert on suppliers for insert to tenantry_app with check (true)",
        "policy",
    ),
    // Scope left out.
    felt(
        "drop policy price_list_entries_app_select on price_list_entries;
         create policy price_list_entries_app_select on price_list_entries for select to tenantry_app
           using (tenant_id = nullif(current_setting('app.current_tenant_id', true), '')::uuid)",
        "policy",
    ),
    // A child without the portal condition.
    felt(
        "drop policy order_lines_app_select on order_lines;
         create policy order_lines_app_select on order_lines for select to tenantry_app
           using (tenant_id = nullif(current_setting('app.current_tenant_id', true), '')::uuid
             and current_setting('app.scope', true) in ('staff', 'portal', 'system'))",
        "policy",
    ),
    felt("create policy everybody on customers using (true)", "policy"),
    felt("create policy second on invoices for select to tenantry_app using (true)", "policy"),
    seen("create policy narrow on orders as restrictive to tenantry_app using (true)", "restrictive_policy"),
    seen("drop policy users_owner on users", "policy"),
    seen("create view open_orders as select * from orders", "view"),
    seen("create materialized view order_totals as select tenant_id, sum(total) from orders group by 1", "view"),
    seen("create unique index skus_barcode_key on skus (barcode)", "key_without_tenant"),
    seen("create index skus_name_alone_idx on skus (name)", "index_not_led_by_tenant"),
    seen("alter table skus add constraint skus_overlap exclude using btree (barcode with =)", "key_without_tenant"),
    // A single-column key, and the link that uses it.
    felt(
        "create unique index users_id_key on users (id);
         alter table customers drop constraint customers_owner_id_link,
           add constraint customers_owner_id_link foreign key (owner_id) references users (id)",
        "link_without_tenant",
    ),
    felt(
        "alter table shipment_lines drop constraint shipment_lines_order_line_id_link,
           add constraint shipment_lines_order_line_id_link foreign key (tenant_id, order_line_id) references order_lines (tenant_id, id)",
        "link_without_customer",
    ),
    seen("alter table suppliers add column customer_id uuid", "customer_column"),
    seen("create table notes (tenant_id uuid, id uuid)", "class"),
    // PARTITION OF brings no row-level security.
    seen(
        "create table audit_logs_later partition of audit_logs
           for values from ('ff000000-0000-0000-0000-000000000000') to ('ffff0000-0000-0000-0000-000000000000')",
        "row_level_security",
    ),
    seen(
        "do $$ begin execute format('grant select on %s to tenantry_app',
           (select inhrelid::regclass from pg_inherits where inhparent = 'audit_logs'::regclass limit 1)); end $$",
        "grant",
    ),
    seen("grant truncate on orders to tenantry_app", "grant"),
    seen("grant references on orders to tenantry_app", "grant"),
    seen("grant update on audit_logs to tenantry_app", "grant"),
    seen("grant select on customers to tenantry_operator", "grant"),
    seen("grant select on customers to public", "grant"),
    seen("grant update (status) on orders to public", "grant"),
    seen("alter role tenantry_app bypassrls", "role"),
    seen("alter role tenantry_operator superuser", "role"),
    seen("alter role tenantry_owner login", "role"),
    seen("grant tenantry_owner to tenantry_app", "role"),
    seen("grant create on schema public to tenantry_app", "role"),
    seen("do $$ begin execute format('grant temporary on database %I to tenantry_app', current_database()); end $$", "role"),
    seen("alter table orders owner to current_user", "owner"),
    seen(
        "create function public.all_orders() returns setof orders language sql security definer as 'select * from orders'",
        "definer_function",
    ),
    seen("grant execute on function app.ensure_partitions(integer) to public", "public_function"),
];

/// Departures from the schema's rules; no leak by themselves, so they have rules of their own.
const DEPARTURES: &[Leak] = &[
    seen("drop trigger orders_touch on orders", "trigger_missing"),
    seen("alter table orders disable trigger orders_audit", "trigger_missing"),
    seen("drop index orders_sales_rep_id_idx", "link_without_index"),
    seen("alter table suppliers drop column created_by", "columns"),
    seen("alter table suppliers alter column id set default gen_random_uuid()", "identity"),
    seen("alter table suppliers add column no integer generated always as identity", "own_numbers"),
    seen("create index suppliers_lower_idx on suppliers (tenant_id, lower(name))", "expression_index"),
    seen("alter table suppliers add constraint suppliers_rule_2 check (true)", "constraint_unfit"),
    seen(
        "alter table customers drop constraint customers_owner_id_link,
           add constraint customers_owner_id_link foreign key (tenant_id, owner_id) references users (tenant_id, id) on delete set null",
        "constraint_unfit",
    ),
    seen(
        "create trigger orders_count after insert on orders for each statement execute function app.touch()",
        "trigger_unfit",
    ),
];

fn names(findings: &[Finding], rule: &str) -> bool {
    findings.iter().any(|finding| finding.rule == rule)
}

#[tokio::test]
async fn every_planted_leak_is_found() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    let customers = rows::customers(&db.admin).await;
    let mut missed = Vec::new();
    let control = Leak { plant: "select 1", rule: "", felt: false };
    for leak in std::iter::once(&control).chain(LEAKS) {
        db.admin.batch_execute(&format!("begin; {}", leak.plant)).await.unwrap();
        let findings = verify::isolation(&db.admin).await.unwrap();
        if leak.rule.is_empty() {
            assert_none("findings without a leak", &findings);
        } else if !names(&findings, leak.rule) {
            missed.push(format!("no finding of rule {}: {}", leak.rule, leak.plant));
        }
        if leak.felt || leak.rule.is_empty() {
            db.admin.batch_execute("set local role tenantry_app").await.unwrap();
            // A leak is looked for where it was planted; without one, everywhere.
            let near: Vec<Row> =
                rows.iter().filter(|row| !leak.felt || leak.plant.contains(&row.table)).cloned().collect();
            let mut violations = matrix::violations(&db.admin, &near, customers).await;
            violations.extend(links::violations(&db.admin, &near).await);
            if violations.is_empty() == leak.felt {
                missed.push(format!("the probes felt {violations:?}: {}", leak.plant));
            }
        }
        db.admin.batch_execute("rollback").await.unwrap();
    }
    assert_none("missed", &missed);
}

#[tokio::test]
async fn every_departure_from_the_schemas_rules_is_found() {
    let db = Database::with_twins().await;
    let mut missed = Vec::new();
    for departure in DEPARTURES {
        db.admin.batch_execute(&format!("begin; {}", departure.plant)).await.unwrap();
        if !names(&verify::shape(&db.admin).await.unwrap(), departure.rule) {
            missed.push(format!("no finding of rule {}: {}", departure.rule, departure.plant));
        }
        db.admin.batch_execute("rollback").await.unwrap();
    }
    assert_none("missed", &missed);
}

#[tokio::test]
async fn missing_marks_and_partitions_are_warned_of() {
    let db = Database::with_twins().await;
    for (plant, rule) in [
        ("alter function numeric_lt(numeric, numeric) not leakproof", "leakproof_mark"),
        ("grant execute on function lo_create(oid) to public", "large_objects"),
        (
            "do $$ begin execute format('drop table %I',
               'audit_logs' || to_char(now() at time zone 'UTC' + interval '1 month', '\"_y\"YYYY\"_m\"MM')); end $$",
            "partitions_run_out",
        ),
    ] {
        db.admin.batch_execute(&format!("begin; {plant}")).await.unwrap();
        assert!(names(&verify::provisioning(&db.admin).await.unwrap(), rule), "{plant}");
        db.admin.batch_execute("rollback").await.unwrap();
    }
}
