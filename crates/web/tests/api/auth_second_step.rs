//! The second step: codes of a device, each taken once, and recovery codes.

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Api, Tenant},
    persons::{PASSWORD, Person},
};

async fn house() -> (Api, Tenant) {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    (api, tenant)
}

async fn enter(api: &Api, person: &Person, code: Option<&str>) -> Answer {
    let mut body = json!({ "tenant": "harborview", "email": person.email, "password": PASSWORD, "portal": person.customer.is_some() });
    if let Some(code) = code {
        body["code"] = code.into();
    }
    api.login(&body).await
}

#[tokio::test]
async fn a_device_is_set_up_asked_for_and_each_code_taken_once() {
    let (api, tenant) = house().await;
    for portal in [false, true] {
        let person = match portal {
            false => api.sign_in(tenant.id, "admin").await,
            true => api.portal_sign_in(tenant.id, "portal_user").await,
        };
        let (device, recovery) = api.second_step(&person).await;
        assert_eq!(recovery.len(), 10);
        assert_eq!(enter(&api, &person, None).await.refused(401), "code_required");
        // The code that switched it on is used up.
        assert_eq!(enter(&api, &person, Some(&device.code(api.now()))).await.refused(401), "code_refused");
        api.later(1);
        let code = device.code(api.now());
        enter(&api, &person, Some(&code)).await.expect(200);
        assert_eq!(enter(&api, &person, Some(&code)).await.refused(401), "code_refused");
        assert_eq!(
            enter(&api, &person, Some(&device.code(api.now() - 30))).await.refused(401),
            "code_refused"
        );
        api.later(1);
        // Clocks may differ by half a minute, and not by more.
        assert_eq!(
            enter(&api, &person, Some(&device.code(api.now() + 90))).await.refused(401),
            "code_refused"
        );
        enter(&api, &person, Some(&device.code(api.now() + 30))).await.expect(200);
        let trail = api.trail(tenant.id, person.id).await;
        assert_eq!(trail.iter().filter(|action| *action == "sign_in").count(), 3, "{trail:?}");
        api.later(16);
    }
}

#[tokio::test]
async fn the_second_step_is_told_of_after_a_right_password_alone() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let (device, _) = api.second_step(&person).await;
    api.later(1);
    let body = |code: Value| json!({ "tenant": "harborview", "email": person.email, "password": "not the password", "code": code });
    let wrong = api.login(&body(Value::Null)).await;
    assert_eq!(wrong.refused(401), "sign_in_refused");
    assert_eq!(api.login(&body(json!(device.code(api.now())))).await.told(), wrong.told());
    enter(&api, &person, Some(&device.code(api.now()))).await.expect(200);
}

#[tokio::test]
async fn guessed_codes_lock_the_account() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let (device, _) = api.second_step(&person).await;
    api.later(1);
    let right = device.code(api.now());
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(enter(&api, &person, Some(wrong)).await.refused(401), "code_refused");
    }
    assert_eq!(enter(&api, &person, Some(&right)).await.refused(401), "sign_in_refused");
    api.later(16);
    enter(&api, &person, Some(&device.code(api.now()))).await.expect(200);
}

#[tokio::test]
async fn of_two_who_show_one_code_at_once_one_gets_in() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let (device, recovery) = api.second_step(&person).await;
    api.later(1);
    for code in [device.code(api.now()), recovery[0].clone()] {
        let both =
            futures_util::future::join(enter(&api, &person, Some(&code)), enter(&api, &person, Some(&code)))
                .await;
        let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
    }
}

#[tokio::test]
async fn a_recovery_code_works_once_for_its_own_person() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let other = api.sign_in(tenant.id, "admin").await;
    let (_, codes) = api.second_step(&person).await;
    let (_, others) = api.second_step(&other).await;
    enter(&api, &person, Some(&codes[3].to_uppercase())).await.expect(200);
    assert_eq!(enter(&api, &person, Some(&codes[3])).await.refused(401), "code_refused");
    assert_eq!(enter(&api, &person, Some(&others[0])).await.refused(401), "code_refused");
    enter(&api, &person, Some(&codes[4].replace('-', ""))).await.expect(200);
    let text = "select count(*) from recovery_codes where tenant_id = $1 and user_id = $2";
    let left = api.write(tenant.id, text, vec![tenant.id.into(), person.id.into()]).await;
    assert_eq!(left[0].get::<_, i64>(0), 8);
}

#[tokio::test]
async fn it_is_set_up_and_switched_off_with_the_password() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    let post = |path: &str, body: Value| {
        api.post(&format!("/api/v1/auth/totp/{path}")).token(&person.token).json(&body).go()
    };
    assert_eq!(post("confirm", json!({ "code": "123456" })).await.refused(409), "totp_state");
    assert_eq!(post("setup", json!({ "password": "not the password" })).await.refused(403), "wrong_password");
    let setup = post("setup", json!({ "password": PASSWORD })).await.expect(200).json();
    let url = setup["otpauth_url"].as_str().unwrap();
    assert!(
        url.starts_with("otpauth://totp/harborview:") && url.contains(setup["secret"].as_str().unwrap()),
        "{url}"
    );
    // A set-up that nobody confirmed is not asked for.
    enter(&api, &person, None).await.expect(200);
    let (device, codes) = api.second_step(&person).await;
    assert_eq!(post("setup", json!({ "password": PASSWORD })).await.refused(409), "totp_state");
    assert_eq!(
        post("disable", json!({ "password": "not the password" })).await.refused(403),
        "wrong_password"
    );
    post("disable", json!({ "password": PASSWORD })).await.expect(200);
    enter(&api, &person, None).await.expect(200);
    api.second_step(&person).await;
    api.later(1);
    assert_eq!(enter(&api, &person, Some(&codes[0])).await.refused(401), "code_refused");
    assert_eq!(enter(&api, &person, Some(&device.code(api.now()))).await.refused(401), "code_refused");
    let trail = api.trail(tenant.id, person.id).await;
    assert_eq!(trail.iter().filter(|action| action.starts_with("totp_")).count(), 3, "{trail:?}");
}
