//! Every page of the portal × nobody, staff, another tenant's portal, another customer's, each role of portal users: nothing
//! of another customer is shown, and nothing that is the staff's. That a leak would be seen is shown at each page by whoever
//! may see what it shows.

use model::{
    Document,
    access::roles::{Permission, ROLES},
    caller::RecordScope,
    entity::{Class, Entity},
    field::{Kind, Read},
    registry,
    value::Author,
};
use serde_json::json;
use uuid::Uuid;
use web::routes::{Access, Action, Route, Screen, Side, routes};

use crate::{
    fixtures::Fixtures,
    forms::text,
    harness::{Answer, Api, Tenant},
    page_coverage::filled,
    persons::Person,
    portal::Customer,
};

/// What staff alone may read, wherever a text fits.
const INTERNAL: &str = "internal-note";
/// The same, where an amount fits.
const AMOUNT: &str = "7654.32";

/// A request, and the record that it leads to.
#[derive(Clone)]
struct Case {
    path: String,
    form: Option<String>,
    allowed: u16,
    id: Option<Uuid>,
}

struct Walk<'a> {
    api: &'a Api,
    fixtures: Fixtures<'a>,
    customer: Customer,
    own: &'a Tenant,
    /// Two people at one customer, by role.
    people: Vec<(&'static str, Person)>,
    /// Somebody at another customer of the same tenant, and at a customer of another one.
    others: [(&'static str, Person); 2],
    staff: Person,
}

#[tokio::test]
async fn the_portals_pages_are_guarded() {
    let api = Api::without_workers().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let admin = api.portal_sign_in(own.id, "portal_admin").await;
    let colleague = api.portal_sign_in_at(own.id, admin.customer.unwrap(), "portal_user").await;
    let mut fixtures = Fixtures::new(&api.db);
    let customer = Customer::of(&mut fixtures, own.id, &admin).await;
    let mut walk = Walk {
        api: &api,
        fixtures,
        customer,
        own: &own,
        people: vec![("portal_admin", admin), ("portal_user", colleague)],
        others: [
            ("a neighbor", api.portal_sign_in(own.id, "portal_admin").await),
            ("a stranger", api.portal_sign_in(other.id, "portal_admin").await),
        ],
        staff: api.sign_in(own.id, "admin").await,
    };
    let mut seen = 0;
    for route in routes().iter().filter(|route| route.side == Side::Portal) {
        let Action::Page(screen) = route.action else { continue };
        walk.page(route, screen).await;
        seen += 1;
    }
    assert!(seen > 80, "{seen}");
}

fn permits(role: &str, entity: &'static str, action: &'static str) -> bool {
    let role = ROLES.iter().find(|one| one.code == role).unwrap();
    role.permits(Permission { entity, action }) == Some(RecordScope::All)
}

/// Whether a role of portal users opens the page.
fn opens(role: &str, route: &Route) -> bool {
    match route.access() {
        Access::Permission(permission) => {
            let (entity, action) = permission.leak().split_once('.').unwrap();
            permits(role, entity, action)
        }
        _ => true,
    }
}

/// Whether an answer shows the record: its id, in an address or as itself.
fn shows(answer: &Answer, id: Uuid) -> bool {
    text(answer).contains(&id.to_string())
}

impl Walk<'_> {
    async fn page(&mut self, route: &Route, screen: Screen) {
        let case = self.case(route, screen).await;
        if route.access() == Access::Public {
            let answer = self.send(route, &case, None).await;
            assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for nobody: {}", text(&answer));
            return;
        }
        for nobody in [None, Some("tnt_nobodyxx_guessed")] {
            let answer = self.send(route, &case, nobody).await;
            assert_eq!(answer.status.as_u16(), 303, "{route:?} for {nobody:?}");
            assert!(answer.header("location").starts_with("/portal/sign-in"), "{route:?}");
        }
        // The company's own people are told that this is not theirs, and have a way out.
        for staff in [&self.own.token, &self.staff.token] {
            let answer = self.send(route, &case, Some(staff)).await;
            assert_eq!(answer.status.as_u16(), 403, "{route:?} for staff");
            let list = matches!(screen, Screen::List(_) | Screen::Options(_));
            let shown = list && case.id.is_some_and(|id| shows(&answer, id));
            assert!(text(&answer).contains("href=\"/\"") && !shown, "{route:?}: {}", text(&answer));
        }
        for (whom, person) in self.others.clone() {
            // The catalogue is the tenant's: every customer of it sees it.
            if whom == "a neighbor" && is_catalogue(screen) {
                continue;
            }
            let hidden = self.hidden(route, screen, &case, &person).await;
            hidden.unwrap_or_else(|why| panic!("{route:?} for {whom}: {why}"));
        }
        for (role, person) in self.people.clone() {
            let case = self.case(route, screen).await;
            let answer = self.send(route, &case, Some(&person.token)).await;
            let page = text(&answer);
            if opens(role, route) {
                assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for {role}: {page}");
                assert!(
                    answer.header("location").is_empty() || answer.header("location").starts_with("/portal")
                );
            } else {
                assert!(matches!(answer.status.as_u16(), 403 | 404), "{route:?} for {role}: {page}");
            }
            for secret in ["password_hash", INTERNAL, AMOUNT, "7,654.32", "href=\"/customers"] {
                assert!(!page.contains(secret), "{route:?} shows {secret} to {role}: {page}");
            }
        }
        // Were a page to show a record of ours to somebody else, this would be told: it is, of whoever may see it.
        if let (Screen::List(_) | Screen::Record(_) | Screen::Edit(_), Some(_)) = (screen, case.id) {
            let person = self.people[0].1.clone();
            let case = self.case(route, screen).await;
            assert!(self.hidden(route, screen, &case, &person).await.is_err(), "{route:?} hides all");
        }
    }

    /// Whether people at another customer and another tenant's are told of our records what is told of none.
    async fn hidden(
        &self,
        route: &Route,
        screen: Screen,
        case: &Case,
        person: &Person,
    ) -> Result<(), String> {
        let answer = self.send(route, case, Some(&person.token)).await;
        let (status, page) = (answer.status.as_u16(), text(&answer));
        let Some(id) = case.id else {
            // A form that names records of ours makes nothing of them.
            let names = case.form.as_ref().is_some_and(|form| form.contains("%2D"));
            let refused = matches!(status, 403 | 404 | 422);
            return if refused || (status == case.allowed && !names) {
                Ok(())
            } else {
                Err(format!("{status}: {page}"))
            };
        };
        match screen {
            Screen::List(_) | Screen::Options(_) if status == 200 && !shows(&answer, id) => Ok(()),
            Screen::List(_) | Screen::Options(_) => Err(format!("{status}: {page}")),
            _ => {
                let nobodys = Case {
                    path: case.path.replace(&id.to_string(), &Uuid::max().to_string()),
                    ..case.clone()
                };
                let of_none = self.send(route, &nobodys, Some(&person.token)).await;
                let bare = |answer: &Answer| text(answer).replace(answer.header("x-request-id"), "");
                let alike =
                    bare(&answer) == bare(&of_none).replace(&Uuid::max().to_string(), &id.to_string());
                if status == 404 && alike { Ok(()) } else { Err(format!("{status}: {page}")) }
            }
        }
    }

    async fn send(&self, route: &Route, case: &Case, token: Option<&str>) -> Answer {
        let asking = self.api.ask(route.method.clone(), &case.path);
        let asking = match token {
            Some(token) => asking.token(token),
            None => asking.header("sec-fetch-site", "same-origin"),
        };
        match &case.form {
            Some(form) => {
                asking
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form.clone())
                    .go()
                    .await
            }
            None => asking.go().await,
        }
    }

    async fn case(&mut self, route: &Route, screen: Screen) -> Case {
        let (mut id, mut form, mut allowed) = (None, None, 200);
        match screen {
            Screen::SignIn | Screen::Forgot | Screen::Home | Screen::Profile | Screen::New(_) => {}
            Screen::Enter => {
                form = Some("tenant=harborview&email=nobody%40example.com&password=guessed".to_owned());
                allowed = 422;
            }
            Screen::SendLink => form = Some("tenant=harborview&email=nobody%40example.com".to_owned()),
            Screen::ChangeMe => (form, allowed) = (Some("name=Maria&locale=en".to_owned()), 303),
            Screen::OwnPassword => {
                (form, allowed) =
                    (Some("old_password=guessed&new_password=another+lantern+85".to_owned()), 422);
            }
            Screen::SetUpTotp | Screen::DisableTotp => {
                (form, allowed) = (Some("password=guessed".to_owned()), 422);
            }
            Screen::ConfirmTotp => (form, allowed) = (Some("code=000000".to_owned()), 422),
            // Nobody's session.
            Screen::EndSession => {
                let path = route.path.replace("{id}", &Uuid::max().to_string());
                return Case { path, form: Some(String::new()), allowed: 404, id };
            }
            Screen::List(entity)
            | Screen::Options(entity)
            | Screen::Record(entity)
            | Screen::Edit(entity) => {
                id = Some(self.record(entity, Document::new()).await);
            }
            Screen::Create(entity) => {
                let mut made = self.fixtures.body_of(Author::Portal, self.own.id, entity).await;
                if entity.name == "product_list_items" {
                    made["product_list_id"] = json!(self.customer.list);
                }
                // Whose it is, no form asks.
                let members = made.as_object_mut().unwrap();
                members.retain(|name, _| name != "customer_id" && name != "portal_user_id");
                (form, allowed) = (Some(filled(&made)), 303);
            }
            Screen::Change(entity) | Screen::Archive(entity) => {
                id = Some(self.record(entity, Document::new()).await);
                (form, allowed) = (Some(String::new()), 303);
            }
            Screen::Restore(entity) => {
                let archived =
                    Document::from_iter([("archived_at".to_owned(), json!("2026-01-31T09:30:00Z"))]);
                id = Some(self.record(entity, archived).await);
                (form, allowed) = (Some(String::new()), 303);
            }
            _ => panic!("{route:?} has no case here"),
        }
        let path = id.map_or(route.path.clone(), |id| route.path.replace("{id}", &id.to_string()));
        Case { path, form, allowed, id }
    }

    /// A record of the customer that holds what is the staff's alone.
    async fn record(&mut self, entity: &'static Entity, mut stated: Document) -> Uuid {
        for field in entity.fields.iter().filter(|field| field.read == Read::Staff) {
            let keyed = entity.keys.iter().any(|key| key.fields.contains(&field.name));
            match field.kind {
                Kind::Paragraph { .. } | Kind::Text { .. } | Kind::Code if !keyed => {
                    stated.insert(field.name.to_owned(), json!(INTERNAL));
                }
                Kind::Money | Kind::UnitPrice => _ = stated.insert(field.name.to_owned(), json!(AMOUNT)),
                _ => {}
            }
        }
        // A field that a company has of its own.
        if entity.custom_fields {
            stated.insert("attributes".to_owned(), json!({ "margin": INTERNAL }));
        }
        self.customer.record(&mut self.fixtures, entity, stated).await
    }
}

fn is_catalogue(screen: Screen) -> bool {
    screen.entity().is_some_and(|entity| entity.class == Class::Catalogue)
}

#[test]
fn no_page_of_the_portal_is_about_what_no_portal_user_may_see() {
    let portal = ROLES.iter().filter(|role| role.portal);
    let codes: Vec<&str> = portal.map(|role| role.code).collect();
    for route in routes().iter().filter(|route| route.side == Side::Portal && route.is_page()) {
        assert!(route.path == "/portal" || route.path.starts_with("/portal/"), "{route:?}");
        assert!(codes.iter().any(|code| opens(code, route)), "{route:?}");
    }
    let paths: Vec<&str> = routes().iter().map(|route| route.path.as_str()).collect();
    for entity in registry::ENTITIES.iter().filter(|entity| entity.class == Class::Staff) {
        assert!(!paths.contains(&format!("/portal/{}", entity.name).as_str()), "{}", entity.name);
    }
}
