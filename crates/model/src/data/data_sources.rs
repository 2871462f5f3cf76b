//! The register of data sources: where each data set comes from, how often, and how it is read.

use std::net::IpAddr;

use super::imports::{IMPORT_BATCHES_EMPTY_CELLS, IMPORT_BATCHES_MODE, IMPORT_BATCHES_POLICY};
use crate::{
    Document,
    access::roles::actions,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Field, Kind, Text, choice},
    integrations::cron,
    problem::FieldError,
    registry,
    value::{codes, nearest},
};

const FORMAT: &[Choice] = &[
    choice("any", "Any", "ใดก็ได้"),
    choice("text", "CSV or TSV", "CSV หรือ TSV").or(&["csv", "tsv"]),
    choice("workbook", "Excel or OpenDocument", "Excel หรือ OpenDocument")
        .or(&["xlsx", "excel", "xls", "ods"]),
    choice("archive", "ZIP of files", "ZIP").or(&["zip"]),
];

const KIND: &[Choice] = &[
    choice("upload", "Uploaded by people", "อัปโหลดโดยผู้ใช้").or(&["manual"]),
    choice("inbox", "Folder of the file storage", "โฟลเดอร์ในที่เก็บไฟล์").or(&["object storage", "folder"]),
    choice("https", "Web address", "ที่อยู่เว็บ").or(&["url", "http"]),
];

const OUTCOME: &[Choice] = &[
    choice("unchanged", "Nothing new", "ไม่มีข้อมูลใหม่"),
    choice("importing", "Importing", "กำลังนำเข้า"),
    choice("waiting", "Awaiting approval", "รออนุมัติ"),
    choice("imported", "Imported", "นำเข้าแล้ว"),
    choice("cancelled", "Cancelled", "ยกเลิกแล้ว"),
    choice("failed", "Failed", "ล้มเหลว"),
];

const DUE: &[Choice] = &[choice("due", "Due", "ถึงกำหนด"), choice("overdue", "Overdue", "เลยกำหนด")];

/// Where a data set comes from, and how it is imported.
pub static DATA_SOURCES: Entity = Entity::new("data_sources", "data_source", Area::Data, Class::Staff)
    .labels(Text::of("Data source", "แหล่งข้อมูล"), Text::of("Data sources", "แหล่งข้อมูล"))
    .about("Where a data set comes from, how often, and how it is imported. One with a cadence is fetched by itself.")
    .fields(&[
        field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Price list of the brewery"),
        field::link("owner_id", "Owner", "users")
            .th("ผู้รับผิดชอบ")
            .required()
            .listed()
            .indexed()
            .help("Looks after it and is told of failures. What is fetched is imported with the rights they have then.")
            .help_th("ผู้ดูแลและผู้รับแจ้งเมื่อล้มเหลว ข้อมูลที่ดึงมานำเข้าด้วยสิทธิ์ของผู้นี้")
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::code("data_type", "Data type")
            .th("ชนิดข้อมูล")
            .listed()
            .help("What its files hold, such as `customers`; found out where it is empty.")
            .help_th("ไฟล์มีข้อมูลอะไร เช่น customers เว้นว่างเพื่อให้ตรวจหาเอง")
            .example("customers"),
        field::select("format", "Format", FORMAT)
            .th("รูปแบบ")
            .default("\"any\"")
            .help("What its files are. Another file is refused.")
            .help_th("ชนิดของไฟล์ ไฟล์ชนิดอื่นจะถูกปฏิเสธ")
            .example("text"),
        field::select("kind", "Comes by", KIND).th("มาทาง").required().listed().example("https"),
        Field::new("location", "Location", Kind::Text { max: 2000 })
            .th("ตำแหน่ง")
            .help("A web address that begins with https://, or a folder such as `brewery/prices` below the company's inbox in the file storage.")
            .help_th("ที่อยู่เว็บที่ขึ้นต้นด้วย https:// หรือโฟลเดอร์เช่น brewery/prices ใต้กล่องรับไฟล์ของบริษัท")
            .example("https://brewery.example.com/prices.csv"),
        field::link("credential_id", "Credential", "credentials")
            .th("ข้อมูลรับรอง")
            .indexed()
            .help("What the web address asks for: a credential for web addresses. Sent to this address alone.")
            .help_th("สิ่งที่ที่อยู่เว็บขอ: ข้อมูลรับรองสำหรับที่อยู่เว็บ ส่งไปยังที่อยู่นี้เท่านั้น"),
        field::text("cron", "Cadence")
            .th("รอบเวลา")
            .listed()
            .help("When it is fetched, or due from people: minute, hour, day, month, weekday. Empty: when somebody asks for it.")
            .help_th("เวลาที่ดึงข้อมูลหรือกำหนดส่งไฟล์: นาที ชั่วโมง วัน เดือน วันในสัปดาห์ เว้นว่างเพื่อดึงเมื่อสั่ง")
            .example("0 6 * * 1"),
        field::text("time_zone", "Time zone").th("เขตเวลา").default("\"UTC\"").example("Asia/Bangkok"),
        field::link("template_id", "Template", "import_templates")
            .th("แม่แบบ")
            .indexed()
            .help("How its files are read; empty: by the template of their headers, or by the headers.")
            .help_th("วิธีอ่านไฟล์ เว้นว่างเพื่อใช้แม่แบบที่ตรงกับหัวตาราง"),
        field::select("mode", "Mode", IMPORT_BATCHES_MODE).th("โหมด").example("upsert"),
        field::select("policy", "Policy", IMPORT_BATCHES_POLICY).th("นโยบาย").example("all_or_nothing"),
        field::select("empty_cells", "Empty cells", IMPORT_BATCHES_EMPTY_CELLS).th("ช่องว่าง").example("keep"),
        field::boolean("waits_for_approval", "Waits for approval")
            .th("รออนุมัติ")
            .default("true")
            .help("What came is written once somebody has approved it; otherwise at once, with the rights of the owner, or of whoever uploads.")
            .help_th("ข้อมูลที่ได้รับจะบันทึกเมื่อมีผู้อนุมัติ มิฉะนั้นบันทึกทันทีด้วยสิทธิ์ของผู้รับผิดชอบหรือผู้อัปโหลด")
            .example("true"),
        field::boolean("active", "Active").th("ใช้งาน").default("true").listed().example("true"),
        field::paragraph("quirks", "Quirks")
            .th("ข้อควรระวัง")
            .help("What one has to know of its files.")
            .help_th("สิ่งที่ควรรู้เกี่ยวกับไฟล์"),
        field::link("schedule_id", "Schedule", "job_schedules").th("กำหนดการ").read_only().indexed(),
        field::timestamp("last_fetched_at", "Last received")
            .th("ได้รับครั้งล่าสุด")
            .read_only()
            .listed()
            .example("2026-01-31T09:30:00Z"),
        field::select("last_outcome", "Last outcome", OUTCOME).th("ผลล่าสุด").read_only().listed().example("imported"),
        field::paragraph("last_error", "Last error").th("ข้อผิดพลาดล่าสุด").read_only(),
        field::integer("failures", "Failures in a row", 0, i32::MAX as i64)
            .th("ล้มเหลวติดต่อกัน")
            .default("0")
            .read_only()
            .example("0"),
        field::select("due", "Due", DUE)
            .th("กำหนดส่ง")
            .read_only()
            .listed()
            .help("Of what people upload: since its cadence came round no file has come; overdue where it came round again.")
            .help_th("สำหรับไฟล์ที่ผู้ใช้อัปโหลด: ถึงรอบแล้วแต่ยังไม่มีไฟล์ เลยกำหนดเมื่อถึงรอบถัดไปแล้วยังไม่มี")
            .example("due"),
        field::timestamp("due_since", "Due since").th("ถึงกำหนดตั้งแต่").read_only().example("2026-01-31T09:30:00Z"),
    ])
    .keys(&[key("data_sources_name_key", &["name"])])
    .named_by(&["name"])
    .searchable()
    .owner(&["owner_id"])
    .children(&[child("imports", "import_batches", "data_source_id")])
    .checks(&[
        Check { constraint: None, run: cron::check },
        Check { constraint: None, run: location_errors },
        Check { constraint: None, run: data_type_errors },
        Check { constraint: None, run: credential_errors },
    ])
    .internal(&["seen"]);

/// Whether a text names a folder below an inbox: parts of letters, digits and `._-`, none of them beginning with a dot.
pub fn is_folder(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-' | ' '))
    };
    text.split('/').all(plain)
}

/// A location that is not one of its kind.
fn location_errors(record: &Document) -> Vec<FieldError> {
    let text = |name: &str| record.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let (kind, location) = (text("kind"), text("location"));
    let message = match kind {
        "https" if !location.starts_with("https://") && !location.starts_with("http://") => {
            "Give the web address of the file, such as `https://example.com/prices.csv`."
        }
        "inbox" if !is_folder(location) => {
            "Give a folder below the company's inbox, such as `brewery/prices`: names of letters, digits, `.`, `_` and `-`."
        }
        "upload" if !location.is_empty() => {
            "What people upload has no location. Leave it empty, or choose another way by which it comes."
        }
        _ => return vec![],
    };
    vec![FieldError::new("location", &codes::INCONSISTENT, message).value(location)]
}

/// Whether a secret may go to a web address: by https, or within this machine, named by its number.
pub fn keeps_secrets(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else { return address.starts_with("https://") };
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let alone = |text: &str| text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let bare =
        host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    alone(bare).is_ok_and(|address| address.is_loopback())
}

/// A credential that is sent nowhere, or where others could read it.
fn credential_errors(record: &Document) -> Vec<FieldError> {
    let text = |name: &str| record.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let (given, kind, location) = (text("credential_id"), text("kind"), text("location"));
    if given.is_empty() {
        return vec![];
    }
    if kind != "https" {
        let message =
            "Only what comes from a web address has a credential. Leave it empty, or choose the web address.";
        return vec![FieldError::new("credential_id", &codes::INCONSISTENT, message).value(given)];
    }
    if location.starts_with("http://") && !keeps_secrets(location) {
        let message = "A credential is sent by https alone. Begin the address with https://, or leave the credential empty.";
        return vec![FieldError::new("location", &codes::INCONSISTENT, message).value(location)];
    }
    vec![]
}

/// A data type that no file can hold.
fn data_type_errors(record: &Document) -> Vec<FieldError> {
    let Some(name) = record.get("data_type").and_then(|value| value.as_str()) else { return vec![] };
    let imports =
        |name: &str| registry::entity(name).is_some_and(|of| actions(of).any(|action| action == "import"));
    if imports(name) {
        return vec![];
    }
    let all = registry::ENTITIES.iter().map(|entity| entity.name).filter(|name| imports(name));
    let message =
        format!("No file holds `{name}`. Name a kind of record that can be imported, such as `customers`.");
    vec![FieldError::new("data_type", &codes::NOT_A_CHOICE, message).value(name).suggest(nearest(name, all))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_by_https_or_stay_on_this_machine() {
        for good in [
            "https://a.example/x", "http://127.0.0.1/x", "http://127.0.0.1:8080", "http://[::1]:80/x",
            "http://[::1]",
        ] {
            assert!(keeps_secrets(good), "{good}");
        }
        for bad in [
            "http://a.example/x", "http://10.0.0.1/", "http://localhost/", "http://127.0.0.1@a.example/",
            "http://127.0.0.1.a.example/", "http://a.example\\@127.0.0.1/", "http://127.0.0.1:80@a.example/",
            "HTTP://127.0.0.1/", "ftp://127.0.0.1/", "http://", "",
        ] {
            assert!(!keeps_secrets(bad), "{bad}");
        }
    }

    #[test]
    fn a_folder_leads_nowhere_else() {
        for good in ["prices", "brewery/prices", "a-b_c/2026.01", "ราคา"] {
            assert!(is_folder(good), "{good}");
        }
        for bad in ["", "/", "a/", "/a", "../a", "a/../b", "a//b", ".hidden", "a/.b", "a\\b", "a\0"] {
            assert!(!is_folder(bad), "{bad}");
        }
    }
}
