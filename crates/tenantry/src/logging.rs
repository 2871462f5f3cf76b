//! Log lines on the error output.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt};

use crate::{failure::Failure, settings::Settings};

/// Starts logging as the settings say; `default` is the level where they say nothing.
pub fn start(settings: &Settings, default: &str) -> Result<(), Failure> {
    let wanted = settings.log.as_deref().unwrap_or(default);
    let filter = EnvFilter::try_new(wanted).map_err(|error| {
        Failure::usage(format!(
            "TENANTRY_LOG is `{wanted}`: {error}; expected a level such as info, or store=debug."
        ))
    })?;
    let lines = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let started = if settings.log_json { lines.json().try_init() } else { lines.try_init() };
    started.map_err(|error| Failure::work(format!("Logging cannot start: {error}.")))
}
