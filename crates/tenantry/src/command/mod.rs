//! One file per command.

mod config;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
    logging,
    settings::Settings,
};

/// Does what the command line says.
///
/// # Errors
/// Why it could not be done.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let settings = Settings::load(|name| std::env::var(name).ok(), cli.config.as_deref())?;
    logging::start(&settings, "warn")?;
    match cli.command {
        Command::Config(args) => {
            config::run(&settings, &args);
            Ok(())
        }
    }
}
