//! Processes that are killed, and one that stops being heard of and comes back.

use std::time::Duration;

use rustix::process::Signal;
use tokio::time::sleep;

use crate::ground::{Ground, Process, dice, setting, until};

/// Three processes, one of them a server, so that each kind of process is killed.
fn start(ground: &Ground, number: usize) -> Process {
    let args: &[&str] = if number.is_multiple_of(3) { &["serve"] } else { &["work"] };
    ground.start(number, args, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_killed_at_random_moments_lose_nothing() {
    let kills = setting("TENANTRY_CHAOS_KILLS", 8);
    let mut seed = setting("TENANTRY_CHAOS_SEED", 20_260_131);
    let ground = Ground::new().await;
    let mut processes: Vec<Process> = (0..3).map(|number| start(&ground, number)).collect();
    let (mut killed, mut started, mut enqueued) = (0, 3, 0);
    while killed < kills {
        // Always more to do than is done until the next kill.
        if ground.jobs("status = 'pending'").await < 200 {
            let lasting = dice(&mut seed, 40);
            for caller in [&ground.one, &ground.other] {
                ground.enqueue(caller, 200, |number| number as u64 % (lasting + 1)).await;
            }
            enqueued += 400;
        }
        sleep(Duration::from_millis(100 + dice(&mut seed, 500))).await;
        // One that is still starting is spared: only a process at work tells something.
        if ground.jobs("status = 'processing'").await == 0 {
            continue;
        }
        let place = usize::try_from(dice(&mut seed, 3)).unwrap();
        let fresh = start(&ground, started);
        std::mem::replace(&mut processes[place], fresh).kill();
        killed += 1;
        started += 1;
    }
    ground.all_done_once(enqueued).await;
    let lost = ground.runs("status = 'lost'").await;
    println!("{killed} processes killed; {enqueued} jobs, {lost} of their attempts cut off, each done once");
    assert!(lost > 0, "no kill met a process at work");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_beyond_the_lease_cannot_end_what_was_taken_from_it() {
    let ground = Ground::new().await;
    let away = ground.work(0);
    ground.enqueue(&ground.one, 400, |_| 200).await;
    until("it works", Duration::from_secs(30), async || ground.jobs("status = 'processing'").await > 4).await;
    away.signal(Signal::STOP);
    let present = ground.work(1);
    until("its jobs are taken", Duration::from_secs(30), async || ground.runs("status = 'lost'").await > 0)
        .await;
    // The jobs that were taken are done before it comes back.
    until("they are done", Duration::from_secs(60), async || {
        ground.jobs("attempts > 1 and status <> 'completed'").await == 0
    })
    .await;
    away.signal(Signal::CONT);
    ground.all_done_once(400).await;
    let says = "taken";
    until("it learns of it", Duration::from_secs(10), async || away.told().contains(says)).await;
    assert!(!present.told().contains(says), "nothing was taken from who was present: {}", present.told());
}
