//! The pages on which two records become one, and on which that is taken back.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    forms::{get, post, text},
    harness::{Api, Tenant, location},
    merging::{made, record},
};

/// Two customers of the same tavern; the second one has a contact and an address.
async fn pair(api: &Api, tenant: &Tenant) -> (Uuid, Uuid) {
    let one = json!({ "code": "A", "name": "Alfreds", "phone": "030-0074321" });
    let two = json!({ "code": "B", "name": "Alfreds <b>Futterkiste</b>", "email": "a@example.com", "phone": "030-99" });
    let token = tenant.token.as_str();
    let (kept, other) = (made(api, token, "customers", one).await, made(api, token, "customers", two).await);
    made(api, token, "contacts", json!({ "customer_id": other, "name": "Maria Anders" })).await;
    (kept, other)
}

#[tokio::test]
async fn two_records_are_chosen_compared_merged_and_parted_again() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let (kept, other) = pair(&api, &tenant).await;
    let (home, gone) = (format!("/customers/{kept}"), format!("/customers/{other}"));
    assert!(get(&api, token, &home).await.contains(&format!("href=\"{home}/merge\"")));
    let choosing = get(&api, token, &format!("{home}/merge")).await;
    assert!(choosing.contains("data-pick=\"/customers/options\"") && choosing.contains("Compare"));
    let itself = get(&api, token, &format!("{home}/merge?loser_id={kept}")).await;
    assert!(itself.contains("cannot be merged with itself"));

    let page = get(&api, token, &format!("{home}/merge?loser_id={other}")).await;
    assert!(!page.contains("<b>Futterkiste</b>") && page.contains("Alfreds &lt;b&gt;Futterkiste"), "{page}");
    let chosen =
        |name: &str, value: &str| page.contains(&format!("name=\"f.{name}\" value=\"{value}\" checked"));
    assert!(chosen("phone", "keep") && chosen("name", "keep"), "{page}");
    assert!(chosen("email", "take") && chosen("code", "keep"), "what is empty is filled: {page}");
    assert!(page.contains("<b class=\"num\">1</b> contact<"), "{page}");
    assert!(page.contains(&format!("href=\"{gone}/merge?loser_id={kept}\"")), "the two can be swapped");

    let form = format!("loser_id={other}&f.phone=take&f.email=keep&f.name=keep");
    let done = post(&api, token, &format!("{home}/merge"), &form).await.expect(303);
    assert_eq!(location(&done), format!("{home}?done=merge"));
    let is = record(&api, token, &format!("customers/{kept}")).await;
    assert_eq!((&is["phone"], &is["email"]), (&json!("030-99"), &Value::Null));
    let page = get(&api, token, &location(&done)).await;
    let undo = format!("action=\"{home}/undo_merge\"");
    assert!(page.contains("Merged") && page.matches(&undo).count() == 2, "toast and menu: {page}");
    let page = get(&api, token, &gone).await;
    assert!(page.contains("was merged into") && page.contains(&format!("href=\"{home}\"")), "{page}");

    api.patch(&format!("/api/v1{home}"))
        .token(token)
        .json(&json!({ "phone": "030-1" }))
        .go()
        .await
        .expect(200);
    let told = text(&post(&api, token, &format!("{home}/undo_merge"), "").await.expect(200));
    assert!(told.contains("Taken back, but for some of it") && told.contains("Phone"), "{told}");
    assert!(!get(&api, token, &gone).await.contains("was merged into"));
    let nothing = post(&api, token, &format!("{home}/undo_merge"), "").await;
    assert_eq!(nothing.status.as_u16(), 409);
    assert!(!get(&api, token, &home).await.contains(&undo));

    post(&api, token, &format!("{home}/merge"), &format!("loser_id={other}")).await.expect(303);
    let back = post(&api, token, &format!("{home}/undo_merge"), "").await.expect(303);
    assert_eq!(location(&back), format!("{home}?done=undo_merge"));
}

#[tokio::test]
async fn what_is_refused_is_told_beside_the_two() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let (kept, other) = pair(&api, &tenant).await;
    api.delete(&format!("/api/v1/customers/{other}")).token(token).go().await.expect(200);
    let form = format!("loser_id={other}");
    let page = post(&api, token, &format!("/customers/{kept}/merge"), &form).await;
    let told = text(&page.expect(409));
    assert!(told.contains("role=\"alert\"") && told.contains("archive"), "{told}");
    let unknown =
        api.get(&format!("/customers/{kept}/merge?loser_id={}", Uuid::nil())).token(token).go().await;
    assert_eq!(unknown.status.as_u16(), 404);
    let rep = api.token(tenant.id, "sales_rep").await;
    assert!(!get(&api, &rep, "/customers").await.contains("value=\"merge\""));
}

#[tokio::test]
async fn two_selected_records_of_a_list_lead_to_their_page() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let (kept, other) = pair(&api, &tenant).await;
    assert!(get(&api, token, "/customers").await.contains("value=\"merge\""));
    assert!(!get(&api, token, "/orders").await.contains("value=\"merge\""));
    let form = format!("at=%2Fcustomers&do=merge&id={other}&id={kept}");
    let done = post(&api, token, "/customers/bulk", &form).await.expect(303);
    assert_eq!(location(&done), format!("/customers/{kept}/merge?loser_id={other}"), "the older one stays");
    let part = api.post("/customers/bulk").token(token).header("hx-request-type", "partial");
    let part = part.header("content-type", "application/x-www-form-urlencoded").body(form).go().await;
    assert_eq!(part.expect(200).header("hx-redirect"), format!("/customers/{kept}/merge?loser_id={other}"));
    let one = post(&api, token, "/customers/bulk", &format!("at=%2Fcustomers&do=merge&id={kept}")).await;
    assert!(text(&one.expect(200)).contains("Select exactly two"));
}

#[tokio::test]
async fn whoever_makes_a_double_is_warned_and_may_go_on() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let there =
        json!({ "name": "Alfreds Futterkiste", "email": "maria@example.com", "phone": "+49 30 0074321" });
    let id = made(&api, token, "customers", there).await;
    let link = format!("href=\"/customers/{id}\"");
    for (form, told) in [
        ("name=Alfred+Futterkiste", "(name)"),
        ("name=Other&email=Maria%40Example.com", "(e-mail)"),
        ("name=Other&phone=030+007+4321", "(phone)"),
    ] {
        let page = text(&post(&api, token, "/customers", form).await.expect(200));
        assert!(
            page.contains("likely there already") && page.contains(&link) && page.contains(told),
            "{page}"
        );
        assert!(page.contains("name=\"_sure\"") && page.contains("Create all the same"), "{page}");
    }
    let made = post(&api, token, "/customers", "name=Alfred+Futterkiste&_sure=true").await.expect(303);
    let place = location(&made).replace("?done=created", "");
    let choosing = get(&api, token, &format!("{place}/merge")).await;
    assert!(choosing.contains(&format!("{place}/merge?loser_id={id}")), "{choosing}");
    post(&api, token, "/customers", "name=Somebody+Else").await.expect(303);

    // Who may not see the record is told that there is one, and no more.
    let rep = api.token(tenant.id, "sales_rep").await;
    let page = text(&post(&api, &rep, "/customers", "name=Zed&email=maria%40example.com").await.expect(200));
    assert!(page.contains("A record that you may not see") && !page.contains("Futterkiste"), "{page}");
    assert!(!page.contains(&id.to_string()));
    // Another company's records are nobody's business.
    let other = api.tenant("elsewhere").await;
    post(&api, &other.token, "/customers", "name=Alfreds+Futterkiste").await.expect(303);
}

#[tokio::test]
async fn programs_ask_for_doubles_before_they_make_one() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let body = json!({ "name": "Harborview Holdings", "tax_id": "0105551234567", "phone": "02 123 4567" });
    let id = made(&api, token, "companies", body).await;
    let ask = async |token: &str, query: &str| {
        let path = format!("/api/v1/companies/likely?{query}");
        api.get(&path).token(token).go().await
    };
    let data = async |token: &str, query: &str| ask(token, query).await.expect(200).json()["data"].clone();
    let both = data(token, "name=Harborview%20Holding&tax_id=0105551234567").await;
    assert_eq!(both, json!([{ "id": id, "title": "Harborview Holdings", "alike": ["name", "tax_id"] }]));
    assert_eq!(data(token, "phone=%2B6621234567").await[0]["alike"], json!(["phone"]));
    assert_eq!(data(token, "name=Somebody%20Else").await, json!([]));
    assert_eq!(ask(token, "nmae=x").await.refused(400), "unknown_field");
    assert_eq!(ask(token, "email=x").await.refused(422), "invalid");
    let training = api.token(tenant.id, "training").await;
    assert_eq!(ask(&training, "name=Harborview").await.refused(403), "forbidden");
    // A merged record is no double any more.
    let again = made(&api, token, "companies", json!({ "name": "Harborview Holdings" })).await;
    crate::merging::merge(&api, token, &format!("companies/{again}"), json!({ "loser_id": id }))
        .await
        .expect(200);
    assert_eq!(data(token, "name=Harborview%20Holdings").await.as_array().unwrap().len(), 1);
}
