//! The command line's words.

mod import;
mod jobs;
mod tenant;
mod user;
mod webhooks;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use import::{
    ImportArgs, ImportBatchArgs, ImportCommand, ImportFetchArgs, ImportFiles, ImportResumeArgs,
    ImportSampleArgs, ImportUndoArgs,
};
pub use jobs::{
    JobsCancelArgs, JobsCommand, JobsListArgs, JobsRetryArgs, JobsRunArgs, JobsSchedulesArgs, JobsShowArgs,
};
pub use tenant::{
    TenantArgs, TenantChangeArgs, TenantCommand, TenantCreateArgs, TenantDeleteArgs, TenantExportArgs,
    TenantImportArgs, TenantListArgs,
};
pub use user::{UserCommand, UserCreateArgs, UserListArgs, UserResetArgs};
pub use webhooks::{WebhooksArgs, WebhooksCommand};

/// Sales and operations of many companies from one PostgreSQL database and one binary.
#[derive(Debug, Parser)]
#[command(name = "tenantry", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// Read settings from this file instead of ./tenantry.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and work in the background until Ctrl-C or SIGTERM
    Serve(ServeArgs),
    /// Work in the background alone: jobs, schedules, deliveries; until Ctrl-C or SIGTERM
    Work,
    /// See the queue of background jobs; retry, cancel and run
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Import spreadsheets: look, map, check every row, ask, write
    Import(ImportArgs),
    /// Write the records of an entity to a file
    Export(ExportArgs),
    /// Bring the database to this program's schema; makes roles and rights on a server of your own
    Migrate,
    /// Make two demo tenants with two years of history, a token for each, and logins
    Demo,
    /// Make tenants, list them with their figures, suspend, resume, close, delete, export and import them
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Make people on the staff, give them a way in, list them
    #[command(subcommand)]
    User(UserCommand),
    /// Make the tokens by which programs get in
    #[command(subcommand)]
    Token(TokenCommand),
    /// See who is told of events and how that goes; send again, test, rotate secrets
    Webhooks(WebhooksArgs),
    /// Prove that tables, policies and stored sums are as they must be
    Verify(VerifyArgs),
    /// Check that everything Tenantry stands on is in order
    Doctor,
    /// List every setting with the value in force and where it comes from
    Config(ConfigArgs),
    /// Measure imports against \copy, the API against pgbench, jobs against other queues
    #[command(subcommand, hide = true)]
    Bench(BenchCommand),
    /// Read a workbook for the program itself, within bounds
    #[command(hide = true, name = crate::workbooks::COMMAND)]
    ReadWorkbook(ReadWorkbookArgs),
}

/// `tenantry read-workbook`.
#[derive(Debug, Args)]
pub struct ReadWorkbookArgs {
    /// Memory in MiB, seconds, and what to read, as the program itself says it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub order: Vec<std::ffi::OsString>,
}

/// `tenantry verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Check this tenant alone
    #[arg(long, value_name = "SLUG")]
    pub tenant: Option<String>,
    /// Mend what has one right answer; without it, only say what would be done
    #[arg(long)]
    pub repair: bool,
    /// Print one JSON object for each check instead of text
    #[arg(long)]
    pub json: bool,
}

/// `tenantry bench`.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// A file of customers from disk to committed rows, against \copy of its clean rows
    Import(BenchImportArgs),
    /// GET by id, lists of 50 and new records over HTTP, against pgbench with the same SQL
    Api(BenchApiArgs),
    /// Searches over all kinds of record among customers with English and Thai names
    Search(BenchSearchArgs),
    /// Pages of lists among many customers: time in the server, and what of it is rendering
    Pages(BenchPagesArgs),
    /// Inbound webhooks over HTTP, against pgbench that inserts one row in each transaction
    Hooks(BenchHooksArgs),
    /// No-op jobs enqueued and finished, against bare SQL, graphile-worker and pg-boss
    Jobs(BenchJobsArgs),
}

/// `tenantry bench import`.
#[derive(Debug, Args)]
pub struct BenchImportArgs {
    /// Rows of the file; one in a hundred is bad
    #[arg(long, default_value_t = 100_000)]
    pub rows: u64,
    /// Turns of each contestant
    #[arg(long, default_value_t = 5)]
    pub runs: u32,
}

/// `tenantry bench api`.
#[derive(Debug, Args)]
pub struct BenchApiArgs {
    /// Customers in the database
    #[arg(long, default_value_t = 1_000_000)]
    pub rows: u64,
    /// Customers of the tenant that is asked about
    #[arg(long, default_value_t = 10_000)]
    pub own: u64,
    /// Turns of each contestant
    #[arg(long, default_value_t = 5)]
    pub runs: u32,
    /// Seconds of each turn
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,
}

/// `tenantry bench search`.
#[derive(Debug, Args)]
pub struct BenchSearchArgs {
    /// Customers of the tenant
    #[arg(long, default_value_t = 1_000_000)]
    pub rows: u64,
    /// Turns
    #[arg(long, default_value_t = 5)]
    pub runs: u32,
    /// Seconds of each turn and kind of search
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
}

/// `tenantry bench pages`.
#[derive(Debug, Args)]
pub struct BenchPagesArgs {
    /// Customers of the tenant
    #[arg(long, default_value_t = 1_000_000)]
    pub rows: u64,
    /// Requests of each kind of list
    #[arg(long, default_value_t = 400)]
    pub times: usize,
}

/// `tenantry bench hooks`.
#[derive(Debug, Args)]
pub struct BenchHooksArgs {
    /// Turns of each contestant
    #[arg(long, default_value_t = 5)]
    pub runs: u32,
    /// Seconds of each turn
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,
}

/// `tenantry bench jobs`.
#[derive(Debug, Args)]
pub struct BenchJobsArgs {
    /// Jobs of each turn
    #[arg(long, default_value_t = 50_000)]
    pub jobs: usize,
    /// Turns of each contestant
    #[arg(long, default_value_t = 5)]
    pub runs: u32,
    /// Single jobs whose beginning is timed
    #[arg(long, default_value_t = 200)]
    pub picks: usize,
    /// The folder with the peers' packages; npm installs them there
    #[arg(long, default_value = "bench/jobs", value_name = "FOLDER")]
    pub peers: PathBuf,
}

/// `tenantry serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Leave background work to other processes (`tenantry work`)
    #[arg(long)]
    pub no_work: bool,
    /// Serve people over plain http at a TENANTRY_URL that is not this machine's own: whoever is on the way reads along
    #[arg(long)]
    pub insecure_http: bool,
}

/// `tenantry config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print an example file with every setting explained instead
    #[arg(long)]
    pub example: bool,
}

/// `tenantry token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it, this once
    Create(TokenCreateArgs),
    /// List a tenant's tokens: name, role, scopes, state
    List(TokenListArgs),
    /// End a token at once
    Revoke(TokenRevokeArgs),
}

/// `tenantry token create`.
#[derive(Debug, Args)]
pub struct TokenCreateArgs {
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Code of the role whose rights it has
    #[arg(long, default_value = "admin", value_name = "CODE")]
    pub role: String,
    /// Its name; a token of the same name is replaced
    #[arg(long, default_value = "command line")]
    pub name: String,
    /// A permission that narrows the role, as customers.view or orders.*; may be given several times
    #[arg(long, value_name = "PERMISSION")]
    pub scope: Vec<String>,
    /// When it ends, as 2036-12-31T00:00:00Z; valid until revoked where left out
    #[arg(long, value_name = "TIME")]
    pub expires: Option<jiff::Timestamp>,
}

/// `tenantry token list`.
#[derive(Debug, Args)]
pub struct TokenListArgs {
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
}

/// `tenantry token revoke`.
#[derive(Debug, Args)]
pub struct TokenRevokeArgs {
    /// The token's name
    pub name: String,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
}

/// `tenantry export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Name of the entity, such as customers
    pub entity: String,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Kind of file; where left out, what the ending of --out says, else csv
    #[arg(long, value_parser = ["csv", "xlsx", "jsonl", "parquet"])]
    pub format: Option<String>,
    /// CSV: a byte order mark in front, by which older versions of Excel know UTF-8
    #[arg(long)]
    pub bom: bool,
    /// CSV: no apostrophe in front of cells that a spreadsheet would run as a formula
    #[arg(long)]
    pub raw: bool,
    /// Where to; the standard output where left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
