//! Who comes when: tenants beside each other, one process among many, and a process that is told to end.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;
use store::NewJob;
use tokio::time::sleep;

use crate::ground::{Ground, Process, setting, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_backlog_delays_no_other_tenants_job() {
    let backlog = usize::try_from(setting("TENANTRY_CHAOS_BACKLOG", 20_000)).unwrap();
    let ground = Ground::new().await;
    ground.enqueue(&ground.one, backlog, |_| 50).await;
    let _worker = ground.work(0);
    until("it is busy", Duration::from_secs(30), async || ground.jobs("status = 'completed'").await > 20)
        .await;
    for _ in 0..5 {
        ground.enqueue(&ground.other, 1, |_| 0).await;
        sleep(Duration::from_millis(400)).await;
    }
    let waits =
        "select coalesce(max(extract(epoch from coalesce(started_at, now()) - run_at) * 1000), -1)::bigint
                 from jobs where tenant_id = $1 and type = 'test.effect'";
    let slowest = ground.number(&ground.other, waits).await;
    println!("beside a backlog of {backlog} jobs, another tenant's job waited {slowest} ms at most");
    assert!((0..1_000).contains(&slowest), "waited {slowest} ms");
    assert!(
        ground
            .number(&ground.one, "select count(*) from jobs where tenant_id = $1 and status = 'pending'")
            .await
            > 0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_is_run_once_however_many_processes_look() {
    let ground = Ground::new().await;
    let _processes: Vec<Process> = (0..3).map(|number| ground.work(number)).collect();
    ground
        .admin(
            "insert into job_schedules (tenant_id, id, code, type, payload, cron, time_zone, next_slot_at)
             select t.id, gen_random_uuid(), 'slot_' || n, 'test.effect', '{\"millis\": 0, \"apart\": false}', '0 3 1 1 *', 'Asia/Bangkok',
               now() + make_interval(secs => 6 + n)
             from tenants t, generate_series(1, 4) n where t.slug in ('one', 'other')",
        )
        .await;
    until("all slots were run", Duration::from_secs(60), async || {
        ground.jobs("status = 'completed'").await >= 8
    })
    .await;
    // A second run would come within the longest time between two looks.
    sleep(Duration::from_secs(6)).await;
    ground.all_done_once(8).await;
    let planned = "select count(*) from job_schedules where tenant_id = $1 and code like 'slot_%'
                   and next_slot_at > now() and last_slot_at is not null";
    assert_eq!(ground.number(&ground.one, planned).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_told_to_end_uses_up_no_attempt() {
    let ground = Ground::new().await;
    let mut tx = ground.db.begin(&ground.other).await.unwrap();
    let long = json!({ "millis": 600_000, "apart": true });
    tx.enqueue_all((0..5).map(|_| NewJob::new("test.effect", long.clone())).collect()).await.unwrap();
    tx.commit().await.unwrap();
    ground.enqueue(&ground.one, 2_000, |_| 30).await;
    let worker = ground.start(0, &["work"], &[("TENANTRY_JOB_GRACE", "1")]);
    until("it is busy", Duration::from_secs(30), async || {
        ground.jobs("status = 'processing' and (payload->>'millis')::integer > 1000").await > 0
            && ground.jobs("status = 'completed'").await > 20
    })
    .await;
    worker.signal(Signal::TERM);
    worker.end();
    assert_eq!(ground.jobs("status = 'processing'").await, 0, "all were given back or ended");
    assert_eq!(ground.jobs("status = 'pending' and attempts > 0").await, 0, "no attempt was used up");
    assert_eq!(ground.jobs("status = 'failed'").await + ground.runs("status <> 'completed'").await, 0);
    ground.admin("delete from jobs where (payload->>'millis')::integer > 1000").await;
    let _next = ground.work(1);
    ground.all_done_once(2_000).await;
}
