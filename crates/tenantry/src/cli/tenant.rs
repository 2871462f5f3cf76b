//! The words of `tenantry tenant`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `tenantry tenant`.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Make a tenant with the built-in roles
    Create(TenantCreateArgs),
    /// List every tenant with its state and figures
    List(TenantListArgs),
    /// Let nobody into a tenant until it is resumed; its jobs, mails and deliveries wait
    Suspend(TenantChangeArgs),
    /// Let a suspended tenant and all that waits go on
    Resume(TenantChangeArgs),
    /// End a tenant for good; it can then be exported and deleted
    Close(TenantChangeArgs),
    /// Remove every row and file of a closed tenant
    Delete(TenantDeleteArgs),
    /// Write everything of a tenant, rows and files, to one archive
    Export(TenantExportArgs),
    /// Bring a tenant in from an archive, suspended, under a slug of its own
    Import(TenantImportArgs),
}

/// Which tenant.
#[derive(Debug, Args)]
pub struct TenantArgs {
    /// Slug of the tenant
    #[arg(value_name = "SLUG")]
    pub slug: String,
}

/// `tenantry tenant list`.
#[derive(Debug, Args)]
pub struct TenantListArgs {
    /// Count what each tenant holds now, instead of showing what was counted last
    #[arg(long)]
    pub count: bool,
    /// Print one JSON object a line for each tenant
    #[arg(long)]
    pub json: bool,
}

/// `tenantry tenant suspend`, `resume`, `close`.
#[derive(Debug, Args)]
pub struct TenantChangeArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// Why; kept with the tenant and in the audit
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `tenantry tenant delete`.
#[derive(Debug, Args)]
pub struct TenantDeleteArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// Delete without asking for the slug
    #[arg(long)]
    pub yes: bool,
    /// Print what was removed as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `tenantry tenant export`.
#[derive(Debug, Args)]
pub struct TenantExportArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenant: TenantArgs,
    /// Where to; the file holds password hashes and is readable by its owner alone
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Print what was written as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `tenantry tenant import`.
#[derive(Debug, Args)]
pub struct TenantImportArgs {
    /// The archive, as `tenantry tenant export` wrote it
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Slug of the new tenant
    #[arg(long, value_name = "SLUG")]
    pub slug: String,
    /// Look at everything in the archive and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was brought in as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `tenantry tenant create`.
#[derive(Debug, Args)]
pub struct TenantCreateArgs {
    /// Its name in addresses: lower-case letters, digits and hyphens
    #[arg(long)]
    pub slug: String,
    /// What people read
    #[arg(long)]
    pub name: String,
    /// IANA time zone: what "today" means to its people
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub time_zone: String,
    /// ISO 4217 code of its currency
    #[arg(long, default_value = "USD", value_name = "CODE")]
    pub currency: String,
    /// Language of its people
    #[arg(long, default_value = "en", value_name = "TAG")]
    pub locale: String,
    /// ISO 3166 code of its country
    #[arg(long, value_name = "CODE")]
    pub country: Option<String>,
    /// Address of its first admin, to whom an invitation is mailed
    #[arg(long, value_name = "E-MAIL")]
    pub admin: Option<String>,
    /// Name of its first admin; the address where it is left out
    #[arg(long, value_name = "NAME", requires = "admin")]
    pub admin_name: Option<String>,
    /// A setting other than its default, such as security.session_days=30; may be repeated
    #[arg(long, value_name = "GROUP.NAME=VALUE", value_parser = setting)]
    pub setting: Vec<(String, String, String)>,
}

fn setting(text: &str) -> Result<(String, String, String), String> {
    let parts = text.split_once('=').and_then(|(path, value)| Some((path.split_once('.')?, value)));
    let ((group, name), value) =
        parts.ok_or("write the group, the setting and its value, as security.session_days=30")?;
    Ok((group.to_owned(), name.to_owned(), value.to_owned()))
}
