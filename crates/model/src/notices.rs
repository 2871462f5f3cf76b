//! The kinds of things that people are told of, with their defaults.

use crate::field::Text;

/// How pressing it is, from what can wait to what cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Good to know.
    Low,
    /// To be seen today.
    Medium,
    /// Something stands still.
    High,
    /// Something is being lost.
    Urgent,
}

impl Priority {
    /// The stored value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Urgent => "URGENT",
        }
    }
}

/// Whether a mail goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Email {
    /// As soon as it happens.
    AtOnce,
    /// Never.
    None,
}

impl Email {
    /// The stored value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::None => "none",
        }
    }
}

/// A kind of thing that people are told of.
#[derive(Debug, PartialEq, Eq)]
pub struct NoticeKind {
    /// Stable name in `snake_case`.
    pub code: &'static str,
    /// What people read in their preferences.
    pub label: Text,
    /// How pressing it is, where the notice does not say otherwise.
    pub priority: Priority,
    /// Whether it stands on the page of people who said nothing.
    pub page: bool,
    /// Whether people who said nothing get a mail.
    pub email: Email,
}

macro_rules! kinds {
    ($($name:ident $code:literal $priority:ident $email:ident $about:literal $en:literal $th:literal;)*) => {
        $(#[doc = $about] pub static $name: NoticeKind = NoticeKind {
            code: $code,
            label: Text::of($en, $th),
            priority: Priority::$priority,
            page: true,
            email: Email::$email,
        };)*
        /// Every kind, in the order in which preferences show them.
        pub static KINDS: &[&NoticeKind] = &[$(&$name),*];
    };
}

kinds! {
    TASK_ASSIGNED "task_assigned" Medium AtOnce
        "A task was given to the user by someone else." "Task assigned to me" "ได้รับมอบหมายงาน";
    SERVICE_JOB_ASSIGNED "service_job_assigned" Medium AtOnce
        "A service job was given to the user." "Service job assigned to me" "ได้รับมอบหมายงานบริการ";
    IMPORT_VALIDATED "import_validated" Low None
        "An import has been checked and waits for approval." "Import checked" "ตรวจสอบการนำเข้าแล้ว";
    IMPORT_COMPLETED "import_completed" Low None
        "An import has been applied." "Import completed" "นำเข้าเสร็จแล้ว";
    IMPORT_FAILED "import_failed" High AtOnce
        "An import could not be applied." "Import failed" "นำเข้าไม่สำเร็จ";
    SOURCE_DUE "source_due" Medium AtOnce
        "A file that people upload is due by the cadence of its data source." "File of a data source due" "ถึงกำหนดส่งไฟล์ของแหล่งข้อมูล";
    EXPORT_READY "export_ready" Low None
        "An export's file can be fetched." "Export ready" "ไฟล์ส่งออกพร้อมแล้ว";
    EXPORT_FAILED "export_failed" Medium None
        "An export could not be made." "Export failed" "ส่งออกไม่สำเร็จ";
    JOB_COMPLETED "job_completed" Low None
        "A background job that the user waits for is done." "Background job done" "งานเบื้องหลังเสร็จแล้ว";
    JOB_FAILED "job_failed" High AtOnce
        "A background job has used up its attempts." "Background job failed" "งานเบื้องหลังล้มเหลว";
    WEBHOOK_ENDPOINT_DISABLED "webhook_endpoint_disabled" High AtOnce
        "An endpoint failed for days and gets no more events." "Webhook endpoint disabled" "ปลายทางเว็บฮุคถูกปิด";
    WEBHOOK_FAILED "webhook_failed" High AtOnce
        "A received webhook could not be processed and waits for review." "Webhook failed" "เว็บฮุคล้มเหลว";
    INTEGRITY_FINDING "integrity_finding" Urgent AtOnce
        "A check of stored figures found a difference." "Data integrity finding" "พบข้อมูลไม่ตรงกัน";
}

/// The kind of this code.
pub fn kind(code: &str) -> Option<&'static NoticeKind> {
    KINDS.iter().copied().find(|kind| kind.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_distinct_and_told_in_two_languages() {
        for (place, one) in KINDS.iter().enumerate() {
            assert!(KINDS[..place].iter().all(|other| other.code != one.code), "{}", one.code);
            assert_ne!(one.label.en, one.label.th, "{}", one.code);
            assert_eq!(kind(one.code), Some(*one));
        }
    }
}
