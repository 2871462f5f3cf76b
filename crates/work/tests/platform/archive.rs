//! Archives of tenants: what goes in, what comes out, and what is refused.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use model::caller::Caller;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::secret::hex;
use work::{
    access::{
        platform::{
            self, Change,
            archive::{self, Imported, LEFT_OUT, Manifest, OLDEST_MIGRATION, PLAIN_BYTES, SEALED},
        },
        seal::{Keyring, Place},
    },
    jobs::Services,
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::house::House;

/// Twin rows in every table, as the isolation suite has them.
const TWINS: &str = include_str!("../../../store/tests/isolation/twin.sql");

/// An archive taken apart, to be changed and put together again.
#[derive(Clone)]
struct Parts {
    members: BTreeMap<String, Vec<u8>>,
    manifest: Value,
}

impl Parts {
    fn of(path: &Path) -> Self {
        let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
        let mut members = BTreeMap::new();
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).unwrap();
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes).unwrap();
            members.insert(entry.name().unwrap().into_owned(), bytes);
        }
        let manifest = serde_json::from_slice(&members.remove("manifest.json").unwrap()).unwrap();
        Self { members, manifest }
    }

    /// Writes it, the manifest's sizes and sums made to fit where `honest`.
    fn write(mut self, path: &Path, honest: bool) {
        if honest {
            for (list, name) in [("tables", "name"), ("files", "key")] {
                for entry in self.manifest[list].as_array_mut().unwrap() {
                    let text = entry[name].as_str().unwrap();
                    let member = if list == "tables" {
                        format!("tables/{text}.jsonl")
                    } else {
                        format!("files/{text}")
                    };
                    let Some(bytes) = self.members.get(&member) else { continue };
                    entry["size"] = json!(bytes.len());
                    entry["sha256"] = json!(hex(&Sha256::digest(bytes)));
                    if list == "tables" {
                        entry["rows"] = json!(bytes.iter().filter(|byte| **byte == b'\n').count());
                    }
                }
            }
        }
        let mut zip = ZipWriter::new(File::create(path).unwrap());
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let manifest = serde_json::to_vec(&self.manifest).unwrap();
        for (name, bytes) in self.members.into_iter().chain([("manifest.json".to_owned(), manifest)]) {
            zip.start_file(name, options).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap();
    }

    fn table(&mut self, name: &str) -> &mut Value {
        self.manifest["tables"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .find(|table| table["name"] == name)
            .unwrap()
    }

    /// Changes each row of a table.
    fn rows(&mut self, table: &str, change: impl Fn(&mut Value)) {
        let bytes = self.members.get_mut(&format!("tables/{table}.jsonl")).unwrap();
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        for line in text.lines() {
            let mut row: Value = serde_json::from_str(line).unwrap();
            change(&mut row);
            bytes.extend(format!("{row}\n").bytes());
        }
    }
}

impl House {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn exported(&self, caller: &Caller, name: &str) -> (PathBuf, Manifest) {
        let path = self.path(name);
        let with = (&self.db, &self.services.files);
        let done = archive::export(with, &self.operator, caller.tenant, &path, &|_, _| {}).await.unwrap();
        (path, done.manifest)
    }

    async fn imported(&self, services: &Services, path: &Path, slug: &str) -> Imported {
        archive::import(services, &self.operator, path, slug, false, &|_, _| {}).await.unwrap()
    }

    /// How many tenants there are, with those under way, and whose folders of files.
    fn folders(&self) -> usize {
        std::fs::read_dir(self.path("files/tenant")).map_or(0, Iterator::count)
    }
}

#[tokio::test]
async fn an_archive_holds_every_row_of_its_tenant_and_nothing_of_another() {
    let house = House::new().await;
    house.test.plant(TWINS).await.unwrap();
    let [a, b] = ["0195a000-0000-7000-8000-00000000000a", "0195a000-0000-7000-8000-00000000000b"]
        .map(|id| Caller::system(id.parse().unwrap(), house.one.request));
    house.fill(&a).await;
    let (path, manifest) = house.exported(&a, "a.zip").await;
    assert_eq!((manifest.files.len(), manifest.tenant.slug.as_str()), (2, "a"));
    for table in &manifest.tables {
        let count = format!("select count(*) from {} where tenant_id = $1", table.name);
        assert_eq!(house.number(&a, &count).await, i64::try_from(table.rows).unwrap(), "{}", table.name);
        assert!(!LEFT_OUT.iter().any(|(name, _)| *name == table.name));
        assert!(table.rows > 0, "no twins in {}", table.name);
    }
    // No id of the other twin stands anywhere in it.
    let mut theirs = vec![b.tenant.to_string()];
    let columns = "select format('select %I::text from %I where tenant_id = %L and %I is not null', a.attname, c.relname, '{b}', a.attname)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.atttypid = 'uuid'::regtype and a.attnum > 0
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
          and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id') and a.attname <> 'tenant_id'";
    let questions = house.test.texts(&columns.replace("{b}", &b.tenant.to_string())).await.unwrap();
    theirs.extend(house.test.texts(&questions.join(" union ")).await.unwrap());
    assert!(theirs.len() > 80);
    for (name, bytes) in Parts::of(&path).members {
        let text = String::from_utf8_lossy(&bytes);
        let found = theirs.iter().find(|id| text.contains(id.as_str()));
        assert!(found.is_none(), "{found:?} in {name}");
    }
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!house.path("a.zip.part").exists());
}

#[tokio::test]
async fn every_column_of_bytes_is_a_sealed_secret_or_goes_along_as_it_is() {
    let house = House::new().await;
    let columns =
        "select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
          and a.atttypid = 'bytea'::regtype and a.attnum > 0 and not a.attisdropped order by 1";
    let known = |name: &str| {
        SEALED.iter().any(|one| format!("{}.{}", one.table, one.column) == name)
            || PLAIN_BYTES.iter().any(|(table, column)| format!("{table}.{column}") == name)
    };
    let unknown: Vec<String> =
        house.test.texts(columns).await.unwrap().into_iter().filter(|name| !known(name)).collect();
    assert_eq!(unknown, [""; 0], "name them in SEALED or in PLAIN_BYTES");
}

#[tokio::test]
async fn a_secret_is_sealed_anew_by_who_has_its_key_and_left_out_by_others() {
    let house = House::new().await;
    let source = house.db.world().id();
    let place = |tenant| Place { tenant, purpose: "webhook_source", record: source };
    let keys = &house.services.keys;
    let sealed = keys.seal(house.db.world(), place(house.one.tenant), b"known to both").unwrap();
    house
        .sql(
            &house.one,
            &format!(
                "insert into webhook_sources (tenant_id, id, code, name, kind, secret)
                 values ($1, '{source}', 'form', 'Form', 'n8n', '\\x{}') returning 1",
                hex(&sealed)
            ),
        )
        .await;
    house
        .sql(
            &house.one,
            &format!(
                "insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id, headers, status)
                 values ($1, app.uuid7(), '{source}', app.uuid7(), 'd1', '{{}}', 'RECEIVED') returning 1"
            ),
        )
        .await;
    let (path, _) = house.exported(&house.one, "one.zip").await;

    let here = house.imported(&house.services, &path, "again").await;
    assert!(here.without.is_empty() && !here.tokens_work);
    let again = Caller::system(here.tenant.unwrap(), house.one.request);
    let row =
        house.sql(&again, "select secret from webhook_sources where tenant_id = $1").await.pop().unwrap();
    let opened = keys.open(place(again.tenant), row.get::<_, &[u8]>(0)).unwrap();
    assert_eq!(opened, b"known to both");
    // What waits is enqueued anew, and waits until the tenant is resumed.
    let waits =
        "select count(*) from jobs where tenant_id = $1 and type = 'webhooks.process' and status = 'pending'";
    assert_eq!(house.number(&again, waits).await, 1);
    let tenant = platform::figures::get(&house.db, &house.operator, again.tenant).await.unwrap();
    assert_eq!((tenant.status.as_str(), tenant.under_way), ("suspended", None));
    assert!(platform::change(&house.db, &house.operator, again.tenant, Change::Resume, None).await.unwrap());

    let other = tempfile::tempdir().unwrap();
    let strange = Services { keys: Keyring::load_or_create(other.path()).unwrap(), ..house.services.clone() };
    let there = house.imported(&strange, &path, "elsewhere").await;
    assert_eq!(there.without, BTreeMap::from([("webhook_sources.secret".to_owned(), 1)]));
    let there = Caller::system(there.tenant.unwrap(), house.one.request);
    let left = "select count(*) from webhook_sources where tenant_id = $1 and secret is null";
    assert_eq!(house.number(&there, left).await, 1);
}

#[tokio::test]
async fn a_hostile_archive_is_refused_with_its_reason_and_leaves_nothing() {
    let house = House::new().await;
    house.fill(&house.one).await;
    house
        .sql(
            &house.one,
            "insert into customers (tenant_id, id, code, name)
             select $1, app.uuid7(), 'C' || n, 'Customer ' || n from generate_series(1, 3) n returning 1",
        )
        .await;
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
                let bad = "../../../../tmp/x";
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
