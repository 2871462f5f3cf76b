//! Killed while it commits.

use std::path::PathBuf;

use crate::house::{House, at_work, dice, setting, write};

#[tokio::test]
async fn a_killed_import_ends_as_an_undisturbed_one() {
    let (rows, kills) = (setting("TENANTRY_KILL_ROWS", 20_000), setting("TENANTRY_KILLS", 3));
    let mut seed = setting("TENANTRY_KILL_SEED", 20_260_131);
    let house = House::build().await;
    let file = |name: &str| -> PathBuf { house.folder.path().join(name) };
    write(&file("before.csv"), 0..rows / 4, "old");
    write(&file("after.csv"), 0..rows, "new");
    let (before, after) = (file("before.csv").display().to_string(), file("after.csv").display().to_string());
    let (calm, storm) = (house.tenant("calm").await, house.tenant("storm").await);
    for slug in ["calm", "storm"] {
        house.done(&["import", &before, "--tenant", slug, "--as", "customers", "--yes"]);
    }
    let import = |slug| {
        ["import", after.as_str(), "--tenant", slug, "--as", "customers", "--policy", "valid-rows", "--yes"]
    };
    house.done(&import("calm"));
    let undisturbed = house.newest(calm).await.unwrap().1;
    assert_eq!((undisturbed.status.as_str(), undisturbed.pending), ("completed", 0));

    let mut child = house.begun(&import("storm"));
    let mut killed = 0;
    let mut last = None;
    while killed < kills {
        let Some((batch, standing)) = at_work(&house, storm, &mut child, "committing", last).await else {
            break;
        };
        // So that the kills spread over the whole commit, whatever is left of it.
        let share = (standing.pending as f64 / rows as f64).min(1.0) * 2.0 / (kills - killed + 1) as f64;
        let wait = undisturbed.committing.mul_f64((dice(&mut seed) * share).min(0.9));
        tokio::time::sleep(wait).await;
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        let (_, now) = house.newest(storm).await.unwrap();
        println!("kill {killed} after {} ms: {} of {rows} rows pending", wait.as_millis(), now.pending);
        last = standing.worker;
        child = house.begun(&["import", "resume", &batch.to_string(), "--tenant", "storm", "--yes"]);
    }
    let done = child.wait().unwrap().success();
    assert!(done, "the last process failed: {}", std::fs::read_to_string(house.told()).unwrap());
    assert!(killed * 2 > kills, "only {killed} of {kills} kills met a commit");
    let disturbed = house.newest(storm).await.unwrap().1;
    assert_eq!((disturbed.status.as_str(), disturbed.pending), ("completed", 0));
    assert_eq!(disturbed.counts, undisturbed.counts);
    assert_eq!(house.digest(storm).await, house.digest(calm).await);
    println!("{killed} kills over {rows} rows: {}, counts {}", house.digest(storm).await, disturbed.counts);
}
