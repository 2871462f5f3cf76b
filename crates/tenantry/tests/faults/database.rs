//! A database that goes away, cuts connections, or has too few of them.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use store::{
    cluster::{Cluster, ClusterOptions},
    migrate::{self, RoleSecrets},
    testing::TestDb,
};
use tokio::time::sleep;

use crate::ground::{Ground, until};

/// What the server's process does on SIGQUIT: it ends at once, without closing or writing anything.
fn crash(cluster: &Cluster) {
    let file = std::fs::read_to_string(cluster.home().join("data/postmaster.pid")).unwrap();
    let pid = Pid::from_raw(file.lines().next().unwrap().parse().unwrap()).unwrap();
    kill_process(pid, Signal::QUIT).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_at_once_and_comes_back_has_lost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // The server does not run as root, and must reach its folder.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let options = ClusterOptions::new(folder.path().join("own"));
    let mut cluster = Cluster::attach_or_start(&options).await.unwrap();
    let secrets = RoleSecrets::load_or_create(&options.data_dir).unwrap();
    let admin = migrate::create_database(&cluster.admin(), "tenantry").await.unwrap();
    migrate::migrate(&admin, &secrets, |_| {}).await.unwrap();
    let (app, operator) = (secrets.app(&admin), secrets.operator(&admin));
    let ground = Ground::on(TestDb { admin, app, operator, name: "tenantry".to_owned() }).await;
    ground.enqueue(&ground.one, 500, |number| number as u64 % 50).await;
    ground.enqueue(&ground.other, 500, |number| number as u64 % 50).await;
    let _workers = [ground.work(0), ground.work(1)];
    for stop in 1..=2 {
        let so_far = 150 * stop;
        until("some are done", Duration::from_secs(60), async || {
            ground.jobs("status = 'completed'").await >= so_far
        })
        .await;
        crash(&cluster);
        // The process that was crashed is not there to be stopped any more.
        let _ = cluster.stop().await;
        cluster = Cluster::attach_or_start(&options).await.unwrap();
        assert!(cluster.started_here(), "the server was down");
    }
    ground.all_done_once(1_000).await;
    drop(ground);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_cut_by_the_server_lose_nothing() {
    let ground = Ground::new().await;
    ground.enqueue(&ground.one, 600, |number| number as u64 % 40).await;
    ground.enqueue(&ground.other, 600, |number| number as u64 % 40).await;
    let _workers = [ground.work(0), ground.work(1)];
    for cut in 1..=5 {
        let so_far = 100 * cut;
        until("some are done", Duration::from_secs(60), async || {
            ground.jobs("status = 'completed'").await >= so_far
        })
        .await;
        ground
            .admin(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()",
            )
            .await;
        // This process's own pool learns of it by and by.
        sleep(Duration::from_millis(100)).await;
    }
    ground.all_done_once(1_200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_jobs_at_once_than_connections_only_wait() {
    let ground = Ground::new().await;
    ground.enqueue(&ground.one, 300, |_| 20).await;
    let _worker = ground.start(0, &["work"], &[("TENANTRY_CONNECTIONS", "2"), ("TENANTRY_JOB_SLOTS", "16")]);
    ground.all_done_once(300).await;
}
