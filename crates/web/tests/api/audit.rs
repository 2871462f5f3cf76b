//! The audit trail over HTTP: from where, refusals, exports, who changed what.

use serde_json::{Value, json};
use web::router;

use crate::harness::{Api, Tenant, app};

/// The latest lines about an entity, newest first.
async fn lines(api: &Api, tenant: &Tenant, entity: &str) -> Vec<Value> {
    let path = format!("/api/v1/audit_logs?filter[entity]={entity}&sort=-at&limit=200");
    let list = api.get(&path).token(&tenant.token).go().await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_write_tells_from_where_past_trusted_proxies_alone() {
    let (api, tenant) = Api::with_tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let proxied = router(app(&api.db, folder.path()).behind(&["10.0.0.0/8".parse().unwrap()]));
    let forged = "198.51.100.1, 203.0.113.7";
    for (code, peer, told) in [("S1", "203.0.113.9", "203.0.113.9"), ("S2", "10.0.0.2", "203.0.113.7")] {
        let body = json!({ "code": code, "name": "Exotic Liquids" });
        let ask = api.post("/api/v1/suppliers").token(&tenant.token).from(peer);
        let ask = ask.header("x-forwarded-for", forged).json(&body);
        ask.through(proxied.clone()).await.expect(201);
        let line = lines(&api, &tenant, "suppliers").await.remove(0);
        assert_eq!((&line["new_values"]["code"], &line["ip"]), (&json!(code), &json!(told)));
    }
}
