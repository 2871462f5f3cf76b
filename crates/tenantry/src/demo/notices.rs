//! What the people of a demo tenant have been told.

use model::notices::{IMPORT_COMPLETED, INTEGRITY_FINDING, JOB_FAILED, NoticeKind, TASK_ASSIGNED};
use serde_json::json;
use uuid::Uuid;
use work::notices::Words;

use super::book::Book;

/// Puts notifications of the last days into the book, read and unread, and what two people prefer.
pub fn told(book: &mut Book, locale: &str, users: &[Uuid]) {
    let [admin, manager, rep, ..] = users else { return };
    let notices: [(&Uuid, &NoticeKind, Words, i64, i32, bool); 6] = [
        (
            admin,
            &INTEGRITY_FINDING,
            Words::of("Stock of one SKU was mended", "แก้ไขยอดสต็อกของ SKU หนึ่งรายการแล้ว"),
            9,
            1,
            true,
        ),
        (
            admin,
            &JOB_FAILED,
            Words::of("Background job failed: exports.run", "งานเบื้องหลังล้มเหลว: exports.run"),
            2,
            3,
            false,
        ),
        (
            manager,
            &IMPORT_COMPLETED,
            Words::of("Import completed: customers.csv", "นำเข้าเสร็จแล้ว: customers.csv"),
            4,
            1,
            true,
        ),
        (
            manager,
            &TASK_ASSIGNED,
            Words::of("Approve the prices of next month", "อนุมัติราคาของเดือนหน้า"),
            1,
            1,
            false,
        ),
        (
            rep,
            &TASK_ASSIGNED,
            Words::of("Call the customers of the Monday route", "โทรหาลูกค้าเส้นทางวันจันทร์"),
            1,
            1,
            false,
        ),
        (
            rep,
            &IMPORT_COMPLETED,
            Words::of("Import completed: contacts.csv", "นำเข้าเสร็จแล้ว: contacts.csv"),
            6,
            1,
            true,
        ),
    ];
    for (number, (user, kind, title, days, times, read)) in notices.into_iter().enumerate() {
        let minutes = i64::try_from(number).unwrap_or_default() * 47;
        let (at, later) = (book.moment(book.ago(days), minutes), book.moment(book.ago(days), minutes + 25));
        let row = json!({
            "user_id": user, "kind": kind.code, "priority": kind.priority.name(), "title": title.for_locale(locale),
            "times": times, "told_at": at.to_string(), "read_at": read.then(|| later.to_string()),
        });
        book.put("notifications", &number.to_string(), at, row);
    }
    let at = book.moment(book.ago(9), 30);
    let preferences = [(manager, &IMPORT_COMPLETED, "at_once"), (rep, &TASK_ASSIGNED, "none")];
    for (user, kind, email) in preferences {
        let row = json!({ "user_id": user, "kind": kind.code, "email": email });
        book.put("notification_preferences", &user.to_string(), at, row);
    }
}
