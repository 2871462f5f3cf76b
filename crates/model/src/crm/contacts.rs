//! People at customers and companies.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity},
    field::{self, Text},
};

/// A person at a customer, a company, or both.
pub static CONTACTS: Entity = Entity::new("contacts", "contact", Area::Crm, Class::Customer)
    .labels(Text::of("Contact", "ผู้ติดต่อ"), Text::of("Contacts", "ผู้ติดต่อ"))
    .about("A person at a customer, a company, or both.")
    .fields(&[
        field::link("customer_id", "Customer", "customers").th("ลูกค้า").listed().indexed().or(&[
            "Customer code", "Customer name", "Customer no", "Customer number", "Account", "Account name",
            "Account code", "Account ID", "Client", "Client name", "รหัสลูกค้า", "ชื่อลูกค้า",
        ]),
        field::link("company_id", "Company", "companies").th("บริษัท").staff_only().listed().indexed().or(&[
            "Company name", "Associated company", "Organization", "Parent company", "parent_id", "ชื่อบริษัท",
        ]),
        field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Maria Anders").or(&[
            "Contact", "Contact name", "Contact person", "Full name", "Person", "Display name", "ชื่อผู้ติดต่อ",
            "ผู้ติดต่อ", "ชื่อ-นามสกุล",
        ]),
        field::text("title", "Title")
            .th("ตำแหน่ง")
            .listed()
            .example("Sales Representative")
            .or(&["Job title", "Contact title", "Position", "Role", "Function", "ตำแหน่งงาน"]),
        field::email("email", "E-mail")
            .th("อีเมล")
            .keyed("email_key")
            .listed()
            .indexed()
            .example("maria@example.com")
            .or(&["Email address", "Mail", "Contact email", "Work email", "Primary email", "อีเมล์"]),
        field::phone("phone", "Phone").th("โทรศัพท์").listed().example("030-0074321").or(&[
            "Phone number", "Telephone", "Tel", "Mobile", "Mobile phone", "Mobile number", "Cell",
            "Business phone", "Contact phone", "Direct line", "เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "มือถือ",
        ]),
        field::boolean("is_primary", "Main contact")
            .th("ผู้ติดต่อหลัก")
            .default("false")
            .listed()
            .example("true")
            .or(&["Primary contact", "Primary", "Main", "หลัก"]),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .staff_only()
            .help("For staff only.")
            .example("Delivery before noon")
            .or(&[
                "Note", "Comments", "Comment", "Remarks", "Remark", "Memo", "Internal note", "Description",
                "บันทึก", "ข้อสังเกต",
            ]),
    ])
    .matched_by(&[
        &["customer_id", "email"],
        &["customer_id", "name"],
        &["company_id", "email"],
        &["company_id", "name"],
    ])
    .named_by(&["email", "name"])
    .searchable()
    .owner(&["customer_id", "owner_id"])
    .checks(&[Check {
        constraint: Some("contacts_account_check"),
        run: |doc| checks::any_of(doc, &["customer_id", "company_id"]),
    }])
    .custom_fields();
