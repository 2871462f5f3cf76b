//! `tenantry serve`: the HTTP server, until it is told to stop.

use tokio::net::TcpListener;

use crate::{
    command::asked_to_end,
    database::{Database, Use},
    failure::Failure,
    settings::Settings,
};

/// Serves until Ctrl-C or SIGTERM, then lets requests under way finish and stops the own cluster.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        Failure::work(format!(
            "Cannot listen on {}: {error}. Set TENANTRY_LISTEN to a free address and port, such as 127.0.0.1:8081.",
            settings.listen
        ))
    })?;
    let database = Database::open(settings, Use::Serve).await?;
    let app = web::App::new(database.db.clone(), database.files.clone(), settings.data.join("uploads"))?;
    tracing::info!("serving on http://{}; Ctrl-C stops", listener.local_addr()?);
    let served = web::serve(app, listener, asked_to_end()).await;
    tracing::info!("stopped");
    served.map_err(Failure::from).and(database.close().await)
}
