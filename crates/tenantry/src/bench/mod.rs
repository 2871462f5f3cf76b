//! `tenantry bench`: imports against `\copy`, the API and inbound webhooks against pgbench, jobs against bare SQL and two
//! peers, searches and pages by themselves, contestants taking turns on one own cluster.
//!
//! Each turn is kept and printed; ratios are those of one turn, and the figure is their median. The same contestant
//! enters twice where that is cheap, which shows the noise. Nothing here fails on time. Linux only: CPU times and
//! memory are read from `/proc`.

mod api;
mod customers;
mod hooks;
mod import;
mod jobs;
mod load;
mod machine;
mod pages;
mod peer;
mod place;
mod search;
mod seed;
mod server;
mod table;

use crate::{cli::BenchCommand, failure::Failure, settings::Settings};

/// Measures what the command says and prints a table of Markdown.
///
/// # Errors
/// When the cluster, a tool of PostgreSQL or a contestant fails.
pub async fn run(settings: &Settings, command: &BenchCommand) -> Result<(), Failure> {
    if settings.database_url.is_some() || settings.app_url.is_some() {
        return Err(Failure::usage(
            "The benchmarks make databases on Tenantry's own cluster: unset DATABASE_URL and TENANTRY_APP_URL.",
        ));
    }
    let place = place::Place::open(settings).await?;
    let done = match command {
        BenchCommand::Import(args) => import::run(&place, args).await,
        BenchCommand::Api(args) => api::run(&place, args).await,
        BenchCommand::Search(args) => search::run(&place, args).await,
        BenchCommand::Pages(args) => pages::run(&place, args).await,
        BenchCommand::Hooks(args) => hooks::run(&place, args).await,
        BenchCommand::Jobs(args) => jobs::run(&place, args).await,
    };
    done.and(place.close().await)
}
