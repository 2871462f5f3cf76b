//! Every route × nobody, a stranger's token, another tenant, each built-in role; and each refusal's allowed twin.
//!
//! The walk is over [`web::routes()`]. A new action does not compile without a case here; a new operation without an
//! input fails.

mod cases;

pub use cases::{beforehand, input, standing};

use model::{
    access::roles::{Permission, Role},
    caller::RecordScope,
    entity::{Area, Entity},
    registry,
};
use serde_json::{Value, json};
use uuid::Uuid;
use web::routes::{Access, Action, Route, Side, routes};

use crate::{
    fixtures::{Fixtures, LOOSE},
    harness::{Answer, Api, Asking, Tenant, location},
};

macro_rules! areas {
    ($($name:ident $area:ident)*) => {
        $(#[tokio::test]
        async fn $name() {
            walk(Some(Area::$area)).await;
        })*
    };
}

areas! {
    access_is_guarded Access
    the_catalogue_is_guarded Catalog
    stock_is_guarded Stock
    companies_and_customers_are_guarded Crm
    sales_are_guarded Sales
    sales_intelligence_is_guarded Insight
    service_operations_are_guarded Service
    data_is_guarded Data
    integrations_are_guarded Integrations
}

#[tokio::test]
async fn addresses_beyond_entities_are_guarded() {
    walk(None).await;
}

const FORM: &str = "multipart/form-data; boundary=edge";

/// A request that is allowed to whoever has the permission.
struct Case {
    path: String,
    body: Option<Value>,
    allowed: u16,
}

struct Walk<'a> {
    api: &'a Api,
    fixtures: Fixtures<'a>,
    own: &'a Tenant,
    other: &'a Tenant,
    roles: Vec<(&'static Role, String)>,
    operator: String,
    made: usize,
}

async fn walk(area: Option<Area>) {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let roles = api.staff(own.id).await;
    let operator = api.operator().await;
    let fixtures = Fixtures::new(&api.db);
    let mut walk = Walk { api: &api, fixtures, own: &own, other: &other, roles, operator, made: 0 };
    let mut seen = 0;
    // The portal has a walk of its own, in `portal.rs`.
    // Pages have theirs in `page_coverage.rs`.
    let staff = routes().iter().filter(|route| route.side != Side::Portal && !route.is_page());
    for route in staff.filter(|route| route.entity().map(|entity| entity.area) == area) {
        walk.route(route).await;
        seen += 1;
    }
    assert!(seen > 0);
}

impl Walk<'_> {
    async fn route(&mut self, route: &Route) {
        // Sign-in has a walk of its own, in `people.rs`.
        if matches!(route.action, Action::Auth(_)) {
            return;
        }
        if route.access() == Access::Public {
            let case = self.case(route, self.own.id).await;
            let answer = self.send(route, &case, None).await;
            assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for nobody");
            return;
        }
        if route.access() == Access::Secret {
            return self.hook(route).await;
        }
        // Refusals change nothing, so one case serves them all; whoever is let in gets one of their own.
        let refused = self.case(route, self.own.id).await;
        self.strangers(route, &refused).await;
        self.other_tenant(route, &refused).await;
        self.roles(route, &refused).await;
        let case = self.case(route, self.own.id).await;
        let answer = self.send(route, &case, Some(self.allowed(route))).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for an admin: {text}");
        if route.is_done_once() {
            self.done_once(route).await;
        }
    }

    /// A token that opens the route. Tenants as a whole are no company's, whatever its admin may do.
    fn allowed(&self, route: &Route) -> &str {
        if matches!(route.action, Action::Platform(_)) { &self.operator } else { &self.own.token }
    }

    /// The same key and body give the same answer, and the key is another tenant's business no more than the record.
    async fn done_once(&mut self, route: &Route) {
        let case = self.case(route, self.own.id).await;
        let send = async |token: &str| {
            let asking = self.asking(route, &case, Some(token));
            asking.header("idempotency-key", &route.path).go().await
        };
        let first = send(self.allowed(route)).await;
        let text = String::from_utf8_lossy(&first.body);
        assert_eq!(first.status.as_u16(), case.allowed, "{route:?}: {text}");
        assert_eq!(first.header("idempotency-replayed"), "", "{route:?}");
        let again = send(self.allowed(route)).await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{route:?}: {:?}", again.told());
        assert_eq!(first.told(), again.told(), "{route:?}");
        for name in ["location", "etag", "content-type"] {
            assert_eq!(first.header(name), again.header(name), "{route:?}");
        }
        let other = send(&self.other.token).await;
        assert_eq!(other.header("idempotency-replayed"), "", "{route:?} for another tenant");
    }

    /// Whoever has the source's secret is let in; everybody else is told the same, whatever they guessed.
    async fn hook(&mut self, route: &Route) {
        let mut secrets = vec![];
        for tenant in [self.own, self.other] {
            let source = json!({ "code": "booking-form", "name": "Booking form", "kind": "n8n" });
            let post = |path: &str| self.api.post(path).token(&tenant.token);
            let made = post("/api/v1/webhook_sources").json(&source).go().await.expect(201);
            let place = format!("{}/rotate", location(&made));
            let rotated = post(&place).json(&json!({})).go().await.expect(200);
            secrets.push(rotated.json()["secret"].as_str().unwrap().to_owned());
        }
        let path =
            |tenant: &str, source: &str| route.path.replace("{tenant}", tenant).replace("{source}", source);
        let ask = |path: &str, secret: &str| {
            let asking = self.api.ask(route.method.clone(), path).token(&self.own.token);
            asking.header("x-webhook-token", secret).json(&json!({ "action": "something.else" }))
        };
        let ours = path("harborview", "booking-form");
        let mut told = None;
        for (path, secret) in [
            (&ours, ""),
            (&ours, "guessed"),
            (&ours, &secrets[1]),
            (&path("elsewhere", "booking-form"), &secrets[0]),
            (&path("nobody", "booking-form"), &secrets[0]),
            (&path("harborview", "nothing"), &secrets[0]),
        ] {
            let answer = ask(path, secret).go().await;
            assert_eq!(answer.refused(401), "webhook_not_accepted", "{path} with {secret}");
            assert_eq!(*told.get_or_insert(answer.told()), answer.told(), "{path} with {secret}");
        }
        ask(&ours, &secrets[0]).go().await.expect(202);
    }

    /// Nobody, and tokens that are none, are told the same of everything.
    async fn strangers(&self, route: &Route, case: &Case) {
        let nobody = self.send(route, case, None).await;
        assert_eq!(nobody.refused(401), "unauthenticated", "{route:?}");
        assert!(nobody.header("www-authenticate").starts_with("Bearer"), "{route:?}");
        let (short_id, secret) = parts(&self.own.token);
        let (other_short_id, other_secret) = parts(&self.other.token);
        let strangers = [
            "tnt_".to_owned(),
            "x".repeat(5_000),
            format!("tnt_{short_id}_"),
            format!("tnt_{short_id}_{other_secret}"),
            format!("tnt_{other_short_id}_{secret}"),
            format!("tnt_nobodyxx_{secret}"),
        ];
        let mut told = None;
        for token in strangers {
            let answer = self.send(route, case, Some(&token)).await;
            assert_eq!(answer.refused(401), "unauthenticated", "{route:?} with {token}");
            assert_eq!(*told.get_or_insert(answer.told()), answer.told(), "{route:?} with {token}");
        }
    }

    /// Another tenant's admin is told of our ids what is told of ids that nobody has.
    async fn other_tenant(&self, route: &Route, case: &Case) {
        let ours = ids(case);
        if ours.is_empty() {
            return;
        }
        let mut nobodys = Case { path: case.path.clone(), body: case.body.clone(), allowed: 0 };
        for (number, id) in ours.iter().enumerate() {
            let random =
                Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number as u128).to_string();
            nobodys.path = nobodys.path.replace(id, &random);
            nobodys.body = nobodys
                .body
                .map(|body| serde_json::from_str(&body.to_string().replace(id, &random)).unwrap());
        }
        let hidden = |answer: &Answer, case: &Case| {
            let (status, body) = answer.told();
            let text = ids(case).iter().fold(body.to_string(), |text, id| text.replace(id, "(an id)"));
            (status, text)
        };
        let (of_ours, of_nobodys) = (
            self.send(route, case, Some(&self.other.token)).await,
            self.send(route, &nobodys, Some(&self.other.token)).await,
        );
        assert_eq!(hidden(&of_ours, case), hidden(&of_nobodys, &nobodys), "{route:?} for another tenant");
        assert!(
            (400..500).contains(&of_ours.status.as_u16()),
            "{route:?} for another tenant: {:?}",
            of_ours.told()
        );
    }

    /// Whoever lacks the permission is refused; whoever has it for all records is not.
    async fn roles(&mut self, route: &Route, refused: &Case) {
        for (role, token) in self.roles.clone() {
            let reach = reach(role, route);
            let own = match reach {
                Some(_) => Some(self.case(route, self.own.id).await),
                None => None,
            };
            let case = own.as_ref().unwrap_or(refused);
            let answer = self.send(route, case, Some(&token)).await;
            let (status, text) = (answer.status.as_u16(), String::from_utf8_lossy(&answer.body));
            let whom = format!("{route:?} for {}: {text}", role.code);
            match reach {
                Some(RecordScope::All) if self.sees(role, route) => {
                    assert_eq!(status, case.allowed, "{whom}")
                }
                Some(_) => assert!(status < 500 && status != 401, "{status} {whom}"),
                None => assert!(matches!(status, 403 | 404), "{status} {whom}"),
            }
        }
    }

    /// Whether the role also sees every record that the request leads to.
    fn sees(&self, role: &Role, route: &Route) -> bool {
        let views = |entity: &Entity| permits(role, entity.name, "view") == Some(RecordScope::All);
        let linked = |entity: &'static Entity| {
            let links = entity.fields.iter().filter_map(|field| field.link()).filter_map(registry::entity);
            views(entity) && links.into_iter().all(views)
        };
        match route.action {
            Action::Create(entity) | Action::Bulk(entity) | Action::Operate(entity, _) => linked(entity),
            Action::Children(entity, ..) => views(entity),
            _ => route.entity().is_none_or(views),
        }
    }

    async fn send(&self, route: &Route, case: &Case, token: Option<&str>) -> Answer {
        self.asking(route, case, token).go().await
    }

    fn asking(&self, route: &Route, case: &Case, token: Option<&str>) -> Asking<'_> {
        let mut asking = self.api.ask(route.method.clone(), &case.path);
        if let Some(token) = token {
            asking = asking.token(token);
        }
        match &case.body {
            Some(Value::String(form)) => asking = asking.header("content-type", FORM).body(form.clone()),
            Some(body) => asking = asking.json(body),
            None => {}
        }
        asking
    }
}

fn parts(token: &str) -> (&str, &str) {
    token.trim_start_matches("tnt_").split_once('_').unwrap()
}

/// The ids of records in path and body.
fn ids(case: &Case) -> Vec<String> {
    let text = format!("{} {}", case.path, case.body.as_ref().unwrap_or(&Value::Null));
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words
        .filter(|word| Uuid::try_parse(word).is_ok() && word.len() == 36 && *word != LOOSE)
        .map(str::to_owned)
        .collect()
}

fn permits(role: &Role, entity: &'static str, action: &'static str) -> Option<RecordScope> {
    role.permits(Permission { entity, action })
}

/// How far the role's permission for this route reaches.
fn reach(role: &Role, route: &Route) -> Option<RecordScope> {
    match route.access() {
        Access::Public | Access::Secret | Access::Signed | Access::Person => Some(RecordScope::All),
        // The case of imports holds suppliers, the one of many records creates.
        Access::AnyOf(permissions) => {
            let asked = permissions.iter().find(|name| *name == "suppliers.import").or(permissions.first());
            let (entity, action) = asked.unwrap().clone().leak().split_once('.').unwrap();
            permits(role, entity, action)
        }
        Access::Permission(permission) => {
            let (entity, action) = permission.leak().split_once('.').unwrap();
            permits(role, entity, action)
        }
    }
}
