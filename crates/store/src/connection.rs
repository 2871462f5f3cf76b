//! Connections to PostgreSQL: over a socket or the network, encrypted where the URL says so.
//!
//! `sslmode=require` means encrypted and the server's certificate checked against its host name and the machine's
//! trusted roots (or those of `SSL_CERT_FILE`), which libpq calls `verify-full`: encryption alone keeps out nobody who can
//! stand in between. Without it a connection is plain, as it is over a socket.

use std::{
    pin::Pin,
    sync::{Arc, LazyLock},
};

use futures_util::stream::{Stream, poll_fn};
use model::value::is_own_machine;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_postgres::{
    AsyncMessage, Client, Config, Error, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Gives the process its provider of cryptography, without which no client for HTTP can be made.
pub fn provide_cryptography() {
    // One that is installed already does as well.
    let _ = ring::default_provider().install_default();
}

/// Whether the URL of a connection leads to this machine: over a socket or the loopback interface. One that cannot be read
/// leads nowhere.
pub fn is_on_this_machine(url: &str) -> bool {
    let near = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => is_own_machine(name),
    };
    url.parse::<Config>().is_ok_and(|config| config.get_hosts().iter().all(near))
}

/// What moves the bytes of a connection; done when the connection ends.
pub(crate) type Driver = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Connects; the driver must be polled for the client to get answers.
///
/// # Errors
/// When the server cannot be reached, its certificate is not trusted, or it refuses the login.
pub(crate) async fn connect(config: &Config) -> Result<(Client, Driver), Error> {
    if config.get_ssl_mode() == SslMode::Require {
        let (client, connection) = config.connect(MakeRustlsConnect::new(TLS.as_ref().clone())).await?;
        return Ok((client, Box::pin(connection)));
    }
    let (client, connection) = config.connect(NoTls).await?;
    Ok((client, Box::pin(connection)))
}

/// What the server sends by itself on a connection: notifications, notices. The connection lives as long as it is read.
pub(crate) type Messages = Pin<Box<dyn Stream<Item = Result<AsyncMessage, Error>> + Send>>;

/// Connects to hear what the server sends by itself; the messages must be read for the client to get answers.
///
/// # Errors
/// As [`connect`].
pub(crate) async fn connect_listening(config: &Config) -> Result<(Client, Messages), Error> {
    if config.get_ssl_mode() == SslMode::Require {
        let (client, mut connection) = config.connect(MakeRustlsConnect::new(TLS.as_ref().clone())).await?;
        return Ok((client, Box::pin(poll_fn(move |cx| connection.poll_message(cx)))));
    }
    let (client, mut connection) = config.connect(NoTls).await?;
    Ok((client, Box::pin(poll_fn(move |cx| connection.poll_message(cx)))))
}

/// The machine's roots, read once.
static TLS: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a trusted certificate cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    Arc::new(config(roots))
});

#[expect(clippy::expect_used, reason = "the versions of TLS and the cipher suites come from the same crate")]
fn config(roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the default versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use super::is_on_this_machine;

    #[test]
    fn sockets_and_loopback_are_on_this_machine_and_nothing_else() {
        for near in [
            "host=/run/postgresql dbname=a", "postgresql://a@localhost/a", "postgresql://a@127.0.0.1/a",
            "postgresql://a@[::1]/a",
        ] {
            assert!(is_on_this_machine(near), "{near}");
        }
        for far in [
            "postgresql://a@db.example.com/a", "postgresql://a@localhost,10.0.0.1/a",
            "postgresql://a@10.0.0.1/a", "what",
        ] {
            assert!(!is_on_this_machine(far), "{far}");
        }
    }
}
