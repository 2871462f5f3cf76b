//! The twins' rows, as an administrator sees them, with what a probe needs to aim at each.

use serde_json::Value;
use tokio_postgres::Client;
use uuid::{Uuid, uuid};

/// One tenant.
pub const A: Uuid = uuid!("0195a000-0000-7000-8000-00000000000a");
/// The other, with the same codes, numbers and addresses.
pub const B: Uuid = uuid!("0195a000-0000-7000-8000-00000000000b");

/// A link column of a table: a composite key's column that is neither the tenant's nor, beside others, the customer's.
#[derive(Clone, Debug)]
pub struct Link {
    /// The column.
    pub column: String,
    /// The class of the table it points to, and that table.
    pub parent: (String, String),
}

/// One row of one tenant.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it stands.
    pub table: String,
    /// Its table's class.
    pub class: String,
    /// Its table's flags.
    pub flags: Vec<String>,
    /// Whose it is.
    pub tenant: Uuid,
    /// The customer it belongs to.
    pub customer: Option<Uuid>,
    /// The column that holds the tenant.
    pub tenant_column: &'static str,
    /// The condition that is true of this row alone.
    pub is_this: String,
    /// The columns that can be written.
    pub columns: String,
    /// The whole row.
    pub json: Value,
    /// Its links.
    pub links: Vec<Link>,
}

impl Row {
    /// A statement that inserts this row again; its parameter is the row as text of JSON.
    pub fn insert(&self) -> String {
        let Self { table, columns, .. } = self;
        format!(
            "insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, $1::text::jsonb)"
        )
    }

    /// The id in a column.
    pub fn id_in(&self, column: &str) -> Option<Uuid> {
        self.json[column].as_str()?.parse().ok()
    }
}

/// The ids of customers x and y of tenant A.
pub async fn customers(admin: &Client) -> (Uuid, Uuid) {
    let row = admin.query_one("select probe.id($1, 'x'), probe.id($1, 'y')", &[&A]).await.unwrap();
    (row.get(0), row.get(1))
}

/// All rows of both twins, of every table but the global ones.
pub async fn collect(admin: &Client) -> Vec<Row> {
    let tables = admin
        .query(
            "select k.table_name, k.class, k.flags,
               (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                where attrelid = k.table_name::regclass and attnum > 0 and attgenerated = '' and not attisdropped)
             from app.table_classes() k where k.class <> 'global' order by 1",
            &[],
        )
        .await
        .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let name: String = table.get(0);
        let class: String = table.get(1);
        let links = links(admin, &name).await;
        let tenant_column = if class == "tenants" { "id" } else { "tenant_id" };
        let all = format!("select to_jsonb(r)::text from {name} r where {tenant_column} = any($1)");
        for row in admin.query(&all, &[&vec![A, B]]).await.unwrap() {
            let json: Value = serde_json::from_str(row.get(0)).unwrap();
            let id = |column: &str| json[column].as_str().and_then(|text| text.parse::<Uuid>().ok());
            let tenant = id(tenant_column).unwrap();
            let is_this = match class.as_str() {
                "lookup" => format!(
                    "key = '{}' and kind = '{}'",
                    json["key"].as_str().unwrap(),
                    json["kind"].as_str().unwrap()
                ),
                "tenants" => format!("id = '{tenant}'"),
                _ if name == "webhook_receipts" => format!(
                    "tenant_id = '{tenant}' and source_id = '{}' and delivery_id = '{}'",
                    id("source_id").unwrap(),
                    json["delivery_id"].as_str().unwrap()
                ),
                _ => format!("tenant_id = '{tenant}' and id = '{}'", id("id").unwrap()),
            };
            rows.push(Row {
                class: class.clone(),
                flags: table.get(2),
                tenant,
                customer: id(if name == "customers" { "id" } else { "customer_id" }),
                tenant_column,
                is_this,
                columns: table.get(3),
                links: links.clone(),
                table: name.clone(),
                json,
            });
        }
    }
    rows
}

async fn links(admin: &Client, table: &str) -> Vec<Link> {
    admin
        .query(
            "select distinct a.attname::text, k.class, k.table_name
             from pg_constraint f
             join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[2]
             join app.table_classes() k on k.table_name::regclass = f.confrelid
             where f.contype = 'f' and f.conrelid = $1::text::regclass
             order by 1",
            &[&table],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| Link { column: row.get(0), parent: (row.get(1), row.get(2)) })
        .collect()
}
