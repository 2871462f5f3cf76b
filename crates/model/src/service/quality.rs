//! Quality checklists and the checks made by them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    Document,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice, flag},
    problem::FieldError,
    value::codes,
};

/// What is looked at when the quality of a job is checked.
pub static QUALITY_CHECKLISTS: Entity = Entity::new(
    "quality_checklists",
    "quality_checklist",
    Area::Service,
    Class::Staff,
)
.labels(Text::of("Quality checklist", "รายการตรวจคุณภาพ"), Text::of("Quality checklists", "รายการตรวจคุณภาพ"))
.about("What is looked at when the quality of a job is checked.")
.fields(&[
    field::text("name", "Name")
        .th("ชื่อ")
        .required()
        .listed()
        .sortable()
        .example("Office cleaning")
        .or(&["Checklist", "Checklist name", "Title", "ชื่อรายการตรวจ"]),
    field::paragraph("description", "Description")
        .th("รายละเอียด")
        .listed()
        .example("After every visit to an office")
        .or(&["Details", "Notes", "คำอธิบาย"]),
    field::json("items", "Items")
        .th("รายการ")
        .default("[]")
        .help("A list of objects: `key` and `label`, and `mandatory` where the job cannot do without it.")
        .example(r#"[{"key": "floors", "label": "Floors are dry", "mandatory": true}]"#),
    field::boolean("is_active", "Active")
        .th("ใช้งาน")
        .default("true")
        .listed()
        .example("true")
        .or(&["Enabled", "In use", "เปิดใช้"]),
])
.keys(&[key("quality_checklists_name_key", &["name"])])
.named_by(&["name"])
.searchable()
.children(&[child("checks", "quality_checks", "checklist_id")])
.checks(&[Check { constraint: None, run: items }]);

/// Items are objects with a key of their own and a label.
fn items(doc: &Document) -> Vec<FieldError> {
    let bad = |message: String| vec![FieldError::new("items", &codes::INCONSISTENT, message)];
    let Some(items) = doc.get("items").filter(|items| !items.is_null()) else { return vec![] };
    let Some(items) = items.as_array() else {
        return bad("`items` must be a list of objects with `key` and `label`.".to_owned());
    };
    let mut keys = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        let said = |name: &str| item.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let (Some(key), Some(_)) = (said("key"), said("label")) else {
            return bad(format!("Item {} of `items` needs a text for `key` and one for `label`.", index + 1));
        };
        if item.get("mandatory").is_some_and(|mandatory| !mandatory.is_boolean()) {
            return bad(format!("`mandatory` of item `{key}` must be true or false."));
        }
        if !keys.insert(key) {
            return bad(format!("Two of `items` have the key `{key}`; give each its own."));
        }
    }
    vec![]
}

const QUALITY_CHECKS_STATUS: &[Choice] = &[
    choice("PENDING", "Pending", "รอตรวจ").or(&["open", "new", "to do"]),
    choice("IN_PROGRESS", "In progress", "กำลังตรวจ").or(&["started", "checking"]),
    choice("PASSED", "Passed", "ผ่าน").or(&["pass", "ok", "good"]),
    choice("FAILED", "Failed", "ไม่ผ่าน").or(&["fail", "not ok", "bad"]),
    choice("NEEDS_REVIEW", "Needs review", "ต้องทบทวน").or(&["review", "recheck"]),
];

/// One check of one service job by a checklist.
pub static QUALITY_CHECKS: Entity =
    Entity::new("quality_checks", "quality_check", Area::Service, Class::Staff)
        .labels(Text::of("Quality check", "การตรวจคุณภาพ"), Text::of("Quality checks", "การตรวจคุณภาพ"))
        .about("One check of one service job by a checklist.")
        .fields(&[
            field::link("service_job_id", "Service job", "service_jobs")
                .th("งานบริการ")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Job", "Booking", "งาน"]),
            field::link("checklist_id", "Checklist", "quality_checklists")
                .th("รายการตรวจ")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Quality checklist", "Checklist name"]),
            field::select("status", "Status", QUALITY_CHECKS_STATUS)
                .th("สถานะ")
                .default("\"PENDING\"")
                .listed()
                .sortable()
                .example("PASSED")
                .or(&["Result", "Outcome", "ผลการตรวจ"])
                .flags(&[flag("Passed", "PASSED", "FAILED")]),
            field::json("results", "Results")
                .th("ผลรายข้อ")
                .default("[]")
                .help("What was found, item by item: `key`, `ok`, `note`, `photo`.")
                .example(r#"[{"key": "floors", "ok": true}]"#),
            field::link("completed_by_id", "Completed by", "users")
                .th("ผู้ตรวจ")
                .listed()
                .indexed()
                .or(&["Inspector", "Checked by", "Inspected by", "ตรวจโดย"]),
            field::timestamp("completed_at", "Completed")
                .th("ตรวจเสร็จเมื่อ")
                .listed()
                .example("2026-01-31T12:00:00Z")
                .or(&["Checked at", "Inspection date", "วันที่ตรวจ"]),
            field::paragraph("notes", "Notes")
                .th("หมายเหตุ")
                .example("One window to be done again")
                .or(&["Note", "Comments", "Remarks", "Findings", "บันทึก"]),
        ])
        .owner(&["service_job_id", "customer_id", "owner_id"]);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::items;

    fn told(items_: Value) -> Vec<String> {
        let doc = [("items".to_owned(), items_)].into_iter().collect();
        items(&doc).into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn items_have_keys_of_their_own_and_labels() {
        let floors = json!({"key": "floors", "label": "Floors are dry", "mandatory": true});
        assert!(told(json!([floors, {"key": "bins", "label": "Bins are empty"}])).is_empty());
        assert!(told(json!([])).is_empty() && told(Value::Null).is_empty());
        for (bad, named) in [
            (json!({"key": "floors"}), "list"),
            (json!([{"key": "floors"}]), "Item 1"),
            (json!([{"key": " ", "label": "x"}]), "Item 1"),
            (json!(["floors"]), "Item 1"),
            (json!([{"key": "floors", "label": "x", "mandatory": "yes"}]), "mandatory"),
            (json!([floors, floors]), "Two"),
        ] {
            let errors = told(bad.clone());
            assert!(errors.len() == 1 && errors[0].contains(named), "{bad}: {errors:?}");
        }
    }
}
