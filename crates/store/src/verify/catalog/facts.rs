//! What the database's catalog says of the tables in `public`, partitions left out.

use std::collections::BTreeMap;

use model::problem::Problem;
use tokio_postgres::GenericClient;

/// One column.
pub struct Column {
    pub name: String,
    /// As `format_type` prints it.
    pub sql_type: String,
    pub not_null: bool,
    pub generated: bool,
    /// The default as an expression.
    pub default: Option<String>,
}

/// One unique, foreign key or check constraint.
pub struct Constraint {
    pub name: String,
    /// `u`, `f` or `c`.
    pub kind: char,
    /// Its columns, in its order.
    pub columns: Vec<String>,
    /// The table a foreign key points at.
    pub target: Option<String>,
    pub definition: String,
}

/// One index, those of keys included.
pub struct Index {
    /// Its columns, followed by ` desc` and, where nulls come last all the same, ` nulls last`.
    pub columns: Vec<String>,
    pub unique: bool,
    /// The condition of a partial index.
    pub condition: String,
}

/// One table.
#[derive(Default)]
pub struct Table {
    pub class: String,
    pub partitioned: bool,
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The constraints of one kind.
    pub fn of_kind(&self, kind: char) -> impl Iterator<Item = &Constraint> {
        self.constraints.iter().filter(move |constraint| constraint.kind == kind)
    }
}

const TABLES: &str = "select c.relname::text, coalesce(k.class, ''), c.relkind = 'p'
  from pg_class c left join app.table_classes() k on k.table_name = c.relname
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition";

const COLUMNS: &str =
    "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    a.attgenerated <> '', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by 1, a.attnum";

const CONSTRAINTS: &str = "select c.relname::text, k.conname::text, k.contype::text,
    array(select a.attname::text from unnest(k.conkey) with ordinality key(number, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = key.number order by place),
    target.relname::text, pg_get_constraintdef(k.oid)
  from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_class target on target.oid = k.confrelid
  where c.relnamespace = 'public'::regnamespace and not c.relispartition and k.contype in ('u', 'f', 'c')
    and k.conparentid = 0
  order by 1, 2";

const INDEXES: &str = "select c.relname::text,
    array(select pg_get_indexdef(i.indexrelid, place, true)
        || case when i.indoption[place - 1] & 1 = 1 then ' desc' else '' end
        || case when i.indoption[place - 1] & 3 = 1 then ' nulls last' else '' end
      from generate_series(1, i.indnkeyatts::int) place order by place),
    i.indisunique, coalesce(pg_get_expr(i.indpred, i.indrelid, true), '')
  from pg_index i join pg_class c on c.oid = i.indrelid
  where c.relnamespace = 'public'::regnamespace and not c.relispartition and i.indisvalid";

/// Every table by name.
pub async fn read(client: &impl GenericClient) -> Result<BTreeMap<String, Table>, Problem> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in client.query(TABLES, &[]).await.map_err(Problem::internal)? {
        let table = Table { class: row.get(1), partitioned: row.get(2), ..Table::default() };
        tables.insert(row.get(0), table);
    }
    for row in client.query(COLUMNS, &[]).await.map_err(Problem::internal)? {
        let column = Column {
            name: row.get(1),
            sql_type: row.get(2),
            not_null: row.get(3),
            generated: row.get(4),
            default: row.get(5),
        };
        tables.entry(row.get(0)).or_default().columns.push(column);
    }
    for row in client.query(CONSTRAINTS, &[]).await.map_err(Problem::internal)? {
        let kind: String = row.get(2);
        let constraint = Constraint {
            name: row.get(1),
            kind: kind.chars().next().unwrap_or_default(),
            columns: row.get(3),
            target: row.get(4),
            definition: row.get(5),
        };
        tables.entry(row.get(0)).or_default().constraints.push(constraint);
    }
    for row in client.query(INDEXES, &[]).await.map_err(Problem::internal)? {
        let index = Index { columns: row.get(1), unique: row.get(2), condition: row.get(3) };
        tables.entry(row.get(0)).or_default().indexes.push(index);
    }
    Ok(tables)
}
