//! Texts of the admins' pages.

use crate::ui::words::words;

words! {
    ABOUT_WHY "Whether this person may do something with a record, by which roles and along which path; the same rules answer as for every request." "บุคคลนี้ทำสิ่งใดกับระเบียนได้หรือไม่ ด้วยบทบาทใดและผ่านเส้นทางใด ตามกฎเดียวกับทุกคำขอ";
    ACTION "To do" "การกระทำ";
    ALLOWED "Yes" "ได้";
    CHECK "Find out" "ตรวจสอบ";
    DEFAULT "Default" "ค่าเริ่มต้น";
    KIND "Kind of record" "ชนิดระเบียน";
    NO_ROLE "None of their roles gives it." "ไม่มีบทบาทใดให้สิทธิ์นี้";
    OWNER "Owner" "เจ้าของ";
    PATH "Path to the owner" "เส้นทางถึงเจ้าของ";
    PERMISSION "Permission" "สิทธิ์";
    REACH "Reach" "ขอบเขต";
    REACH_ALL "all records" "ทุกระเบียน";
    REACH_OWN "their own records" "ระเบียนของตน";
    REACH_TEAM "records of their teams" "ระเบียนของทีม";
    RECORD "Record" "ระเบียน";
    RECORD_HELP "Leave it empty to ask about the kind of record alone." "เว้นว่างเพื่อถามเฉพาะชนิดระเบียน";
    REFUSED "No" "ไม่ได้";
    RESET "Use the default" "ใช้ค่าเริ่มต้น";
    ROLES "By these roles" "จากบทบาท";
    SETTINGS "Settings" "การตั้งค่า";
    SETTINGS_SAVED "Settings saved" "บันทึกการตั้งค่าแล้ว";
    SETTINGS_CHANGED "Somebody changed these settings while you were editing them. Nothing was saved." "มีผู้อื่นแก้ไขการตั้งค่านี้ระหว่างที่คุณแก้ไข ยังไม่มีการบันทึก";
    STATED "Set here" "กำหนดไว้ที่นี่";
    TEAMS "Shared teams" "ทีมที่อยู่ร่วมกัน";
    WHY "Why can this person see this?" "ทำไมบุคคลนี้จึงเห็นสิ่งนี้";
    WHY_SHORT "What may they see?" "เห็นอะไรได้บ้าง";
    WHY_ALL "They hold the permission for all records." "มีสิทธิ์กับทุกระเบียน";
    WHY_INACTIVE "The account is deactivated, so it may do nothing." "บัญชีถูกปิดใช้งาน จึงทำอะไรไม่ได้";
    WHY_NO_PERMISSION "None of their roles has this permission." "ไม่มีบทบาทใดมีสิทธิ์นี้";
    WHY_NOT_SEEN "They do not see this record: its owner is neither they nor in one of their teams." "มองไม่เห็นระเบียนนี้ เพราะเจ้าของไม่ใช่ตนเองและไม่อยู่ในทีมเดียวกัน";
    WHY_OUT_OF_REACH "They see this record, but the permission does not reach it." "มองเห็นระเบียนนี้ แต่สิทธิ์ไปไม่ถึง";
    WHY_OWN "They hold the permission, and own the record." "มีสิทธิ์ และเป็นเจ้าของระเบียน";
    WHY_PERMITTED "They hold the permission, for the records that it reaches." "มีสิทธิ์ กับระเบียนในขอบเขต";
    WHY_TEAM "They hold the permission for their teams, and the owner is in one of them." "มีสิทธิ์กับทีมของตน และเจ้าของอยู่ในทีมเดียวกัน";
}
