//! Starts and stops the tests' own PostgreSQL cluster: `tenantry-test-cluster start | stop | url`.

use std::process::ExitCode;

use store::cluster::{Cluster, ClusterError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let verb = std::env::args().nth(1).unwrap_or_default();
    let done = match verb.as_str() {
        "start" => start().await,
        "stop" => stop().await,
        "url" => url().await,
        _ => {
            eprintln!("usage: tenantry-test-cluster start | stop | url");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(), ClusterError> {
    Cluster::attach_or_start(&store::testing::options()).await.map(Cluster::leave_running)
}

async fn stop() -> Result<(), ClusterError> {
    let said = match Cluster::attach(&store::testing::options()).await? {
        None => "the test cluster is not running",
        Some(cluster) => match cluster.stop().await? {
            true => "the test cluster is stopped",
            false => "the test cluster stays up: other tests use it",
        },
    };
    println!("{said}");
    Ok(())
}

/// What `psql` takes to look into the running cluster.
async fn url() -> Result<(), ClusterError> {
    match Cluster::attach(&store::testing::options()).await? {
        None => println!("the test cluster is not running"),
        Some(cluster) => {
            println!("postgresql://tenantry_admin@/postgres?host={}", cluster.socket_dir().display());
            println!("password: in {}/admin.password", cluster.home().display());
            cluster.leave_running();
        }
    }
    Ok(())
}
