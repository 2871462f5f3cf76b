//! Sources with a web address.

use serde_json::json;

use crate::house::{House, Site};

const FILE: &str = "Code,Name\nC1,One\nC2,Two\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_an_address_offers_is_written_with_the_owners_rights_and_the_same_file_is_not_imported_twice() {
    let (house, site) = (House::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source =
        house.source(owner, json!({ "kind": "https", "location": site.url, "data_type": "customers", "waits_for_approval": false })).await;
    site.answers(200, "etag: \"v1\"\r\nlast-modified: Sat, 31 Jan 2026 09:30:00 GMT\r\n", FILE);
    house.fetch(source).await;
    assert_eq!(house.customers().await, "C1 One,C2 Two");
    assert_eq!(house.told().await, ("imported".into(), "0".into(), String::new()));
    let set = "select concat_ws(' ', source, status, initiated_by, approved_by, file_name, data_source_id) from import_batches
               where tenant_id = $1 and parent_id is null";
    assert_eq!(house.one(set).await, format!("schedule completed {owner} {owner} customers.csv {source}"));

    // The address says that nothing is new, then offers the same once more under another tag.
    site.answers(304, "", "");
    house.fetch(source).await;
    site.answers(200, "etag: \"v2\"\r\n", FILE);
    house.fetch(source).await;
    assert_eq!((house.sets().await.as_str(), house.told().await.0.as_str()), ("1", "unchanged"));
    let asked = site.asked();
    assert_eq!(asked[0].get("if-none-match"), None);
    assert_eq!(asked[1]["if-none-match"], "\"v1\"");
    assert_eq!(asked[1]["if-modified-since"], "Sat, 31 Jan 2026 09:30:00 GMT");

    site.answers(200, "", "Code,Name\nC1,Uno\n");
    house.fetch(source).await;
    assert_eq!((house.sets().await.as_str(), house.customers().await.as_str()), ("2", "C1 Uno,C2 Two"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_waits_stops_before_it_writes_and_whoever_may_approve_is_told() {
    let (house, site) = (House::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source = house.source(owner, json!({ "kind": "https", "location": site.url })).await;
    site.answers(200, "", FILE);
    house.fetch(source).await;
    assert_eq!((house.customers().await.as_str(), house.told().await.0.as_str()), ("", "waiting"));
    let status = "select string_agg(distinct status, ',') from import_batches where tenant_id = $1";
    assert_eq!(house.one(status).await, "awaiting_approval");
    let told = "select string_agg(kind || ' ' || title, ',') from notifications where tenant_id = $1";
    assert_eq!(house.one(told).await, "import_validated Import waits for approval: customers.csv");

    let set = house.one("select id from import_batches where tenant_id = $1 and parent_id is null").await;
    work::import::commit(&house.db, &house.one, set.parse().unwrap(), &|_| {}).await.unwrap();
    assert_eq!(
        (house.customers().await.as_str(), house.told().await.0.as_str()),
        ("C1 One,C2 Two", "imported")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_to_the_owner_and_shows_on_the_source_until_something_new_comes() {
    let (house, site) = (House::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source = house
        .source(owner, json!({ "kind": "https", "location": site.url, "waits_for_approval": false }))
        .await;
    site.answers(404, "", "gone");
    house.fetch(source).await;
    let (outcome, failures, why) = house.told().await;
    assert_eq!((outcome.as_str(), failures.as_str()), ("failed", "1"));
    assert!(why.contains("answers 404"), "{why}");
    let told = format!(
        "select title from notifications where tenant_id = $1 and user_id = '{owner}' and kind = 'import_failed'"
    );
    assert_eq!(house.one(&told).await, "Data source failed: Shop");

    // What comes is no table; the set that it became says so too.
    site.answers(200, "", "%PDF-1.7 nothing to read");
    house.fetch(source).await;
    let (outcome, failures, _) = house.told().await;
    assert_eq!((outcome.as_str(), failures.as_str()), ("failed", "2"));
    house.fetch(source).await;
    assert_eq!(house.told().await.0, "failed", "the same bad file is still a failure");
    assert_eq!(house.sets().await, "1");

    // Rows with errors wait for somebody to look.
    site.answers(200, "", "Code,Name,E-mail\nC1,One,nobody\n");
    house.fetch(source).await;
    assert_eq!((house.customers().await.as_str(), house.told().await.0.as_str()), ("", "waiting"));
    site.answers(200, "", FILE);
    house.fetch(source).await;
    assert_eq!(house.told().await, ("imported".into(), "0".into(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_from_a_private_address_or_by_a_redirect() {
    let (house, site) = (House::allowing(&[]).await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source = house.source(owner, json!({ "kind": "https", "location": site.url })).await;
    house.fetch(source).await;
    assert!(house.told().await.2.contains("loopback"), "{:?}", house.told().await);
    assert_eq!(site.asked().len(), 0);

    let (house, site) = (House::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source = house.source(owner, json!({ "kind": "https", "location": site.url })).await;
    site.answers(302, "location: http://127.0.0.1:1/secret\r\n", "");
    house.fetch(source).await;
    assert!(house.told().await.2.contains("sends elsewhere"), "{:?}", house.told().await);
}
