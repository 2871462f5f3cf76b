//! Texts of the engine room.

use crate::ui::words::words;

words! {
    ADDRESS "Address" "ที่อยู่";
    ALL "All" "ทั้งหมด";
    ANSWER "Answer" "คำตอบ";
    ATTEMPT "Attempt" "ครั้งที่";
    ATTEMPTS "Attempts" "จำนวนครั้ง";
    BODY "Body" "เนื้อหา";
    CANCEL "Cancel" "ยกเลิก";
    DEAD "Dead jobs" "งานที่ล้มเหลว";
    DEAD_LETTERS "Failed, waiting for somebody" "ล้มเหลว รอการแก้ไข";
    DELIVERIES "Deliveries" "การส่ง";
    DONE "Done" "เสร็จแล้ว";
    ENDPOINTS "Endpoints" "ปลายทาง";
    ENGINE_ROOM "Engine room" "ห้องเครื่อง";
    ERROR "Error" "ข้อผิดพลาด";
    EVENT "Event" "เหตุการณ์";
    FAILING_SINCE "Failing since" "ล้มเหลวตั้งแต่";
    HEADERS "Headers" "ส่วนหัว";
    INBOUND "Webhooks in" "เว็บฮุกขาเข้า";
    JOBS "Jobs" "งาน";
    KIND "Kind" "ชนิด";
    LAST_RUN "Last run" "ครั้งล่าสุด";
    LATEST "Latest" "ล่าสุด";
    MORE "More" "เพิ่มเติม";
    NEXT_RUN "Next run" "ครั้งถัดไป";
    NONE_DEAD "Nothing has failed." "ไม่มีรายการที่ล้มเหลว";
    NONE_YET "Nothing here." "ไม่มีรายการ";
    NO_ATTEMPTS "No attempt was made yet." "ยังไม่มีการส่ง";
    OUTBOUND "Webhooks out" "เว็บฮุกขาออก";
    PAUSE "Pause" "หยุดชั่วคราว";
    PAUSED "Paused" "หยุดชั่วคราว";
    RECEIVED "Received" "ได้รับเมื่อ";
    REPLAY_ONE "Replay" "ทำใหม่";
    REPLAYED "replayed" "รายการถูกทำใหม่";
    REPLAY_ALL "Replay all" "ทำใหม่ทั้งหมด";
    REPLAY_FAILED "Send what failed again" "ส่งที่ล้มเหลวอีกครั้ง";
    REQUEST "Request" "คำขอ";
    RESUME "Resume" "ทำต่อ";
    RUN_NOW "Run now" "ทำทันที";
    SCHEDULE "Schedule" "กำหนดการ";
    SCHEDULES "Schedules" "กำหนดการ";
    SOURCE "Source" "แหล่ง";
    REPLAY "Replay…" "ส่งย้อนหลัง…";
    RESEND "Send again" "ส่งอีกครั้ง";
    TEST "Test" "ทดสอบ";
    STATUS "Status" "สถานะ";
    WHEN "When" "เมื่อ";
}
