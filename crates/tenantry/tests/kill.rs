//! An import whose process is killed again and again, each time resumed, ends in the same table as an undisturbed one.
//! So does one that is killed before it comes to the commit.
//!
//! `TENANTRY_KILL_ROWS` (20,000) and `TENANTRY_KILLS` (3) make it bigger, `TENANTRY_KILL_SEED` moves the moments.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

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
struct House {
    test: TestDb,
    db: Db,
    folder: TempDir,
}

/// Where an import stands.
#[derive(Debug)]
struct Standing {
    status: String,
    worker: Option<Uuid>,
    pending: i64,
    committing: Duration,
    counts: String,
}

impl House {
    async fn build() -> Self {
        let test = TestDb::new().await.unwrap();
        let db = Db::new(&DbSettings::new(test.app.clone(), test.operator.clone()), store::world::system())
            .unwrap();
        Self { test, db, folder: tempfile::tempdir().unwrap() }
    }

    /// The real binary.
    fn tenantry(&self, args: &[&str]) -> Command {
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
    fn done(&self, args: &[&str]) {
        let output = self.tenantry(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn begun(&self, args: &[&str]) -> Child {
        let told = std::fs::File::create(self.told()).unwrap();
        self.tenantry(args).stdout(Stdio::null()).stderr(told).spawn().unwrap()
    }

    /// Where the process under way writes what goes wrong.
    fn told(&self) -> PathBuf {
        self.folder.path().join("told")
    }

    async fn tenant(&self, slug: &str) -> Uuid {
        tenants::create(&self.db, &NewTenant::new(slug, slug)).await.unwrap()
    }

    fn caller(&self, tenant: Uuid) -> Caller {
        Caller::system(tenant, self.db.world().id())
    }

    /// The newest set of a tenant; none before the first one is received.
    async fn newest(&self, tenant: Uuid) -> Option<(Uuid, Standing)> {
        let query = sql!(
            "select b.id, b.status, b.lease_owner,
               (select count(*) from import_rows r where r.tenant_id = $1 and r.status = 'pending'
                  and r.batch_id in (select c.id from import_batches c where c.tenant_id = $1 and c.parent_id = b.id)),
               coalesce(extract(epoch from b.completed_at - b.started_at), 0)::float8,
               (select jsonb_agg(c.counts)::text from import_batches c where c.tenant_id = $1 and c.parent_id = b.id)
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
        };
        Some((row.get(0), standing))
    }

    /// A digest of every customer of a tenant in the order of their codes: all that a file states or that follows from
    /// it, and the version, which would tell of a row that was applied twice. Left out are the ids, which come from the
    /// batch, the tenant's own id, and the times of making and changing.
    async fn digest(&self, tenant: Uuid) -> String {
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

/// Waits until a process other than `before` is at work on staged rows of a set in this status; the batch and where it
/// stands.
async fn at_work(
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
            && standing.pending > 0
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

fn write(path: &Path, rows: std::ops::Range<u64>, state: &str) {
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
fn dice(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    f64::from(u32::try_from(*state >> 33).unwrap()) / f64::from(1_u32 << 31)
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test]
async fn a_killed_import_ends_as_an_undisturbed_one() {
    let (rows, kills) = (setting("TENANTRY_KILL_ROWS", 20_000), setting("TENANTRY_KILLS", 3));
    let mut seed = setting("TENANTRY_KILL_SEED", 20_260_131);
    let house = House::build().await;
    let file = |name: &str| -> PathBuf { house.folder.path().join(name) };
    write(&file("before.csv"), 0..rows / 4, "old");
    write(&file("after.csv"), 0..rows, "new");
    let (before, after) = (file("before.csv").display().to_string(), file("after.csv").display().to_string());
    let (calm, storm) = (house.tenant("calm").await, house.tenant("storm").await);
    for slug in ["calm", "storm"] {
        house.done(&["import", &before, "--tenant", slug, "--as", "customers", "--yes"]);
    }
    let import = |slug| {
        ["import", after.as_str(), "--tenant", slug, "--as", "customers", "--policy", "valid-rows", "--yes"]
    };
    house.done(&import("calm"));
    let undisturbed = house.newest(calm).await.unwrap().1;
    assert_eq!((undisturbed.status.as_str(), undisturbed.pending), ("completed", 0));

    let mut child = house.begun(&import("storm"));
    let mut killed = 0;
    let mut last = None;
    while killed < kills {
        let Some((batch, standing)) = at_work(&house, storm, &mut child, "committing", last).await else {
            break;
        };
        // So that the kills spread over the whole commit, whatever is left of it.
        let share = (standing.pending as f64 / rows as f64).min(1.0) * 2.0 / (kills - killed + 1) as f64;
        let wait = undisturbed.committing.mul_f64((dice(&mut seed) * share).min(0.9));
        tokio::time::sleep(wait).await;
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        let (_, now) = house.newest(storm).await.unwrap();
        println!("kill {killed} after {} ms: {} of {rows} rows pending", wait.as_millis(), now.pending);
        last = standing.worker;
        child = house.begun(&["import", "resume", &batch.to_string(), "--tenant", "storm", "--yes"]);
    }
    let done = child.wait().unwrap().success();
    assert!(done, "the last process failed: {}", std::fs::read_to_string(house.told()).unwrap());
    assert!(killed * 2 > kills, "only {killed} of {kills} kills met a commit");
    let disturbed = house.newest(storm).await.unwrap().1;
    assert_eq!((disturbed.status.as_str(), disturbed.pending), ("completed", 0));
    assert_eq!(disturbed.counts, undisturbed.counts);
    assert_eq!(house.digest(storm).await, house.digest(calm).await);
    println!("{killed} kills over {rows} rows: {}, counts {}", house.digest(storm).await, disturbed.counts);
}

#[tokio::test]
async fn an_import_killed_before_its_verdict_begins_again_and_has_each_row_once() {
    let rows = setting("TENANTRY_KILL_ROWS", 20_000);
    let house = House::build().await;
    let file = house.folder.path().join("customers.csv");
    write(&file, 0..rows, "new");
    let file = file.display().to_string();
    let import = |slug| ["import", file.as_str(), "--tenant", slug, "--as", "customers", "--yes"];
    let (calm, storm) = (house.tenant("calm").await, house.tenant("storm").await);
    house.done(&import("calm"));
    let undisturbed = house.newest(calm).await.unwrap().1;

    let mut child = house.begun(&import("storm"));
    let mut last = None;
    // While rows are staged, and while those that are staged are judged.
    for status in ["mapped", "staged"] {
        let met = at_work(&house, storm, &mut child, status, last).await;
        let (batch, standing) = met.unwrap_or_else(|| panic!("it was never seen at work as {status}"));
        child.kill().unwrap();
        child.wait().unwrap();
        let (_, now) = house.newest(storm).await.unwrap();
        assert_eq!(now.status, status, "the kill came too late");
        println!("killed as {status} with {} of {rows} rows pending", now.pending);
        last = standing.worker;
        child = house.begun(&["import", "resume", &batch.to_string(), "--tenant", "storm", "--yes"]);
    }
    let done = child.wait().unwrap().success();
    assert!(done, "the last process failed: {}", std::fs::read_to_string(house.told()).unwrap());
    let disturbed = house.newest(storm).await.unwrap().1;
    assert_eq!((disturbed.status.as_str(), disturbed.counts), ("completed", undisturbed.counts));
    assert_eq!(house.digest(storm).await, house.digest(calm).await);
}
