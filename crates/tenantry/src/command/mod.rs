//! One file per command.

mod config;
mod demo;
mod doctor;
mod export;
mod import;
mod jobs;
mod migrate;
mod serve;
mod tenant;
mod token;
mod user;
mod verify;
mod webhooks;
mod work;

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    bench,
    cli::{Cli, Command, ImportArgs, ImportCommand},
    database::{self, Database, Use},
    failure::Failure,
    logging,
    settings::Settings,
    workbooks,
};

/// Does what the command line says.
///
/// # Errors
/// Why it could not be done.
pub fn run(cli: Cli) -> Result<(), Failure> {
    if let Command::ReadWorkbook(args) = &cli.command {
        // A process with bounds of its own, which knows no settings and no database.
        return Ok(workbooks::serve(&args.order)?);
    }
    ::work::import::isolate(Arc::new(workbooks::Apart::of_this_program()?));
    let settings = Settings::load(|name| std::env::var(name).ok(), cli.config.as_deref())?;
    let level = if matches!(cli.command, Command::Serve(_) | Command::Work) { "info" } else { "warn" };
    let traces = logging::start(&settings, level)?;
    let threads = threads(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    let done = runtime.block_on(dispatch(cli.command, &settings));
    // A question that nobody answers must not keep the process.
    runtime.shutdown_background();
    drop(traces);
    done
}

/// How many threads answer requests. PostgreSQL takes most of the time of a request; where both share the cores, more threads
/// than half of them only wake each other.
fn threads(settings: &Settings) -> Result<usize, Failure> {
    if let Some(threads) = settings.threads {
        return Ok(threads);
    }
    let cores = std::thread::available_parallelism()?.get();
    Ok(if database::is_here(settings) { (cores / 2).max(1) } else { cores })
}

async fn dispatch(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Config(args) => {
            config::run(settings, &args);
            Ok(())
        }
        Command::ReadWorkbook(args) => Ok(workbooks::serve(&args.order)?),
        Command::Serve(args) => serve::run(settings, &args).await,
        Command::Work => work::run(settings).await,
        Command::Bench(command) => bench::run(settings, &command).await,
        Command::Import(ImportArgs { command: Some(ImportCommand::Sample(args)), .. }) => {
            import::sample(&args)
        }
        Command::Import(args) => {
            with_database(settings, async |database| import::run(settings, database, args).await).await
        }
        Command::Export(args) => {
            with_database(settings, async |database| export::run(database, &args).await).await
        }
        Command::Jobs(command) => {
            with_database(settings, async |database| jobs::run(settings, database, command).await).await
        }
        Command::Migrate => migrate::run(settings).await,
        Command::Demo => with_database(settings, async |database| demo::run(settings, database).await).await,
        Command::Tenant(command) => {
            with_database(settings, async |database| tenant::run(settings, database, command).await).await
        }
        Command::Token(command) => {
            with_database(settings, async |database| token::run(database, command).await).await
        }
        Command::User(command) => {
            with_database(settings, async |database| user::run(settings, database, command).await).await
        }
        Command::Webhooks(args) => {
            with_database(settings, async |database| webhooks::run(settings, database, args).await).await
        }
        Command::Verify(args) => {
            with_database(settings, async |database| verify::run(database, &args).await).await
        }
        Command::Doctor => {
            with_database(settings, async |database| doctor::run(settings, database).await).await
        }
    }
}

/// Opens the database, does the work unless a signal comes first, and leaves the database in order either way.
async fn with_database(
    settings: &Settings,
    work: impl AsyncFnOnce(&Database) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let database = Database::open(settings, Use::Command).await?;
    let done = tokio::select! {
        done = work(&database) => done,
        () = asked_to_end() => Err(Failure::work("Interrupted. An import goes on with `tenantry import resume BATCH --tenant SLUG`.")),
    };
    done.and(database.close().await)
}

/// Done when the process is asked to end: Ctrl-C or SIGTERM.
async fn asked_to_end() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
