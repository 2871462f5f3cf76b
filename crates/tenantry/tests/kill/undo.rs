//! Killed while it takes an import back.

use std::time::Duration;

use uuid::Uuid;

use crate::house::{House, Standing, at_work, dice, setting, write};

/// Takes the tenant's newest import back, killed several times meanwhile; `plant` runs after the first kill.
async fn storm(house: &House, tenant: Uuid, slug: &str, plant: Option<&str>) -> Standing {
    let (kills, mut seed) = (setting("TENANTRY_KILLS", 3), setting("TENANTRY_KILL_SEED", 20_260_131));
    let (batch, before) = house.newest(tenant).await.unwrap();
    let batch = batch.to_string();
    let undo = ["import", "undo", batch.as_str(), "--tenant", slug];
    let mut child = house.begun(&undo);
    let (mut killed, mut last, mut planted) = (0, None, false);
    while killed < kills {
        let Some((_, standing)) = at_work(house, tenant, &mut child, "completed", last).await else { break };
        // So that the kills spread over the whole of it.
        let share = dice(&mut seed) * 0.8 / (kills - killed) as f64;
        let until = standing.applied - (standing.applied as f64 * share) as i64;
        while child.try_wait().unwrap().is_none() {
            let now = house.newest(tenant).await.unwrap().1;
            if now.applied <= until || now.status != "completed" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        last = standing.worker;
        let now = house.newest(tenant).await.unwrap().1;
        println!("kill {killed}: {} of {} rows still applied", now.applied, before.applied);
        if let Some(plant) = plant.filter(|_| !planted && now.applied > 0) {
            house.admin(plant).await;
            planted = true;
        }
        child = house.begun(&undo);
    }
    assert!(killed > 0, "no kill met the undo");
    let done = child.wait().unwrap().success();
    assert!(done, "the last process failed: {}", std::fs::read_to_string(house.told()).unwrap());
    house.newest(tenant).await.unwrap().1
}

#[tokio::test]
async fn an_undo_killed_again_and_again_ends_as_an_undisturbed_one_and_a_lost_row_is_seen() {
    let rows = setting("TENANTRY_KILL_ROWS", 20_000);
    let house = House::build().await;
    let (before, after) = (house.folder.path().join("before.csv"), house.folder.path().join("after.csv"));
    write(&before, 0..rows / 4, "old");
    write(&after, 0..rows, "new");
    let (before, after) = (before.display().to_string(), after.display().to_string());
    let mut tenants = vec![];
    for slug in ["calm", "storm", "broken"] {
        let tenant = house.tenant(slug).await;
        let import = |file: &str| {
            house.done(&[
                "import", file, "--tenant", slug, "--as", "customers", "--policy", "valid-rows", "--yes",
            ]);
        };
        import(&before);
        import(&after);
        tenants.push(tenant);
    }
    let (calm, disturbed, broken) = (tenants[0], tenants[1], tenants[2]);
    let batch = house.newest(calm).await.unwrap().0.to_string();
    house.done(&["import", "undo", &batch, "--tenant", "calm"]);
    let undisturbed = house.newest(calm).await.unwrap().1;
    assert_eq!((undisturbed.status.as_str(), undisturbed.applied), ("undone", 0));
    assert_eq!(house.count(calm).await, i64::try_from(rows / 4).unwrap(), "what the import made is gone");

    let ended = storm(&house, disturbed, "storm", None).await;
    assert_eq!((ended.status.as_str(), ended.applied), ("undone", 0));
    assert_eq!(ended.undone, undisturbed.undone, "what was taken back is counted over all processes");
    assert_eq!(house.digest(disturbed).await, house.digest(calm).await);

    // As if a row had been marked as taken back, and its record left: it shows.
    let lost = format!(
        "update import_rows set status = 'skipped' where tenant_id = '{broken}' and id = (
           select r.id from import_rows r join import_batches b on b.tenant_id = r.tenant_id and b.id = r.batch_id
           where r.tenant_id = '{broken}' and b.file_name = 'after.csv' and r.status = 'applied' and r.action = 'create'
           order by r.id limit 1)"
    );
    storm(&house, broken, "broken", Some(&lost)).await;
    assert_ne!(house.digest(broken).await, house.digest(calm).await);
}
