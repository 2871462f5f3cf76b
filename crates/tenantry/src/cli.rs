//! The command line's words.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// List every setting with the value in force and where it comes from
    Config(ConfigArgs),
}

/// `tenantry config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print an example file with every setting explained instead
    #[arg(long)]
    pub example: bool,
}
