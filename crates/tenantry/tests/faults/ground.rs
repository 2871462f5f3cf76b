//! A database with two tenants, processes of the program that work on it, and counts of what they did.

use std::{
    fs::File,
    future::Future,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use model::caller::Caller;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use store::{
    Db, DbSettings, NewJob,
    sql::Query,
    testing::{self, TestDb},
};
use tempfile::TempDir;
use work::tenants::{self, NewTenant};

/// Where processes work.
pub struct Ground {
    pub db: Db,
    pub one: Caller,
    pub other: Caller,
    test: TestDb,
    folder: TempDir,
}

/// A process of the program.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Kills it at once, wherever it is.
    pub fn kill(mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "ended by itself: {}", self.told());
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself, in good order.
    pub fn end(mut self) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.told());
    }

    /// What it wrote into its log.
    pub fn told(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ground {
    pub async fn new() -> Self {
        Self::on(TestDb::new().await.unwrap()).await
    }

    pub async fn on(test: TestDb) -> Self {
        let settings = DbSettings::new(test.app.clone(), test.operator.clone());
        let db = Db::new(&settings, store::world::system()).unwrap();
        let one = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
        let other = tenants::create(&db, &NewTenant::new("other", "Other")).await.unwrap();
        let request = db.world().id();
        let (one, other) = (Caller::system(one, request), Caller::system(other, request));
        let ground = Self { db, one, other, test, folder: tempfile::tempdir().unwrap() };
        // No job comes between but those of the test.
        ground.admin("update job_schedules set enabled = false").await;
        ground
    }

    /// Starts a process that gives up its jobs two seconds after it was last heard of.
    pub fn start(&self, number: usize, args: &[&str], env: &[(&str, &str)]) -> Process {
        let log = self.folder.path().join(format!("log-{number}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TENANTRY_DATA", self.folder.path().join("data"))
            .env("TENANTRY_LISTEN", "127.0.0.1:0")
            .env("TENANTRY_JOB_LEASE", "2")
            .envs(self.test.environment())
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(&log).unwrap());
        Process { child: command.spawn().unwrap(), log }
    }

    pub fn work(&self, number: usize) -> Process {
        self.start(number, &["work"], &[])
    }

    /// Enqueues jobs that take so many milliseconds and leave one effect each: half of them in the transaction that
    /// ends the job, half of them before.
    pub async fn enqueue(&self, caller: &Caller, count: usize, millis: impl Fn(usize) -> u64) {
        for begin in (0..count).step_by(1_000) {
            let mut tx = self.db.begin(caller).await.unwrap();
            let jobs = (begin..count.min(begin + 1_000)).map(|number| {
                let payload = json!({ "millis": millis(number), "apart": number % 2 == 0 });
                NewJob::new("test.effect", payload).max_attempts(1_000)
            });
            tx.enqueue_all(jobs.collect()).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// Runs statements as the database's superuser.
    pub async fn admin(&self, sql: &str) {
        testing::execute(&self.test.admin, &[sql.to_owned()]).await.unwrap();
    }

    /// The number that a statement over one tenant, `$1`, gives.
    pub async fn number(&self, caller: &Caller, sql: &str) -> i64 {
        let query = Query::free(sql.to_owned(), vec![caller.tenant.into()]);
        self.db.read(caller, query).await.unwrap()[0].get(0)
    }

    /// How many jobs of both tenants answer to the condition.
    pub async fn jobs(&self, condition: &str) -> i64 {
        let sql = format!(
            "select count(*) from jobs where tenant_id = $1 and type = 'test.effect' and {condition}"
        );
        self.number(&self.one, &sql).await + self.number(&self.other, &sql).await
    }

    /// How many attempts of both tenants answer to the condition.
    pub async fn runs(&self, condition: &str) -> i64 {
        let sql = format!("select count(*) from job_runs where tenant_id = $1 and {condition}");
        self.number(&self.one, &sql).await + self.number(&self.other, &sql).await
    }

    /// Waits until all jobs have ended, then demands that each of them was done, and done once.
    pub async fn all_done_once(&self, enqueued: usize) {
        until("every job has ended", Duration::from_secs(180), async || {
            self.jobs("completed_at is null").await == 0
        })
        .await;
        let enqueued = i64::try_from(enqueued).unwrap();
        assert_eq!(self.jobs("status = 'completed'").await, enqueued, "a job was lost");
        assert_eq!(self.runs("status = 'completed'").await, enqueued, "completed once each");
        let effects =
            "select count(*) from tenant_settings where tenant_id = $1 and setting_group like 'effect %'";
        let of = "select count(distinct split_part(setting_group, ' ', 2)) from tenant_settings
                  where tenant_id = $1 and setting_group like 'effect %'";
        let (mut effect, mut jobs) = (0, 0);
        for caller in [&self.one, &self.other] {
            effect += self.number(caller, effects).await;
            jobs += self.number(caller, of).await;
        }
        assert_eq!((effect, jobs), (enqueued, enqueued), "each effect is there once");
    }
}

/// Waits until it is so.
pub async fn until<F: Future<Output = bool>>(what: &str, most: Duration, look: impl Fn() -> F) {
    let began = Instant::now();
    while !look().await {
        assert!(began.elapsed() < most, "waited {most:?} until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The next number of a sequence that the seed decides, below `most`.
pub fn dice(state: &mut u64, most: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % most
}

pub fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}
