//! A database, the real program, and where its imports stand.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use model::caller::Caller;
use store::{Db, DbSettings, sql, sql::Query, testing::TestDb};
use tempfile::TempDir;
use uuid::Uuid;
use work::tenants::{self, NewTenant};

/// The database, a folder for files, and what the real binary needs to find both.
pub struct House {
    test: TestDb,
    db: Db,
    pub folder: TempDir,
}

/// Where an import stands.
#[derive(Debug)]
pub struct Standing {
    pub status: String,
    pub worker: Option<Uuid>,
    pub pending: i64,
    pub applied: i64,
    pub undone: String,
    pub committing: Duration,
    pub counts: String,
}

impl House {
    pub async fn build() -> Self {
        let test = TestDb::new().await.unwrap();
        let db = Db::new(&DbSettings::new(test.app.clone(), test.operator.clone()), store::world::system())
            .unwrap();
        Self { test, db, folder: tempfile::tempdir().unwrap() }
    }

    /// Runs statements as the database's superuser.
    pub async fn admin(&self, sql: &str) {
        self.test.plant(sql).await.unwrap();
    }

    /// The real binary.
    pub fn tenantry(&self, args: &[&str]) -> Command {
        let url = |login: &str, of: &TestDb| {
            let config = if login == "tenantry_app" { &of.app } else { &of.operator };
            let host = match config.get_hosts().first() {
                Some(host) => format!("{host:?}"),
                None => String::new(),
            };
            let host = host.split('"').nth(1).unwrap_or_default().to_owned();
            let password = String::from_utf8(config.get_password().unwrap().to_vec()).unwrap();
            format!("host='{host}' user={login} password={password} dbname='{}'", of.name)
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env("TENANTRY_DATA", self.folder.path().join("data"))
            .env("TENANTRY_APP_URL", url("tenantry_app", &self.test))
            .env("TENANTRY_OPERATOR_URL", url("tenantry_operator", &self.test))
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end.
    pub fn done(&self, args: &[&str]) {
        let output = self.tenantry(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn begun(&self, args: &[&str]) -> Child {
        let told = std::fs::File::create(self.told()).unwrap();
        self.tenantry(args).stdout(Stdio::null()).stderr(told).spawn().unwrap()
    }

    /// Where the process under way writes what goes wrong.
    pub fn told(&self) -> PathBuf {
        self.folder.path().join("told")
    }

    pub async fn tenant(&self, slug: &str) -> Uuid {
        tenants::create(&self.db, &NewTenant::new(slug, slug)).await.unwrap()
    }

    pub fn caller(&self, tenant: Uuid) -> Caller {
        Caller::system(tenant, self.db.world().id())
    }

    /// The newest set of a tenant; none before the first one is received.
    pub async fn newest(&self, tenant: Uuid) -> Option<(Uuid, Standing)> {
        let query = sql!(
            "select b.id, b.status, b.lease_owner,
               (select count(*) from import_rows r where r.tenant_id = $1 and r.status = 'pending'
                  and r.batch_id in (select c.id from import_batches c where c.tenant_id = $1 and c.parent_id = b.id)),
               coalesce(extract(epoch from b.completed_at - b.started_at), 0)::float8,
               (select jsonb_agg(c.counts)::text from import_batches c where c.tenant_id = $1 and c.parent_id = b.id),
               (select count(*) from import_rows r where r.tenant_id = $1 and r.status = 'applied'
                  and r.batch_id in (select c.id from import_batches c where c.tenant_id = $1 and c.parent_id = b.id)),
               (b.summary -> 'undone')::text
             from import_batches b where b.tenant_id = $1 and b.parent_id is null order by b.id desc limit 1"
        );
        let rows =
            self.db.read(&self.caller(tenant), Query::fixed(query, vec![tenant.into()])).await.unwrap();
        let row = rows.first()?;
        let standing = Standing {
            status: row.get(1),
            worker: row.get(2),
            pending: row.get(3),
            committing: Duration::from_secs_f64(row.get(4)),
            counts: row.get::<_, Option<String>>(5).unwrap_or_default(),
            applied: row.get(6),
            undone: row.get::<_, Option<String>>(7).unwrap_or_default(),
        };
        Some((row.get(0), standing))
    }

    /// How many customers a tenant has.
    pub async fn count(&self, tenant: Uuid) -> i64 {
        let query = sql!("select count(*) from customers where tenant_id = $1");
        let rows =
            self.db.read(&self.caller(tenant), Query::fixed(query, vec![tenant.into()])).await.unwrap();
        rows[0].get(0)
    }

    /// A digest of every customer of a tenant in the order of their codes: all that a file states or that follows from
    /// it, and the version, which would tell of a row that was applied twice. Left out are the ids, which come from the
    /// batch, the tenant's own id, and the times of making and changing.
    pub async fn digest(&self, tenant: Uuid) -> String {
        let query = sql!(
            "select count(*)::text || ' ' || md5(string_agg(md5(
               (to_jsonb(c) - 'id' - 'tenant_id' - 'created_at' - 'updated_at')::text), '' order by c.code))
             from customers c where c.tenant_id = $1"
        );
        let rows =
            self.db.read(&self.caller(tenant), Query::fixed(query, vec![tenant.into()])).await.unwrap();
        rows[0].get(0)
    }
}

/// Waits until a process other than `before` is at work on rows of a set in this status, of which some are left to
/// do; the batch and where it stands.
pub async fn at_work(
    house: &House,
    tenant: Uuid,
    child: &mut Child,
    status: &str,
    before: Option<Uuid>,
) -> Option<(Uuid, Standing)> {
    let since = Instant::now();
    loop {
        if let Some((batch, standing)) = house.newest(tenant).await
            && standing.status == status
            && (if status == "completed" { standing.applied } else { standing.pending }) > 0
            && standing.worker.is_some()
            && standing.worker != before
        {
            return Some((batch, standing));
        }
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        assert!(since.elapsed() < Duration::from_secs(300), "it does not come to {status}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn write(path: &Path, rows: std::ops::Range<u64>, state: &str) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(out, "Code,Name,E-mail,Phone,City,Credit limit,Notes").unwrap();
    for number in rows {
        // Some rows of the second file say what the first one said.
        let state = if number % 3 == 0 { "same" } else { state };
        let limit = number * 37 % 50_000;
        writeln!(out, "K{number:07},Shop {number} {state},shop{number}@example.com,02 555 {number:07},Bangkok,{limit}.25,{state}").unwrap();
    }
    out.flush().unwrap();
}

/// The next number of a sequence that the seed decides, below 1.
pub fn dice(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    f64::from(u32::try_from(*state >> 33).unwrap()) / f64::from(1_u32 << 31)
}

pub fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}
