//! What the pages of imports say, in both languages.

use model::field::Text;

macro_rules! words {
    ($($name:ident $en:literal $th:literal;)*) => {
        $(#[doc = $en] pub const $name: Text = Text::of($en, $th);)*
        #[cfg(test)]
        static EVERY: &[Text] = &[$($name),*];
    };
}

words! {
    TITLE "Imports" "การนำเข้า";
    DROP_LEAD "Drop spreadsheets here, or choose them" "วางไฟล์สเปรดชีตที่นี่ หรือเลือกไฟล์";
    DROP_HELP "CSV, TSV, Excel, OpenDocument, or a ZIP of them; up to 512 MiB. Nothing is written until you approve." "CSV, TSV, Excel, OpenDocument หรือ ZIP ของไฟล์เหล่านี้ ไม่เกิน 512 MiB จะไม่บันทึกจนกว่าคุณจะอนุมัติ";
    CHOOSE_FILES "Choose files" "เลือกไฟล์";
    HOLDS "What do they hold?" "ไฟล์มีข้อมูลอะไร";
    FIND_OUT "Find out by itself" "ตรวจหาเอง";
    UPLOAD "Upload" "อัปโหลด";
    NONE_YET "Nothing was imported yet." "ยังไม่มีการนำเข้า";
    FILE "File" "ไฟล์";
    STATUS "Status" "สถานะ";
    ROWS "Rows" "แถว";
    WHEN "When" "เมื่อ";
    STEP_UPLOAD "Upload" "อัปโหลด";
    STEP_MAP "Map columns" "จับคู่คอลัมน์";
    STEP_CHECK "Check rows" "ตรวจแถว";
    STEP_APPROVE "Approve" "อนุมัติ";
    STEP_DONE "Import" "นำเข้า";
    IN_FILE "In your file" "ในไฟล์ของคุณ";
    FIELD "Field" "ฟิลด์";
    MATCH "Match" "การจับคู่";
    LEAVE_OUT "Do not import" "ไม่นำเข้า";
    CERTAIN "Sure" "แน่ใจ";
    LIKELY "Likely" "น่าจะใช่";
    CHOOSE_FIELD "Choose a field" "เลือกฟิลด์";
    SKIPPED "Left out" "ไม่นำเข้า";
    REQUIRED_FIELDS "Required fields" "ฟิลด์ที่จำเป็น";
    NOT_MAPPED "not mapped" "ยังไม่จับคู่";
    PREVIEW "Preview" "ตัวอย่าง";
    FIRST_ROW "first values of the file" "ค่าแรกในไฟล์";
    NOTHING_WRITTEN "Nothing is written until you approve." "จะไม่บันทึกจนกว่าคุณจะอนุมัติ";
    MAP_AGAIN "Map again" "จับคู่ใหม่";
    CHECK "Check the rows" "ตรวจแถว";
    CHECK_AGAIN "Change the mapping" "แก้การจับคู่";
    CREATED "To create" "จะสร้าง";
    UPDATED "To update" "จะแก้ไข";
    UNCHANGED "Unchanged" "ไม่เปลี่ยน";
    SKIPPED_ROWS "Skipped" "ข้าม";
    FAILED "With errors" "มีข้อผิดพลาด";
    DID_CREATE "Created" "สร้างแล้ว";
    DID_UPDATE "Updated" "แก้ไขแล้ว";
    WHAT_IS_WRONG "What is wrong" "สิ่งที่ผิด";
    WARNINGS "Worth a look" "ควรตรวจดู";
    HOW_OFTEN "How often" "จำนวนครั้ง";
    FIRST_IN "First in row" "พบครั้งแรกในแถว";
    ERROR_FILE "Rows with errors as a file" "ดาวน์โหลดแถวที่มีข้อผิดพลาด";
    ERROR_FILE_HELP "Correct it and drop it in again: it has the layout of yours, with a column that says what is wrong." "แก้ไขแล้วนำเข้าอีกครั้ง ไฟล์มีรูปแบบเดิมพร้อมคอลัมน์บอกข้อผิดพลาด";
    ALL_OR_NOTHING_NOTE "This import is done whole or not at all: correct the rows with errors and drop the file in again." "การนำเข้านี้ทำทั้งหมดหรือไม่ทำเลย แก้แถวที่ผิดแล้วนำเข้าไฟล์อีกครั้ง";
    SHOW_PROBLEMS "With errors" "มีข้อผิดพลาด";
    SHOW_CREATE "To create" "จะสร้าง";
    SHOW_UPDATE "To update" "จะแก้ไข";
    SHOW_ALL "All rows" "ทุกแถว";
    NO_SUCH_ROWS "There are no such rows." "ไม่มีแถวเช่นนี้";
    MORE_ROWS "More rows" "แถวเพิ่มเติม";
    APPROVE "Approve and import" "อนุมัติและนำเข้า";
    MAY_NOT "Somebody who may approve imports goes on from here." "ผู้มีสิทธิ์อนุมัติการนำเข้าจะดำเนินการต่อ";
    STOP "Stop" "หยุด";
    GO_ON "Go on" "ดำเนินการต่อ";
    INTERRUPTED "The work on this import was interrupted. It goes on where it stood." "การนำเข้านี้หยุดกลางคัน ดำเนินการต่อจากจุดเดิมได้";
    UNDO "Take it back" "เลิกทำการนำเข้า";
    UNDO_ASK "Records that it made are removed, and those that it changed get their earlier values. What somebody changed since stays." "ข้อมูลที่สร้างจะถูกลบ ข้อมูลที่แก้ไขจะกลับเป็นค่าเดิม ข้อมูลที่ผู้อื่นแก้ไขภายหลังจะคงไว้";
    REMOVED "removed" "ลบแล้ว";
    RESTORED "restored" "คืนค่าแล้ว";
    CONFLICTS "left alone, changed since" "คงไว้ เพราะถูกแก้ไขภายหลัง";
    WAITING "Waiting for a worker" "รอคิวทำงาน";
    STAGING "Reading the file" "กำลังอ่านไฟล์";
    VALIDATING "Checking the rows" "กำลังตรวจแถว";
    COMMITTING "Writing" "กำลังบันทึก";
    UNDOING "Taking back" "กำลังเลิกทำ";
    LEAVE_PAGE "You may leave this page: the work goes on." "ออกจากหน้านี้ได้ งานจะดำเนินต่อ";
    ANOTHER "Import more" "นำเข้าเพิ่ม";
    SEE "See" "ดู";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        let thai = |text: &str| text.chars().any(|letter| ('\u{e01}'..='\u{e5b}').contains(&letter));
        for text in EVERY {
            assert!(!text.en.is_empty() && !thai(text.en) && thai(text.th), "{}", text.en);
        }
    }
}
