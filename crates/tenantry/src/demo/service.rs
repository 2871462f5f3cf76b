//! Work at customers: service jobs with their checks and training, and what staff did and are to do.

use jiff::ToSpan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{book::Book, dice::Dice, trade::HISTORY};

/// A kind of work that a company books.
pub struct Service {
    /// What it is called.
    pub name: &'static str,
    /// How often, of 100.
    pub share: i64,
}

/// Who works.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    /// Those whom jobs are assigned to.
    pub workers: &'a [Uuid],
    /// Who checks quality.
    pub checker: Uuid,
}

const NOTES: &[&str] = &[
    "Key at the front desk.",
    "Bring the tall ladder.",
    "ขอกุญแจที่ป้อมยาม",
    "Ask for the manager on site.",
    "แพ้น้ำยากลิ่นแรง ใช้สูตรอ่อน",
    "Parking at the back.",
];

const FINDINGS: &[&str] =
    &["Streaks on the glass doors.", "มุมห้องน้ำยังมีคราบ", "Bins were not emptied.", "พื้นยังเปียก"];

/// Puts `count` jobs of the last `days` days and the week ahead into the book, each state among them.
pub fn put_jobs(
    book: &mut Book,
    customers: &[Uuid],
    services: &[Service],
    crew: Crew<'_>,
    (count, days): (usize, i64),
    dice: &mut Dice,
) -> Vec<(Uuid, &'static str)> {
    let mut jobs = vec![];
    for index in 0..count {
        // Every seventh lies ahead.
        let ahead = index % 7 == 6;
        let made = book.ago(if ahead { dice.between(1, 6) } else { dice.between(2, days) });
        let at = book.moment(made, dice.between(0, 500));
        let day = if ahead {
            book.today().saturating_add(dice.between(1, 9).days())
        } else {
            made.saturating_add(1.days())
        };
        let scheduled = book.moment(day, dice.between(0, 8) * 60);
        let status = match (ahead, dice.between(0, 99)) {
            (true, 0..=79) => "NEW",
            (true, _) => "ON_HOLD",
            (false, 0..=81) => "COMPLETED",
            (false, 82..=88) => "CANCELLED",
            (false, 89..=93) => "IN_PROGRESS",
            (false, 94..=96) => "ON_HOLD",
            (false, _) => "NEW",
        };
        let priority = match dice.between(0, 99) {
            0..=14 => "LOW",
            15..=79 => "MEDIUM",
            80..=93 => "HIGH",
            _ => "URGENT",
        };
        let mut left = dice.between(0, services.iter().map(|service| service.share).sum::<i64>() - 1);
        let chosen = services.iter().find(|service| {
            left -= service.share;
            left < 0
        });
        let Some(service) = chosen else { continue };
        let assigned = (status != "NEW" || dice.chance(60)).then(|| *dice.pick(crew.workers));
        let booked = dice.chance(30);
        let row = json!({
            "customer_id": dice.pick(customers), "assigned_to_id": assigned, "service_type": service.name,
            "description": dice.chance(35).then(|| *dice.pick(NOTES)), "status": status, "priority": priority,
            "scheduled_at": scheduled,
            "completed_at": (status == "COMPLETED").then(|| book.moment(day, 500 + dice.between(0, 39))),
            "n8n_workflow_id": booked.then_some("booking-form"),
            "webhook_data": if booked { json!({"form": "website", "service": service.name}) } else { Value::Null },
            "attributes": {},
        });
        jobs.push((book.put("service_jobs", &index.to_string(), at, row), status));
    }
    put_checks(book, &jobs, crew.checker, dice);
    jobs
}

fn put_checks(book: &mut Book, jobs: &[(Uuid, &'static str)], checker: Uuid, dice: &mut Dice) {
    let at = book.moment(book.ago(HISTORY), 20);
    let item =
        |key: &str, label: &str, mandatory: bool| json!({"key": key, "label": label, "mandatory": mandatory});
    let items = json!([
        item("floors", "Floors are clean and dry · พื้นสะอาดและแห้ง", true),
        item("glass", "Glass without streaks · กระจกไม่มีคราบ", false),
        item("bins", "Bins are empty · ถังขยะว่าง", true),
        item("locked", "Doors are locked, keys returned · ล็อกประตูและคืนกุญแจ", true),
    ]);
    let row = json!({
        "name": "After every visit · หลังทุกงาน", "description": "What the team leader looks at before leaving.",
        "items": items, "is_active": true,
    });
    let current = book.put("quality_checklists", "visit", at, row);
    let row = json!({
        "name": "After every visit (2024)", "description": "Before keys were on the list.", "items": [], "is_active": false,
    });
    book.put("quality_checklists", "former", at, row);
    let done = jobs.iter().filter(|(_, status)| matches!(*status, "COMPLETED" | "IN_PROGRESS"));
    for (index, (job, status)) in done.enumerate().filter(|(index, _)| index % 4 == 0) {
        let at = book.moment(book.ago(dice.between(1, 20)), dice.between(0, 500));
        let state = match (*status, index / 4 % 12) {
            ("COMPLETED", 0) => "NEEDS_REVIEW",
            ("COMPLETED", _) => "PASSED",
            (_, 0 | 3 | 6 | 9) => "PENDING",
            (_, 1 | 4 | 7 | 10) => "FAILED",
            _ => "IN_PROGRESS",
        };
        let ended = matches!(state, "PASSED" | "FAILED" | "NEEDS_REVIEW");
        let result = |key: &str, ok: bool| json!({"key": key, "ok": ok});
        let results = if ended {
            json!([result("floors", state == "PASSED"), result("bins", true), result("locked", true)])
        } else {
            json!([])
        };
        let row = json!({
            "service_job_id": job, "checklist_id": current, "status": state, "results": results,
            "completed_by_id": ended.then_some(checker), "completed_at": ended.then_some(at),
            "notes": (state != "PASSED").then(|| *dice.pick(FINDINGS)),
        });
        book.put("quality_checks", &index.to_string(), at, row);
    }
}

/// Training that goes with jobs, one of each state and some that are through.
pub fn put_training(book: &mut Book, jobs: &[(Uuid, &'static str)]) {
    const STATES: [&str; 5] = [
        "AWAITING_DOCUMENTS", "DOCUMENTS_RECEIVED", "TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "COMPLETED",
    ];
    for (index, (job, _)) in jobs.iter().filter(|(_, status)| *status != "CANCELLED").take(14).enumerate() {
        let at = book.moment(book.ago(i64::try_from(index + 2).unwrap_or(2)), 120);
        let step = index.min(STATES.len() - 1);
        let row = json!({
            "service_job_id": job, "status": STATES[step], "documents_received": step >= 1,
            "training_completed": step >= 3, "notes": (step == 0).then_some("Two of five certificates are missing."),
        });
        book.put("training_workflows", &index.to_string(), at, row);
    }
}

/// What was done with each customer in the last months. `words`: outcome and note.
pub fn put_activities(
    book: &mut Book,
    accounts: &[(Uuid, Option<Uuid>)],
    words: &[(&str, &str, &str)],
    dice: &mut Dice,
) {
    for (index, (customer, user)) in accounts.iter().enumerate() {
        for turn in 0..dice.between(1, 4) {
            let (kind, outcome, notes) = *dice.pick(words);
            let at = book.moment(book.ago(dice.between(1, 120)), dice.between(0, 500));
            let row = json!({
                "kind": kind, "customer_id": customer, "user_id": user, "outcome": outcome, "occurred_at": at,
                "notes": notes,
            });
            book.put("activities", &format!("{index}/{turn}"), at, row);
        }
    }
}

/// What is to be done. `titles`: title and status; the first ones come from management.
pub fn put_tasks(book: &mut Book, assignees: &[Uuid], customers: &[Uuid], titles: &[(&str, &str)]) {
    const PRIORITIES: [&str; 4] = ["HIGH", "MEDIUM", "URGENT", "LOW"];
    for (index, (title, status)) in titles.iter().enumerate() {
        let at = book.moment(book.ago(i64::try_from(index % 9 + 1).unwrap_or(1)), 30);
        let days = i64::try_from(index).unwrap_or(0) - 3;
        let about = customers.get(index * 3).filter(|_| index % 3 != 2);
        let row = json!({
            "title": title, "assignee_id": assignees[index % assignees.len()],
            "due_on": book.today().saturating_add(days.days()), "status": status,
            "priority": PRIORITIES[index % PRIORITIES.len()], "entity": about.map(|_| "customers"), "entity_id": about,
            "from_management": index < 2,
        });
        book.put("tasks", title, at, row);
    }
}

/// Who may send webhooks, once an admin has given each its secret: a booking form, the LINE account, a review site.
pub fn put_sources(book: &mut Book) {
    let at = book.moment(book.ago(60), 200);
    let reviews = json!({
        "review.created": {
            "action": "customer.upsert",
            "fields": {"name": "data.reviewer.name", "email": "data.reviewer.email"},
            "constants": {"kind": "person"},
        },
    });
    let sources = [
        ("booking-form", "Booking form (n8n)", "n8n", json!({}), json!({"action": "text", "data": "object"})),
        ("line", "LINE @saatsai", "line", json!({}), json!({})),
        (
            "reviews",
            "Review site",
            "generic",
            reviews,
            json!({"type": "text", "data.reviewer.email": "email"}),
        ),
    ];
    for (code, name, kind, mapping, schema) in sources {
        let row = json!({
            "code": code, "name": name, "kind": kind, "enabled": true, "mapping": mapping, "payload_schema": schema,
        });
        book.put("webhook_sources", code, at, row);
    }
}
