//! Lists of companies.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const COMPANY_LISTS_VISIBILITY: &[Choice] =
    &[choice("private", "Private", "ส่วนตัว"), choice("shared", "Shared", "ใช้ร่วมกัน").or(&["public"])];

/// Companies that a user keeps together, shared or not.
pub static COMPANY_LISTS: Entity = Entity::new("company_lists", "company_list", Area::Crm, Class::Staff)
    .labels(Text::of("Company list", "รายชื่อบริษัท"), Text::of("Company lists", "รายชื่อบริษัท"))
    .about("Companies that a user keeps together, shared or not.")
    .fields(&[
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Hotels to visit")
            .or(&["List name"]),
        field::link("owner_id", "Owner", "users")
            .th("ผู้ดูแล")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Account owner", "Account manager", "Sales rep", "Sales representative", "Salesperson",
                "Rep", "Record owner", "Contact owner", "Company owner", "Assigned to", "user_id",
                "พนักงานขาย", "เจ้าของบัญชี", "ผู้รับผิดชอบ", "เซลส์",
            ]),
        field::select("visibility", "Visibility", COMPANY_LISTS_VISIBILITY)
            .th("การมองเห็น")
            .default("\"private\"")
            .listed()
            .example("private"),
        field::paragraph("description", "Description").th("คำอธิบาย"),
    ])
    .named_by(&["name"])
    .searchable()
    .children(&[
        child("items", "company_list_items", "company_list_id"),
        child("shares", "company_list_shares", "company_list_id"),
    ])
    .owner(&["owner_id"]);

/// One company of a list.
pub static COMPANY_LIST_ITEMS: Entity =
    Entity::new("company_list_items", "company_list_item", Area::Crm, Class::Staff)
        .labels(Text::of("Company list item", "บริษัทในรายชื่อ"), Text::of("Company list items", "บริษัทในรายชื่อ"))
        .about("One company of a list.")
        .fields(&[
            field::link("company_list_id", "List", "company_lists")
                .th("รายการ")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::link("company_id", "Company", "companies")
                .th("บริษัท")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Company name", "Associated company", "Parent company", "Account name", "parent_id",
                    "ชื่อบริษัท",
                ]),
            field::integer("position", "Position", 0, i32::MAX as i64)
                .th("ลำดับ")
                .default("0")
                .example("1")
                .or(&["Line", "Line no", "Line number", "No", "Seq", "Sequence", "Order", "ลำดับที่"]),
            field::paragraph("notes", "Notes")
                .th("หมายเหตุ")
                .help("For staff only.")
                .example("Delivery before noon")
                .or(&[
                    "Note", "Comments", "Comment", "Remarks", "Remark", "Memo", "Internal note", "บันทึก",
                    "ข้อสังเกต",
                ]),
        ])
        .keys(&[key("company_list_items_company_list_id_company_id_key", &["company_list_id", "company_id"])])
        .owner(&["company_list_id", "owner_id"])
        .permanent()
        .without_creation_index();

/// Who else may read a list, or edit it too: one user or one team.
pub static COMPANY_LIST_SHARES: Entity =
    Entity::new("company_list_shares", "company_list_share", Area::Crm, Class::Staff)
        .labels(
            Text::of("Company list share", "การแบ่งปันรายชื่อ"),
            Text::of("Company list shares", "การแบ่งปันรายชื่อ"),
        )
        .about("Who else may read a list, or edit it too: one user or one team.")
        .fields(&[
            field::link("company_list_id", "List", "company_lists")
                .th("รายการ")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::link("user_id", "User", "users")
                .th("ผู้ใช้")
                .listed()
                .indexed()
                .or(&["User e-mail", "Username", "พนักงาน"]),
            field::link("team_id", "Team", "teams")
                .th("ทีม")
                .listed()
                .indexed()
                .or(&["Team code", "Team name"]),
            field::boolean("can_edit", "May edit").th("แก้ไขได้").default("false").listed().example("false"),
        ])
        .keys(&[key(
            "company_list_shares_company_list_id_user_id_team_id_key",
            &["company_list_id", "user_id", "team_id"],
        )])
        .owner(&["company_list_id", "owner_id"])
        .checks(&[Check {
            constraint: Some("company_list_shares_reader_check"),
            run: |doc| checks::one_of(doc, &["user_id", "team_id"]),
        }])
        .permanent()
        .without_creation_index();
