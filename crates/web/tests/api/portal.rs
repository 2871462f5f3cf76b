//! Every address of the portal × nobody, staff, another tenant's portal, another customer's, each role of portal users; and
//! what a customer must never see.

use model::{
    Document,
    access::roles::{Permission, ROLES},
    caller::{Caller, RecordScope},
    entity::{Class, Entity},
    registry,
    value::Author,
};
use serde_json::{Value, json};
use store::sql::Query;
use uuid::Uuid;
use web::routes::{Action, Route, Side, routes};

use crate::{
    fixtures::Fixtures,
    harness::{Answer, Api, Tenant, location},
    persons::{PASSWORD, Person},
};

struct Walk<'a> {
    api: &'a Api,
    fixtures: Fixtures<'a>,
    customer: Customer,
    own: &'a Tenant,
    /// Two people at one customer, by role.
    people: Vec<(&'static str, Person)>,
    /// Somebody at another customer of the same tenant.
    neighbor: Person,
    /// Somebody at a customer of another tenant.
    stranger: Person,
    staff: Person,
}

/// A request, and the record that it leads to.
struct Case {
    path: String,
    body: Option<Value>,
    allowed: u16,
    id: Option<Uuid>,
}

fn permits(role: &str, entity: &Entity, action: &'static str) -> bool {
    let role = ROLES.iter().find(|one| one.code == role).unwrap();
    role.permits(Permission { entity: entity.name, action }) == Some(RecordScope::All)
}

fn action(route: &Route) -> (&'static Entity, &'static str) {
    match route.action {
        Action::List(entity) | Action::Get(entity) => (entity, "view"),
        Action::Children(_, _, child) => (child, "view"),
        Action::Create(entity) => (entity, "create"),
        Action::Update(entity) => (entity, "update"),
        Action::Archive(entity) | Action::Restore(entity) => (entity, "delete"),
        _ => panic!("{route:?} has no case here"),
    }
}

#[tokio::test]
async fn the_portals_addresses_are_guarded() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let admin = api.portal_sign_in(own.id, "portal_admin").await;
    let customer = admin.customer.unwrap();
    let colleague = api.portal_sign_in_at(own.id, customer, "portal_user").await;
    let mut fixtures = Fixtures::new(&api.db);
    let customer = Customer::of(&mut fixtures, own.id, &admin).await;
    let mut walk = Walk {
        api: &api,
        fixtures,
        customer,
        own: &own,
        people: vec![("portal_admin", admin), ("portal_user", colleague)],
        neighbor: api.portal_sign_in(own.id, "portal_admin").await,
        stranger: api.portal_sign_in(other.id, "portal_admin").await,
        staff: api.sign_in(own.id, "admin").await,
    };
    let mut seen = 0;
    // Its pages have a walk of their own, in `page_portal_coverage.rs`.
    for route in routes().iter().filter(|route| route.side == Side::Portal && !route.is_page()) {
        walk.route(route).await;
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

impl Walk<'_> {
    async fn route(&mut self, route: &Route) {
        let case = self.case(route).await;
        assert_eq!(self.send(route, &case, None).await.refused(401), "unauthenticated", "{route:?}");
        for token in [&self.own.token, &self.staff.token] {
            assert_eq!(self.send(route, &case, Some(token)).await.refused(403), "forbidden", "{route:?}");
        }
        self.others(route, &case).await;
        for (role, person) in self.people.clone() {
            let case = self.case(route).await;
            let answer = self.send(route, &case, Some(&person.token)).await;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let (entity, action) = action(route);
            match permits(role, entity, action) {
                true => {
                    assert_eq!(answer.status.as_u16(), case.allowed, "{route:?} for {role}: {text}");
                    if let (Action::List(_), Some(id)) = (route.action, case.id) {
                        assert!(text.contains(&id.to_string()), "{route:?} for {role} lists no {id}: {text}");
                    }
                    if route.method == "POST" {
                        let place = answer.header("location");
                        assert!(place.is_empty() || place.starts_with("/api/v1/portal/"), "{place}");
                    }
                }
                false => assert!(matches!(answer.status.as_u16(), 403 | 404), "{route:?} for {role}: {text}"),
            }
            for secret in ["password_hash", "internal-note", "\"cost\"", "created_by"] {
                assert!(!text.contains(secret), "{route:?} shows {secret}: {text}");
            }
        }
    }

    /// People at another customer and another tenant's are told of our records what is told of none.
    async fn others(&mut self, route: &Route, case: &Case) {
        let (entity, _) = action(route);
        for (whom, person) in [("a neighbor", self.neighbor.clone()), ("a stranger", self.stranger.clone())] {
            let answer = self.send(route, case, Some(&person.token)).await;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let ours = case.id.unwrap_or(Uuid::max()).to_string();
            // The catalogue is the tenant's: every customer of it sees it.
            let shared = entity.class == Class::Catalogue && whom == "a neighbor";
            match route.action {
                Action::List(_) if shared => assert!(text.contains(&ours), "{route:?} for {whom}"),
                Action::List(_) => {
                    assert_eq!(answer.status.as_u16(), 200, "{route:?} for {whom}: {text}");
                    assert!(!text.contains(&ours), "{route:?} for {whom}: {text}");
                }
                Action::Create(_) => {
                    let refused = matches!(answer.status.as_u16(), 403 | 422);
                    let own = answer.status.as_u16() == 201 && !case.links();
                    assert!(refused || own, "{route:?} for {whom}: {text}");
                }
                _ if shared => {}
                _ => {
                    let nobodys = Case {
                        path: case.path.replace(&ours, &Uuid::from_u128(7).to_string()),
                        ..case.clone()
                    };
                    let of_none = self.send(route, &nobodys, Some(&person.token)).await;
                    assert_eq!(answer.refused(404), "not_found", "{route:?} for {whom}");
                    assert_eq!(answer.told(), of_none.told(), "{route:?} for {whom}");
                }
            }
        }
    }

    async fn send(&self, route: &Route, case: &Case, token: Option<&str>) -> Answer {
        let mut asking = self.api.ask(route.method.clone(), &case.path);
        if let Some(token) = token {
            asking = asking.token(token);
        }
        if let Some(body) = &case.body {
            asking = asking.json(body);
        }
        asking.go().await
    }

    async fn case(&mut self, route: &Route) -> Case {
        let tenant = self.own.id;
        let (mut body, mut id, mut allowed) = (None, None, 200);
        match route.action {
            Action::List(entity) | Action::Get(entity) | Action::Children(entity, ..) => {
                id = Some(self.record(entity, json!({})).await);
            }
            Action::Create(entity) => {
                let mut made = self.fixtures.body_of(Author::Portal, tenant, entity).await;
                if entity.name == "product_list_items" {
                    made["product_list_id"] = json!(self.customer.list);
                }
                body = Some(made);
                allowed = 201;
            }
            Action::Update(entity) => {
                id = Some(self.record(entity, json!({})).await);
                body = Some(json!({}));
            }
            Action::Archive(entity) => id = Some(self.record(entity, json!({})).await),
            Action::Restore(entity) => {
                id = Some(self.record(entity, json!({ "archived_at": "2026-01-31T09:30:00Z" })).await);
            }
            _ => panic!("{route:?} has no case here"),
        }
        let path = id.map_or(route.path.clone(), |id| route.path.replace("{id}", &id.to_string()));
        Case { path, body, allowed, id }
    }

    /// A record of the customer.
    async fn record(&mut self, entity: &'static Entity, stated: Value) -> Uuid {
        let stated = stated.as_object().cloned().unwrap_or_default();
        self.customer.record(&mut self.fixtures, entity, stated).await
    }
}

/// A customer whose records are made.
pub struct Customer {
    tenant: Uuid,
    id: Uuid,
    /// A product list of the customer; others need not belong to one.
    pub list: Uuid,
}

impl Customer {
    /// The customer of this person, with a list of products.
    pub async fn of(fixtures: &mut Fixtures<'_>, tenant: Uuid, person: &Person) -> Self {
        let id = person.customer.unwrap();
        fixtures.share(tenant, "customers", id);
        let list = json!({ "customer_id": id, "portal_user_id": person.id });
        let lists = registry::entity("product_lists").unwrap();
        let list = fixtures.record_with(tenant, lists, list.as_object().cloned().unwrap()).await;
        Self { tenant, id, list }
    }

    /// A record of the customer.
    pub async fn record(
        &self,
        fixtures: &mut Fixtures<'_>,
        entity: &'static Entity,
        mut stated: Document,
    ) -> Uuid {
        if entity.name == "customers" {
            return self.id;
        }
        if entity.field("customer_id").is_some_and(|field| field.carried.is_none()) {
            stated.insert("customer_id".to_owned(), json!(self.id));
        }
        if entity.name == "product_list_items" {
            stated.insert("product_list_id".to_owned(), json!(self.list));
        }
        fixtures.record_with(self.tenant, entity, stated).await
    }
}

impl Case {
    /// Whether the body names a record.
    fn links(&self) -> bool {
        self.body.as_ref().and_then(Value::as_object).is_some_and(|body| {
            body.values().filter_map(Value::as_str).any(|value| Uuid::try_parse(value).is_ok())
        })
    }

    fn clone(&self) -> Self {
        Self { path: self.path.clone(), body: self.body.clone(), allowed: self.allowed, id: self.id }
    }
}

#[tokio::test]
async fn a_portal_user_orders_from_a_cart_of_their_own_customer_alone() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.portal_sign_in(tenant.id, "portal_user").await;
    let neighbor = api.portal_sign_in(tenant.id, "portal_user").await;
    let mut fixtures = Fixtures::new(&api.db);
    let sku = fixtures.record(tenant.id, registry::entity("skus").unwrap()).await;
    let post = |path: &str, token: &str, body: Value| {
        let path = format!("/api/v1/portal/{path}");
        let asking = api.post(&path).token(token);
        asking.json(&body)
    };
    let cart = post("carts", &person.token, json!({})).go().await.expect(201);
    assert_eq!(cart.json()["customer_id"], json!(person.customer), "a cart is the caller's customer's");
    assert_eq!(cart.json()["portal_user_id"], json!(person.id), "and the caller's");
    let place = location(&cart);
    assert!(place.starts_with("/api/v1/portal/carts/"), "{place}");
    let item = json!({ "cart_id": cart.json()["id"], "sku_id": sku, "quantity": "2" });
    assert_eq!(post("cart_items", &neighbor.token, item.clone()).go().await.refused(422), "invalid");
    post("cart_items", &person.token, item).go().await.expect(201);
    // Nor can a cart be made for somebody else's customer.
    let theirs = json!({ "customer_id": person.customer });
    assert_eq!(post("carts", &neighbor.token, theirs).go().await.refused(422), "invalid");
    let sku = api.get(&format!("/api/v1/portal/skus/{sku}")).token(&person.token).go().await.expect(200);
    for hidden in ["cost", "created_by"] {
        assert!(sku.json().get(hidden).is_none(), "{hidden}");
    }
    let asked = api.get("/api/v1/portal/skus?filter[cost][gt]=1").token(&person.token).go().await;
    assert_eq!(asked.refused(400), "unknown_field", "what is hidden cannot be asked for either");
    let staff = api.get("/api/v1/skus?filter[cost][gt]=1").token(&tenant.token).go().await;
    staff.expect(200);
}

/// A session is bound to the customer it was opened for, by the database: nobody is moved with one open, and whoever is
/// moved sees the other customer alone.
#[tokio::test]
async fn whoever_is_moved_to_another_customer_signs_in_anew_and_sees_that_one_alone() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.portal_sign_in(tenant.id, "portal_user").await;
    let other = api.customer(tenant.id).await;
    let carts = async |token: &str| api.get("/api/v1/portal/carts").token(token).go().await;
    carts(&person.token).await.expect(200);
    let moves = "update portal_users set customer_id = $3 where tenant_id = $1 and id = $2 returning id";
    let to_other = || Query::free(moves, vec![tenant.id.into(), person.id.into(), other.into()]);
    let mut tx = api.db.begin(&Caller::system(tenant.id, Uuid::nil())).await.unwrap();
    assert!(tx.run(&to_other()).await.is_err());
    drop(tx);
    for leaves in
        ["delete from spent_refresh_tokens where tenant_id = $1", "delete from sessions where tenant_id = $1"]
    {
        api.write(tenant.id, leaves, vec![tenant.id.into()]).await;
    }
    api.write(tenant.id, moves, vec![tenant.id.into(), person.id.into(), other.into()]).await;

    assert_eq!(carts(&person.token).await.refused(401), "unauthenticated");
    let refresh = json!({ "refresh_token": person.refresh });
    assert_eq!(api.post("/api/v1/auth/refresh").json(&refresh).go().await.status.as_u16(), 401);
    let slug = api.slug(tenant.id).await;
    let body = json!({ "tenant": slug, "email": person.email, "password": PASSWORD, "portal": true });
    let token = api.login(&body).await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let seen = api.get("/api/v1/portal/customers").token(&token).go().await.expect(200).json();
    let ids: Vec<&str> =
        seen["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [other.to_string()]);
}

#[tokio::test]
async fn what_the_lists_of_the_portal_are_said_to_take_they_take() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.portal_sign_in(tenant.id, "portal_admin").await;
    let document = web::openapi::document();
    let mut asked = 0;
    for route in routes() {
        let (Side::Portal, Action::List(entity)) = (route.side, route.action) else { continue };
        for given in document["paths"][&route.path]["get"]["parameters"].as_array().unwrap() {
            let parameter = match given["$ref"].as_str() {
                Some(path) => document.pointer(path.trim_start_matches('#')).unwrap(),
                None => given,
            };
            let name = parameter["name"].as_str().unwrap();
            let words = parameter["schema"]["items"]["enum"]
                .as_array()
                .map(|words| words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>());
            let question = match words {
                Some(words) if name == "fields" || name == "expand" => format!("{name}={}", words.join(",")),
                Some(words) if name == "sort" => format!("{name}={}", words[0]),
                _ if name.starts_with("filter[") => format!("{name}[is_null]=false"),
                _ => continue,
            };
            let answer = api.get(&format!("{}?{question}", route.path)).token(&person.token).go().await;
            assert_eq!(answer.status.as_u16(), 200, "{} {question}: {:?}", entity.name, answer.told());
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
}

#[tokio::test]
async fn fields_of_the_companys_own_are_the_staffs() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.portal_sign_in(tenant.id, "portal_admin").await;
    let field = json!({ "entity": "customers", "key": "margin", "label": "Margin", "type": "text" });
    api.post("/api/v1/custom_fields").token(&tenant.token).json(&field).go().await.expect(201);
    let customer = person.customer.unwrap();
    let noted = json!({ "attributes": { "margin": "thin" } });
    let path = format!("customers/{customer}");
    api.patch(&format!("/api/v1/{path}")).token(&tenant.token).json(&noted).go().await.expect(200);
    let seen = api.get(&format!("/api/v1/{path}")).token(&tenant.token).go().await.expect(200).json();
    assert_eq!(seen["attributes"]["margin"], "thin");
    for path in [&path, "customers", "contacts?expand=customer"] {
        let told = api.get(&format!("/api/v1/portal/{path}")).token(&person.token).go().await.expect(200);
        let told = told.json().to_string();
        assert!(!told.contains("thin") && !told.contains("attributes"), "{path}: {told}");
    }
    let narrowed = "/api/v1/portal/customers?filter[attributes.margin]=thin";
    assert_eq!(api.get(narrowed).token(&person.token).go().await.refused(400), "unknown_field");
}
