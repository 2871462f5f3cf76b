//! `tenantry jobs`: the queue as the operator sees it, and what can be done about a job.

use model::{
    Document,
    caller::Caller,
    problem::Problem,
    query::{GetQuery, ListQuery},
    registry,
};
use serde_json::{Value, json};
use store::{Db, engine};
use uuid::Uuid;
use work::{
    jobs::{self, Services, Wanted},
    operation, tenants,
};

use crate::{
    cli::{JobsCommand, JobsListArgs, JobsRetryArgs, JobsRunArgs, JobsSchedulesArgs, JobsShowArgs},
    database::Database,
    failure::Failure,
    settings::Settings,
};

/// Failed jobs that one command takes up again at most.
const MOST: i64 = 10_000;

/// Does what is asked about jobs.
pub async fn run(settings: &Settings, database: &Database, command: JobsCommand) -> Result<(), Failure> {
    let services = database.services(settings)?;
    let db = &services.db;
    match command {
        JobsCommand::List(args) => list(db, args).await,
        JobsCommand::Show(args) => show(db, args).await,
        JobsCommand::Retry(args) => retry(&services, args).await,
        JobsCommand::Cancel(args) => {
            let caller = caller(db, &args.tenant).await?;
            each(&services, &caller, "jobs.cancel", &args.jobs, args.json).await
        }
        JobsCommand::Schedules(args) => schedules(db, args).await,
        JobsCommand::Run(args) => run_schedule(&services, args).await,
    }
}

/// The program itself, at work for the tenant.
async fn caller(db: &Db, slug: &str) -> Result<Caller, Failure> {
    Ok(Caller::system(tenants::find(db, slug).await?, db.world().id()))
}

async fn list(db: &Db, args: JobsListArgs) -> Result<(), Failure> {
    if let Some(slug) = &args.tenant {
        tenants::find(db, slug).await?;
    }
    let wanted = Wanted { tenant: args.tenant, status: args.status, kind: args.kind };
    let jobs = jobs::list(db, &wanted, args.limit).await?;
    if args.json {
        for job in jobs {
            println!("{}", serde_json::to_string(&job).map_err(Problem::internal)?);
        }
        return Ok(());
    }
    if jobs.is_empty() {
        println!("No such job.");
    }
    for job in jobs {
        let attempts = format!("{}/{}", job.attempts, job.max_attempts);
        println!(
            "{}  {:<16} {:<24} {:<10} {attempts:>5}  {}",
            job.id,
            job.tenant,
            job.kind,
            job.status,
            shown(job.completed_at.or(job.started_at).unwrap_or(job.run_at)),
        );
        if let Some(error) = job.error {
            println!("    {}", error.lines().next().unwrap_or_default());
        }
    }
    Ok(())
}

/// A moment to the second.
fn shown(moment: jiff::Timestamp) -> String {
    format!("{moment:.0}")
}

/// The records of a page, as JSON.
fn records(page: &engine::Page) -> Result<Vec<Value>, Failure> {
    Ok(serde_json::from_str(&page.data).map_err(Problem::internal)?)
}

async fn show(db: &Db, args: JobsShowArgs) -> Result<(), Failure> {
    let caller = caller(db, &args.tenant).await?;
    let jobs = registry::described("jobs")?;
    let job = engine::get(db, &caller, jobs, args.job, &GetQuery::default()).await?;
    let job: Value = serde_json::from_str(&job.json).map_err(Problem::internal)?;
    let child = jobs
        .children
        .iter()
        .find(|child| child.name == "runs")
        .ok_or_else(|| Problem::internal("no runs"))?;
    let asked = [("limit".to_owned(), "200".to_owned())];
    let query = ListQuery::parse(registry::described("job_runs")?, &asked)?;
    let mut runs = records(&engine::children(db, &caller, jobs, args.job, child, &query).await?)?;
    runs.sort_by_key(|run| run["started_at"].as_str().map(str::to_owned));
    if args.json {
        println!("{}", json!({ "job": job, "runs": runs }));
        return Ok(());
    }
    tell(&job, "");
    for run in &runs {
        println!("\nattempt {}", run["attempt"]);
        tell(run, "  ");
    }
    Ok(())
}

/// The fields that hold something, a line each; a text of several lines is set in.
fn tell(record: &Value, indent: &str) {
    let fields = record.as_object().into_iter().flatten();
    for (name, value) in
        fields.filter(|(name, value)| !value.is_null() && !["job_id", "attempt"].contains(&name.as_str()))
    {
        match value.as_str() {
            Some(text) if text.trim_end().contains('\n') || name == "log" => {
                println!("{indent}{name}:");
                for line in text.lines() {
                    println!("{indent}  {line}");
                }
            }
            Some(text) => println!("{indent}{name}: {text}"),
            None => println!("{indent}{name}: {value}"),
        }
    }
}

async fn retry(services: &Services, args: JobsRetryArgs) -> Result<(), Failure> {
    let db = &services.db;
    let caller = caller(db, &args.tenant).await?;
    let mut ids = args.jobs;
    if args.failed {
        let wanted = Wanted { tenant: Some(args.tenant), status: Some("failed".to_owned()), kind: args.kind };
        ids = jobs::list(db, &wanted, MOST).await?.iter().map(|job| job.id).collect();
        if ids.is_empty() && !args.json {
            println!("No job has failed.");
        }
    }
    each(services, &caller, "jobs.retry", &ids, args.json).await
}

/// Runs the operation on each job, and fails in the end where it was refused for one.
async fn each(
    services: &Services,
    caller: &Caller,
    permission: &str,
    ids: &[Uuid],
    json: bool,
) -> Result<(), Failure> {
    let mut refused = 0;
    for id in ids {
        let (status, detail) = match operate(services, caller, permission, *id).await {
            Ok(answer) => (answer["status"].as_str().unwrap_or_default().to_owned(), None),
            Err(problem) => {
                refused += 1;
                ("refused".to_owned(), Some(problem))
            }
        };
        match (json, detail) {
            (true, None) => println!("{}", json!({ "id": id, "status": status })),
            (true, Some(problem)) => {
                println!(
                    "{}",
                    json!({ "id": id, "status": status, "code": problem.code().code, "detail": problem.to_string() })
                );
            }
            (false, None) => println!("{id}  {status}"),
            (false, Some(problem)) => println!("{id}  {status}: {problem}"),
        }
    }
    match refused {
        0 => Ok(()),
        refused => Err(Failure::work(format!("{refused} of {} were refused.", ids.len()))),
    }
}

async fn operate(services: &Services, caller: &Caller, permission: &str, id: Uuid) -> Result<Value, Problem> {
    operation::execute(services, caller, operation::named(permission)?, Some(id), Document::new())
        .await
        .map(Value::Object)
}

async fn found(db: &Db, caller: &Caller, asked: &[(String, String)]) -> Result<Vec<Value>, Failure> {
    let schedules = registry::described("job_schedules")?;
    let query = ListQuery::parse(schedules, asked)?;
    records(&engine::list(db, caller, schedules, &query).await?)
}

async fn schedules(db: &Db, args: JobsSchedulesArgs) -> Result<(), Failure> {
    let caller = caller(db, &args.tenant).await?;
    let asked = [("sort".to_owned(), "code".to_owned()), ("limit".to_owned(), "200".to_owned())];
    for schedule in found(db, &caller, &asked).await? {
        if args.json {
            println!("{schedule}");
            continue;
        }
        let text = |name: &str| schedule[name].as_str().unwrap_or("-").to_owned();
        let next = if schedule["enabled"] == true { text("next_slot_at") } else { "switched off".to_owned() };
        println!(
            "{:<24} {:<24} {:<16} {:<20} {next}",
            text("code"),
            text("type"),
            text("cron"),
            text("time_zone"),
        );
    }
    Ok(())
}

async fn run_schedule(services: &Services, args: JobsRunArgs) -> Result<(), Failure> {
    let db = &services.db;
    let caller = caller(db, &args.tenant).await?;
    let asked = [("filter[code]".to_owned(), args.schedule.clone())];
    let schedules = found(db, &caller, &asked).await?;
    let id = schedules.first().and_then(|schedule| schedule["id"].as_str()).and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| {
        Failure::work(format!(
            "{} has no schedule `{}`: tenantry jobs schedules --tenant {} lists them.",
            args.tenant, args.schedule, args.tenant
        ))
    })?;
    let answer = operate(services, &caller, "job_schedules.run_now", id).await?;
    match (args.json, answer["job_id"].as_str()) {
        (true, _) => println!("{answer}"),
        (false, Some(job)) => {
            println!("Enqueued: tenantry jobs show {job} --tenant {}", args.tenant);
        }
        (false, None) => println!("The schedule's job waits or runs already."),
    }
    Ok(())
}
