//! Every text of the pages that no description holds, in both languages: one without Thai does not compile.

/// Texts as constants, in English and Thai; a test of the module holds that both are there.
macro_rules! words {
    ($($name:ident $en:literal $th:literal;)*) => {
        $(#[doc = $en] pub const $name: model::field::Text = model::field::Text::of($en, $th);)*

        #[cfg(test)]
        mod tests {
            #[test]
            fn every_text_is_there_in_both_languages() {
                let thai = |text: &str| text.chars().any(|letter| ('\u{e01}'..='\u{e5b}').contains(&letter));
                for text in [$(super::$name),*] {
                    assert!(!text.en.is_empty() && !thai(text.en), "{}", text.en);
                    assert!(thai(text.th) || text.th == "Tenantry", "{}", text.en);
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    ACTIONS "Actions" "การดำเนินการ";
    ADD_FILTER "Filter" "ตัวกรอง";
    ADMINISTRATION "Administration" "การดูแลระบบ";
    ALL_RECORDS "All records" "ข้อมูลทั้งหมด";
    ALL_WELL "Nothing waits for you." "ไม่มีอะไรค้าง";
    APPLY "Apply" "ใช้";
    ARCHIVE "Archive" "เก็บถาวร";
    ARCHIVED "Archived" "เก็บถาวรแล้ว";
    ARCHIVED_ONLY "Archived only" "เฉพาะที่เก็บถาวร";
    ARCHIVED_NOTE "This record is in the archive. Lists leave it out." "รายการนี้ถูกเก็บถาวร จึงไม่แสดงในรายการ";
    ATTENTION "Needs attention" "ต้องดูแล";
    BACK "Back" "ย้อนกลับ";
    BACK_TO_SIGN_IN "Back to sign-in" "กลับไปหน้าเข้าสู่ระบบ";
    BY_PROGRAM "Tenantry" "Tenantry";
    CANCEL "Cancel" "ยกเลิก";
    CHANGED_MEANWHILE "Somebody changed this record while you were editing it. Nothing was saved." "มีผู้อื่นแก้ไขรายการนี้ระหว่างที่คุณแก้ไข ยังไม่มีการบันทึก";
    CHANGES_OVER "Save mine over theirs" "บันทึกของฉันทับ";
    CHOOSE "Choose…" "เลือก…";
    CLEAR_FILTERS "Clear search and filters" "ล้างการค้นหาและตัวกรอง";
    CODE "Code" "รหัสยืนยัน";
    CODE_HELP "Six digits from your authenticator app, or a recovery code." "ตัวเลขหกหลักจากแอปยืนยันตัวตน หรือรหัสกู้คืน";
    COMPANY "Company" "บริษัท";
    COMPANY_HELP "Its name in addresses, such as well-crafted." "ชื่อในที่อยู่เว็บ เช่น well-crafted";
    CONTAINS "contains" "มีคำว่า";
    COPIED "Copied" "คัดลอกแล้ว";
    COPY "Copy" "คัดลอก";
    COPY_ID "Copy ID" "คัดลอก ID";
    CREATE "Create" "สร้าง";
    CREATED "created" "สร้าง";
    DARK "Dark" "มืด";
    DETAILS "Details" "รายละเอียด";
    DONE "Done" "เสร็จแล้ว";
    DONE_ARCHIVED "Archived" "เก็บถาวรแล้ว";
    DONE_CREATED "Created" "สร้างแล้ว";
    DONE_RESTORED "Restored" "นำกลับแล้ว";
    DONE_SAVED "Saved" "บันทึกแล้ว";
    EDIT "Edit" "แก้ไข";
    EMAIL "E-mail" "อีเมล";
    FIELDS_WRONG "Some fields need attention. Nothing was saved." "บางช่องต้องแก้ไข ยังไม่มีการบันทึก";
    FORGOT "Forgot your password?" "ลืมรหัสผ่าน?";
    FORGOT_SENT "If there is such an account, a mail with a link is on its way. The link works once and for one hour." "หากมีบัญชีนี้ ระบบกำลังส่งอีเมลพร้อมลิงก์ ลิงก์ใช้ได้ครั้งเดียวภายในหนึ่งชั่วโมง";
    FORGOT_TITLE "Choose a new password" "ตั้งรหัสผ่านใหม่";
    FORGOT_LEAD "We send a link to your e-mail address." "เราจะส่งลิงก์ไปยังอีเมลของคุณ";
    FROM "From" "ตั้งแต่";
    GO_TO "Go to" "ไปที่";
    GROUP_ADDRESS "Contact and address" "การติดต่อและที่อยู่";
    GROUP_AMOUNTS "Amounts and terms" "จำนวนเงินและเงื่อนไข";
    GROUP_CUSTOM "Custom fields" "ฟิลด์เพิ่มเติม";
    GROUP_LINKS "Belongs to" "เกี่ยวข้องกับ";
    GROUP_MAIN "Details" "รายละเอียด";
    GROUP_NOTES "Notes and more" "หมายเหตุและอื่น ๆ";
    HISTORY "History" "ประวัติ";
    HOME "Home" "หน้าแรก";
    INVOICED "Invoiced this month" "ออกใบแจ้งหนี้เดือนนี้";
    INVOICED_BY_MONTH "Invoiced by month" "ยอดใบแจ้งหนี้รายเดือน";
    IS "is" "คือ";
    IS_ANY "is any of" "เป็นหนึ่งใน";
    IS_AT_LEAST "is at least" "ตั้งแต่";
    IS_AT_MOST "is at most" "ไม่เกิน";
    IS_BETWEEN "is between" "อยู่ระหว่าง";
    IS_BELOW "is below" "น้อยกว่า";
    IS_ABOVE "is above" "มากกว่า";
    IS_EMPTY "is empty" "ว่าง";
    IS_FILLED "is filled" "ไม่ว่าง";
    IS_LIKE "is like" "ตรงรูปแบบ";
    IS_NOT "is not" "ไม่ใช่";
    LANGUAGE "Language" "ภาษา";
    LAST_12_MONTHS "Last 12 months" "12 เดือนล่าสุด";
    LIGHT "Light" "สว่าง";
    LIST_EMPTY "There is nothing here yet." "ยังไม่มีข้อมูล";
    LIST_NONE "Nothing fits this search and these filters." "ไม่พบรายการที่ตรงกับการค้นหาและตัวกรอง";
    MAIN_MENU "Main menu" "เมนูหลัก";
    MINE "Yours" "ของคุณ";
    MORE "More" "เพิ่มเติม";
    NEW "New" "เพิ่ม";
    NEW_PASSWORD "New password" "รหัสผ่านใหม่";
    NEW_PASSWORD_HELP "At least 10 characters, and not one that is easily guessed." "อย่างน้อย 10 อักขระ และเดาได้ยาก";
    NEXT_PAGE "Next page" "หน้าถัดไป";
    NOTICES "Notifications" "การแจ้งเตือน";
    NOTICES_ALL "All notifications" "การแจ้งเตือนทั้งหมด";
    NOTICES_NONE "You have been told nothing yet." "ยังไม่มีการแจ้งเตือน";
    NOTICES_READ "Mark all as read" "ทำเครื่องหมายว่าอ่านแล้วทั้งหมด";
    UNREAD "unread" "ยังไม่อ่าน";
    NO "No" "ไม่ใช่";
    NO_HISTORY "Nothing is written down yet." "ยังไม่มีบันทึก";
    NO_TITLE "without number" "ยังไม่มีเลขที่";
    OF "of" "จาก";
    OLD_PASSWORD "Current password" "รหัสผ่านปัจจุบัน";
    OPEN_LIST "Open the list" "เปิดรายการ";
    OVERVIEW "Overview" "ภาพรวม";
    OVERDUE "Overdue" "เกินกำหนดชำระ";
    PASSWORD "Password" "รหัสผ่าน";
    PASSWORD_CHANGED "Password changed; other devices are signed out" "เปลี่ยนรหัสผ่านแล้ว อุปกรณ์อื่นถูกออกจากระบบ";
    PASSWORD_SET "Your password is set. Sign in with it." "ตั้งรหัสผ่านแล้ว เข้าสู่ระบบด้วยรหัสผ่านใหม่ได้เลย";
    PASSWORD_SET_PORTAL "Your password is set." "ตั้งรหัสผ่านแล้ว";
    PREVIOUS_PAGE "Previous page" "หน้าก่อน";
    PROFILE "Your profile" "โปรไฟล์ของคุณ";
    RECORDS "Records" "ระเบียน";
    REMOVE_FILTER "Remove filter" "เอาตัวกรองออก";
    REQUEST "Request" "คำขอ";
    REQUIRED "required" "จำเป็น";
    RESET_TITLE "Choose a new password" "ตั้งรหัสผ่านใหม่";
    ACCEPT_TITLE "Welcome. Choose a password" "ยินดีต้อนรับ ตั้งรหัสผ่าน";
    RESTORE "Restore" "นำกลับ";
    RETRY "Try again" "ลองใหม่";
    SAVE "Save" "บันทึก";
    SAVE_PASSWORD "Set password" "ตั้งรหัสผ่าน";
    SEARCH "Search" "ค้นหา";
    SEARCH_OR_JUMP "Search or jump to…" "ค้นหาหรือไปที่…";
    SECOND_STEP "Second step" "การยืนยันขั้นที่สอง";
    SECOND_STEP_HELP "Type this secret into your authenticator app, then the code that it shows." "พิมพ์รหัสลับนี้ในแอปยืนยันตัวตน แล้วกรอกรหัสที่แอปแสดง";
    SECOND_STEP_ON "The second step is on. These codes open the door when the device is lost." "เปิดการยืนยันขั้นที่สองแล้ว ใช้รหัสเหล่านี้เมื่ออุปกรณ์หาย";
    SECOND_STEP_OFF "The second step is off" "ปิดการยืนยันขั้นที่สองแล้ว";
    SESSION_ENDED "Signed out there" "ออกจากระบบที่นั่นแล้ว";
    SESSIONS "Where you are signed in" "อุปกรณ์ที่เข้าสู่ระบบ";
    SET_UP "Set up" "ตั้งค่า";
    SWITCH_OFF "Switch off" "ปิด";
    SWITCH_ON "Switch on" "เปิด";
    SEND_LINK "Send the link" "ส่งลิงก์";
    SHORTCUTS "Keyboard shortcuts" "แป้นพิมพ์ลัด";
    KEY_PALETTE "Search or jump" "ค้นหาหรือไปที่";
    KEY_SEARCH "Search the list" "ค้นหาในรายการ";
    KEY_FILTER "Filter" "ตัวกรอง";
    KEY_CREATE "Create" "สร้าง";
    KEY_EDIT "Edit" "แก้ไข";
    KEY_MOVE "Move through the list" "เลื่อนในรายการ";
    KEY_SELECT "Select, with Shift up to here" "เลือก กด Shift เพื่อเลือกถึงแถวนี้";
    KEY_PEEK "Look at it beside the list" "ดูข้างรายการ";
    KEY_OPEN "Open" "เปิด";
    KEY_GO "Go to home, customers, orders, imports" "ไปหน้าแรก ลูกค้า คำสั่งซื้อ การนำเข้า";
    KEY_SHEET "This sheet" "หน้าต่างนี้";
    SHOWN_ONCE "This is shown once. Keep it now; nobody can look it up later." "ข้อมูลนี้แสดงเพียงครั้งเดียว เก็บไว้ตอนนี้ จะดูภายหลังไม่ได้";
    SIGN_IN "Sign in" "เข้าสู่ระบบ";
    SIGN_IN_AGAIN "Please sign in; your session has ended." "กรุณาเข้าสู่ระบบ เซสชันของคุณสิ้นสุดแล้ว";
    SIGN_IN_TITLE "Sign in to Tenantry" "เข้าสู่ระบบ Tenantry";
    SIGN_OUT "Sign out" "ออกจากระบบ";
    SIGNED_OUT "You are signed out." "ออกจากระบบแล้ว";
    SKIP "Skip to content" "ข้ามไปยังเนื้อหา";
    SYSTEM "System" "ตามระบบ";
    TAB_BAR "Main menu, compact" "เมนูหลักแบบย่อ";
    THAN_LAST_MONTH "vs last month" "เทียบเดือนก่อน";
    THEIRS "Theirs" "ของผู้อื่น";
    THEME "Theme" "ธีม";
    THIS_DEVICE "this device" "อุปกรณ์นี้";
    TO "To" "ถึง";
    TO_APPROVE "Waiting for approval" "รออนุมัติ";
    TO_SHIP "To ship" "รอจัดส่ง";
    TO_LIST "Back to the list" "กลับไปที่รายการ";
    UNDO "Undo" "เลิกทำ";
    UPDATED "changed" "แก้ไข";
    YEAR_BEFORE "a year before" "ปีก่อนหน้า";
    YES "Yes" "ใช่";
    YOUR_MENU "Your menu" "เมนูของคุณ";
    ACTION_ARCHIVE "archived" "เก็บถาวร";
    ACTION_RESTORE "restored" "นำกลับ";
    ACTION_DELETE "removed" "ลบ";
    ACTION_VIEW "looked at" "เปิดดู";
    IMPORTED "by an import" "โดยการนำเข้า";
    UPDATED_AT "Updated" "แก้ไขเมื่อ";
    FIELD "Field" "ช่อง";
    NO_RIGHT_TITLE "You may not open this" "คุณไม่มีสิทธิ์เปิดหน้านี้";
    NOT_FOUND_TITLE "This page is not here" "ไม่พบหน้านี้";
    NOT_FOUND_LEAD "The address leads nowhere, or to something that you may not see." "ที่อยู่นี้ไม่มีอยู่ หรือคุณไม่มีสิทธิ์เห็น";
    BROKEN_TITLE "Something went wrong on our side" "เกิดข้อผิดพลาดทางฝั่งเรา";
    AWAY_TITLE "Tenantry cannot reach its database" "Tenantry เชื่อมต่อฐานข้อมูลไม่ได้";
    AWAY_LEAD "Nothing is lost. Try again in a few seconds." "ไม่มีข้อมูลสูญหาย ลองใหม่ในอีกไม่กี่วินาที";
    BAD_ADDRESS_TITLE "This address cannot be read" "อ่านที่อยู่นี้ไม่ได้";
    REFUSED_TITLE "This was not done" "ไม่ได้ดำเนินการ";
}
