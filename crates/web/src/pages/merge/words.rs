//! Texts of the pages on which two records become one.

use crate::ui::words::words;

words! {
    COMPARE "Compare" "เปรียบเทียบ";
    CHOOSE_LEAD "Choose the record of the same thing. You see both side by side before anything happens." "เลือกระเบียนของสิ่งเดียวกัน คุณจะเห็นทั้งสองเทียบกันก่อนดำเนินการ";
    CONFLICTS "These stay: they changed hands since, or hang on something that stays" "รายการเหล่านี้คงอยู่ เพราะมีผู้ย้ายแล้ว หรือผูกกับสิ่งที่คงอยู่";
    FIELDS_STAY "These fields keep their values: somebody changed them since" "ช่องเหล่านี้คงค่าเดิม เพราะมีผู้แก้ไขแล้ว";
    GOES "Goes to the archive" "จะถูกเก็บถาวร";
    INTO "This record was merged into" "ระเบียนนี้ถูกรวมเข้ากับ";
    INTO_ANOTHER "another record" "ระเบียนอื่น";
    HIDDEN "A record that you may not see" "ระเบียนที่คุณไม่มีสิทธิ์ดู";
    LIKELY "Likely the same" "น่าจะเป็นรายการเดียวกัน";
    LIKELY_THERE "This is likely there already. Look first, then create it all the same if it is another one." "น่าจะมีอยู่แล้ว ตรวจดูก่อน หากเป็นคนละรายการจึงสร้าง";
    CREATE_ANYWAY "Create all the same" "สร้างต่อไป";
    MERGE "Merge" "รวม";
    MERGE_TWO "Merge these two" "รวมสองรายการนี้";
    MERGED "Merged" "รวมแล้ว";
    MOVES "What goes over" "สิ่งที่จะย้าย";
    MOVES_NOTHING "Nothing else belongs to it." "ไม่มีรายการอื่นที่ผูกอยู่";
    ONLY_TWO "Select exactly two records to merge." "เลือกสองรายการเพื่อรวม";
    SAME "The same in both" "เหมือนกันทั้งสอง";
    SAME_RECORD "A record cannot be merged with itself. Choose another one." "รวมระเบียนกับตัวเองไม่ได้ เลือกระเบียนอื่น";
    STAYS "Stays" "คงอยู่";
    SWAP "Keep the other one instead" "เก็บอีกระเบียนแทน";
    TELLS_APART "tells records apart and stays" "ใช้แยกระเบียน จึงคงเดิม";
    UNDO_LEAD "You can take this back afterwards." "เลิกทำได้ภายหลัง";
    UNDONE "Taken back" "เลิกการรวมแล้ว";
    UNDONE_PARTLY "Taken back, but for some of it" "เลิกการรวมแล้ว ยกเว้นบางส่วน";
    VALUES "Values" "ค่าในช่อง";
    WHICH "Which one stays" "ระเบียนใดคงอยู่";
}
