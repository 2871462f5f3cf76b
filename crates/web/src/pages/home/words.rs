//! Texts of arranging the home page.

use crate::ui::words::words;

words! {
    ARRANGE "Arrange" "จัดหน้า";
    ARRANGE_HELP "Drag a widget, or move it with the arrow keys; Shift and an arrow change its size." "ลากวิดเจ็ต หรือเลื่อนด้วยปุ่มลูกศร กด Shift กับลูกศรเพื่อเปลี่ยนขนาด";
    BACK "Move back" "เลื่อนไปก่อนหน้า";
    DONE "Done" "เสร็จ";
    EVERYBODY "Use for everybody" "ใช้กับทุกคน";
    FORWARD "Move on" "เลื่อนถัดไป";
    FOR_EVERYBODY "Everybody who arranged nothing sees this now." "ทุกคนที่ยังไม่ได้จัดหน้าจะเห็นแบบนี้";
    HIDDEN "Hidden" "ที่ซ่อนไว้";
    HIDE "Hide" "ซ่อน";
    NONE_SHOWN "No widget is shown." "ไม่มีวิดเจ็ตที่แสดง";
    RESET "Reset" "คืนค่า";
    RESET_DONE "Your page is arranged as it was at first." "คืนหน้าเป็นแบบเริ่มต้นแล้ว";
    SHOW "Show" "แสดง";
    SIZE "Change size" "เปลี่ยนขนาด";
}
