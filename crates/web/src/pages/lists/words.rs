//! Texts of lists and what they offer.

use crate::ui::words::words;

words! {
    ALL "All" "ทั้งหมด";
    ASK_EXPORT "Export" "ส่งออก";
    ASKED "The export is under way." "กำลังส่งออก";
    ARCHIVED "archived" "รายการถูกเก็บถาวร";
    CHANGED "changed" "รายการถูกแก้ไข";
    CLEAR "Clear the selection" "ล้างการเลือก";
    CLOSE "Close" "ปิด";
    COLUMNS "Columns" "คอลัมน์";
    DEFAULT_OFF "Do not begin with this view" "ไม่เริ่มด้วยมุมมองนี้";
    DEFAULT_ON "Begin with this view" "เริ่มด้วยมุมมองนี้";
    DELETE "Delete the view" "ลบมุมมอง";
    DISPLAY "Display" "การแสดงผล";
    DOWNLOAD "Download" "ดาวน์โหลด";
    EXPIRES "Kept until" "เก็บไว้ถึง";
    EXPORTS "Exports" "การส่งออก";
    EXPORT_LEAD "Take out all records of a kind as a file. A list exports what it shows: its filters, order and columns." "ส่งออกระเบียนทั้งหมดของชนิดหนึ่งเป็นไฟล์ หรือส่งออกจากหน้ารายการตามตัวกรอง ลำดับ และคอลัมน์ที่แสดง";
    FORMAT "Format" "รูปแบบ";
    KIND "Kind of record" "ชนิดระเบียน";
    NONE_YET "No exports yet." "ยังไม่มีการส่งออก";
    NARROWED "Some of them" "บางส่วน";
    NOT_DONE "not:" "รายการไม่สำเร็จ:";
    NOTHING_PICKED "Select at least one record." "เลือกอย่างน้อยหนึ่งรายการ";
    OPEN "Open" "เปิด";
    PEEK "Look at it here" "ดูที่นี่";
    PICK "Select" "เลือก";
    PICK_ALL "Select all of this page" "เลือกทั้งหมดในหน้านี้";
    PICKED "selected" "รายการที่เลือก";
    RELATED "Related" "ที่เกี่ยวข้อง";
    RENAME "Rename" "เปลี่ยนชื่อ";
    RESET "Reset" "คืนค่า";
    RESTORED "restored" "รายการถูกนำกลับ";
    ROWS "Records" "ระเบียน";
    SAVE_CHANGES "Save changes" "บันทึกการเปลี่ยนแปลง";
    SAVE_VIEW "Save view" "บันทึกมุมมอง";
    SAVED "The view is saved." "บันทึกมุมมองแล้ว";
    SET "Set" "กำหนดค่า";
    SET_FIELD "Set a field" "กำหนดค่าช่อง";
    SHARE "Share with everybody" "แชร์กับทุกคน";
    SHARED "shared" "แชร์";
    STATUS "Status" "สถานะ";
    UNSHARE "Keep to myself" "เก็บไว้ดูคนเดียว";
    USUAL "Usual columns" "คอลัมน์ปกติ";
    VIEW "View" "มุมมอง";
    VIEWS "Views" "มุมมอง";
    VIEW_DELETED "The view is deleted." "ลบมุมมองแล้ว";
    VIEW_NAME "Name of the view" "ชื่อมุมมอง";
    WHEN "Asked" "ขอเมื่อ";
}
