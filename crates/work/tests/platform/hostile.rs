//! Archives that somebody made wrong on purpose.

use model::caller::Caller;
use serde_json::json;
use work::access::platform::archive::{self, OLDEST_MIGRATION};

use crate::{house::House, parts::Parts};

#[tokio::test]
async fn a_hostile_archive_is_refused_with_its_reason_and_leaves_nothing() {
    let house = House::new().await;
    house.fill(&house.one).await;
    house.customers(&house.one, 3).await;
    let theirs: uuid::Uuid = house
        .sql(&house.other, "insert into users (tenant_id, id, email, name) values ($1, app.uuid7(), 'a@example.com', 'A') returning id")
        .await[0]
        .get(0);
    let (path, _) = house.exported(&house.one, "good.zip").await;
    let good = Parts::of(&path);
    type Attack<'a> = (&'a str, bool, Box<dyn Fn(&mut Parts) + 'a>);
    let attacks: Vec<Attack> = vec![
        ("not of a tenant", true, Box::new(|parts| parts.manifest["format"] = json!("something-else"))),
        ("Export it anew", true, Box::new(|parts| parts.manifest["version"] = json!(0))),
        ("Upgrade this program", true, Box::new(|parts| parts.manifest["version"] = json!(2))),
        ("Upgrade this program", true, Box::new(|parts| parts.manifest["migration"] = json!(9_999))),
        (
            "the release that wrote it",
            true,
            Box::new(|parts| parts.manifest["migration"] = json!(OLDEST_MIGRATION - 1)),
        ),
        ("unknown field", true, Box::new(|parts| parts.manifest["more"] = json!(1))),
        (
            "SHA-256 differ",
            false,
            Box::new(|parts| parts.rows("customers", |row| row["name"] = json!("Customer X"))),
        ),
        (
            "larger than its manifest",
            false,
            Box::new(|parts| parts.rows("customers", |row| row["name"] = json!("a much longer name"))),
        ),
        (
            "has no end within",
            true,
            Box::new(|parts| {
                let bytes = parts.members.get_mut("tables/customers.jsonl").unwrap();
                // A line without its end is none that anybody counts.
                bytes.extend(b"{}");
            }),
        ),
        (
            "manifest does not name it",
            true,
            Box::new(|parts| _ = parts.members.insert("../../passwd".to_owned(), b"x".to_vec())),
        ),
        ("it is not there", true, Box::new(|parts| _ = parts.members.remove("tables/customers.jsonl"))),
        (
            "no key of a stored file",
            true,
            Box::new(|parts| {
                let (name, bytes) = parts
                    .members
                    .iter()
                    .find(|(name, _)| name.starts_with("files/"))
                    .map(|(n, b)| (n.clone(), b.clone()))
                    .unwrap();
                let key = name.strip_prefix("files/").unwrap().to_owned();
                parts.members.remove(&name);
                let bad = "../../../../srv/x";
                parts.members.insert(format!("files/{bad}"), bytes);
                let files = parts.manifest["files"].as_array_mut().unwrap();
                files.iter_mut().find(|file| file["key"] == json!(key)).unwrap()["key"] = json!(bad);
            }),
        ),
        (
            "no such table",
            true,
            Box::new(|parts| {
                parts.members.insert("tables/tenants.jsonl".to_owned(), b"{}\n".to_vec());
                let table =
                    json!({ "name": "tenants", "columns": ["slug"], "rows": 1, "size": 3, "sha256": "" });
                parts.manifest["tables"].as_array_mut().unwrap().push(table);
            }),
        ),
        (
            "no such table",
            true,
            Box::new(|parts| {
                parts.members.insert("tables/sessions.jsonl".to_owned(), b"".to_vec());
                let table =
                    json!({ "name": "sessions", "columns": ["id"], "rows": 0, "size": 0, "sha256": "" });
                parts.manifest["tables"].as_array_mut().unwrap().push(table);
            }),
        ),
        (
            "no column `colour`",
            true,
            Box::new(|parts| {
                parts.table("customers")["columns"].as_array_mut().unwrap().push(json!("colour"));
            }),
        ),
        (
            "no column `tenant_id`",
            true,
            Box::new(|parts| {
                parts.table("customers")["columns"].as_array_mut().unwrap().push(json!("tenant_id"));
            }),
        ),
        (
            "a field `tenant_id`",
            true,
            Box::new(|parts| {
                parts.rows("customers", |row| row["tenant_id"] = json!(house.other.tenant));
            }),
        ),
        (
            "no JSON object",
            true,
            Box::new(|parts| {
                parts.members.insert("tables/customers.jsonl".to_owned(), b"[1, 2]\n".to_vec());
            }),
        ),
        (
            "leads to no row of this tenant",
            true,
            Box::new(|parts| parts.rows("customers", |row| row["owner_id"] = json!(theirs))),
        ),
        (
            "two rows under one key",
            true,
            Box::new(|parts| parts.rows("customers", |row| row["code"] = json!("same"))),
        ),
        (
            "cannot hold",
            true,
            Box::new(|parts| parts.rows("customers", |row| row["credit_limit"] = json!("a lot"))),
        ),
        (
            "role_permissions_platform_check",
            true,
            Box::new(|parts| {
                parts.rows("role_permissions", |row| {
                    if row["permission_code"] == "customers.view" {
                        row["permission_code"] = json!("platform.manage");
                    }
                });
            }),
        ),
        (
            "none of this tenant's",
            true,
            Box::new(|parts| {
                parts.rows("files", |row| {
                    let key = row["storage_key"]
                        .as_str()
                        .unwrap()
                        .replace(&house.one.tenant.to_string(), &house.other.tenant.to_string());
                    row["storage_key"] = json!(key);
                });
            }),
        ),
        (
            "times its size",
            true,
            Box::new(|parts| {
                let mut bomb = vec![b' '; 8 << 20];
                bomb.push(b'\n');
                parts.members.insert("tables/customers.jsonl".to_owned(), bomb);
            }),
        ),
    ];
    let (tenants, folders) =
        (house.test.texts("select slug from tenants order by 1").await.unwrap(), house.folders());
    for (why, honest, attack) in attacks {
        let mut parts = good.clone();
        attack(&mut parts);
        let path = house.path("bad.zip");
        parts.write(&path, honest);
        let refused =
            archive::import(&house.services, &house.operator, &path, "bad", false, &|_, _| {}).await;
        let problem = refused.map(|done| done.tenant).unwrap_err();
        let text = format!("{problem} {}", problem.get_hint().unwrap_or_default());
        assert_eq!(problem.code().code, "bad_file", "{why}: {text}");
        assert!(text.contains(why), "{why}: {text}");
        assert_eq!(house.test.texts("select slug from tenants order by 1").await.unwrap(), tenants, "{why}");
        assert_eq!(house.folders(), folders, "{why}");
    }
    std::fs::write(house.path("text.zip"), "no archive at all").unwrap();
    let refused =
        archive::import(&house.services, &house.operator, &house.path("text.zip"), "bad", false, &|_, _| {})
            .await;
    assert_eq!(refused.unwrap_err().code().code, "bad_file");

    // The same archive as it was: looked at, refused under a slug that is taken, then brought in.
    good.write(&house.path("same.zip"), true);
    let same = house.path("same.zip");
    let dry =
        archive::import(&house.services, &house.operator, &same, "good", true, &|_, _| {}).await.unwrap();
    assert_eq!(dry.tenant, None);
    assert_eq!(house.test.texts("select slug from tenants order by 1").await.unwrap(), tenants);
    for dry in [true, false] {
        let taken = archive::import(&house.services, &house.operator, &same, "other", dry, &|_, _| {}).await;
        assert_eq!(taken.unwrap_err().field_errors()[0].field, "slug");
    }
    let done = house.imported(&house.services, &same, "good").await;
    let done = Caller::system(done.tenant.unwrap(), house.one.request);
    assert_eq!(house.number(&done, "select count(*) from customers where tenant_id = $1").await, 3);
    assert_eq!(house.folders(), folders + 1);
    // Whoever is no operator neither writes nor reads archives.
    let with = (&house.db, &house.services.files);
    let mine = archive::export(with, &house.one, house.one.tenant, &house.path("x.zip"), &|_, _| {}).await;
    assert_eq!(mine.unwrap_err().code().code, "forbidden");
    assert!(!house.path("x.zip").exists());
}
