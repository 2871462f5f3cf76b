//! Who is told of events: software that waits for its secret, and software that has been switched off.

use serde_json::json;

use super::book::Book;

/// Puts two subscriptions into the book, and what became of the last events that they were told.
pub fn put(book: &mut Book) {
    let at = book.moment(book.ago(40), 100);
    let waits = json!({
        "name": "Accounting", "url": "https://accounting.example.com/hooks/tenantry",
        "event_types": ["invoice.*", "payment.*"], "status": "active",
        "description": "Waits for its secret: New secret shows it.",
    });
    let waits = book.put("webhook_subscriptions", "accounting", at, waits);
    let url = "https://erp.example.com/hooks/tenantry";
    let off = json!({
        "name": "Old ERP", "url": url, "event_types": ["customer.*", "import.completed"], "status": "disabled",
        "disabled_at": book.moment(book.ago(9), 300).to_string(), "disabled_reason": "It has moved to another host.",
    });
    let off = book.put("webhook_subscriptions", "erp", at, off);
    let told = [
        (12, "import.completed", "import_batches", off, "delivered", 1, Some(200)),
        (10, "import.completed", "import_batches", off, "failed", 10, Some(503)),
        (9, "import.completed", "import_batches", off, "cancelled", 0, None),
        (3, "payment.created", "payments", waits, "pending", 0, None),
    ];
    for (days, kind, entity, subscription, state, attempts, status) in told {
        let at = book.moment(book.ago(days), days * 31);
        let key = format!("{kind} {days}");
        let event = json!({
            "type": kind, "entity": entity, "payload": { "id": null, "files": [] }, "state": "done",
        });
        let event = book.put("webhook_events", &key, at, event);
        let error = (status == Some(503)).then_some("The endpoint answered 503; 2xx is expected.");
        let delivery = json!({
            "subscription_id": subscription, "event_id": event, "state": state, "attempts": attempts,
            "last_status": status, "last_error": error,
            "completed_at": (state != "pending").then(|| at.to_string()),
        });
        let delivery = book.put("webhook_deliveries", &key, at, delivery);
        let Some(status) = status else { continue };
        let attempt = json!({
            "delivery_id": delivery, "subscription_id": subscription, "attempt": attempts,
            "outcome": if status == 200 { "delivered" } else { "failed" }, "response_status": status, "duration_ms": 84,
            "error": error, "url": url, "request_headers": { "content-type": "application/json" },
            "started_at": at.to_string(),
        });
        book.put("webhook_attempts", &key, at, attempt);
    }
}
