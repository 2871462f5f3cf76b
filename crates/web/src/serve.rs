//! The server.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, select, sync::oneshot, time::sleep};

use crate::{App, router};

/// How long requests under way may take to finish once the program stops.
const GRACE: Duration = Duration::from_secs(20);

/// Answers requests until `shutdown` is done; then takes no new ones and lets those under way finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: App,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (tell, told) = oneshot::channel();
    let signal = async move {
        shutdown.await;
        // Nobody listens only where the server has ended by itself.
        let _ = tell.send(());
    };
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(signal);
    let late = async {
        match told.await {
            Ok(()) => sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    select! {
        ended = server.into_future() => ended,
        () = late => Ok(()),
    }
}
