//! A link never leads to another tenant, nor from one customer's row to another customer's document.

use tokio_postgres::{Client, error::SqlState};

use crate::database::{Database, Outcome, assert_none, attempt};
use crate::rows::{self, A, Row};

/// Links that took an id they must not take, or refused their own, within a transaction of the runtime role.
pub async fn violations(client: &Client, rows: &[Row]) -> Vec<String> {
    client
        .batch_execute(&format!(
            "savepoint links; select app.set_context('{A}', 'system', 'system', null, null, null)"
        ))
        .await
        .unwrap();
    let mut found = Vec::new();
    for (row, twin, what) in rows.iter().filter(|row| row.tenant == A).flat_map(|row| twins(row, rows)) {
        for link in &row.links {
            if what == "customer" && (link.parent.0 != "customer" || link.parent.1 == "customers") {
                continue;
            }
            let (Some(own), Some(other)) = (row.id_in(&link.column), twin.id_in(&link.column)) else {
                continue;
            };
            let set = |id| format!("update {} set {} = '{id}' where {}", row.table, link.column, row.is_this);
            if own != other {
                match attempt(client, &set(other), None).await {
                    Outcome::Refused(SqlState::FOREIGN_KEY_VIOLATION) => {}
                    // The other customer's document holds the same line already: a key speaks before the link does.
                    Outcome::Refused(SqlState::UNIQUE_VIOLATION) if what == "customer" => {}
                    outcome => found.push(format!("another {what}: {outcome:?}: {}", set(other))),
                }
            }
            if attempt(client, &set(own), None).await != Outcome::Rows(1) {
                found.push(format!("a link to its own was refused: {}", set(own)));
            }
        }
    }
    client.batch_execute("rollback to savepoint links; release savepoint links").await.unwrap();
    found
}

/// The row's like in the other tenant, and the like of another customer.
fn twins<'a>(row: &'a Row, rows: &'a [Row]) -> Vec<(&'a Row, &'a Row, &'static str)> {
    let alike = |other: &&Row| {
        other.table == row.table
            && row.links.iter().all(|l| row.id_in(&l.column).is_some() == other.id_in(&l.column).is_some())
    };
    let tenant = rows.iter().filter(alike).find(|other| other.tenant != row.tenant);
    let customer = rows
        .iter()
        .filter(alike)
        .find(|other| other.tenant == row.tenant && other.customer != row.customer && row.customer.is_some());
    tenant
        .map(|twin| (row, twin, "tenant"))
        .into_iter()
        .chain(customer.filter(|_| row.class == "customer").map(|twin| (row, twin, "customer")))
        .collect()
}

#[tokio::test]
async fn no_link_leads_to_another_tenant_or_another_customers_document() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    db.app.batch_execute("begin").await.unwrap();
    assert_none("violations", &violations(&db.app, &rows).await);
}

#[tokio::test]
async fn every_link_of_the_schema_is_set_in_the_twins() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    let unset: Vec<String> = rows
        .iter()
        .filter(|row| row.tenant == A)
        .flat_map(|row| row.links.iter().map(move |link| (row, link)))
        .filter(|(row, link)| {
            !rows.iter().any(|other| other.table == row.table && other.id_in(&link.column).is_some())
        })
        .map(|(row, link)| format!("{}.{}", row.table, link.column))
        .collect();
    assert_none("links without a twin", &unset);
}
