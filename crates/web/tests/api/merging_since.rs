//! What of two records stays apart when they become one, and what goes back after time has passed.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::Fixtures,
    harness::Api,
    merging::{document, entity, merge, record, rows, undo},
};

#[tokio::test]
async fn where_both_have_the_same_the_others_is_kept_aside_unless_documents_hang_on_it() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let mut fixtures = Fixtures::new(&api.db);
    let (kept, gone) = (api.customer(tenant.id).await, api.customer(tenant.id).await);
    let license = json!({ "kind": "liquor", "number": "L1", "state": "CA" });
    let mut licenses = vec![];
    let route = fixtures.record(tenant.id, entity("delivery_routes")).await;
    for (id, reference) in [(kept, "R1"), (gone, "R1"), (gone, "R2")] {
        let mut one = document(license.clone());
        one.insert("customer_id".to_owned(), json!(id));
        if reference == "R2" {
            one.insert("number".to_owned(), json!("L2"));
        } else {
            let stop = json!({ "delivery_route_id": route, "customer_id": id });
            fixtures.record_with(tenant.id, entity("delivery_route_stops"), document(stop)).await;
        }
        licenses.push(fixtures.record_with(tenant.id, entity("customer_licenses"), one).await);
        let pay = json!({ "customer_id": id, "reference": reference, "method": "cash" });
        fixtures.record_with(tenant.id, entity("payments"), document(pay)).await;
        let unnamed = json!({ "customer_id": id, "method": "cash" });
        fixtures.record_with(tenant.id, entity("payments"), document(unnamed)).await;
    }
    let path = format!("customers/{kept}");
    let done = merge(&api, token, &path, json!({ "loser_id": gone })).await.expect(200).json();
    assert_eq!(done["staying"], json!({ "customer_licenses": 1, "delivery_route_stops": 1, "payments": 1 }));
    assert_eq!((&done["moved"]["customer_licenses"], &done["moved"]["payments"]), (&json!(1), &json!(3)));
    let aside = record(&api, token, &format!("customer_licenses/{}", licenses[1])).await;
    assert_eq!(aside["customer_id"], json!(gone));
    assert!(aside["archived_at"].is_string());
    undo(&api, token, &path).await.expect(200);
    let back = record(&api, token, &format!("customer_licenses/{}", licenses[1])).await;
    assert!(back["archived_at"].is_null());

    // With an allocation on it, the payment cannot stay alone.
    fixtures.apart();
    fixtures.share(tenant.id, "customers", gone);
    let found = rows(&api, tenant.id, "payments").await;
    let same =
        found.iter().find(|row| row["customer_id"] == json!(gone) && row["reference"] == "R1").unwrap();
    let invoice = json!({ "customer_id": gone });
    let invoice = fixtures.record_with(tenant.id, entity("invoices"), document(invoice)).await;
    let text =
        "insert into payment_allocations (tenant_id, id, kind, payment_id, invoice_id, customer_id, amount)
                values ($1, $2, 'payment', $3, $4, $5, 1)";
    let payment: Uuid = same["id"].as_str().unwrap().parse().unwrap();
    let args =
        vec![tenant.id.into(), api.db.world().id().into(), payment.into(), invoice.into(), gone.into()];
    api.write(tenant.id, text, args).await;
    let refused = merge(&api, token, &path, json!({ "loser_id": gone })).await;
    assert_eq!(refused.refused(409), "merge_of_same_keys");
    assert_eq!(refused.json()["facts"]["entity"], "payments");
}

#[tokio::test]
async fn what_happened_since_decides_what_goes_back() {
    let (api, tenant) = Api::with_tenant().await;
    let api = &api;
    let token = tenant.token.as_str();
    let mut fixtures = Fixtures::new(&api.db);
    let (kept, gone) = (api.customer(tenant.id).await, api.customer(tenant.id).await);
    let third = api.customer(tenant.id).await;
    let of = |customer: Uuid| document(json!({ "customer_id": customer }));
    let contact = fixtures.record_with(tenant.id, entity("contacts"), of(gone)).await;
    let given = fixtures.record_with(tenant.id, entity("contacts"), of(gone)).await;
    let order = fixtures.record_with(tenant.id, entity("orders"), of(gone)).await;
    let billed = fixtures.record_with(tenant.id, entity("invoices"), of(gone)).await;
    let path = format!("customers/{kept}");
    merge(api, token, &path, json!({ "loser_id": gone })).await.expect(200);

    // Changed since, but still where the merge put it; given away; grown; tied to something of the kept one.
    let patch = |path: String, body: Value| async move {
        api.patch(&path).token(token).json(&body).go().await.expect(200);
    };
    patch(format!("/api/v1/contacts/{contact}"), json!({ "title": "Owner" })).await;
    patch(format!("/api/v1/contacts/{given}"), json!({ "customer_id": third })).await;
    let line = api.db.world().id();
    let text = "insert into order_lines (tenant_id, id, order_id, customer_id, position, quantity) values ($1, $2, $3, $4, 9, 1)";
    api.write(tenant.id, text, vec![tenant.id.into(), line.into(), order.into(), kept.into()]).await;
    let payment = fixtures.record_with(tenant.id, entity("payments"), of(kept)).await;
    let text =
        "insert into payment_allocations (tenant_id, id, kind, payment_id, invoice_id, customer_id, amount)
                values ($1, $2, 'payment', $3, $4, $5, 1)";
    let args = vec![tenant.id.into(), api.db.world().id().into(), payment.into(), billed.into(), kept.into()];
    api.write(tenant.id, text, args).await;

    let back = undo(api, token, &path).await.expect(200).json();
    assert_eq!(back["conflicts"], json!({ "contacts": 1, "invoices": 1 }));
    let customer = |path: String| async move { record(api, token, &path).await["customer_id"].clone() };
    assert_eq!(customer(format!("contacts/{contact}")).await, json!(gone));
    assert_eq!(customer(format!("contacts/{given}")).await, json!(third));
    assert_eq!(customer(format!("orders/{order}")).await, json!(gone));
    assert_eq!(customer(format!("order_lines/{line}")).await, json!(gone));
    assert_eq!(customer(format!("invoices/{billed}")).await, json!(kept));
}

#[tokio::test]
async fn merges_are_taken_back_in_the_opposite_order() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let (a, b, c) =
        (api.customer(tenant.id).await, api.customer(tenant.id).await, api.customer(tenant.id).await);
    merge(&api, token, &format!("customers/{a}"), json!({ "loser_id": b })).await.expect(200);
    merge(&api, token, &format!("customers/{c}"), json!({ "loser_id": a })).await.expect(200);
    let early = undo(&api, token, &format!("customers/{a}")).await;
    assert_eq!((early.refused(409), &early.json()["facts"]["winner_id"]), ("merged_since".into(), &json!(c)));
    undo(&api, token, &format!("customers/{c}")).await.expect(200);
    undo(&api, token, &format!("customers/{a}")).await.expect(200);
    // Of two merges of the same pair at once, one happens.
    let (to, from) = (format!("customers/{a}"), format!("customers/{b}"));
    let (one, other) = tokio::join!(
        merge(&api, token, &to, json!({ "loser_id": b })),
        merge(&api, token, &from, json!({ "loser_id": a }))
    );
    let statuses = [one.status.as_u16(), other.status.as_u16()];
    assert!(statuses.contains(&200) && statuses.contains(&409), "{one:?} {other:?}");
}

#[tokio::test]
async fn people_of_the_portal_go_along_and_sign_in_anew() {
    let (api, tenant) = Api::with_tenant().await;
    let api = &api;
    let kept = api.customer(tenant.id).await;
    let person = api.portal_sign_in(tenant.id, "portal_admin").await;
    let portal = |token: String| async move { api.get("/api/v1/portal/customers").token(&token).go().await };
    portal(person.token.clone()).await.expect(200);
    let path = format!("customers/{kept}");
    merge(api, &tenant.token, &path, json!({ "loser_id": person.customer })).await.expect(200);
    assert_eq!(portal(person.token.clone()).await.refused(401), "unauthenticated");
    let login = json!({ "tenant": api.slug(tenant.id).await, "email": person.email, "password": crate::persons::PASSWORD, "portal": true });
    let again = api.login(&login).await.expect(200).json();
    let token = again["access_token"].as_str().unwrap().to_owned();
    assert_eq!(portal(token.clone()).await.expect(200).json()["data"][0]["id"], json!(kept));
    undo(api, &tenant.token, &path).await.expect(200);
    assert_eq!(portal(token).await.refused(401), "unauthenticated");
}
