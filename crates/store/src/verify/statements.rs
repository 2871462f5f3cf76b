//! Every hand-written statement fits the schema, and each about a tenant's rows says whose.

use std::collections::HashSet;

use model::problem::Problem;
use tokio_postgres::Client;

use super::Finding;
use crate::sql::{Sql, registered};

/// Tables with `tenant_id` whose statements need not carry it: the look-up that finds the tenant.
const LOOK_UPS: [&str; 1] = ["tenant_slugs"];

/// Prepares every registered statement (of the crates that are linked in) and reads its text. Nothing is run.
///
/// # Errors
/// When the database cannot be reached.
pub async fn statements(client: &Client) -> Result<Vec<Finding>, Problem> {
    let tables = tenant_tables(client).await?;
    let mut findings = vec![];
    for sql in registered() {
        if let Err(error) = client.prepare(sql.text).await {
            let Some(refused) = error.as_db_error() else { return Err(Problem::internal(error)) };
            findings.push(finding("statement_does_not_fit", sql, refused.message().to_owned()));
        }
        findings.extend(without_tenant(sql, &tables));
    }
    Ok(findings)
}

/// The finding of a statement that names a tenant's table and not the tenant.
fn without_tenant(sql: &Sql, tables: &HashSet<String>) -> Option<Finding> {
    if sql.across {
        return None;
    }
    let text = sql.text.to_lowercase();
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let table = text.split(word).find(|word| tables.contains(*word))?;
    if says_whose(&text) {
        return None;
    }
    let detail = format!("names {table} without `tenant_id = $n`");
    Some(finding("statement_without_tenant", sql, detail))
}

/// Whether a text compares `tenant_id` with a parameter, or inserts it from one.
fn says_whose(text: &str) -> bool {
    let compares = text.match_indices("tenant_id").any(|(at, name)| {
        let after = text[at + name.len()..].trim_start();
        after.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with('$'))
    });
    let inserts = text.split("insert into").skip(1).any(|insert| {
        let columns = insert.split(')').next().unwrap_or_default();
        columns.contains("tenant_id") && insert.contains('$')
    });
    compares || inserts
}

fn finding(rule: &'static str, sql: &Sql, detail: String) -> Finding {
    Finding { rule, subject: sql.place.to_owned(), detail }
}

async fn tenant_tables(client: &Client) -> Result<HashSet<String>, Problem> {
    let sql = "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'tenant_id'
          and not a.attisdropped";
    let rows = client.query(sql, &[]).await.map_err(Problem::internal)?;
    let mut tables: HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
    tables.retain(|table| !LOOK_UPS.contains(&table.as_str()));
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_must_say_whose_rows_it_means() {
        let tables = HashSet::from(["customers".to_owned()]);
        let found = |text: &'static str| {
            without_tenant(&Sql { text, place: "here", across: false }, &tables).is_some()
        };
        assert!(found("select name from customers where id = $1"));
        assert!(found("select c.name from customers c where c.tenant_id = c.tenant_id and id = $1"));
        assert!(found("insert into customers (id, name) values ($1, $2)"));
        assert!(found("delete from customers"));
        assert!(!found("select c.name from customers c where c.tenant_id = $1 and c.id = $2"));
        assert!(!found("insert into customers (tenant_id, id) values ($1, $2)"));
        assert!(!found("select 1"));
        assert!(!found("select * from pg_stat_activity"));
    }
}
