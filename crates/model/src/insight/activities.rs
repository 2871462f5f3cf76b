//! Activities.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity},
    field::{self, Choice, Text, choice},
};

const ACTIVITIES_KIND: &[Choice] = &[
    choice("call", "Call", "โทร").or(&["phone", "phone call", "telephone", "โทรศัพท์"]),
    choice("visit", "Visit", "เยี่ยม").or(&["meeting", "site visit", "appointment", "เข้าพบ", "ประชุม"]),
    choice("email", "E-mail", "อีเมล").or(&["mail", "e mail message", "อีเมล์"]),
    choice("sample", "Sample", "ตัวอย่าง").or(&["sample drop", "tasting"]),
    choice("note", "Note", "บันทึก").or(&["comment", "message", "memo", "ข้อความ"]),
];

/// Something done with a customer or company: a call, a visit, a message.
pub static ACTIVITIES: Entity = Entity::new("activities", "activity", Area::Insight, Class::Staff)
    .labels(Text::of("Activity", "กิจกรรม"), Text::of("Activities", "กิจกรรม"))
    .about("Something done with a customer or company: a call, a visit, a message.")
    .fields(&[
        field::select("kind", "Kind", ACTIVITIES_KIND)
            .th("ประเภท")
            .required()
            .listed()
            .example("call")
            .or(&["Type", "Activity type", "Channel", "ประเภทกิจกรรม"]),
        field::link("customer_id", "Customer", "customers").th("ลูกค้า").listed().indexed().or(&[
            "Customer code", "Customer name", "Customer no", "Customer number", "Account", "Account name",
            "Account code", "Client", "Client name", "รหัสลูกค้า", "ชื่อลูกค้า",
        ]),
        field::link("company_id", "Company", "companies")
            .th("บริษัท")
            .listed()
            .indexed()
            .or(&["Company name", "Organization", "Prospect", "ชื่อบริษัท"]),
        field::link("user_id", "User", "users").th("พนักงาน").listed().indexed().or(&[
            "Sales rep", "Rep", "Staff", "Done by", "Assigned to", "Assigned to user", "Owner",
            "Activity owner", "ผู้ดำเนินการ", "เซลส์",
        ]),
        field::text("outcome", "Outcome")
            .th("ผลลัพธ์")
            .listed()
            .example("Wants an offer for the terrace")
            .or(&["Result", "Subject", "Summary", "ผล", "สรุป"]),
        field::timestamp("occurred_at", "When")
            .th("เมื่อ")
            .default(field::NOW)
            .listed()
            .sortable()
            .example("2026-01-31T09:30:00Z")
            .or(&["Date", "Activity date", "Occurred", "Happened at", "วันที่", "วันที่ทำกิจกรรม"]),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .example("Talked to Maria about the spring list")
            .or(&["Note", "Comments", "Remarks", "Description", "Details", "รายละเอียด"]),
    ])
    .searchable()
    .title("outcome")
    .owner(&["user_id"])
    .checks(&[Check {
        constraint: Some("activities_account_check"),
        run: |doc| checks::any_of(doc, &["customer_id", "company_id"]),
    }]);
