//! Killed before its verdict: while rows are staged, and while they are judged.

use uuid::Uuid;

use crate::house::{House, Standing, at_work, dice, setting, write};

#[tokio::test]
async fn an_import_killed_before_its_verdict_begins_again_and_has_each_row_once() {
    let rows = setting("TENANTRY_KILL_ROWS", 20_000);
    let house = House::build().await;
    let file = house.folder.path().join("customers.csv");
    write(&file, 0..rows, "new");
    let file = file.display().to_string();
    let import = |slug| ["import", file.as_str(), "--tenant", slug, "--as", "customers", "--yes"];
    let (calm, storm) = (house.tenant("calm").await, house.tenant("storm").await);
    house.done(&import("calm"));
    let undisturbed = house.newest(calm).await.unwrap().1;

    let mut child = house.begun(&import("storm"));
    let mut last = None;
    // While rows are staged, and while those that are staged are judged.
    for status in ["mapped", "staged"] {
        let met = at_work(&house, storm, &mut child, status, last).await;
        let (batch, standing) = met.unwrap_or_else(|| panic!("it was never seen at work as {status}"));
        child.kill().unwrap();
        child.wait().unwrap();
        let (_, now) = house.newest(storm).await.unwrap();
        assert_eq!(now.status, status, "the kill came too late");
        println!("killed as {status} with {} of {rows} rows pending", now.pending);
        last = standing.worker;
        child = house.begun(&["import", "resume", &batch.to_string(), "--tenant", "storm", "--yes"]);
    }
    let done = child.wait().unwrap().success();
    assert!(done, "the last process failed: {}", std::fs::read_to_string(house.told()).unwrap());
    let disturbed = house.newest(storm).await.unwrap().1;
    assert_eq!((disturbed.status.as_str(), disturbed.counts), ("completed", undisturbed.counts));
    assert_eq!(house.digest(storm).await, house.digest(calm).await);
}

/// Imports a file into the tenant, killed several times while its rows are staged; `plant` runs after the first kill.
async fn storm(house: &House, tenant: Uuid, slug: &str, file: &str, plant: Option<&str>) -> Standing {
    let (kills, mut seed) = (setting("TENANTRY_KILLS", 3), setting("TENANTRY_KILL_SEED", 20_260_131));
    let mut child = house.begun(&["import", file, "--tenant", slug, "--as", "customers", "--yes"]);
    let (mut killed, mut last, mut planted) = (0, None, false);
    while killed < kills && !planted {
        let Some((batch, standing)) = at_work(house, tenant, &mut child, "mapped", last).await else { break };
        tokio::time::sleep(std::time::Duration::from_millis((dice(&mut seed) * 60.0) as u64)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        last = standing.worker;
        let now = house.newest(tenant).await.unwrap().1;
        println!("kill {killed}: {} with {} rows staged", now.status, now.pending);
        if let Some(plant) = plant.filter(|_| now.status == "mapped") {
            house.admin(plant).await;
            planted = true;
        }
        child = house.begun(&["import", "resume", &batch.to_string(), "--tenant", slug, "--yes"]);
    }
    assert!(killed > 0, "no kill met the staging");
    let done = child.wait().unwrap().success();
    assert!(done, "the last process failed: {}", std::fs::read_to_string(house.told()).unwrap());
    house.newest(tenant).await.unwrap().1
}

#[tokio::test]
async fn an_import_killed_again_and_again_while_it_stages_has_each_row_once_and_a_lost_row_is_seen() {
    let rows = setting("TENANTRY_KILL_ROWS", 20_000);
    let house = House::build().await;
    let file = house.folder.path().join("customers.csv");
    write(&file, 0..rows, "new");
    let file = file.display().to_string();
    let calm = house.tenant("calm").await;
    house.done(&["import", &file, "--tenant", "calm", "--as", "customers", "--yes"]);
    let undisturbed = house.newest(calm).await.unwrap().1;
    let disturbed = house.tenant("storm").await;
    let ended = storm(&house, disturbed, "storm", &file, None).await;
    assert_eq!((ended.status.as_str(), &ended.counts), ("completed", &undisturbed.counts));
    assert_eq!(house.digest(disturbed).await, house.digest(calm).await);

    // As if a process that goes on left rows out.
    let broken = house.tenant("broken").await;
    let lossy = format!(
        "create function planted_loss() returns trigger language plpgsql as
           $$ begin return case when new.tenant_id = '{broken}' and new.row_number % 1000 = 7 then null else new end; end $$;
         create trigger planted before insert on import_rows for each row execute function planted_loss()"
    );
    let ended = storm(&house, broken, "broken", &file, Some(&lossy)).await;
    assert_ne!(ended.counts, undisturbed.counts);
    assert_ne!(house.digest(broken).await, house.digest(calm).await);
}
