//! The steps of an import that may take long, as background jobs.
//!
//! Who asks is checked at the door, and again when the job runs, by the grants they have then; the work is done and
//! audited in their name. One step of a set waits or runs at a time. A worker that dies is replaced by the queue, and
//! the next one goes on from where the database says.

use std::time::Duration;

use model::{
    caller::Caller,
    problem::{Problem, Status, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, NewJob, TenantTx, sql, sql::Query};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use uuid::Uuid;

use super::{Progress, approval, batch::Family, commit, resume, status::BatchStatus, told, undo, validate};
use crate::{
    access::again::By,
    jobs::{Job, Kind, Perform},
    once::{Done, Kept, Once},
    sources,
};

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[
    Kind::of::<Validate>("Stages and checks an import's rows and works out what a commit would do."),
    Kind::of::<Commit>("Writes an import's rows."),
    Kind::of::<Resume>("Goes on with an import that was interrupted."),
    Kind::of::<Undo>("Takes back what an import wrote."),
    Kind::of::<Run>("Checks an import of a data source, and writes it where nobody has to approve it."),
];

/// The time between two writes of the progress.
const TELL: Duration = Duration::from_millis(500);
/// The first and the longest wait between two looks at whether a job has ended.
const LOOKS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(100));

/// A step of an import that may take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Map and check again.
    Validate,
    /// Apply it.
    Commit,
    /// Go on after an interruption.
    Resume,
    /// Check what came of a data source, and write it where nobody has to approve it.
    Run,
    /// Take it back; with force also records that changed since.
    Undo {
        /// Also records that changed since.
        force: bool,
    },
}

/// What the job of a step knows.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Asked {
    batch: Uuid,
    by: By,
    #[serde(default)]
    force: bool,
}

macro_rules! steps {
    ($($name:ident $kind:literal $step:expr;)*) => {$(
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        struct $name(Asked);

        impl Perform for $name {
            const KIND: &'static str = $kind;
            const MAX_ATTEMPTS: i32 = 10;

            async fn run(self, job: &Job) -> Result<Value, Problem> {
                let step: fn(bool) -> Step = $step;
                perform(job, self.0, step(self.0.force)).await
            }

            fn is_final(problem: &Problem) -> bool {
                is_final(problem)
            }
        }
    )*};
}

steps! {
    Validate "imports.validate" |_| Step::Validate;
    Commit "imports.commit" |_| Step::Commit;
    Resume "imports.resume" |_| Step::Resume;
    Run "imports.run" |_| Step::Run;
    Undo "imports.undo" |force| Step::Undo { force };
}

impl Step {
    fn job(self, asked: Asked) -> Result<NewJob, Problem> {
        match self {
            Self::Validate => Validate(asked).job(),
            Self::Commit => Commit(asked).job(),
            Self::Resume => Resume(asked).job(),
            Self::Run => Run(asked).job(),
            Self::Undo { force } => Undo(Asked { force, ..asked }).job(),
        }
    }

    /// Refuses who may not, before anything is enqueued.
    fn permit(self, caller: &Caller, family: &Family) -> Result<(), Problem> {
        if matches!(self, Self::Commit | Self::Undo { .. }) {
            caller.permit("imports.commit")?;
        }
        super::permit(caller, family)
    }

    /// Refuses what cannot be, before anything is enqueued.
    fn check(self, family: &Family) -> Result<(), Problem> {
        let next = match self {
            Self::Validate | Self::Resume | Self::Run => return Ok(()),
            Self::Commit => BatchStatus::Committing,
            Self::Undo { .. } => BatchStatus::Undone,
        };
        let status = family.parent.status;
        if status == next || status.may_become(next) { Ok(()) } else { Err(status.refuse(next)) }
    }
}

/// The key of the one job that a set may have; [`progress`] looks for it too.
fn key(set: Uuid) -> String {
    format!("imports:{set}")
}

/// Enqueues a step of the set that a batch is or belongs to, in the caller's name, and answers the job's id. Under a
/// key it is enqueued once, and `kept` is what is known of its answer by then.
///
/// # Errors
/// As the step itself, as far as it can be said beforehand; [`codes::BUSY`] where a step waits or runs already; as
/// [`Once::before`].
pub async fn enqueue(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    step: Step,
    once: Option<(&Once, &Kept)>,
) -> Result<Done<Uuid>, Problem> {
    let family = Family::load(db, caller, id).await?;
    step.permit(caller, &family)?;
    if let Some((once, _)) = once
        && let Some(kept) = once.look(db, caller).await?
    {
        return Ok(Done::Before(kept));
    }
    step.check(&family)?;
    if step == Step::Commit {
        Box::pin(approval::by_another(db, caller, &family)).await?;
    }
    let set = family.parent.id;
    let asked = Asked { batch: id, by: By::of(caller)?, force: false };
    let mut tx = db.begin(caller).await?;
    if let Some((once, kept)) = once {
        if let Some(kept) = once.before(&mut tx).await? {
            tx.rollback().await?;
            return Ok(Done::Before(kept));
        }
        once.keep(&mut tx, kept).await?;
    }
    let Some(job) = tx.enqueue(step.job(asked)?.unique(key(set))).await? else {
        tx.rollback().await?;
        return Err(busy());
    };
    tx.commit().await?;
    Ok(Done::Now(job))
}

/// The job that goes on with a set which a data source brought, in the name of the source's owner.
///
/// # Errors
/// Defects.
pub(crate) fn run_job(set: Uuid, by: By) -> Result<NewJob, Problem> {
    Ok(Step::Run.job(Asked { batch: set, by, force: false })?.unique(key(set)))
}

/// The problem of a set that waits for a step, or is at one.
pub fn busy() -> Problem {
    Problem::new(&codes::BUSY, "This import is being worked on already.")
        .hint("Wait until it has finished, or cancel it.")
}

/// Waits for a step to end, `patience` at most; answers whether it has.
///
/// # Errors
/// What the step refused, or why it failed.
pub async fn wait(db: &Db, caller: &Caller, job: Uuid, patience: Duration) -> Result<bool, Problem> {
    let system = Caller::system(caller.tenant, caller.request);
    let (end, mut pause) = (Instant::now() + patience, LOOKS.0);
    loop {
        let look =
            sql!("select status, result -> 'refused', error from jobs where tenant_id = $1 and id = $2");
        let rows = db.read(&system, Query::fixed(look, vec![caller.tenant.into(), job.into()])).await?;
        // A job that is gone has ended, and was removed since.
        let Some(row) = rows.first() else { return Ok(true) };
        match (row.get::<_, &str>(0), row.get::<_, Option<Value>>(1)) {
            ("completed", Some(refused)) => return Err(Problem::told_again(&refused)),
            ("completed", None) => return Ok(true),
            ("failed", _) => {
                let error: Option<String> = row.get(2);
                return Err(Problem::internal(error.unwrap_or_else(|| "the job failed".to_owned())));
            }
            ("cancelled", _) => {
                return Err(Problem::new(&codes::CONFLICT, "The job was cancelled."));
            }
            _ if Instant::now() + pause > end => return Ok(false),
            _ => sleep(pause).await,
        }
        pause = (pause * 2).min(LOOKS.1);
    }
}

/// How far the work on a set (or the one that this file belongs to) is, as any process knows it: of its job that waits
/// or runs, in the form of [`Progress`]; the phase is `waiting` before a worker has taken it and `starting` until it has
/// something to tell.
///
/// # Errors
/// Problems of the database.
pub async fn progress(db: &Db, caller: &Caller, id: Uuid) -> Result<Option<Value>, Problem> {
    let system = Caller::system(caller.tenant, caller.request);
    let look = sql!(
        "select status, progress from jobs
         where tenant_id = $1 and status in ('pending', 'processing') and unique_key = (
           select 'imports:' || coalesce(parent_id, id)::text from import_batches where tenant_id = $1 and id = $2)"
    );
    let rows = db.read(&system, Query::fixed(look, vec![caller.tenant.into(), id.into()])).await?;
    Ok(rows.first().map(|row| {
        let phase = if row.get::<_, &str>(0) == "pending" { "waiting" } else { "starting" };
        let told: Option<Value> = row.get(1);
        told.unwrap_or_else(|| json!(Progress { batch: id, phase, done: 0, total: 0 }))
    }))
}

/// Does a step in the name of who asked. What it refuses is its result; what may pass by itself is tried again. The
/// job's end and what the person is told of it commit together.
async fn perform(job: &Job, asked: Asked, step: Step) -> Result<Value, Problem> {
    let (tell, told) = watch::channel(None);
    let note = move |progress: Progress| _ = tell.send_replace(Some(progress));
    let done = tokio::select! {
        done = Box::pin(take(job, asked, step, &note)) => done,
        never = keep(job, told) => match never {},
    };
    let refused = match done {
        Ok(()) => None,
        Err(problem) if passes(&problem) => {
            if is_final(&problem) || job.attempt() == job.max_attempts() {
                let mut tx = job.begin().await?;
                end(&mut tx, asked, step, Some(&problem)).await?;
                tx.commit().await?;
            }
            return Err(problem);
        }
        Err(problem) => {
            job.log(&problem);
            Some(problem)
        }
    };
    let result = refused.as_ref().map_or_else(|| json!({}), |problem| json!({ "refused": problem.kept() }));
    let mut tx = job.begin().await?;
    end(&mut tx, asked, step, refused.as_ref()).await?;
    job.finish_in(&mut tx, result).await?;
    tx.commit().await?;
    Ok(Value::Null)
}

/// Tells the user who asked; tokens and the program itself wait for nothing.
async fn end(tx: &mut TenantTx, asked: Asked, step: Step, refused: Option<&Problem>) -> Result<(), Problem> {
    sources::of_set(tx, asked.batch, refused).await?;
    match asked.by.user() {
        Some(user) => told::ended(tx, user, asked.batch, step, refused).await,
        None => Ok(()),
    }
}

/// No further attempt can mend a defect.
fn is_final(problem: &Problem) -> bool {
    problem.code().status == Status::Internal
}

/// Whether it is nobody's fault, or may be gone at the next attempt.
fn passes(problem: &Problem) -> bool {
    matches!(problem.code().status, Status::Unavailable | Status::Internal) || problem.code() == &codes::BUSY
}

async fn take(
    job: &Job,
    asked: Asked,
    step: Step,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    let (db, files) = (job.db(), &job.services().files);
    let caller = asked.by.caller(db, job.tenant()).await?;
    match step {
        Step::Validate => validate(db, files, &caller, asked.batch, progress).await,
        Step::Commit => commit(db, &caller, asked.batch, progress).await,
        Step::Resume => resume(db, files, &caller, asked.batch, progress).await,
        Step::Run => sources::go_on(db, files, &caller, asked.batch, progress).await,
        Step::Undo { force } => undo(db, &caller, asked.batch, force, progress).await.map(drop),
    }
}

/// Keeps the progress with the job, the latest twice a second.
async fn keep(job: &Job, mut told: watch::Receiver<Option<Progress>>) -> std::convert::Infallible {
    while told.changed().await.is_ok() {
        let latest = *told.borrow_and_update();
        if let Some(latest) = latest
            && let Err(problem) = job.progress(json!(latest)).await
        {
            tracing::warn!(job = %job.id(), ?problem, "the progress of an import could not be kept");
        }
        sleep(TELL).await;
    }
    std::future::pending().await
}
