//! Whether the process is alive and whether it can work.

use axum::extract::State;

use crate::{App, refusal::Refusal};

/// The process is alive. It says nothing of the database, so that its loss makes nobody restart the program.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The database can be reached and has this program's schema.
pub async fn ready(State(app): State<App>) -> Result<&'static str, Refusal> {
    app.db.check_schema().await?;
    Ok("ready\n")
}
