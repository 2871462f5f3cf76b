//! A tenant goes into an archive and comes out the same, and an import that is killed leaves nothing half done.
//!
//! `TENANTRY_ARCHIVE_ROWS=20000` imports so many customers first and tells how long each step takes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    collections::BTreeMap,
    fmt::Write,
    process::Stdio,
    time::{Duration, Instant},
};

use house::{House, text};
use serde_json::Value;
use uuid::Uuid;
use work::access::{platform::archive::LEFT_OUT, seal::SEALED};

/// A digest of each table's rows, in any order, without what is sealed for the tenant, and without the ids of it and its
/// originals, which old lines of the audit name.
async fn digests(house: &House, tenant: Uuid, originals: &[Uuid]) -> BTreeMap<String, String> {
    let tables = "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and not a.attisdropped
          and c.relname <> 'tenant_slugs' order by 1";
    let mut digests = BTreeMap::new();
    let ids = originals.iter().chain([&tenant]).map(Uuid::to_string).collect::<Vec<_>>().join("|");
    for table in house.texts(tables).await {
        if LEFT_OUT.iter().any(|(name, _)| *name == table) {
            continue;
        }
        let sealed: String = SEALED
            .iter()
            .filter(|one| one.table == table)
            .map(|one| format!(" - '{}'", one.column))
            .collect();
        // Each tenant's trail tells of its own making besides.
        let but = if table == "audit_logs" { " and t.entity <> 'tenants'" } else { "" };
        let digest = format!(
            "select count(*) || ' ' || coalesce(md5(string_agg(h, '' order by h)), '') from (
               select md5(regexp_replace((to_jsonb(t) - 'tenant_id'{sealed})::text, '{ids}', '', 'g')) as h from {table} t
               where t.tenant_id = '{tenant}'{but}) rows"
        );
        digests.insert(table, house.texts(&digest).await.pop().unwrap());
    }
    digests
}

fn json(text: &str) -> Value {
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[tokio::test]
async fn a_tenant_comes_out_of_its_archive_as_it_went_in() {
    let house = House::new().await;
    house.ok(&["demo"]);
    let many: usize =
        std::env::var("TENANTRY_ARCHIVE_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(0);
    if many > 0 {
        let mut csv = "Customer code,Customer name,Email\n".to_owned();
        for number in 0..many {
            writeln!(csv, "BULK-{number:06},Customer number {number},bulk{number}@example.com").unwrap();
        }
        let path = house.folder.path().join("bulk.csv");
        std::fs::write(&path, csv).unwrap();
        house.ok(&[
            "import",
            path.to_str().unwrap(),
            "--tenant",
            "well-crafted",
            "--as",
            "customers",
            "--yes",
        ]);
    }
    let (archive, again) = (house.folder.path().join("w.zip"), house.folder.path().join("again.zip"));
    let (archive, again) = (archive.to_str().unwrap(), again.to_str().unwrap());
    let began = Instant::now();
    let written = json(&house.ok(&["tenant", "export", "well-crafted", "--out", archive, "--json"]));
    let exported = began.elapsed();
    let dry = json(&house.ok(&["tenant", "import", archive, "--slug", "copy", "--dry-run", "--json"]));
    assert_eq!((&dry["tenant"], &dry["rows"]), (&Value::Null, &written["rows"]));
    assert_eq!(house.db.resolve("slug", "copy").await.unwrap(), None);
    let began = Instant::now();
    let brought = json(&house.ok(&["tenant", "import", archive, "--slug", "copy", "--json"]));
    let imported = began.elapsed();
    assert_eq!((&brought["rows"], &brought["tokens_work"]), (&written["rows"], &false.into()));
    if many > 0 {
        let bytes = std::fs::metadata(archive).unwrap().len();
        eprintln!("{} rows, {bytes} bytes: export {exported:?}, import {imported:?}", written["rows"]);
    }

    let (original, copy) = (house.tenant("well-crafted").await, house.tenant("copy").await);
    let (before, after) = (digests(&house, original, &[]).await, digests(&house, copy, &[original]).await);
    assert!(before.len() > 60 && before["customers"] != "0 ", "{before:?}");
    assert_eq!(before, after);
    for file in house.texts(&format!("select storage_key from files where tenant_id = '{copy}'")).await {
        assert!(house.folder.path().join("data/files").join(&file).is_file(), "{file}");
    }
    let verdict = house.run(&["verify", "--tenant", "copy"]);
    assert!(verdict.status.success(), "{}{}", text(&verdict.stdout), text(&verdict.stderr));

    // Once more from the copy, after the original is gone: the tokens work again, and nothing was lost on the way.
    house.ok(&["tenant", "export", "copy", "--out", again]);
    for slug in ["well-crafted", "copy"] {
        house.ok(&["tenant", "close", slug]);
        house.ok(&["tenant", "delete", slug, "--yes"]);
    }
    let last = json(&house.ok(&["tenant", "import", again, "--slug", "well-crafted", "--json"]));
    assert_eq!(last["tokens_work"], true);
    let mut third = digests(&house, house.tenant("well-crafted").await, &[original, copy]).await;
    let mut first = before;
    // The copy's own history tells of its import and its closing.
    for digests in [&mut first, &mut third] {
        digests.remove("audit_logs");
    }
    assert_eq!(first, third);
}

#[tokio::test]
async fn an_import_that_is_killed_is_removed_by_the_next_one() {
    let house = House::new().await;
    house.ok(&["demo"]);
    let archive = house.folder.path().join("w.zip");
    let archive = archive.to_str().unwrap();
    house.ok(&["tenant", "export", "well-crafted", "--out", archive]);
    let import = ["tenant", "import", archive, "--slug", "copy"];
    let mut caught = vec![];
    for round in 0..2_u64 {
        let mut process = house.command(&import).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Killed as soon as it has begun to write, the second time a little later.
        let began = Instant::now();
        let mut copy = None;
        while copy.is_none() && began.elapsed().as_secs() < 60 {
            std::thread::sleep(Duration::from_millis(5));
            copy = house.db.resolve("slug", "copy").await.unwrap().filter(|id| !caught.contains(id));
        }
        std::thread::sleep(Duration::from_millis(100 * round));
        process.kill().unwrap();
        process.wait().unwrap();
        let copy = copy.unwrap();
        let standing = house
            .texts(&format!("select coalesce(under_way, 'done') from tenants where id = '{copy}'"))
            .await;
        if standing == ["done"] {
            break;
        }
        caught.push(copy);
        // While its process may be alive, nobody takes its place.
        let refused = house.run(&import);
        assert!(text(&refused.stderr).contains("Another process is importing"), "{}", text(&refused.stderr));
        house.plant(&format!("update tenants set under_way_until = now() where id = '{copy}'")).await;
    }
    assert!(!caught.is_empty(), "no import was caught in the middle");
    for gone in &caught {
        assert!(*gone == *caught.last().unwrap() || house.test.remains(*gone).await.unwrap().is_empty());
    }
    // The last one may have been done before it was killed; then its slug is taken.
    house.run(&import);
    let tenants = house.texts("select slug || ' ' || status from tenants order by slug").await;
    assert_eq!(tenants, ["copy suspended", "saat-sai active", "system active", "well-crafted active"]);
    let folders = std::fs::read_dir(house.folder.path().join("data/files/tenant")).unwrap().count();
    let with_files = house.texts("select distinct tenant_id::text from files").await.len();
    assert_eq!(folders, with_files);
}
