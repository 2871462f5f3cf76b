//! Archives of tenants: what goes in, and what comes out.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use model::caller::Caller;
use store::secret::hex;
use work::{
    access::{
        platform::{
            self, Change,
            archive::{self, Imported, LEFT_OUT, Manifest},
        },
        seal::{Keyring, PLAIN_BYTES, Place, SEALED},
    },
    jobs::Services,
};

use crate::{house::House, parts::Parts};

/// Twin rows in every table, as the isolation suite has them.
const TWINS: &str = include_str!("../../../store/tests/isolation/twin.sql");

impl House {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub async fn exported(&self, caller: &Caller, name: &str) -> (PathBuf, Manifest) {
        let path = self.path(name);
        let with = (&self.db, &self.services.files);
        let done = archive::export(with, &self.operator, caller.tenant, &path, &|_, _| {}).await.unwrap();
        (path, done.manifest)
    }

    pub async fn imported(&self, services: &Services, path: &Path, slug: &str) -> Imported {
        archive::import(services, &self.operator, path, slug, false, &|_, _| {}).await.unwrap()
    }

    /// How many tenants there are, with those under way, and whose folders of files.
    pub fn folders(&self) -> usize {
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
