//! The addresses of sign-in × nobody, strangers' tokens, programs' tokens, staff and portal; and the two sides of the
//! house, kept apart at every address.

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use web::routes::{Access, Action, Auth, Import, Route, Side, routes};
use work::access::sign_in::{self, Purpose};

use crate::{
    harness::{Api, Tenant},
    persons::{PASSWORD, Person},
};

/// The body and path by which a person may do it, and what is answered.
async fn case(api: &Api, route: &Route, auth: Auth, tenant: Uuid, person: &Person) -> (String, Value, u16) {
    let (mut path, mut body) = (route.path.clone(), json!({}));
    match auth {
        Auth::Login => {
            body = json!({ "tenant": "harborview", "email": person.email, "password": PASSWORD, "portal": person.customer.is_some() });
        }
        Auth::Refresh => body = json!({ "refresh_token": person.refresh }),
        Auth::Logout | Auth::LogoutAll | Auth::Sessions => {}
        Auth::EndSession => path = path.replace("{id}", &person.session.to_string()),
        Auth::Forgot => return (path, json!({ "tenant": "harborview", "email": person.email }), 202),
        Auth::Reset | Auth::Accept => {
            let side = if person.customer.is_some() { sign_in::Side::Portal } else { sign_in::Side::Staff };
            let purpose = if auth == Auth::Reset { Purpose::Reset } else { Purpose::Invitation };
            let link = api.link(tenant, side, person.id, purpose).await;
            body = json!({ "token": link, "password": "another lantern 85" });
        }
        Auth::Password => body = json!({ "old_password": PASSWORD, "new_password": "another lantern 85" }),
        Auth::SetUpTotp | Auth::DisableTotp => body = json!({ "password": PASSWORD }),
        Auth::ConfirmTotp => body = json!({ "code": api.set_up_totp(person).await.code(api.now()) }),
        Auth::ChangeMe => body = json!({ "locale": "th" }),
    }
    (path, body, 200)
}

async fn somebody(api: &Api, tenant: &Tenant, portal: bool) -> Person {
    match portal {
        true => api.portal_sign_in(tenant.id, "portal_user").await,
        false => api.sign_in(tenant.id, "sales_rep").await,
    }
}

#[tokio::test]
async fn what_concerns_people_is_for_people_alone() {
    let api = Api::without_workers().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    for (route, auth) in routes().iter().filter_map(|route| match route.action {
        Action::Auth(auth) => Some((route, auth)),
        _ => None,
    }) {
        for portal in [false, true] {
            let person = somebody(&api, &own, portal).await;
            let (path, body, allowed) = case(&api, route, auth, own.id, &person).await;
            let ask = |token: Option<&str>| {
                let asking = api.ask(route.method.clone(), &path);
                let asking = token.map_or(asking, |token| api.ask(route.method.clone(), &path).token(token));
                if route.method == Method::POST || route.method == Method::PATCH {
                    asking.json(&body)
                } else {
                    asking
                }
            };
            if route.access() == Access::Public {
                ask(None).go().await.expect(allowed);
                continue;
            }
            assert_eq!(route.access(), Access::Person);
            assert_eq!(ask(None).go().await.refused(401), "unauthenticated", "{route:?}");
            let mut told = None;
            for stranger in
                ["tnt_", "x", "eyJ.eyJ.", &person.refresh, &person.token[..person.token.len() - 4]]
            {
                let answer = ask(Some(stranger)).go().await;
                assert_eq!(answer.refused(401), "unauthenticated", "{route:?}");
                assert_eq!(*told.get_or_insert(answer.told()), answer.told(), "{route:?}");
            }
            assert_eq!(ask(Some(&own.token)).go().await.refused(403), "forbidden", "{route:?}");
            // Another tenant's person reaches nothing of this one's.
            let stranger = somebody(&api, &other, portal).await;
            if path != route.path {
                assert_eq!(ask(Some(&stranger.token)).go().await.refused(404), "not_found", "{route:?}");
            }
            ask(Some(&person.token)).go().await.expect(allowed);
        }
    }
}

#[tokio::test]
async fn each_side_of_the_house_has_its_addresses() {
    let (api, tenant) = Api::with_tenant().await;
    let portal = api.portal_sign_in(tenant.id, "portal_admin").await;
    let staff = api.sign_in(tenant.id, "admin").await;
    let (mut refused, mut let_in) = (0, 0);
    let guarded = routes().iter().filter(|route| !matches!(route.access(), Access::Public | Access::Secret));
    for route in guarded.filter(|route| !route.is_page()) {
        let path = route.path.replace("{id}", &Uuid::from_u128(7).to_string());
        let path = match route.action {
            Action::Search => format!("{path}?q=harbor"),
            Action::Import(Import::Sample) => format!("{path}?data_type=customers"),
            _ => path,
        };
        let ask = |token: &str| api.ask(route.method.clone(), &path).token(token);
        let (of_portal, of_staff) = match route.side {
            Side::Both => continue,
            Side::Staff => (Some(ask(&portal.token)), None),
            Side::Portal => (None, Some(ask(&staff.token))),
        };
        for asking in of_portal.into_iter().chain(of_staff) {
            let answer = asking.go().await;
            assert_eq!(answer.refused(403), "forbidden", "{route:?}");
            assert!(
                answer.json()["detail"].as_str().unwrap().starts_with("This address is for"),
                "{route:?}"
            );
            refused += 1;
        }
        // The platform's addresses are for operators, whom no tenant has.
        let open = route.side == Side::Staff && !matches!(route.action, Action::Platform(_));
        if open && route.method == Method::GET && !route.path.contains('{') {
            ask(&staff.token).go().await.expect(200);
            let_in += 1;
        }
    }
    assert!(refused > 300 && let_in > 50, "{refused} {let_in}");
}
