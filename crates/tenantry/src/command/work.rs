//! `tenantry work`: background work alone, until it is told to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use work::jobs::{self, Duties, Limits};

use crate::{
    command::asked_to_end,
    database::{Database, Use},
    failure::Failure,
    settings::Settings,
    storage,
    watch::{self, Watch},
};

/// Works until Ctrl-C or SIGTERM; running jobs then have their grace.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let database = Database::open(settings, Use::Command).await?;
    storage::check(settings, &database.files).await?;
    let figures = watch::listener(settings).await?;
    let watch = Watch::start(settings, &database.db)?;
    let services = database.services(settings)?;
    tracing::info!("working; Ctrl-C stops");
    let stop = CancellationToken::new();
    let work = async {
        jobs::run(services, Duties::all(), limits(settings), asked_to_end()).await;
        stop.cancel();
    };
    tokio::join!(work, watch::serve(watch, figures, stop.clone().cancelled_owned()));
    tracing::info!("stopped");
    database.close().await
}

/// What the settings say about how much one process does.
pub fn limits(settings: &Settings) -> Limits {
    let lease = Duration::from_secs(settings.job_lease);
    let node = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Limits {
        slots: settings.job_slots,
        lease,
        beat: lease / 4,
        rescue: lease / 4,
        grace: Duration::from_secs(settings.job_grace),
        worker: format!("{node} {}", std::process::id()),
        ..Limits::default()
    }
}
