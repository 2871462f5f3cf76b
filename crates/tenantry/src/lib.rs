//! The `tenantry` program: settings, command line, demo data, benchmarks.
//!
//! A library with a thin `main`, so that tests see its statements and its table of settings.

mod bench;
pub mod cli;
mod command;
mod database;
mod demo;
mod failure;
mod logging;
pub mod settings;
mod storage;
mod traces;
mod watch;
pub mod workbooks;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command line of this process to its end.
pub fn main() -> ExitCode {
    match command::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                eprintln!("tenantry: {text}");
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
