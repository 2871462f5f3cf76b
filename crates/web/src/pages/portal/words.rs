//! Texts of the portal.

use crate::ui::words::words;

words! {
    ACCOUNT "Account" "บัญชี";
    ADD_TO_LIST "Add to a list" "เพิ่มลงรายการ";
    AMOUNT_DUE "Amount due" "ยอดค้างชำระ";
    BILL_TO "For" "เรียน";
    CATALOG "Catalog" "แค็ตตาล็อก";
    DELIVERIES "On their way" "กำลังจัดส่ง";
    DUE_SOON "Open invoices" "ใบแจ้งหนี้ค้างชำระ";
    EVERYTHING_PAID "Everything is paid." "ชำระครบแล้ว";
    FAVOURITES "Favourites" "รายการโปรด";
    SEE_ALL "See all" "ดูทั้งหมด";
    LAST_ORDERS "Latest orders" "คำสั่งซื้อล่าสุด";
    NO_DELIVERIES "Nothing is on its way." "ไม่มีการจัดส่ง";
    NO_ORDERS "You have not ordered yet." "ยังไม่มีคำสั่งซื้อ";
    OPEN_ORDERS "Open orders" "คำสั่งซื้อที่ยังไม่เสร็จ";
    OVERDUE "Overdue" "เกินกำหนดชำระ";
    PRINT "Print" "พิมพ์";
    REMOVE "Remove" "นำออก";
    YOUR_COMPANY "Your company" "บริษัทของคุณ";
}
