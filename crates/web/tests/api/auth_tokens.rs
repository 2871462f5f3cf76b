//! Access and refresh tokens: what they open, what takes them back, and what is none.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use work::access::{
    seal::Keyring,
    sign_in::{Side, jwt},
};

use crate::{
    harness::{Answer, Api, HERE, Tenant},
    persons::{PASSWORD, Person},
};

async fn house() -> (Api, Tenant) {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    (api, tenant)
}

async fn refresh(api: &Api, token: &str) -> Answer {
    api.post("/api/v1/auth/refresh").json(&json!({ "refresh_token": token })).go().await
}

async fn who(api: &Api, token: &str) -> Answer {
    api.get("/api/v1/me").token(token).go().await
}

#[tokio::test]
async fn an_access_token_is_good_for_a_quarter_of_an_hour_and_a_refresh_token_gives_the_next() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    who(&api, &person.token).await.expect(200);
    api.later(16);
    assert_eq!(who(&api, &person.token).await.refused(401), "unauthenticated");
    let next = refresh(&api, &person.refresh).await.expect(200).json();
    assert_eq!((&next["session"]["id"], &next["expires_in"]), (&json!(person.session), &json!(900)));
    who(&api, next["access_token"].as_str().unwrap()).await.expect(200);
    refresh(&api, next["refresh_token"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_session_for_both() {
    let (api, tenant) = house().await;
    for portal in [false, true] {
        let person = match portal {
            false => api.sign_in(tenant.id, "admin").await,
            true => api.portal_sign_in(tenant.id, "portal_user").await,
        };
        let next = refresh(&api, &person.refresh).await.expect(200).json();
        let access = next["access_token"].as_str().unwrap();
        who(&api, access).await.expect(200);
        let again = refresh(&api, &person.refresh).await;
        assert_eq!(again.refused(401), "unauthenticated");
        assert_eq!(again.told(), refresh(&api, "tnr_x_y").await.told(), "a thief is told nothing");
        assert_eq!(
            refresh(&api, next["refresh_token"].as_str().unwrap()).await.refused(401),
            "unauthenticated"
        );
        assert_eq!(who(&api, access).await.refused(401), "unauthenticated");
        assert_eq!(api.trail(tenant.id, person.id).await, ["sign_in", "sessions_revoked"]);
    }
}

#[tokio::test]
async fn a_refresh_token_that_was_never_given_ends_nothing() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let [kind, short_id, secret]: [&str; 3] =
        person.refresh.splitn(3, '_').collect::<Vec<_>>().try_into().unwrap();
    let mut bytes = BASE64.decode(secret).unwrap();
    bytes[47] ^= 1;
    let forged = format!("{kind}_{short_id}_{}", BASE64.encode(bytes));
    for bad in [&forged, &person.token, &tenant.token, "", "tnr_", &person.refresh.replace("tnr_", "tns_")] {
        assert!(matches!(refresh(&api, bad).await.status.as_u16(), 401 | 422), "{bad}");
    }
    assert_eq!(who(&api, &person.refresh).await.refused(401), "unauthenticated");
    refresh(&api, &person.refresh).await.expect(200);
}

#[tokio::test]
async fn of_two_who_refresh_at_once_one_gets_in_and_then_none() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let both =
        futures_util::future::join(refresh(&api, &person.refresh), refresh(&api, &person.refresh)).await;
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    let winner = if both.0.status == 200 { both.0 } else { both.1 };
    assert_eq!(
        who(&api, winner.json()["access_token"].as_str().unwrap()).await.refused(401),
        "unauthenticated"
    );
}

#[tokio::test]
async fn a_session_ends_a_week_after_its_last_use_and_after_ninety_days() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let idle = api.sign_in(tenant.id, "admin").await;
    let (mut token, mut days) = (person.refresh, 0);
    loop {
        api.later(6 * 24 * 60);
        days += 6;
        let answer = refresh(&api, &token).await;
        if answer.status != 200 {
            break;
        }
        token = answer.json()["refresh_token"].as_str().unwrap().to_owned();
        assert!(days <= 90, "{days}");
        if days == 12 {
            assert_eq!(refresh(&api, &idle.refresh).await.refused(401), "unauthenticated");
        }
    }
    assert!(days > 84, "{days}");
}

/// What stands against a person's tokens takes effect with the next request; its allowed twin goes on.
#[tokio::test]
async fn tokens_end_with_what_they_stand_on() {
    let (api, tenant) = house().await;
    let twin = api.sign_in(tenant.id, "admin").await;
    for text in [
        "update users set is_active = false where tenant_id = $1 and id = $2 returning $3::uuid",
        "update users set archived_at = now() where tenant_id = $1 and id = $2 returning $3::uuid",
        "update sessions set revoked_at = now() where tenant_id = $1 and user_id = $2 returning $3::uuid",
        "delete from sessions where tenant_id = $1 and user_id = $2 returning $3::uuid",
    ] {
        let person = api.sign_in(tenant.id, "admin").await;
        who(&api, &person.token).await.expect(200);
        api.write(tenant.id, text, vec![tenant.id.into(), person.id.into(), tenant.id.into()]).await;
        assert_eq!(who(&api, &person.token).await.refused(401), "unauthenticated", "{text}");
        assert_eq!(refresh(&api, &person.refresh).await.refused(401), "unauthenticated", "{text}");
    }
    for text in [
        "update portal_users set is_active = false where tenant_id = $1 and id = $2 returning $3::uuid",
        "update portal_users set archived_at = now() where tenant_id = $1 and id = $2 returning $3::uuid",
        "update customers set archived_at = now() where tenant_id = $1 and id = $3 returning $2::uuid",
    ] {
        let person = api.portal_sign_in(tenant.id, "portal_user").await;
        who(&api, &person.token).await.expect(200);
        api.write(tenant.id, text, vec![tenant.id.into(), person.id.into(), person.customer.into()]).await;
        assert_eq!(who(&api, &person.token).await.refused(401), "unauthenticated", "{text}");
        assert_eq!(refresh(&api, &person.refresh).await.refused(401), "unauthenticated", "{text}");
    }
    who(&api, &twin.token).await.expect(200);
    let text = "update tenants set status = 'suspended' where id = $1";
    api.write(tenant.id, text, vec![tenant.id.into()]).await;
    assert_eq!(who(&api, &twin.token).await.refused(403), "tenant_inactive");
    let body = json!({ "tenant": "harborview", "email": twin.email, "password": PASSWORD });
    assert_eq!(api.login(&body).await.refused(401), "sign_in_refused");
}

#[tokio::test]
async fn a_changed_role_counts_at_once_and_roles_add_up() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "training").await;
    let look = |path: &'static str| api.get(path).token(&person.token).go();
    assert_eq!(look("/api/v1/invoices").await.refused(403), "forbidden");
    look("/api/v1/training_workflows").await.expect(200);
    let text = "insert into user_roles (tenant_id, id, user_id, role_id)
                select $1, gen_random_uuid(), $2, id from roles where tenant_id = $1 and code = 'sales_manager'";
    api.write(tenant.id, text, vec![tenant.id.into(), person.id.into()]).await;
    look("/api/v1/invoices").await.expect(200);
    look("/api/v1/training_workflows").await.expect(200);
    api.write(
        tenant.id,
        "delete from user_roles where tenant_id = $1 and user_id = $2",
        vec![tenant.id.into(), person.id.into()],
    )
    .await;
    assert_eq!(look("/api/v1/training_workflows").await.refused(403), "forbidden");
    look("/api/v1/me").await.expect(200);
}

/// A token with these ids in it, signed with the instance's own keys.
fn token(
    keys: &Keyring,
    api: &Api,
    issuer: &str,
    side: Side,
    ids: (uuid::Uuid, uuid::Uuid, uuid::Uuid),
) -> String {
    jwt::issue(keys, issuer, api.db.world().now(), side, ids).unwrap()
}

#[tokio::test]
async fn a_token_opens_the_session_of_its_own_person_in_its_own_company_alone() {
    let (api, own) = house().await;
    let other = api.tenant("elsewhere").await;
    let nancy = api.sign_in(own.id, "admin").await;
    let colleague = api.sign_in(own.id, "sales_rep").await;
    let stranger = api.sign_in(other.id, "admin").await;
    let portal = api.portal_sign_in(own.id, "portal_user").await;
    let keys = &api.services.keys;
    let others = Keyring::from_text(&"5a".repeat(32)).unwrap();
    let good = (own.id, nancy.id, nancy.session);
    who(&api, &token(keys, &api, HERE, Side::Staff, good)).await.expect(200);
    for (what, token) in [
        ("another key", token(&others, &api, HERE, Side::Staff, good)),
        ("another Tenantry", token(keys, &api, "https://elsewhere.example.com", Side::Staff, good)),
        ("the other side", token(keys, &api, HERE, Side::Portal, good)),
        ("another company", token(keys, &api, HERE, Side::Staff, (other.id, nancy.id, nancy.session))),
        (
            "a colleague's session",
            token(keys, &api, HERE, Side::Staff, (own.id, nancy.id, colleague.session)),
        ),
        (
            "a session elsewhere",
            token(keys, &api, HERE, Side::Staff, (own.id, stranger.id, stranger.session)),
        ),
        ("a portal's session", token(keys, &api, HERE, Side::Staff, (own.id, portal.id, portal.session))),
        ("no session", token(keys, &api, HERE, Side::Staff, (own.id, nancy.id, uuid::Uuid::from_u128(7)))),
    ] {
        assert_eq!(who(&api, &token).await.refused(401), "unauthenticated", "{what}");
    }
    let [header, claims, signature]: [&str; 3] =
        nancy.token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mut said: Value = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
    said["sub"] = json!(colleague.id);
    let none = BASE64.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
    for bent in [
        format!("{header}.{}.{signature}", BASE64.encode(said.to_string())),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{header}.{claims}"),
    ] {
        assert_eq!(who(&api, &bent).await.refused(401), "unauthenticated", "{bent}");
    }
    // The host that was asked makes no other company of it.
    let asked = api.get("/api/v1/me").token(&nancy.token).header("host", "crm.elsewhere.example");
    assert_eq!(asked.go().await.expect(200).json()["tenant"]["slug"], "harborview");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_own_person_alone() {
    let (api, tenant) = house().await;
    let first = api.sign_in(tenant.id, "admin").await;
    let other = api.sign_in(tenant.id, "admin").await;
    let login = || async {
        let body = json!({ "tenant": "harborview", "email": first.email, "password": PASSWORD });
        let asking =
            api.post("/api/v1/auth/login").header("user-agent", "Phone/1").from("203.0.113.7").json(&body);
        let answer = asking.go().await.expect(200).json();
        crate::persons::person(first.id, &first.email, None, &answer)
    };
    let (second, third): (Person, Person) = (login().await, login().await);
    let list = async |person: &Person| {
        api.get("/api/v1/auth/sessions").token(&person.token).go().await.expect(200).json()["data"].clone()
    };
    let seen = list(&second).await;
    assert_eq!(seen.as_array().unwrap().len(), 3);
    let current = seen.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
    assert_eq!(
        (&current["id"], &current["agent"], &current["ip"]),
        (&json!(second.session), &json!("Phone/1"), &json!("203.0.113.7"))
    );
    let end =
        |id: uuid::Uuid, token: &str| api.delete(&format!("/api/v1/auth/sessions/{id}")).token(token).go();
    assert_eq!(end(third.session, &other.token).await.refused(404), "not_found");
    end(third.session, &second.token).await.expect(200);
    assert_eq!(who(&api, &third.token).await.refused(401), "unauthenticated");
    assert_eq!(end(third.session, &second.token).await.refused(404), "not_found");
    assert_eq!(list(&second).await.as_array().unwrap().len(), 2);

    let all = api.post("/api/v1/auth/logout_all").token(&second.token).go().await.expect(200);
    assert_eq!(all.json()["ended"], 2);
    for gone in [&first, &second] {
        assert_eq!(who(&api, &gone.token).await.refused(401), "unauthenticated");
    }
    who(&api, &other.token).await.expect(200);
}
