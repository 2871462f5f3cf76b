//! Invitations, resets and changes of passwords: links that work once, for an hour, in their own company.

use model::caller::SYSTEM_TENANT;
use serde_json::{Value, json};
use uuid::Uuid;
use work::access::sign_in::{Purpose, Side};

use crate::{
    harness::{Answer, Api, HERE, Tenant},
    persons::PASSWORD,
};

const NEW: &str = "another lantern 85";

async fn house() -> (Api, Tenant) {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    (api, tenant)
}

async fn redeem(api: &Api, what: &str, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    api.post(&format!("/api/v1/auth/{what}")).json(&body).go().await
}

async fn login(api: &Api, slug: &str, email: &str, password: &str) -> Answer {
    api.login(&json!({ "tenant": slug, "email": email, "password": password })).await
}

/// The token in the last mail, whose link begins with the public address.
fn token(mails: &[(String, String)]) -> String {
    let text = &mails.last().unwrap().1;
    let link = text.split_whitespace().find(|word| word.starts_with(HERE)).unwrap();
    link.split_once("?token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn somebody_new_is_invited_chooses_a_password_and_gets_in() {
    let (api, tenant) = house().await;
    let body = json!({ "email": "new@example.com", "name": "Nok", "locale": "th" });
    let made = api.post("/api/v1/users").token(&tenant.token).json(&body).go().await.expect(201).json();
    let invite = format!("/api/v1/users/{}/invite", made["id"].as_str().unwrap());
    let told =
        api.post(&invite).token(&tenant.token).header("host", "evil.example.com").json(&json!({})).go().await;
    let told = told.expect(200).json();
    assert_eq!((&told["sent_to"], told.as_object().unwrap().len()), (&json!("new@example.com"), 3));
    // Until it is sent, the mail holds no link that works.
    let text = "select contents::text from email_messages where tenant_id = $1";
    let waiting: String = api.write(tenant.id, text, vec![tenant.id.into()]).await[0].get(0);
    assert!(waiting.contains("invitation") && !waiting.contains("tni_"), "{waiting}");
    let mails = api.mails(&[tenant.id]).await;
    assert_eq!((mails.len(), mails[0].0.as_str()), (1, "new@example.com"));
    assert!(mails[0].1.contains("เชิญ") && !mails[0].1.contains("evil"), "{}", mails[0].1);
    let token = token(&mails);

    assert_eq!(redeem(&api, "reset", &token, NEW).await.refused(401), "link_refused");
    for (bad, code) in [("short", "too_short"), ("harborview1", "too_easy"), ("new@example.com", "too_easy")]
    {
        let answer = redeem(&api, "accept", &token, bad).await;
        assert_eq!(answer.refused(422), "invalid");
        assert_eq!(answer.json()["errors"][0]["code"], code);
        assert!(!String::from_utf8_lossy(&answer.body).contains(&format!("\"{bad}\"")));
    }
    redeem(&api, "accept", &token, NEW).await.expect(200);
    login(&api, "harborview", "new@example.com", NEW).await.expect(200);
    assert_eq!(redeem(&api, "accept", &token, "a third lantern 86").await.refused(401), "link_refused");
    let again = api.post(&invite).token(&tenant.token).json(&json!({})).go().await;
    assert_eq!(again.refused(409), "already_accepted");
    let id: Uuid = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(api.trail(tenant.id, id).await, ["invited", "accepted", "sign_in"]);
}

#[tokio::test]
async fn a_portal_user_is_invited_and_may_not_invite() {
    let (api, tenant) = house().await;
    let customer = api.customer(tenant.id).await;
    let body = json!({ "email": "maria@example.com", "name": "Maria", "customer_id": customer });
    let made =
        api.post("/api/v1/portal_users").token(&tenant.token).json(&body).go().await.expect(201).json();
    let path = |action: &str| format!("/api/v1/portal_users/{}/{action}", made["id"].as_str().unwrap());
    api.post(&path("invite")).token(&tenant.token).json(&json!({})).go().await.expect(200);
    let answer = redeem(&api, "accept", &token(&api.mails(&[tenant.id]).await), NEW).await.expect(200);
    assert_eq!(answer.json()["portal"], true);
    let form =
        json!({ "tenant": "harborview", "email": "maria@example.com", "password": NEW, "portal": true });
    let portal = api.login(&form).await.expect(200).json();
    let asking = api.post(&path("send_reset")).token(portal["access_token"].as_str().unwrap());
    assert_eq!(asking.json(&json!({})).go().await.refused(403), "forbidden");
    api.post(&path("send_reset")).token(&tenant.token).json(&json!({})).go().await.expect(200);
    api.write(
        tenant.id,
        "update portal_users set is_active = false where tenant_id = $1",
        vec![tenant.id.into()],
    )
    .await;
    let refused = api.post(&path("send_reset")).token(&tenant.token).json(&json!({})).go().await;
    assert_eq!(refused.refused(409), "person_not_active");
}

#[tokio::test]
async fn a_forgotten_password_is_reset_once_and_every_session_ends() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let forgot =
        |body: Value| api.post("/api/v1/auth/forgot").header("host", "evil.example.com").json(&body).go();
    let known = forgot(json!({ "tenant": "harborview", "email": person.email })).await.expect(202);
    for (tenant, email) in [
        ("harborview", "nobody@example.com"),
        ("nowhere", person.email.as_str()),
        ("system", "x@example.com"),
    ] {
        let unknown = forgot(json!({ "tenant": tenant, "email": email })).await.expect(202);
        assert_eq!(unknown.told(), known.told());
    }
    let mails = api.mails(&[tenant.id, SYSTEM_TENANT]).await;
    assert_eq!(mails.iter().map(|mail| mail.0.as_str()).collect::<Vec<_>>(), [person.email.as_str()]);
    let token = token(&mails);
    assert_eq!(redeem(&api, "accept", &token, NEW).await.refused(401), "link_refused");
    redeem(&api, "reset", &token, NEW).await.expect(200);
    assert_eq!(api.get("/api/v1/me").token(&person.token).go().await.refused(401), "unauthenticated");
    assert_eq!(login(&api, "harborview", &person.email, PASSWORD).await.refused(401), "sign_in_refused");
    login(&api, "harborview", &person.email, NEW).await.expect(200);
    assert_eq!(redeem(&api, "reset", &token, "a third lantern 86").await.refused(401), "link_refused");
    let trail = api.trail(tenant.id, person.id).await;
    assert_eq!(trail, ["sign_in", "reset_requested", "reset_used", "sign_in_failed", "sign_in"]);
}

#[tokio::test]
async fn a_mailbox_is_not_filled_by_strangers() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    for _ in 0..5 {
        let body = json!({ "tenant": "harborview", "email": person.email });
        api.post("/api/v1/auth/forgot").json(&body).go().await.expect(202);
    }
    assert_eq!(api.mails(&[tenant.id]).await.len(), 3);
    api.later(61);
    let body = json!({ "tenant": "harborview", "email": person.email });
    api.post("/api/v1/auth/forgot").json(&body).go().await.expect(202);
    assert_eq!(api.mails(&[tenant.id]).await.len(), 4);
}

#[tokio::test]
async fn a_link_that_is_old_replaced_borrowed_or_made_up_does_not_work() {
    let (api, own) = house().await;
    let other = api.tenant("elsewhere").await;
    let ours = api.user(own.id, "same@example.com", "admin").await;
    let theirs = api.user(other.id, "same@example.com", "admin").await;
    let link = |tenant: Uuid, id: Uuid| api.link(tenant, Side::Staff, id, Purpose::Reset);
    let mut told = None;
    let mut refused = async |token: &str, what: &str| {
        let answer = redeem(&api, "reset", token, NEW).await;
        assert_eq!(answer.refused(401), "link_refused", "{what}");
        assert_eq!(*told.get_or_insert(answer.told()), answer.told(), "{what}");
    };
    let (replaced, current) = (link(own.id, ours).await, link(own.id, ours).await);
    refused(&replaced, "a newer one was made").await;
    let short = |token: &str| token.split('_').nth(1).unwrap().to_owned();
    let foreign = link(other.id, theirs).await;
    refused(&current.replace(&short(&current), &short(&foreign)), "in another company").await;
    refused(&format!("{current}x"), "bent").await;
    refused("tnw_nobody_secret", "of nobody").await;
    refused(&api.sign_in(own.id, "admin").await.refresh, "a refresh token").await;
    let gone = link(own.id, api.user(own.id, "gone@example.com", "admin").await).await;
    let text = "update users set is_active = false where tenant_id = $1 and email = 'gone@example.com'";
    api.write(own.id, text, vec![own.id.into()]).await;
    refused(&gone, "of somebody who left").await;
    redeem(&api, "reset", &current, NEW).await.expect(200);
    login(&api, "harborview", "same@example.com", NEW).await.expect(200);
    login(&api, "elsewhere", "same@example.com", PASSWORD).await.expect(200);
    api.later(59);
    let late = link(own.id, ours).await;
    redeem(&api, "reset", &foreign, "a third lantern 86").await.expect(200);
    api.later(61);
    let refused = async |token: &str| redeem(&api, "reset", token, NEW).await.refused(401);
    assert_eq!(refused(&late).await, "link_refused");
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_succeeds() {
    let (api, tenant) = house().await;
    let id = api.user(tenant.id, "nancy@example.com", "admin").await;
    let link = api.link(tenant.id, Side::Staff, id, Purpose::Reset).await;
    let both = futures_util::future::join(
        redeem(&api, "reset", &link, NEW),
        redeem(&api, "reset", &link, "a third lantern 86"),
    )
    .await;
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_reset_opens_a_locked_account() {
    let (api, tenant) = house().await;
    let id = api.user(tenant.id, "nancy@example.com", "admin").await;
    for _ in 0..5 {
        login(&api, "harborview", "nancy@example.com", "not the password").await.expect(401);
    }
    login(&api, "harborview", "nancy@example.com", PASSWORD).await.expect(401);
    let link = api.link(tenant.id, Side::Staff, id, Purpose::Reset).await;
    redeem(&api, "reset", &link, NEW).await.expect(200);
    login(&api, "harborview", "nancy@example.com", NEW).await.expect(200);
}

#[tokio::test]
async fn ones_own_password_is_changed_with_the_old_one_and_other_sessions_end() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let other = login(&api, "harborview", &person.email, PASSWORD).await.expect(200).json();
    let change = |old: &str, new: &str| {
        let body = json!({ "old_password": old, "new_password": new });
        api.post("/api/v1/auth/password").token(&person.token).json(&body).go()
    };
    assert_eq!(change("not the password", NEW).await.refused(403), "wrong_password");
    let answer = change(PASSWORD, "password12").await;
    assert_eq!(
        (answer.refused(422).as_str(), &answer.json()["errors"][0]["code"]),
        ("invalid", &json!("too_easy"))
    );
    assert_eq!(change(PASSWORD, NEW).await.expect(200).json()["ended"], 1);
    api.get("/api/v1/me").token(&person.token).go().await.expect(200);
    let gone = api.get("/api/v1/me").token(other["access_token"].as_str().unwrap()).go().await;
    assert_eq!(gone.refused(401), "unauthenticated");
    login(&api, "harborview", &person.email, NEW).await.expect(200);
    // Whoever found a device that is signed in guesses no more often than at the door.
    for _ in 0..5 {
        assert_eq!(change("not the password", "a third lantern 86").await.refused(403), "wrong_password");
    }
    assert_eq!(change(NEW, "a third lantern 86").await.refused(403), "wrong_password");
    api.later(16);
    let again = login(&api, "harborview", &person.email, NEW).await.expect(200).json();
    assert!(again["access_token"].is_string());
}

#[tokio::test]
async fn a_company_may_ask_for_longer_passwords() {
    let (api, tenant) = house().await;
    let id = api.user(tenant.id, "nancy@example.com", "admin").await;
    let text = "insert into tenant_settings (tenant_id, id, setting_group, document)
                values ($1, gen_random_uuid(), 'security', '{\"password_min_length\": 20}')";
    api.write(tenant.id, text, vec![tenant.id.into()]).await;
    let link = api.link(tenant.id, Side::Staff, id, Purpose::Reset).await;
    let answer = redeem(&api, "reset", &link, NEW).await;
    assert_eq!(
        (answer.refused(422).as_str(), &answer.json()["errors"][0]["code"]),
        ("invalid", &json!("too_short"))
    );
    redeem(&api, "reset", &link, "another lantern 85 by the sea").await.expect(200);
}
