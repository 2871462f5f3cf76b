//! What people are told, what they want to be told of, and the mails that go out.

use serde_json::Value;

use crate::{
    Document,
    entity::{Area, Check, Class, Entity, Personal, key},
    field::{self, Choice, Text, choice},
    notices,
    problem::FieldError,
    value::{codes, nearest},
};

const NOTIFICATIONS_PRIORITY: &[Choice] = &[
    choice("LOW", "Low", "ต่ำ"),
    choice("MEDIUM", "Medium", "ปานกลาง"),
    choice("HIGH", "High", "สูง"),
    choice("URGENT", "Urgent", "เร่งด่วน"),
];

/// Something one user should know.
pub static NOTIFICATIONS: Entity =
    Entity::new("notifications", "notification", Area::Integrations, Class::Staff)
        .labels(Text::of("Notification", "การแจ้งเตือน"), Text::of("Notifications", "การแจ้งเตือน"))
        .about("Something one user should know; told again while unread, it is counted up.")
        .fields(&[
            field::link("user_id", "User", "users")
                .th("ผู้ใช้")
                .required()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::code("kind", "Kind").th("ชนิด").required().listed().example("import_completed"),
            field::select("priority", "Priority", NOTIFICATIONS_PRIORITY)
                .th("ความสำคัญ")
                .default("\"MEDIUM\"")
                .listed()
                .example("HIGH"),
            field::text("title", "Title").th("หัวข้อ").required().listed().example("Import completed"),
            field::paragraph("body", "Text").th("ข้อความ").example("98 of 100 rows were applied."),
            field::text("link", "Link").th("ลิงก์").help("A path within Tenantry."),
            field::code("entity", "About").th("เกี่ยวกับ"),
            field::id("entity_id", "About record").th("ระเบียนที่เกี่ยวข้อง"),
            field::integer("times", "Times", 1, i32::MAX as i64)
                .th("จำนวนครั้ง")
                .default("1")
                .listed()
                .help("How often it was told while unread.")
                .example("1"),
            field::timestamp("told_at", "Told").th("แจ้งเมื่อ").default(field::NOW).listed().sortable(),
            field::timestamp("read_at", "Read").th("อ่านเมื่อ").listed(),
        ])
        .title("title")
        .owner(&["user_id"])
        .personal(Personal::Alone)
        .unversioned()
        .read_only();

const PREFERENCES_EMAIL: &[Choice] =
    &[choice("at_once", "At once", "ทันที"), choice("none", "No e-mail", "ไม่ส่งอีเมล")];

/// What a user wants to be told of and how.
pub static NOTIFICATION_PREFERENCES: Entity =
    Entity::new("notification_preferences", "notification_preference", Area::Integrations, Class::Staff)
        .labels(
            Text::of("Notification preference", "การตั้งค่าการแจ้งเตือน"),
            Text::of("Notification preferences", "การตั้งค่าการแจ้งเตือน"),
        )
        .about("How a user wants to be told of one kind of thing; what is empty follows the kind's default.")
        .fields(&[
            field::link("user_id", "User", "users")
                .th("ผู้ใช้")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["User e-mail", "Username", "พนักงาน"]),
            field::code("kind", "Kind")
                .th("ชนิด")
                .required()
                .once()
                .listed()
                .help("One of the kinds that docs/operating.md lists.")
                .example("job_failed"),
            field::boolean("page", "On the page").th("บนหน้าเว็บ").listed(),
            field::select("email", "E-mail", PREFERENCES_EMAIL).th("อีเมล").listed().example("none"),
        ])
        .keys(&[key("notification_preferences_user_id_kind_key", &["user_id", "kind"])])
        .checks(&[Check { constraint: None, run: known_kind }])
        .owner(&["user_id"])
        .personal(Personal::Alone)
        .permanent()
        .without_creation_index();

fn known_kind(doc: &Document) -> Vec<FieldError> {
    let Some(code) = doc.get("kind").and_then(Value::as_str) else { return vec![] };
    if notices::kind(code).is_some() {
        return vec![];
    }
    let names = || notices::KINDS.iter().map(|kind| kind.code);
    let message = format!(
        "`{code}` is no kind of notification. Use one of {}.",
        names().collect::<Vec<_>>().join(", ")
    );
    vec![FieldError::new("kind", &codes::NOT_A_CHOICE, message).value(code).suggest(nearest(code, names()))]
}

const EMAIL_MESSAGES_STATE: &[Choice] = &[
    choice("queued", "Queued", "รอส่ง"),
    choice("sent", "Sent", "ส่งแล้ว"),
    choice("failed", "Failed", "ส่งไม่สำเร็จ"),
];

/// A mail on its way out. Its contents are for the receiver alone: nobody reads them here, and they are emptied once
/// it has left.
pub static EMAIL_MESSAGES: Entity =
    Entity::new("email_messages", "email_message", Area::Integrations, Class::System)
        .labels(Text::of("E-mail", "อีเมล"), Text::of("E-mails", "อีเมล"))
        .about("A mail on its way out; its contents are for the receiver alone.")
        .fields(&[
            field::code("kind", "Kind").th("ชนิด").required().listed().example("job_failed"),
            field::link("user_id", "User", "users").th("ผู้ใช้").indexed(),
            field::text("to_address", "To").th("ถึง").required().listed().example("maria@example.com"),
            field::text("to_name", "Name").th("ชื่อ"),
            field::code("locale", "Language").th("ภาษา").required().example("en"),
            field::text("subject", "Subject").th("หัวเรื่อง").required().listed().example("Import failed"),
            field::code("entity", "About").th("เกี่ยวกับ"),
            field::id("entity_id", "About record").th("ระเบียนที่เกี่ยวข้อง"),
            field::select("state", "State", EMAIL_MESSAGES_STATE)
                .th("สถานะ")
                .default("\"queued\"")
                .listed()
                .indexed()
                .example("sent"),
            field::integer("attempts", "Attempts", 0, i32::MAX as i64)
                .th("จำนวนครั้งที่ทำ")
                .default("0")
                .listed()
                .example("1"),
            field::paragraph("error", "Error").th("ข้อผิดพลาด"),
            field::text("provider_id", "Server's answer").th("คำตอบจากเซิร์ฟเวอร์"),
            field::timestamp("sent_at", "Sent").th("ส่งเมื่อ").listed(),
        ])
        .title("subject")
        .unversioned()
        .internal(&["contents"])
        .read_only();
