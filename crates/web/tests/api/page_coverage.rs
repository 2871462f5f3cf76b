//! Every page × nobody, strangers' tokens, another tenant, each role, people at customers; and each refusal's allowed twin.
//!
//! The walk is over [`web::routes()`], as the API's: a new page does not compile without a case here.

use model::{
    access::roles::{Permission, Role},
    caller::RecordScope,
    entity::{Area, Entity, Writes},
    registry,
};
use serde_json::{Value, json};
use uuid::Uuid;
use web::routes::{Access, Action, Dev, Route, Screen, Side, Tenants, Wizard, routes};

use crate::{
    coverage::{beforehand, input, standing},
    fixtures::Fixtures,
    forms::text,
    harness::{Answer, Api, Tenant, location},
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
    pages_of_access_are_guarded Access
    pages_of_the_catalogue_are_guarded Catalog
    pages_of_stock_are_guarded Stock
    pages_of_companies_and_customers_are_guarded Crm
    pages_of_sales_are_guarded Sales
    pages_of_sales_intelligence_are_guarded Insight
    pages_of_service_operations_are_guarded Service
    pages_of_data_are_guarded Data
    pages_of_integrations_are_guarded Integrations
}

#[tokio::test]
async fn pages_beyond_entities_are_guarded() {
    walk(None).await;
}

/// A request that is allowed to whoever has the permission.
struct Case {
    path: String,
    form: Option<String>,
    allowed: u16,
}

struct Walk<'a> {
    api: &'a Api,
    fixtures: Fixtures<'a>,
    own: &'a Tenant,
    other: &'a Tenant,
    roles: Vec<(&'static Role, String)>,
    buyer: String,
    operator: String,
}

async fn walk(area: Option<Area>) {
    let api = Api::without_workers().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let roles = api.staff(own.id).await;
    let buyer = api.portal_sign_in(own.id, "portal_admin").await.token;
    let operator = api.operator().await;
    let fixtures = Fixtures::new(&api.db);
    let mut walk = Walk { api: &api, fixtures, own: &own, other: &other, roles, buyer, operator };
    let pages = routes().iter().filter_map(|route| match route.action {
        Action::Page(screen) => Some((route, screen)),
        _ => None,
    });
    let mut seen = 0;
    // The portal's pages have a walk of their own, in `page_portal.rs`.
    let pages = pages.filter(|(route, _)| route.side != Side::Portal);
    for (route, screen) in pages.filter(|(route, _)| route.entity().map(|entity| entity.area) == area) {
        walk.page(route, screen).await;
        seen += 1;
    }
    assert!(seen > 0);
}

impl Walk<'_> {
    async fn page(&mut self, route: &Route, screen: Screen) {
        let case = self.case(route, screen).await;
        if route.access() == Access::Public {
            let answer = self.send(route, &case, None).await;
            assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for nobody: {}", text(&answer));
            return;
        }
        for stranger in [None, Some("tnt_"), Some("tnt_nobodyxx_guessed")] {
            let answer = self.send(route, &case, stranger).await;
            assert_eq!(answer.status.as_u16(), 303, "{route:?} for {stranger:?}");
            assert!(answer.header("location").starts_with("/sign-in"), "{route:?} for {stranger:?}");
        }
        // Programs have no session to end.
        if route.access() == Access::Person {
            return;
        }
        // Whoever comes from the portal is led back to it, and nothing is done.
        let buyer = self.buyer.clone();
        if route.method == "GET" {
            let led = self.send(route, &case, Some(&buyer)).await;
            assert_eq!(led.status.as_u16(), 303, "{route:?}: {}", text(&led));
            assert_eq!(location(&led), "/portal", "{route:?}");
        } else {
            self.refused(route, &case, &buyer, &[403]).await;
        }
        // No company's people come near what operators do.
        let platform = matches!(screen, Screen::Tenants(_));
        if platform || case.path != route.path {
            let other = self.other.token.clone();
            self.refused(route, &case, &other, if platform { &[403] } else { &[404] }).await;
        }
        for (role, token) in self.roles.clone() {
            match reach(role, route) {
                None => self.refused(route, &case, &token, &[403, 404]).await,
                Some(RecordScope::All) if route.method == "GET" => {
                    let answer = self.send(route, &case, Some(&token)).await;
                    assert_eq!(
                        answer.status.as_u16(),
                        case.allowed,
                        "{route:?} for {}: {}",
                        role.code,
                        text(&answer)
                    );
                }
                // What a narrower reach lets in, the API's walk tells; here nothing may break.
                Some(_) if route.method == "GET" => {
                    let answer = self.send(route, &case, Some(&token)).await;
                    assert!(matches!(answer.status.as_u16(), 200 | 303 | 404), "{route:?} for {}", role.code);
                }
                Some(_) => {}
            }
        }
        let allowed = if platform { &self.operator } else { &self.own.token };
        let answer = self.send(route, &case, Some(allowed)).await;
        assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for an admin: {}", text(&answer));
    }

    /// Whoever is refused gets a page that says so, with the request's id, and nothing of the record.
    async fn refused(&self, route: &Route, case: &Case, token: &str, statuses: &[u16]) {
        let answer = self.send(route, case, Some(token)).await;
        let told = text(&answer);
        assert!(statuses.contains(&answer.status.as_u16()), "{} {route:?}: {told}", answer.status);
        assert!(answer.header("content-type").starts_with("text/html"), "{route:?}");
        assert!(told.contains(answer.header("x-request-id")), "{route:?}: {told}");
    }

    async fn send(&self, route: &Route, case: &Case, token: Option<&str>) -> Answer {
        let mut asking = self.api.ask(route.method.clone(), &case.path);
        if let Some(token) = token {
            asking = asking.token(token);
        } else {
            asking = asking.header("sec-fetch-site", "same-origin");
        }
        if let Some(form) = &case.form {
            asking = asking.header("content-type", "application/x-www-form-urlencoded").body(form.clone());
        }
        asking.go().await
    }

    async fn case(&mut self, route: &Route, screen: Screen) -> Case {
        let tenant = self.own.id;
        let (mut id, mut form, mut allowed) = (None, None, 200);
        match screen {
            Screen::Asset => {
                return Case { path: "/a/hue-155.css".to_owned(), form, allowed };
            }
            Screen::SignIn
            | Screen::Forgot
            | Screen::Link(_)
            | Screen::Home
            | Screen::Index
            | Screen::Palette
            | Screen::List(_)
            | Screen::Options(_)
            | Screen::Exports
            | Screen::Settings
            | Screen::Notices
            | Screen::New(_) => {}
            Screen::Import(wizard) => return self.import(route, wizard).await,
            // Nobody is known by nothing.
            Screen::Enter | Screen::Redeem(_) => {
                form = Some(
                    "tenant=harborview&email=nobody%40example.com&password=guessed&token=guessed".to_owned(),
                );
                allowed = 422;
            }
            Screen::SendLink => form = Some("tenant=harborview&email=nobody%40example.com".to_owned()),
            // For people alone; `pages.rs` walks them with a session.
            Screen::SignOut
            | Screen::Arrange
            | Screen::Profile
            | Screen::ChangeMe
            | Screen::OwnPassword
            | Screen::EndSession
            | Screen::SetUpTotp
            | Screen::ConfirmTotp
            | Screen::DisableTotp => allowed = 303,
            Screen::Prefer => {
                form = Some("theme=dark&next=%2F%2Fevil.example".to_owned());
                allowed = 303;
            }
            Screen::Record(entity) | Screen::Edit(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await)
            }
            Screen::Create(entity) => {
                // Others like it are there already.
                form = Some(format!("{}&_sure=true", filled(&self.fixtures.body(tenant, entity).await)));
                allowed = 303;
            }
            Screen::Change(entity) | Screen::Archive(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await);
                (form, allowed) = (Some(String::new()), 303);
            }
            Screen::Restore(entity) => {
                let archived = json!({ "archived_at": "2026-01-31T09:30:00Z" });
                let archived = archived.as_object().cloned().unwrap_or_default();
                id = Some(self.fixtures.record_with(tenant, entity, archived).await);
                (form, allowed) = (Some(String::new()), 303);
            }
            Screen::Merge(entity) => id = Some(self.fixtures.record(tenant, entity).await),
            Screen::MergeNow(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await);
                let other = self.fixtures.record(tenant, entity).await;
                (form, allowed) = (Some(format!("loser_id={other}")), 303);
            }
            Screen::UndoMerge(entity) => {
                let record = self.fixtures.record(tenant, entity).await;
                beforehand(&mut self.fixtures, tenant, entity, "undo_merge", record).await;
                (id, form, allowed) = (Some(record), Some(String::new()), 303);
            }
            // As a page of its own it is the record's form.
            Screen::Cell(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await);
                allowed = 303;
            }
            // A cell of a field that no list writes in.
            Screen::SetCell(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await);
                (form, allowed) = (Some("field=version".to_owned()), 404);
            }
            // As a page of its own it is the record's page.
            Screen::Peek(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await);
                allowed = 303;
            }
            Screen::Bulk(entity) if entity.writes == Writes::All => {
                let record = self.fixtures.record(tenant, entity).await;
                form = Some(format!("do=archive&id={record}"));
            }
            Screen::Bulk(_) => form = Some("do=export-list".to_owned()),
            Screen::Dev(Dev::Delivery) => {
                let deliveries = registry::entity("webhook_deliveries").unwrap();
                id = Some(self.fixtures.record(tenant, deliveries).await);
            }
            Screen::Dev(Dev::ReplayAll) => (form, allowed) = (Some(String::new()), 303),
            Screen::Dev(_) | Screen::Audit => {}
            // A program's token has read nothing; `page_admin.rs` does it as a person.
            Screen::ReadNotices => (form, allowed) = (Some(String::new()), 422),
            Screen::Tenants(tenants) => return self.tenants(route, tenants).await,
            Screen::SaveSettings(_) => (form, allowed) = (Some(String::new()), 303),
            Screen::Why => {
                let user = self.fixtures.record(tenant, registry::entity("users").unwrap()).await;
                let path = route.path.replace("{id}", &user.to_string());
                return Case { path: format!("{path}?entity=users&record={user}"), form, allowed };
            }
            Screen::NewView => {
                form = Some(
                    "entity=customers&name=Blocked&at=%2Fcustomers%3Ffilter%5Bstatus%5D%3DBLOCKED".to_owned(),
                );
                allowed = 303;
            }
            Screen::View => {
                let views = registry::entity("saved_views").unwrap();
                id = Some(self.fixtures.record(tenant, views).await);
                (form, allowed) = (Some("do=rename&name=Another&at=%2Fcustomers".to_owned()), 303);
            }
            Screen::Export => (form, allowed) = (Some("entity=skus".to_owned()), 303),
            Screen::Ask(entity, operation) if operation.is_on_record() => {
                id = Some(self.fixtures.record_with(tenant, entity, standing(&operation.permission())).await);
            }
            Screen::Ask(..) => {}
            Screen::Do(entity, operation) => {
                if operation.is_on_record() {
                    let stated = standing(&operation.permission());
                    let record = self.fixtures.record_with(tenant, entity, stated).await;
                    beforehand(&mut self.fixtures, tenant, entity, operation.name, record).await;
                    id = Some(record);
                }
                form =
                    Some(filled(&input(self.api, &mut self.fixtures, tenant, &operation.permission()).await));
                allowed = if operation.answers_secret { 200 } else { 303 };
            }
        }
        Case { path: with_id(route, id), form, allowed }
    }

    /// What an operator does with a company of its own; one that is active is not deleted.
    async fn tenants(&self, route: &Route, tenants: Tenants) -> Case {
        let (form, allowed) = match tenants {
            Tenants::All | Tenants::New | Tenants::One => (None, 200),
            Tenants::Make => (Some("slug=riverside&name=Riverside".to_owned()), 303),
            Tenants::Turn(_) => (Some("reason=Unpaid".to_owned()), 303),
            Tenants::Delete => (Some(String::new()), 422),
        };
        let id = self.api.tenant(&format!("t-{}", self.api.db.world().id())).await.id;
        Case { path: with_id(route, Some(id)), form, allowed }
    }

    /// A step of an import whose columns are mapped; what it is too early for is told on its page.
    async fn import(&self, route: &Route, wizard: Wizard) -> Case {
        let (form, allowed) = match wizard {
            Wizard::List => return Case { path: route.path.clone(), form: None, allowed: 200 },
            // No file is chosen.
            Wizard::Receive => {
                return Case { path: route.path.clone(), form: Some(String::new()), allowed: 415 };
            }
            Wizard::Show => (None, 200),
            Wizard::Commit | Wizard::Undo => (Some(String::new()), 409),
            Wizard::Fix => (Some("do=skip&row=2".to_owned()), 409),
            Wizard::Validate | Wizard::Resume | Wizard::Cancel => (Some("then=map".to_owned()), 303),
        };
        let file = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"suppliers.csv\"\r\n\r\n\
            Supplier code,Supplier name\r\nS1,Exotic Liquids\r\n\r\n--edge--\r\n";
        let asking = self.api.post("/api/v1/imports").token(&self.own.token);
        let asking = asking.header("content-type", "multipart/form-data; boundary=edge").body(file);
        let made = location(&asking.go().await.expect(201));
        let id = made.rsplit('/').next().unwrap().parse().unwrap();
        Case { path: with_id(route, Some(id)), form, allowed }
    }
}

fn with_id(route: &Route, id: Option<Uuid>) -> String {
    id.map_or(route.path.clone(), |id| route.path.replace("{id}", &id.to_string()))
}

/// A document as a form sends it.
pub fn filled(document: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(words) if words.iter().all(Value::is_string) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    };
    let encoded = |text: String| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    let pairs = document.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    pairs.map(|(name, value)| format!("{name}={}", encoded(text(value)))).collect::<Vec<_>>().join("&")
}

fn permits(role: &Role, entity: &'static str, action: &'static str) -> Option<RecordScope> {
    role.permits(Permission { entity, action })
}

/// How far the role's permission for this page reaches; forms show the record, so it must be seen too.
fn reach(role: &Role, route: &Route) -> Option<RecordScope> {
    match route.access() {
        Access::Permission(permission) => {
            let (entity, action) = permission.leak().split_once('.').unwrap();
            let held = permits(role, entity, action)?;
            let views = |entity: &'static Entity| permits(role, entity.name, "view");
            Some(held.min(route.entity().and_then(views).unwrap_or(RecordScope::Own)))
        }
        _ => Some(RecordScope::All),
    }
}
