//! What is wrong, in the reader's language: problems and errors of fields.
//!
//! The API's sentences are English. Thai pages tell the same by code, with the field's Thai label.

use model::{
    field::Field,
    problem::{FieldError, Problem},
};

use crate::ui::Lang;

/// The sentence of a field's error.
pub fn wrong(lang: Lang, field: Option<&Field>, error: &FieldError) -> String {
    if lang == Lang::En {
        return error.message.clone();
    }
    let label = field.map_or(error.field.as_str(), |field| field.label.th);
    let said = VALUES.iter().find(|(code, _)| *code == error.code).map(|(_, said)| *said);
    let meant = error.suggestion.as_ref().map(|meant| format!(" หมายถึง {meant} หรือไม่")).unwrap_or_default();
    said.map_or_else(|| error.message.clone(), |said| format!("{label}{said}{meant}"))
}

/// What is wrong with a value or a row in Thai, by its code.
pub fn of_code(code: &str) -> Option<&'static str> {
    VALUES.iter().chain(ROWS).find(|(known, _)| *known == code).map(|(_, said)| *said)
}

/// The sentence of a problem.
pub fn said(lang: Lang, problem: &Problem) -> String {
    if lang == Lang::En {
        return problem.detail().to_owned();
    }
    let said = PROBLEMS.iter().find(|(code, _)| *code == problem.code().code).map(|(_, said)| *said);
    said.map_or_else(|| problem.detail().to_owned(), str::to_owned)
}

/// What is wrong with rows of imported files, by code.
static ROWS: &[(&str, &str)] = &[
    ("wrong_number_of_cells", "จำนวนเซลล์ในแถวไม่เท่ากับหัวตาราง"),
    ("bad_bytes", "แถวมีอักขระที่อ่านไม่ได้ บันทึกไฟล์เป็น UTF-8"),
    ("cell_too_long", "เซลล์ยาวเกินไป"),
    ("unclosed_quote", "เครื่องหมายคำพูดเปิดแล้วไม่ปิด"),
    ("row_repaired", "แถวนี้เขียนต่างจากแถวอื่น อ่านตามที่น่าจะหมายถึง โปรดตรวจดู"),
    ("bad_row", "อ่านแถวนี้ไม่ได้"),
    ("disagrees", "แถวของรายการเดียวกันระบุค่าไม่ตรงกัน"),
    ("differs", "แถวของรายการเดียวกันระบุค่าไม่ตรงกัน ใช้ค่าจากแถวแรก"),
    ("without_price", "บรรทัดนี้ไม่มีราคา"),
    ("link_failed", "รายการที่อ้างถึงอยู่ในไฟล์นี้แต่มีข้อผิดพลาด"),
    ("ambiguous", "มีหลายรายการที่ตรงกับแถวนี้ ใส่รหัส"),
    ("exists", "มีรายการนี้อยู่แล้ว"),
    ("does_not_exist", "ไม่มีรายการนี้"),
    ("archived", "รายการนี้ถูกเก็บเข้าคลังแล้ว"),
    ("not_imported", "เอกสารนี้สร้างที่นี่ การนำเข้าจะไม่แก้ไข"),
    ("belongs_to_failed", "รายการที่แถวนี้สังกัดมีข้อผิดพลาด"),
    ("line_failed", "อีกแถวหนึ่งของเอกสารเดียวกันมีข้อผิดพลาด"),
    ("changed_meanwhile", "รายการถูกแก้ไขระหว่างนำเข้า"),
    ("time_left_out", "ฟิลด์นี้รับเฉพาะวันที่ เวลาถูกตัดออก"),
    ("undo_conflict", "รายการถูกแก้ไขภายหลังหรือมีรายการอื่นอ้างถึง"),
];

/// What follows a field's Thai label, by code.
static VALUES: &[(&str, &str)] = &[
    ("required", "จำเป็นต้องกรอก"),
    ("unknown_field", "ไม่มีอยู่"),
    ("read_only", "แก้ไขไม่ได้"),
    ("wrong_type", "มีชนิดข้อมูลไม่ถูกต้อง"),
    ("too_long", "ยาวเกินไป"),
    ("bad_character", "มีอักขระที่ใช้ไม่ได้"),
    ("not_a_number", "ไม่ใช่ตัวเลข เขียนเช่น 1234.50"),
    ("not_a_whole_number", "ต้องเป็นจำนวนเต็ม"),
    ("too_precise", "มีทศนิยมมากเกินไป"),
    ("too_large", "มีค่ามากเกินไป"),
    ("too_small", "มีค่าน้อยเกินไป"),
    ("not_a_boolean", "ต้องเป็นใช่หรือไม่ใช่"),
    ("not_a_date", "ไม่ใช่วันที่ เขียนเช่น 2026-01-31"),
    ("ambiguous_date", "อ่านได้สองแบบ เขียนเช่น 2026-01-31"),
    ("not_a_time", "ไม่ใช่วันเวลา"),
    ("not_a_choice", "ไม่อยู่ในตัวเลือก"),
    ("not_an_email", "ไม่ใช่อีเมล เขียนเช่น name@example.com"),
    ("not_a_phone", "ไม่ใช่หมายเลขโทรศัพท์"),
    ("not_a_url", "ไม่ใช่ที่อยู่เว็บ เขียนเช่น https://example.com"),
    ("not_an_id", "ไม่ใช่ ID"),
    ("not_an_address", "ไม่ใช่ที่อยู่เครือข่าย"),
    ("not_a_country", "ไม่ใช่ประเทศ เขียนชื่อหรือรหัสเช่น TH"),
    ("not_a_currency", "ไม่ใช่สกุลเงิน เขียนรหัสเช่น THB"),
    ("not_json", "ไม่ใช่ JSON"),
    ("not_a_slug", "ใช้ได้เฉพาะ a–z, 0–9 และขีดกลาง"),
    ("unknown_link", "ไม่พบรายการนี้ เลือกจากรายการ"),
    ("ambiguous_link", "มีหลายรายการชื่อนี้ ใช้รหัสแทน"),
    ("out_of_reach", "อยู่นอกขอบเขตสิทธิ์ของคุณ"),
    ("duplicate", "ซ้ำกับรายการอื่น"),
    ("repeated", "ซ้ำกันในคำขอนี้"),
    ("not_a_schedule", "ไม่ใช่กำหนดเวลา"),
    ("inconsistent", "ขัดแย้งกับช่องอื่น"),
    ("too_short", "สั้นเกินไป"),
    ("too_easy", "เดาง่ายเกินไป เลือกคำอื่น"),
];

/// Thai sentences of problems that pages meet, by code.
static PROBLEMS: &[(&str, &str)] = &[
    ("bad_request", "อ่านคำขอนี้ไม่ได้"),
    ("unknown_field", "ที่อยู่นี้กล่าวถึงช่องที่ไม่มีอยู่"),
    ("bad_cursor", "หน้านี้ของรายการเปิดไม่ได้แล้ว เริ่มจากหน้าแรกอีกครั้ง"),
    ("unauthenticated", "กรุณาเข้าสู่ระบบ"),
    ("forbidden", "คุณไม่มีสิทธิ์สำหรับเรื่องนี้ ขอสิทธิ์จากผู้ดูแลระบบของบริษัท"),
    ("other_origin", "คำขอนี้มาจากเว็บอื่น จึงไม่ดำเนินการ"),
    ("not_found", "ไม่พบรายการนี้"),
    ("method_not_allowed", "ทำเช่นนี้กับที่อยู่นี้ไม่ได้"),
    ("invalid", "บางช่องต้องแก้ไข"),
    ("duplicate", "มีรายการอื่นที่ใช้คีย์เดียวกัน"),
    ("conflict", "ขัดแย้งกับข้อมูลที่บันทึกไว้"),
    ("changed", "มีผู้อื่นแก้ไขรายการนี้แล้ว"),
    ("too_large", "ข้อมูลมีขนาดใหญ่เกินไป"),
    ("unsupported_media", "ไม่รองรับข้อมูลชนิดนี้"),
    ("too_slow", "ใช้เวลานานเกินไป ลองกรองให้แคบลง"),
    ("rate_limited", "คำขอมากเกินไป รอสักครู่แล้วลองใหม่"),
    ("internal", "เกิดข้อผิดพลาดทางฝั่งเรา ไม่มีการบันทึก"),
    ("unavailable", "ระบบไม่พร้อมใช้งานชั่วคราว ลองใหม่อีกครั้ง"),
    ("access_changed", "สิทธิ์การใช้งานเพิ่งเปลี่ยน ลองใหม่อีกครั้ง"),
    ("busy", "กำลังดำเนินการอยู่"),
    ("idempotency_key_reused", "แบบฟอร์มนี้ถูกส่งแล้วด้วยข้อมูลอื่น โหลดหน้าใหม่"),
    ("idempotency_key_busy", "แบบฟอร์มนี้กำลังดำเนินการอยู่ รอสักครู่"),
    ("in_use", "มีรายการอื่นอ้างถึงรายการนี้อยู่"),
    ("bad_file", "อ่านไฟล์นี้ไม่ได้"),
    ("schema_behind", "ฐานข้อมูลต้องอัปเกรดก่อน"),
    ("sign_in_refused", "บริษัท อีเมล หรือรหัสผ่านไม่ถูกต้อง หรือบัญชีถูกระงับหรือล็อก"),
    ("code_required", "รหัสผ่านถูกต้อง กรอกรหัสยืนยันขั้นที่สอง"),
    ("code_refused", "รหัสยืนยันไม่ถูกต้องหรือหมดอายุ รอรหัสถัดไป"),
    ("sign_in_busy", "มีผู้เข้าสู่ระบบพร้อมกันจำนวนมาก ลองใหม่ในอีกสักครู่"),
    ("merge_of_archived", "ระเบียนที่เก็บถาวรรวมไม่ได้ นำกลับก่อนหรือเลือกระเบียนอื่น"),
    ("merge_of_currencies", "สองระเบียนใช้คนละสกุลเงินและมีเอกสารแล้ว"),
    ("merge_of_same_keys", "ทั้งสองมีเอกสารเดียวกันที่มีรายการอื่นผูกอยู่ แก้ไขก่อนแล้วจึงรวม"),
    ("not_merged", "ไม่มีการรวมให้เลิก"),
    ("merged_since", "มีการรวมภายหลัง เลิกรายการนั้นก่อน"),
    ("link_refused", "ลิงก์นี้ใช้ไม่ได้แล้ว ขอลิงก์ใหม่"),
];

#[cfg(test)]
mod tests {
    use model::{problem, value};

    use super::*;

    #[test]
    fn every_error_of_a_field_is_told_in_thai() {
        for code in value::codes::ALL {
            assert!(VALUES.iter().any(|(known, _)| *known == code.code), "{}", code.code);
        }
    }

    #[test]
    fn every_general_problem_is_told_in_thai() {
        for code in problem::codes::ALL {
            assert!(PROBLEMS.iter().any(|(known, _)| *known == code.code), "{}", code.code);
        }
    }
}
