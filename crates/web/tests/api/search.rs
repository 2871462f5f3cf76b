//! The search over all kinds of record.

use serde_json::{Value, json};

use crate::harness::{Api, Tenant, location};

const SEARCH: &str = "/api/v1/search";

/// Some records of several kinds that share a word.
async fn fill(api: &Api, token: &str) {
    let make = async |path: &str, body: Value| {
        let made = api.post(&format!("/api/v1/{path}")).token(token).json(&body).go().await.expect(201);
        location(&made).rsplit('/').next().unwrap().to_owned()
    };
    for (code, name, email) in [
        ("HARBOR", "Anchor House", "info@anchor.example"),
        ("C-1", "Harborview Cellars", "cellar@harborview.example"),
        ("C-2", "Old Harbor Tavern", "tavern@old.example"),
        ("C-3", "Pearlharbor Deli", "deli@pearl.example"),
        ("C-4", "ร้านสมชายการค้า", "somchai@shop.example"),
        ("C-5", "Vineyard Provisions", "office@vineyard.example"),
    ] {
        make("customers", json!({ "code": code, "name": name, "email": email })).await;
    }
    make("suppliers", json!({ "code": "S-1", "name": "Harbor Imports" })).await;
    make("products", json!({ "code": "P-1", "name": "Harbor Red" })).await;
}

async fn found(api: &Api, token: &str, query: &str) -> Vec<(String, String)> {
    let query: String = query
        .bytes()
        .map(|byte| match byte {
            b'=' | b'&' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() || b"_-.,".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let answer = api.get(&format!("{SEARCH}?{query}")).token(token).go().await.expect(200).json();
    let hits = answer["data"].as_array().unwrap().clone();
    let scores: Vec<f64> = hits.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    hits.iter().map(|hit| (text(&hit["entity"]), text(&hit["title"]))).collect()
}

fn titles(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(_, title)| title.as_str()).collect()
}

#[tokio::test]
async fn every_kind_of_record_is_searched_and_the_best_come_first() {
    let (api, tenant) = Api::with_tenant().await;
    fill(&api, &tenant.token).await;
    let all = found(&api, &tenant.token, "q=harbor").await;
    // Named exactly so by its code, then titles that begin so, then words, then what only contains it.
    assert_eq!(all[0], ("customers".to_owned(), "Anchor House".to_owned()));
    let mut begun: Vec<_> = titles(&all[1..4]);
    begun.sort_unstable();
    assert_eq!(begun, ["Harbor Imports", "Harbor Red", "Harborview Cellars"]);
    assert_eq!(titles(&all[4..]), ["Old Harbor Tavern", "Pearlharbor Deli"]);
    let answer = api.get(&format!("{SEARCH}?q=C-2")).token(&tenant.token).go().await.expect(200).json();
    let hit = &answer["data"][0];
    assert_eq!((&hit["entity"], &hit["title"]), (&json!("customers"), &json!("Old Harbor Tavern")));
    assert_eq!((&hit["subtitle"], &hit["score"]), (&json!("C-2 · tavern@old.example"), &json!(1.0)));
}

#[tokio::test]
async fn codes_numbers_and_addresses_are_found_as_typed() {
    let (api, tenant) = Api::with_tenant().await;
    fill(&api, &tenant.token).await;
    for query in ["q=c-5", "q=OFFICE@vineyard.example", "q=vineyard prov", "q=provisions vineyard"] {
        assert_eq!(titles(&found(&api, &tenant.token, query).await), ["Vineyard Provisions"], "{query}");
    }
    assert_eq!(titles(&found(&api, &tenant.token, "q=C-").await).len(), 5);
}

#[tokio::test]
async fn thai_and_slips_of_the_keyboard_are_understood() {
    let (api, tenant) = Api::with_tenant().await;
    fill(&api, &tenant.token).await;
    for query in ["q=สมชาย", "q=ร้านสม", "q=การค้า", "q=สมชัย", "q=ร้านสมชายการข้า"]
    {
        assert_eq!(titles(&found(&api, &tenant.token, query).await), ["ร้านสมชายการค้า"], "{query}");
    }
    for query in ["q=vineyrad", "q=vinyard provisions", "q=provsions"] {
        assert_eq!(titles(&found(&api, &tenant.token, query).await), ["Vineyard Provisions"], "{query}");
    }
    assert!(found(&api, &tenant.token, "q=nothing like it").await.is_empty());
}

#[tokio::test]
async fn only_what_the_caller_may_see_is_found() {
    let (api, tenant) = Api::with_tenant().await;
    let other: Tenant = api.tenant("elsewhere").await;
    fill(&api, &tenant.token).await;
    assert!(found(&api, &other.token, "q=harbor").await.is_empty());
    // A representative sees customers of their own, and neither suppliers nor what the role does not name.
    let rep = api.token(tenant.id, "sales_rep").await;
    let me = api.get("/api/v1/me").token(&rep).go().await.expect(200).json();
    assert_eq!(me["permissions"]["customers.view"], "own");
    let of_rep = found(&api, &rep, "q=harbor").await;
    assert!(of_rep.iter().all(|(entity, _)| entity != "customers"), "{of_rep:?}");
    for (entity, _) in &of_rep {
        assert!(me["permissions"].get(format!("{entity}.view")).is_some(), "{entity}");
    }
    let archived = api.get("/api/v1/suppliers?filter[code]=S-1").token(&tenant.token).go().await.json();
    let id = archived["data"][0]["id"].as_str().unwrap();
    api.delete(&format!("/api/v1/suppliers/{id}")).token(&tenant.token).go().await.expect(200);
    assert!(
        found(&api, &tenant.token, "q=harbor imports").await.iter().all(|(entity, _)| entity != "suppliers")
    );
}

#[tokio::test]
async fn the_question_is_read_strictly() {
    let (api, tenant) = Api::with_tenant().await;
    fill(&api, &tenant.token).await;
    let some = found(&api, &tenant.token, "q=harbor&entities=suppliers,products&limit=1").await;
    assert_eq!(some.len(), 1);
    assert!(some.iter().all(|(entity, _)| entity != "customers"));
    let ask = |query: &str| api.get(&format!("{SEARCH}?{query}")).token(&tenant.token);
    let wrong = ask("q=x&entities=custmers").go().await;
    assert_eq!(wrong.refused(400), "unknown_field");
    assert!(wrong.json()["hint"].as_str().unwrap().contains("customers"), "{:?}", wrong.json());
    let long = format!("q={}", "x".repeat(201));
    for query in ["", "q=", "q=%20", "q=x&limit=0", "q=x&limit=51", "q=x&limit=a", "q=%00", &long] {
        assert_eq!(ask(query).go().await.refused(400), "bad_request", "{query}");
    }
    assert_eq!(ask("q=x&sort=name").go().await.refused(400), "unknown_field");
}

#[tokio::test]
async fn a_common_word_is_found_in_the_newest_records_and_a_rare_one_in_all() {
    let (api, tenant) = Api::with_tenant().await;
    let insert = "insert into customers (tenant_id, id, code, name)
        select $1, app.uuid7(), 'C' || n, case when n = 1 then 'Rare Orchid' else 'Common Market ' || n end
        from generate_series(1, 6000) n";
    let system = model::caller::Caller::system(tenant.id, uuid::Uuid::nil());
    let mut tx = api.db.begin(&system).await.unwrap();
    tx.run(&store::sql::Query::free(insert, vec![tenant.id.into()])).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(titles(&found(&api, &tenant.token, "q=orchid").await), ["Rare Orchid"]);
    assert_eq!(found(&api, &tenant.token, "q=market&limit=50").await.len(), 50);
    assert_eq!(titles(&found(&api, &tenant.token, "q=market 5917&limit=50").await)[0], "Common Market 5917");
    let list = |query: &str| api.get(&format!("/api/v1/customers?{query}")).token(&tenant.token);
    let rare = list("q=orchid").go().await.expect(200).json();
    assert_eq!(rare["data"].as_array().unwrap().len(), 1);
    let mut after = String::new();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..4 {
        let page = list(&format!("q=market&limit=200{after}")).go().await.expect(200).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|one| one["id"].to_string()));
        after = format!("&after={}", page["page"]["next"].as_str().unwrap());
    }
    assert_eq!(seen.len(), 800);
}
