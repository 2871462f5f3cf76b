//! The own PostgreSQL cluster, through its public door: start, share, crash, stop.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use store::cluster::{Cluster, ClusterError, ClusterOptions};
use tempfile::TempDir;

/// A folder that the server's user can pass through, also where the tests run as root.
fn folder() -> TempDir {
    folder_of_mode(0o755)
}

fn folder_of_mode(mode: u32) -> TempDir {
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(mode)).tempdir().unwrap()
}

fn options(folder: &Path) -> ClusterOptions {
    ClusterOptions { fast_for_tests: true, ..ClusterOptions::new(folder.join("data")) }
}

async fn ask(cluster: &Cluster, sql: &str) -> String {
    let (client, connection) = cluster.admin().connect(tokio_postgres::NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    let mut answer = String::new();
    for message in client.simple_query(sql).await.unwrap() {
        if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
            answer = row.get(0).unwrap_or_default().to_owned();
        }
    }
    drop(client);
    driver.await.unwrap().unwrap();
    answer
}

fn postmaster(cluster: &Cluster) -> Pid {
    let text = std::fs::read_to_string(cluster.home().join("data/postmaster.pid")).unwrap();
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap()).unwrap()
}

fn is_running(home: &Path) -> bool {
    home.join("data/postmaster.pid").exists()
}

#[tokio::test]
async fn a_fresh_cluster_starts_answers_and_stops() {
    let folder = folder();
    let cluster = Cluster::start(&options(folder.path())).await.unwrap();
    assert!(cluster.started_here());
    assert_eq!(ask(&cluster, "show server_encoding").await, "UTF8");
    assert_eq!(
        ask(&cluster, "select datlocprovider from pg_database where datname = 'template0'").await,
        "i"
    );
    assert_eq!(ask(&cluster, "show listen_addresses").await, "");
    assert_eq!(ask(&cluster, "show jit").await, "off");
    ask(&cluster, "create extension pg_stat_statements; select count(*) from pg_stat_statements").await;
    assert_eq!(ask(&cluster, "select 'é' < 'z'").await, "t");
    let home = cluster.home().to_owned();
    let owner = std::fs::metadata(home.join("data")).unwrap().uid();
    assert_ne!(owner, 0, "the server never runs as root");
    for private in ["admin.password", "server.log"] {
        assert_eq!(std::fs::metadata(home.join(private)).unwrap().mode() & 0o777, 0o600, "{private}");
    }
    assert!(cluster.stop().await.unwrap());
    assert!(!is_running(&home));

    let since = Instant::now();
    let again = Cluster::start(&options(folder.path())).await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(2), "took {:?}", since.elapsed());
    assert_eq!(ask(&again, "select 1").await, "1");
}

#[tokio::test]
async fn the_superuser_needs_its_password() {
    let folder = folder();
    let cluster = Cluster::start(&options(folder.path())).await.unwrap();
    let mut config = cluster.admin();
    config.password("guess");
    let error = config.connect(tokio_postgres::NoTls).await.err().unwrap();
    assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::INVALID_PASSWORD));
}

#[tokio::test]
async fn a_second_owner_is_refused_and_the_last_to_leave_stops_the_server() {
    let folder = folder();
    let serve = Cluster::start(&options(folder.path())).await.unwrap();
    let home = serve.home().to_owned();
    let refused = Cluster::start(&options(folder.path())).await.unwrap_err();
    assert!(matches!(refused, ClusterError::InUse { holder: Some(pid), .. } if pid == std::process::id()));
    let text = refused.to_string();
    assert!(text.contains("another `tenantry serve`") && text.contains("stop that one first"), "{text}");
    assert!(text.contains(folder.path().to_str().unwrap()), "{text}");

    let import = Cluster::attach_or_start(&options(folder.path())).await.unwrap();
    assert!(!import.started_here());
    assert!(!serve.stop().await.unwrap(), "the import still needs the server");
    assert_eq!(ask(&import, "select 2").await, "2");

    let serve = Cluster::start(&options(folder.path())).await.unwrap();
    assert!(!serve.started_here());
    drop(import);
    assert_eq!(ask(&serve, "select 3").await, "3");
    drop(serve);
    assert!(!is_running(&home));
    assert!(Cluster::attach(&options(folder.path())).await.unwrap().is_none());
}

#[tokio::test]
async fn many_commands_that_start_at_once_share_one_server() {
    let folder = folder();
    let starts = (0..4).map(|_| {
        let options = options(folder.path());
        tokio::spawn(async move { Cluster::attach_or_start(&options).await.unwrap() })
    });
    let mut clusters = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        clusters.push(start.await.unwrap());
    }
    assert_eq!(clusters.iter().filter(|cluster| cluster.started_here()).count(), 1);
    assert!(clusters.iter().all(|cluster| postmaster(cluster) == postmaster(&clusters[0])));
}

#[tokio::test]
async fn a_killed_server_recovers_with_what_was_committed() {
    let folder = folder();
    let durable = ClusterOptions::new(folder.path().join("data"));
    let cluster = Cluster::start(&durable).await.unwrap();
    ask(&cluster, "create table kept as select 42 as answer").await;
    kill_process(postmaster(&cluster), Signal::KILL).unwrap();
    cluster.stop().await.unwrap();

    let cluster = Cluster::start(&durable).await.unwrap();
    assert!(cluster.started_here());
    assert_eq!(ask(&cluster, "select answer from kept").await, "42");
}

#[tokio::test]
async fn a_server_whose_owner_vanished_is_adopted() {
    let folder = folder();
    let cluster = Cluster::start(&options(folder.path())).await.unwrap();
    let home = cluster.home().to_owned();
    let pid = postmaster(&cluster);
    cluster.leave_running();
    let next = Cluster::start(&options(folder.path())).await.unwrap();
    assert!(!next.started_here());
    assert_eq!(postmaster(&next), pid);
    assert!(next.stop().await.unwrap());
    assert!(!is_running(&home));
}

#[tokio::test]
async fn a_stale_pid_file_of_a_number_in_use_again_does_not_hinder() {
    let folder = folder();
    let cluster = Cluster::start(&options(folder.path())).await.unwrap();
    let home = cluster.home().to_owned();
    cluster.stop().await.unwrap();
    let stale =
        format!("{}\n{}\n1700000000\n5432\n/nowhere\n\n\nready   \n", std::process::id(), home.display());
    std::fs::write(home.join("data/postmaster.pid"), stale).unwrap();
    let cluster = Cluster::start(&options(folder.path())).await.unwrap();
    assert!(cluster.started_here());
    assert_eq!(ask(&cluster, "select 1").await, "1");
}

#[tokio::test]
async fn a_half_made_cluster_is_made_again() {
    let folder = folder();
    let options = options(folder.path());
    let home = Cluster::start(&options).await.unwrap().home().to_owned();
    // What a killed `initdb` leaves: no data folder yet, a part of one beside it.
    std::fs::remove_dir_all(home.join("data")).unwrap();
    std::fs::create_dir(home.join("data.new")).unwrap();
    std::fs::write(home.join("data.new/PG_VERSION"), "15").unwrap();
    let cluster = Cluster::start(&options).await.unwrap();
    assert_eq!(ask(&cluster, "select 1").await, "1");
    assert!(!home.join("data.new").exists());
}

#[tokio::test]
async fn a_data_folder_too_long_for_a_socket_gets_a_short_private_one() {
    let folder = folder();
    let long = options(&folder.path().join("a-folder-name-of-forty-characters-length/".repeat(3)));
    let cluster = Cluster::start(&long).await.unwrap();
    assert_eq!(ask(&cluster, "select 1").await, "1");
    let socket_dir = cluster.socket_dir().to_owned();
    assert!(!socket_dir.starts_with(folder.path()));
    assert!(socket_dir.as_os_str().len() < 90);
    assert_eq!(std::fs::metadata(&socket_dir).unwrap().mode() & 0o777, 0o700);
    cluster.stop().await.unwrap();

    std::fs::remove_dir(&socket_dir).unwrap();
    std::fs::create_dir(&socket_dir).unwrap();
    std::fs::set_permissions(&socket_dir, std::fs::Permissions::from_mode(0o777)).unwrap();
    let refused = Cluster::start(&long).await.unwrap_err();
    assert!(
        matches!(&refused, ClusterError::NoSocketFolder { tried, .. } if *tried == socket_dir),
        "{refused}"
    );
    std::fs::remove_dir(&socket_dir).unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_quotes_its_log() {
    let folder = folder();
    let options = options(folder.path());
    let cluster = Cluster::start(&options).await.unwrap();
    let conf = cluster.home().join("data/postgresql.auto.conf");
    cluster.stop().await.unwrap();
    std::fs::write(&conf, "shared_buffers = 'a lot'\n").unwrap();
    let error = Cluster::start(&options).await.unwrap_err().to_string();
    assert!(error.contains("did not start") && error.contains("shared_buffers"), "{error}");
}

#[tokio::test]
async fn as_root_a_closed_data_folder_gets_its_cluster_elsewhere() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root hands the server to another user");
        return;
    }
    let closed = folder_of_mode(0o700);
    let open = folder();
    let options = ClusterOptions { elsewhere: open.path().join("clusters"), ..options(closed.path()) };
    let cluster = Cluster::start(&options).await.unwrap();
    assert_eq!(ask(&cluster, "select 1").await, "1");
    assert!(cluster.home().starts_with(open.path()));
    assert_eq!(closed.path().join("data/postgres").canonicalize().unwrap(), cluster.home());
    ask(&cluster, "create table kept as select 7 as answer").await;
    cluster.stop().await.unwrap();
    let again = Cluster::start(&options).await.unwrap();
    assert_eq!(ask(&again, "select answer from kept").await, "7");
}
