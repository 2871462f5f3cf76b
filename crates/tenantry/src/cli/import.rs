//! The words of `tenantry import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `tenantry import`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ImportArgs {
    /// A batch that is there already.
    #[command(subcommand)]
    pub command: Option<ImportCommand>,
    /// Files to import.
    #[command(flatten)]
    pub files: Option<ImportFiles>,
}

/// `tenantry import FILES…`.
#[derive(Debug, Args)]
pub struct ImportFiles {
    /// CSV, TSV, XLSX, XLSB, XLS, ODS, or a ZIP of them; records of one file may refer to those of another, in any order
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// The files are those of this data source, which people upload: its template, format, mode and policy hold
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// What the files hold, such as customers or orders; found out where left out
    #[arg(long = "as", value_name = "TYPE")]
    pub data_type: Option<String>,
    /// Read the files by the template of this name; without this, by the one whose headers are the file's
    #[arg(long, value_name = "NAME", conflicts_with = "no_template")]
    pub template: Option<String>,
    /// Use no template
    #[arg(long)]
    pub no_template: bool,
    /// Keep the mapping under this name, for files with the same headers
    #[arg(long, value_name = "NAME")]
    pub save_template: Option<String>,
    /// A value that every row gets, such as customers.country=US; may be given again
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// What may be done: create alone, update alone, or both [default: upsert]
    #[arg(long, value_parser = ["create", "update", "upsert"])]
    pub mode: Option<String>,
    /// With bad rows: write nothing, or the good ones [default: all-or-nothing up to 50,000 rows]
    #[arg(long, value_parser = ["all-or-nothing", "valid-rows"])]
    pub policy: Option<String>,
    /// What an empty cell does to a stored value [default: keep]
    #[arg(long, value_parser = ["keep", "clear"])]
    pub empty: Option<String>,
    /// Restore archived records that the files name
    #[arg(long)]
    pub restore: bool,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Approve and commit without asking
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object a line for each file or sheet
    #[arg(long)]
    pub json: bool,
}

/// `tenantry import resume`, `cancel`, `undo`.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Go on with a batch whose process died or that awaits approval
    Resume(ImportResumeArgs),
    /// Stop a batch; what it has written stays
    Cancel(ImportBatchArgs),
    /// Take back what a batch wrote
    Undo(ImportUndoArgs),
    /// Write a file to fill in: the columns of a kind of record, what each takes, and an example
    Sample(ImportSampleArgs),
    /// Fetch a data source at once, beside its cadence; a worker does it
    Fetch(ImportFetchArgs),
}

/// Which batch.
#[derive(Debug, Args)]
pub struct ImportBatchArgs {
    /// Id of the batch
    pub batch: uuid::Uuid,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
}

/// `tenantry import sample`.
#[derive(Debug, Args)]
pub struct ImportSampleArgs {
    /// What the file is to hold, such as customers
    pub data_type: String,
    /// Where to write it; the standard output where left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Kind of file; where left out, what the ending of --out says, else csv
    #[arg(long, value_parser = ["csv", "xlsx"])]
    pub format: Option<String>,
}

/// `tenantry import fetch`.
#[derive(Debug, Args)]
pub struct ImportFetchArgs {
    /// Name of the data source
    pub source: String,
    /// Slug of the tenant
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
}

/// `tenantry import resume`.
#[derive(Debug, Args)]
pub struct ImportResumeArgs {
    /// Which batch.
    #[command(flatten)]
    pub batch: ImportBatchArgs,
    /// Approve and commit without asking
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object a line for each file or sheet
    #[arg(long)]
    pub json: bool,
}

/// `tenantry import undo`.
#[derive(Debug, Args)]
pub struct ImportUndoArgs {
    /// Which batch.
    #[command(flatten)]
    pub batch: ImportBatchArgs,
    /// Also records that were changed since
    #[arg(long)]
    pub force: bool,
}
