//! What others are told of imports: one event per set, however many records it wrote.

use model::{event::Event, problem::Problem};
use serde_json::{Value, json};
use store::{TenantTx, sql};
use uuid::Uuid;

/// The name of the event.
pub const COMPLETED: &str = "import.completed";

/// Tells that a set was committed, with the counts of each file.
///
/// # Errors
/// What the database says.
pub async fn completed(tx: &mut TenantTx, set: Uuid) -> Result<(), Problem> {
    let rows = tx
        .query(
            sql!(
                "select id, data_type, file_name, sheet, counts from import_batches
                 where tenant_id = $1 and parent_id = $2 order by position"
            ),
            &[&tx.tenant(), &set],
        )
        .await?;
    let files = rows.iter().map(|row| {
        json!({
            "id": row.get::<_, Uuid>(0), "data_type": row.get::<_, Option<String>>(1),
            "file_name": row.get::<_, Option<String>>(2), "sheet": row.get::<_, Option<String>>(3),
            "counts": row.get::<_, Value>(4),
        })
    });
    let payload = json!({ "id": set, "files": files.collect::<Vec<_>>() });
    tx.emit(Event::new(COMPLETED, "import_batches", Some(set), &payload));
    Ok(())
}

/// The example of what is told.
pub fn example() -> Value {
    let id = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";
    let counts = json!({ "rows": 3, "created": 2, "updated": 1, "unchanged": 0, "skipped": 0, "failed": 0 });
    let file = json!({ "id": id, "data_type": "customers", "file_name": "customers.csv", "sheet": null, "counts": counts });
    json!({ "id": id, "files": [file] })
}
