//! `tenantry serve`: the HTTP server and background work, until it is told to stop.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use work::{
    jobs::{self, Duties},
    webhooks::inbound::Inbox,
};

use crate::{
    cli::ServeArgs,
    command::{asked_to_end, work::limits},
    database::{Database, Use},
    failure::Failure,
    settings::Settings,
    storage,
    watch::{self, Watch},
};

/// Serves until Ctrl-C or SIGTERM, then lets requests and jobs under way finish and stops the own cluster.
pub async fn run(settings: &Settings, args: &ServeArgs) -> Result<(), Failure> {
    if web::in_clear(&settings.url) {
        if !args.insecure_http {
            return Err(Failure::usage(format!(
                "People would send passwords in the clear to {}. Serve it over https (a proxy in front, TENANTRY_URL=https://…), \
                 or start with --insecure-http where everybody on the way is trusted.",
                settings.url
            )));
        }
        tracing::warn!("passwords and sessions travel in the clear to {}", settings.url);
    }
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        Failure::work(format!(
            "Cannot listen on {}: {error}. Set TENANTRY_LISTEN to a free address and port, such as 127.0.0.1:8081.",
            settings.listen
        ))
    })?;
    let database = Database::open(settings, Use::Serve).await?;
    storage::check(settings, &database.files).await?;
    let services = database.services(settings)?;
    let inbox = Inbox::open(services.db.clone(), services.keys.clone(), settings.data.join("hooks"))?;
    let figures = watch::listener(settings).await?;
    let watch = Watch::start(settings, &database.db)?;
    let app = web::App::new(services.clone(), inbox, settings.data.join("uploads"))?;
    let mut app = app.behind(&settings.trusted_proxies).limited(settings.quotas);
    if let Some(watch) = &watch {
        app = app.with_metrics(watch.page());
    }
    tracing::info!("serving on http://{}; Ctrl-C stops", listener.local_addr()?);
    let stop = CancellationToken::new();
    let (asked, told) = (stop.clone(), stop.clone());
    let ask = async {
        asked_to_end().await;
        asked.cancel();
    };
    let serve = async {
        let served = web::serve(app, listener, stop.clone().cancelled_owned()).await;
        // A server that ended by itself takes the rest of the process with it.
        stop.cancel();
        served
    };
    let work = async {
        if !args.no_work {
            jobs::run(services, Duties::all(), limits(settings), told.cancelled_owned()).await;
        }
    };
    let watched = watch::serve(watch, figures, stop.clone().cancelled_owned());
    let both = async { tokio::join!(serve, work, watched).0 };
    let served = tokio::select! {
        // In this order: whoever has an answer may tell it to stop, so signals are heard before the first one.
        biased;
        () = async { ask.await; std::future::pending().await } => Ok(()),
        served = both => served,
    };
    tracing::info!("stopped");
    served.map_err(Failure::from).and(database.close().await)
}
