//! The tables that hold a tenant's rows, as the database's own catalog tells them: for what is done with a tenant as a
//! whole. A table of a later release is found here by itself.

use model::problem::Problem;

use crate::{TenantTx, sql};

/// A table with rows of tenants.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The columns that can be written, in order, `tenant_id` left out.
    pub columns: Vec<String>,
    /// Those of them that hold bytes.
    pub bytes: Vec<String>,
    /// The columns that say which row of a tenant it is: of its primary key all but `tenant_id`.
    pub key: Vec<String>,
    /// The other tables that it points at.
    pub parents: Vec<String>,
    /// The columns by which it points at itself.
    pub own_links: Vec<String>,
    /// Nobody but the owner's functions removes rows.
    pub append_only: bool,
    /// Cut by months of its id.
    pub partitioned: bool,
    /// Bytes of an average row with its share of the indexes, as the last ANALYZE saw it; 0 where it saw none.
    pub row_bytes: f64,
}

/// Every table whose rows belong to tenants, those first that others point at. `tenants` itself and the look-up of slugs
/// are not among them.
///
/// # Errors
/// Problems of the database; a circle of links between tables is a defect.
pub async fn tables(tx: &mut TenantTx) -> Result<Vec<Table>, Problem> {
    let rows = tx
        .query(
            sql!(
                "select c.relname::text,
                   array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                     and not a.attisdropped and a.attgenerated = '' and a.attname <> k.whose order by a.attnum),
                   array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                     and not a.attisdropped and a.atttypid = 'bytea'::regtype order by a.attnum),
                   array(select a.attname::text from pg_constraint p, unnest(p.conkey) with ordinality as part (number, place)
                     join pg_attribute a on a.attrelid = c.oid and a.attnum = part.number
                     where p.conrelid = c.oid and p.contype = 'p' and a.attname <> k.whose order by part.place),
                   array(select distinct other.relname::text from pg_constraint f join pg_class other on other.oid = f.confrelid
                     where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid and other.relname <> 'tenants'),
                   array(select distinct a.attname::text from pg_constraint f
                     join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[2]
                     where f.conrelid = c.oid and f.contype = 'f' and f.confrelid = c.oid),
                   'append_only' = any(k.flags), c.relkind = 'p',
                   coalesce((select sum(pg_total_relation_size(part.oid)) / nullif(sum(greatest(part.reltuples, 0)), 0)
                     from pg_class part where part.oid = c.oid and c.relkind = 'r'
                       or part.oid in (select inhrelid from pg_inherits where inhparent = c.oid)), 0)::float8
                 from (select t.*, 'tenant_id'::name as whose from app.table_classes() t
                       where t.class not in ('tenants', 'lookup', 'global')) k
                 join pg_class c on c.oid = format('public.%I', k.table_name)::regclass
                 order by 1"
            ),
            &[],
        )
        .await?;
    let read = |row: &crate::sql::Row| Table {
        name: row.get(0),
        columns: row.get(1),
        bytes: row.get(2),
        key: row.get(3),
        parents: row.get(4),
        own_links: row.get(5),
        append_only: row.get(6),
        partitioned: row.get(7),
        row_bytes: row.get(8),
    };
    parents_first(rows.iter().map(read).collect())
}

fn parents_first(mut left: Vec<Table>) -> Result<Vec<Table>, Problem> {
    let mut sorted: Vec<Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits: Vec<String> = left.iter().map(|table| table.name.clone()).collect();
        let (ready, rest): (Vec<Table>, Vec<Table>) =
            left.into_iter().partition(|table| !table.parents.iter().any(|parent| waits.contains(parent)));
        if ready.is_empty() {
            return Err(Problem::internal(format!("tables point at each other in a circle: {waits:?}")));
        }
        sorted.extend(ready);
        left = rest;
    }
    Ok(sorted)
}
