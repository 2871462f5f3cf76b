//! Descriptions and database agree, and where they do not, it is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use store::{testing::TestDb, verify::drift};
use tokio_postgres::{Client, NoTls};

async fn admin(db: &TestDb) -> Client {
    let (client, connection) = db.admin.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn every_description_agrees_with_its_table() {
    let db = TestDb::new().await.unwrap();
    let found: Vec<String> =
        drift(&admin(&db).await).await.unwrap().iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn the_runtime_role_may_look() {
    let db = TestDb::new().await.unwrap();
    let (client, connection) = db.app.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(drift(&client).await.unwrap(), []);
}

/// Each change to the schema is found, and nothing else is.
#[tokio::test]
async fn planted_drift_is_found() {
    let db = TestDb::new().await.unwrap();
    let mut client = admin(&db).await;
    for (change, table, told) in [
        (
            "alter table contacts add column nickname text", "contacts",
            "nickname has a column and no description",
        ),
        (
            "alter table delivery_routes drop column driver cascade", "delivery_routes",
            "driver has a description and no column",
        ),
        (
            "alter table contacts drop column attributes", "contacts",
            "attributes is described and has no column",
        ),
        (
            "alter table skus alter column pack_size type bigint", "skus",
            "pack_size is bigint and described as integer",
        ),
        (
            "alter table contacts alter column title set not null", "contacts",
            "title is not null and is described as optional",
        ),
        (
            "alter table customers alter column name drop not null", "customers",
            "name may be null and is described as required",
        ),
        (
            "alter table customers alter column status set default 'BLOCKED'",
            "customers",
            "status has the default",
        ),
        ("alter table orders alter column freight drop default", "orders", "freight has the default None"),
        (
            "alter table orders alter column ordered_at set default '2026-01-01'",
            "orders",
            "ordered_at has the default",
        ),
        (
            "alter table customers drop constraint customers_code_key", "customers",
            "the key customers_code_key of code is described and not held",
        ),
        (
            "alter table contacts add constraint contacts_email_key unique (tenant_id, email)",
            "contacts",
            "the key contacts_email_key of email is not described",
        ),
        ("alter table carts drop constraint carts_status_choice", "carts", "status allows None"),
        (
            "alter table carts drop constraint carts_status_choice, add constraint carts_status_choice check (status in ('Active', 'CONVERTED', 'EXPIRED'))",
            "carts",
            "status allows Some([\"Active\"",
        ),
        (
            "alter table customers drop constraint customers_owner_id_link", "customers",
            "owner_id is described as a link to users and no foreign key",
        ),
        (
            "alter table contacts add constraint contacts_created_by_link foreign key (tenant_id, created_by) references users (tenant_id, id)",
            "contacts",
            "the foreign key contacts_created_by_link is not described as a link",
        ),
        (
            "alter table contacts drop constraint contacts_account_check", "contacts",
            "the rule contacts_account_check is described and not held",
        ),
        (
            "alter table contacts add constraint contacts_title_check check (title <> '')",
            "contacts",
            "the rule contacts_title_check is held and not described",
        ),
        ("drop index customers_status_idx", "customers", "status is described as indexed and has no index"),
        (
            "drop index customers_last_order_at_desc_idx",
            "customers",
            "last_order_at is described as sortable and has no index downwards",
        ),
        (
            "drop index customers_name_idx", "customers",
            "name is described as sortable and has no index upwards",
        ),
        ("drop index suppliers_search_text_idx", "suppliers", "is searchable and search_text has no index"),
        ("create table strays (id uuid)", "strays", "has a table and no description"),
        ("drop table document_series", "document_series", "is listed as no entity and has no table"),
    ] {
        let tx = client.transaction().await.unwrap();
        tx.batch_execute(change).await.unwrap();
        let found = drift(&tx).await.unwrap();
        let hit = found.iter().any(|finding| finding.subject == table && finding.detail.starts_with(told));
        assert!(hit, "{change}: {found:?}");
        assert!(found.iter().all(|finding| finding.subject == table), "{change}: {found:?}");
        tx.rollback().await.unwrap();
    }
}

/// Whoever names a record of a customer, a company or anything else is known from the descriptions: through links, through
/// links of links that carry the record along, and through keys of both.
#[tokio::test]
async fn whoever_names_a_record_is_known() {
    let db = TestDb::new().await.unwrap();
    let client = admin(&db).await;
    // Columns that hold the id of a record of `$1`: foreign keys to it, and foreign keys that contain such a column.
    let closure = "with recursive pair as (
           select c.relname::text as child, a.attname::text as child_column, p.relname::text as parent, b.attname::text as parent_column
           from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
           cross join lateral unnest(k.conkey, k.confkey) as u(child_number, parent_number)
           join pg_attribute a on a.attrelid = c.oid and a.attnum = u.child_number
           join pg_attribute b on b.attrelid = p.oid and b.attnum = u.parent_number
           where k.contype = 'f' and k.conparentid = 0 and a.attname <> 'tenant_id'),
         named(place, at) as (
           select $1::text collate \"C\", 'id'::text collate \"C\"
           union select pair.child, pair.child_column from pair join named on pair.parent = named.place and pair.parent_column = named.at)
         select place, at from named where (place, at) <> ($1, 'id') order by 1, 2";
    // Keys of both: the child's table, its link and the parent's table.
    let keys = "select c.relname::text, a.attname::text, p.relname::text
         from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[2]
         where k.contype = 'f' and cardinality(k.conkey) > 2 order by 1, 2";
    let held = client.query(keys, &[]).await.unwrap();
    for entity in model::registry::ENTITIES.iter() {
        let known = model::referrers::of(entity);
        let told: Vec<(String, String)> = known
            .iter()
            .flat_map(|one| one.columns.iter().map(move |column| (one, column)))
            .filter(|(_, column)| !column.about)
            .map(|(one, column)| (one.table.to_owned(), column.name.to_owned()))
            .collect();
        let rows = client.query(closure, &[&entity.name]).await.unwrap();
        let is: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        // Sign-in alone knows whose session, token or role it is, and nobody merges people who sign in.
        if matches!(entity.name, "users" | "portal_users" | "roles") {
            continue;
        }
        let forgotten: Vec<_> = is.iter().filter(|place| !told.contains(place) && !apart(&place.0)).collect();
        assert!(forgotten.is_empty(), "these name {} too: {forgotten:?}", entity.name);
        if entity.name == "customers" {
            let mut edges: Vec<(String, String, String)> = vec![];
            for one in &known {
                let parent =
                    |(link, table): &(&str, &str)| (one.table.into(), (*link).into(), (*table).into());
                edges.extend(one.parents.iter().map(parent));
            }
            edges.sort();
            let held: Vec<(String, String, String)> =
                held.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
            let missing: Vec<_> = held.iter().filter(|edge| !edges.contains(edge)).collect();
            assert!(missing.is_empty(), "keys of both that no referrer knows: {missing:?}");
        }
    }
}

/// Tables beside those of records, whose links lead to what is never made one with another.
fn apart(table: &str) -> bool {
    matches!(
        table,
        "bulk_change_rows"
            | "webhook_failures"
            | "import_fixes"
            | "import_dependencies"
            | "dashboards"
            | "dashboard_widgets"
    )
}

/// Whoever names a record of any kind by its kind and id either follows it into another one, or tells what happened.
#[tokio::test]
async fn records_of_any_kind_are_followed_or_told_of() {
    let db = TestDb::new().await.unwrap();
    let client = admin(&db).await;
    let rows = client
        .query(
            "select c.relname::text from pg_class c
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
               and exists (select from pg_attribute where attrelid = c.oid and attname = 'entity')
               and exists (select from pg_attribute where attrelid = c.oid
                 and attname in ('entity_id', 'record_id', 'winner_id') and atttypid = 'uuid'::regtype)
             order by 1",
            &[],
        )
        .await
        .unwrap();
    let (followed, told): (Vec<String>, Vec<String>) = rows
        .iter()
        .map(|row| row.get::<_, String>(0))
        .partition(|table| model::registry::entity(table).is_some_and(|entity| entity.about_any.is_some()));
    assert_eq!(followed, ["external_ids", "files", "tasks"]);
    assert_eq!(told, ["audit_logs", "email_messages", "merges", "notifications", "webhook_events"]);
}
