//! The register of data sources: what comes by mail each week, what a partner lays into the inbox, and two addresses.

use serde_json::json;
use uuid::Uuid;

use super::book::Book;

/// Puts the register into the book. What would leave the house is switched off.
pub fn put(book: &mut Book, owner: Uuid) {
    let at = book.moment(book.ago(60), 200);
    let fetched = |days: i64| book.moment(book.ago(days), 240).to_string();
    let rows = [
        json!({
            "name": "Price list of the brewery", "data_type": "price_list_entries", "format": "text", "kind": "https",
            "location": "https://brewery.example.com/prices.csv", "cron": "0 6 * * 1", "mode": "upsert",
            "policy": "all_or_nothing", "empty_cells": "keep", "waits_for_approval": true, "active": false,
            "quirks": "Prices are per case of 24.", "last_fetched_at": fetched(6), "last_outcome": "waiting",
            "last_error": null, "failures": 0,
        }),
        json!({
            "name": "Stock of the bonded warehouse", "data_type": "inventory", "format": "workbook", "kind": "inbox",
            "location": "bonded/stock", "cron": "30 5 * * *", "mode": "update", "policy": "valid_rows",
            "empty_cells": "clear", "waits_for_approval": false, "active": false,
            "quirks": "The second sheet holds samples and is left out.", "last_fetched_at": fetched(1),
            "last_outcome": "imported", "last_error": null, "failures": 0,
        }),
        json!({
            "name": "Orders of the trade fair", "data_type": "orders", "format": "archive", "kind": "inbox",
            "location": "fair", "cron": null, "mode": "create", "policy": null, "empty_cells": null,
            "waits_for_approval": true, "active": true, "quirks": null, "last_fetched_at": fetched(40),
            "last_outcome": "unchanged", "last_error": null, "failures": 0,
        }),
        json!({
            "name": "Licences of the state board", "data_type": "customer_licenses", "format": "text", "kind": "https",
            "location": "https://board.example.org/licenses.csv", "cron": "0 4 1 * *", "mode": null, "policy": null,
            "empty_cells": null, "waits_for_approval": true, "active": false,
            "quirks": "Comes in capitals; names are not to be taken over.", "last_fetched_at": fetched(20),
            "last_outcome": "failed", "last_error": "The address answers 404; 200 with the file is expected.",
            "failures": 2,
        }),
        json!({
            "name": "New customers of the agency", "data_type": "customers", "format": "any", "kind": "upload",
            "location": null, "cron": "0 8 * * 5", "mode": null, "policy": null, "empty_cells": null,
            "waits_for_approval": true, "active": true, "quirks": "Anna mails it on Thursdays.",
            "last_fetched_at": fetched(2), "last_outcome": "importing", "last_error": null, "failures": 0, "due": "due",
            "due_since": fetched(1),
        }),
        json!({
            "name": "Visits of the merchandisers", "data_type": "activities", "format": "workbook", "kind": "upload",
            "location": null, "cron": "0 18 * * 1", "mode": "create", "policy": null, "empty_cells": null,
            "waits_for_approval": false, "active": true, "quirks": null, "last_fetched_at": fetched(16),
            "last_outcome": "cancelled", "last_error": null, "failures": 0, "due": "overdue", "due_since": fetched(9),
        }),
    ];
    for (number, mut row) in rows.into_iter().enumerate() {
        row["owner_id"] = json!(owner);
        row["time_zone"] = json!("America/New_York");
        book.put("data_sources", &format!("source {number}"), at, row);
    }
}
