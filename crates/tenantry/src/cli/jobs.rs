//! The words of `tenantry jobs`.

use clap::{Args, Subcommand};
use uuid::Uuid;

/// `tenantry jobs`.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List the newest jobs
    List(JobsListArgs),
    /// Show a job with its attempts and what they wrote down
    Show(JobsShowArgs),
    /// Put failed or cancelled jobs back into the queue, with all their attempts
    Retry(JobsRetryArgs),
    /// Take waiting jobs out of the queue and stop running ones
    Cancel(JobsCancelArgs),
    /// List schedules with their next slots
    Schedules(JobsSchedulesArgs),
    /// Enqueue a schedule's job at once, beside its slots
    Run(JobsRunArgs),
}

/// `tenantry jobs list`.
#[derive(Debug, Args)]
pub struct JobsListArgs {
    /// Slug of the tenant; all tenants where left out
    #[arg(long, value_name = "SLUG")]
    pub tenant: Option<String>,
    /// Jobs in this state alone
    #[arg(long, value_parser = ["pending", "processing", "completed", "failed", "cancelled"])]
    pub status: Option<String>,
    /// Jobs of this kind alone, such as jobs.prune
    #[arg(long)]
    pub kind: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub limit: i64,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `tenantry jobs show`.
#[derive(Debug, Args)]
pub struct JobsShowArgs {
    /// Id of the job
    pub job: Uuid,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Print a JSON object with the job and its runs
    #[arg(long)]
    pub json: bool,
}

/// `tenantry jobs retry`.
#[derive(Debug, Args)]
pub struct JobsRetryArgs {
    /// Ids of the jobs
    #[arg(required_unless_present = "failed", conflicts_with = "failed", value_name = "JOB")]
    pub jobs: Vec<Uuid>,
    /// Every failed job of the tenant instead, up to 10,000
    #[arg(long)]
    pub failed: bool,
    /// With --failed: jobs of this kind alone
    #[arg(long, requires = "failed")]
    pub kind: Option<String>,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `tenantry jobs cancel`.
#[derive(Debug, Args)]
pub struct JobsCancelArgs {
    /// Ids of the jobs
    #[arg(required = true, value_name = "JOB")]
    pub jobs: Vec<Uuid>,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `tenantry jobs schedules`.
#[derive(Debug, Args)]
pub struct JobsSchedulesArgs {
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `tenantry jobs run`.
#[derive(Debug, Args)]
pub struct JobsRunArgs {
    /// Code of the schedule, as `tenantry jobs schedules` lists it
    pub schedule: String,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
}
