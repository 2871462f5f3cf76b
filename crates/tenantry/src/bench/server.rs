//! The program under load, in a process of its own.

use std::{
    net::{SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use super::{
    load,
    place::{Fresh, Place},
};
use crate::failure::Failure;

/// `tenantry serve` in a process of its own, on a free port.
pub struct Server {
    /// The process.
    pub child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it over the database, with more arguments than `serve`; done when it is ready.
    pub async fn start(place: &Place, fresh: &Fresh, args: &[&str]) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(args)
            .env_remove("DATABASE_URL")
            .env("TENANTRY_DATA", &place.folder)
            .env("TENANTRY_APP_URL", place.url(fresh, false))
            .env("TENANTRY_OPERATOR_URL", place.url(fresh, true))
            .env("TENANTRY_LISTEN", address.to_string())
            .env("TENANTRY_LOG", "warn")
            .env("TENANTRY_RATE_CALLER", "off")
            .env("TENANTRY_RATE_TENANT", "off")
            .env("TENANTRY_RATE_CLIENT", "off")
            .kill_on_drop(true)
            .spawn()?;
        let server = Self { child, address };
        let asked = Instant::now();
        let ready = load::request(address, "/readyz", "");
        loop {
            match load::ask(address, &ready).await {
                Ok(_) => return Ok(server),
                Err(_) if asked.elapsed() < Duration::from_secs(20) => {
                    tokio::time::sleep(Duration::from_millis(50)).await
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Ends it.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.child.kill().await?;
        Ok(())
    }
}
