//! Every hand-written statement of the whole program fits the schema and says whose rows it means.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use house::House;
use tenantry as _;

#[tokio::test]
async fn every_statement_of_every_crate_fits_the_schema_and_carries_the_tenant() {
    for part in ["crates/store/", "crates/work/", "crates/tenantry/"] {
        assert!(
            store::sql::registered().any(|sql| sql.place.starts_with(part)),
            "none of {part} is linked in"
        );
    }
    let house = House::new().await;
    let verdict = house.db.verify_catalog().await.unwrap();
    let told: Vec<_> = verdict.faults.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
