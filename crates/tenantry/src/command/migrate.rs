//! `tenantry migrate`: the database to this program's schema.

use crate::{database, failure::Failure, settings::Settings};

/// Migrates and says what was done.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let (database, report) = database::migrate(settings).await?;
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    let done = match (report.applied.len(), report.replaced) {
        (0, false) => "nothing to do".to_owned(),
        (0, true) => "functions and policies replaced".to_owned(),
        (1, _) => "1 migration applied".to_owned(),
        (count, _) => format!("{count} migrations applied"),
    };
    println!("The database is at schema version {}: {done}.", report.version);
    database.close().await
}
