//! The portal as people at customers meet it: the way in and out, what is open, documents, lists of their own.

use model::registry;
use serde_json::{Value, json};
use uuid::Uuid;
use web::routes::{Action, Screen, routes};
use work::access::sign_in::{Purpose, Side};

use crate::{
    fixtures::Fixtures,
    forms::{self, FORM, get, text},
    harness::{Answer, Api, Tenant, location},
    persons::{PASSWORD, Person},
};

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const NEW: &str = "another+lantern+85";

async fn send(api: &Api, path: &str, form: &str) -> Answer {
    let asking = api.post(path).header(FORM.0, FORM.1).header(OURS.0, OURS.1);
    asking.body(form.replace(' ', "+")).go().await
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Maria at a new customer of a new company.
async fn maria() -> (Api, Tenant, Uuid) {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    let customer = api.customer(tenant.id).await;
    api.portal_user(tenant.id, customer, "maria@example.com", "portal_user").await;
    (api, tenant, customer)
}

async fn record(api: &Api, tenant: &Tenant, entity: &str, customer: Option<Uuid>, stated: Value) -> Uuid {
    let mut fixtures = Fixtures::new(&api.db);
    let mut stated = stated.as_object().cloned().unwrap_or_default();
    let entity = registry::entity(entity).unwrap();
    if entity.field("number").is_some() {
        stated.entry("number").or_insert_with(|| json!(api.db.world().id()));
    }
    if let Some(customer) = customer {
        fixtures.share(tenant.id, "customers", customer);
        stated.insert("customer_id".to_owned(), json!(customer));
    }
    fixtures.record_with(tenant.id, entity, stated).await
}

#[tokio::test]
async fn one_signs_in_to_the_portal_and_comes_to_where_one_wanted_to_go() {
    let (api, tenant, _) = maria().await;
    let asked = api.get("/portal/orders?sort=-total").go().await.expect(303);
    assert_eq!(location(&asked), "/portal/sign-in?next=/portal/orders%3Fsort%3D-total");
    let form = text(&api.get(&location(&asked)).go().await.expect(200));
    assert!(form.contains("action=\"/portal/sign-in\"") && form.contains("href=\"/sign-in\""), "{form}");
    assert!(text(&api.get("/sign-in").go().await.expect(200)).contains("href=\"/portal/sign-in\""));
    let enter =
        |next: &str| format!("tenant=harborview&email=maria%40example.com&password={PASSWORD}&next={next}");
    let done = send(&api, "/portal/sign-in", &enter("%2Fportal%2Forders%3Fsort%3D-total")).await.expect(303);
    assert_eq!(location(&done), "/portal/orders?sort=-total");
    assert!(done.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    let cookie = cookie(&done);
    let list = text(&api.get("/portal/orders").header("cookie", &cookie).go().await.expect(200));
    assert!(list.contains("Wherewolf Tavern") && list.contains("maria@example.com"), "{list}");
    // Where it leads stays in the house, and begins at home.
    for elsewhere in ["", "https%3A%2F%2Fevil.example", "%2F%2Fevil.example"] {
        assert_eq!(location(&send(&api, "/portal/sign-in", &enter(elsewhere)).await.expect(303)), "/portal");
    }
    // Another site's form is not ours.
    let form = enter("").replace(' ', "+");
    let other = api.post("/portal/sign-in").header(FORM.0, FORM.1).header(OURS.0, "cross-site").body(form);
    other.go().await.expect(403);
    let cookie = self::cookie(&send(&api, "/portal/sign-in", &enter("")).await);
    let out = api.post("/sign-out").header("cookie", &cookie).header(OURS.0, OURS.1).go().await.expect(303);
    assert_eq!(location(&out), "/portal/sign-in?done=out");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    // Who was signed in is told why not any more, and comes back to the page.
    let again = api.get("/portal/invoices").header("cookie", &cookie).go().await.expect(303);
    assert_eq!(location(&again), "/portal/sign-in?next=/portal/invoices");
    let told = text(&api.get(&location(&again)).header("cookie", &cookie).go().await.expect(200));
    assert!(told.contains("your session has ended"), "{told}");
    // A company that has a host of its own is known by it.
    let text_ =
        "insert into tenant_slugs (key, kind, tenant_id) values ('wine.example', 'host', $1) returning key";
    api.write(tenant.id, text_, vec![tenant.id.into()]).await;
    let form = text(&api.get("/portal/sign-in").header("host", "wine.example").go().await.expect(200));
    assert!(!form.contains("id=\"tenant\""), "{form}");
}

#[tokio::test]
async fn whoever_is_refused_is_told_the_same_whatever_is_wrong() {
    let (api, tenant, _) = maria().await;
    api.user(tenant.id, "nancy@example.com", "admin").await;
    let refused = async |path: &str, tenant: &str, email: &str, password: &str| {
        let form = format!("tenant={tenant}&email={email}&password={password}");
        let answer = send(&api, path, &form).await.expect(422);
        assert_eq!(answer.header("set-cookie"), "");
        text(&answer).replace(tenant, "T").replace(email, "E")
    };
    let told = refused("/portal/sign-in", "harborview", "maria@example.com", "guessed").await;
    assert!(told.contains("role=\"alert\"") && !told.contains("guessed"));
    for (tenant, email, password) in [
        ("nowhere-at-all", "maria@example.com", PASSWORD),
        ("harborview", "nobody@example.com", PASSWORD),
        // The company's own people have another door.
        ("harborview", "nancy@example.com", PASSWORD),
    ] {
        assert_eq!(refused("/portal/sign-in", tenant, email, password).await, told, "{tenant} {email}");
    }
    // Nor does somebody at a customer come in by theirs.
    refused("/sign-in", "harborview", "maria@example.com", PASSWORD).await;
}

#[tokio::test]
async fn the_second_step_is_asked_for_and_set_up_in_the_portal() {
    let (api, tenant, _) = maria().await;
    let person = api.portal_sign_in(tenant.id, "portal_user").await;
    let (device, _) = api.second_step(&person).await;
    api.later(1);
    let form = format!("tenant=harborview&email={}&password={PASSWORD}", person.email);
    let asked = text(&send(&api, "/portal/sign-in", &form).await.expect(422));
    assert!(asked.contains("id=\"code\"") && asked.contains("action=\"/portal/sign-in\""), "{asked}");
    let done = send(&api, "/portal/sign-in", &format!("{form}&code={}", device.code(api.now()))).await;
    assert_eq!(location(&done.expect(303)), "/portal");
}

#[tokio::test]
async fn links_in_mails_end_at_the_portals_door() {
    let (api, tenant, customer) = maria().await;
    let sent = send(&api, "/portal/forgot", "tenant=harborview&email=maria%40example.com").await.expect(200);
    let of_nobody =
        send(&api, "/portal/forgot", "tenant=harborview&email=nobody%40example.com").await.expect(200);
    assert_eq!(text(&sent), text(&of_nobody));
    let mails = api.mails(&[tenant.id]).await;
    let [(to, mail)] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(to, "maria@example.com");
    let token = mail.split_once("/reset?token=").unwrap().1.split_whitespace().next().unwrap();
    let chosen = send(&api, "/reset", &format!("token={token}&password={NEW}")).await.expect(303);
    assert_eq!(location(&chosen), "/portal/sign-in?done=password");
    let door = text(&api.get(&location(&chosen)).go().await.expect(200));
    assert!(door.contains("Your password is set"), "{door}");
    let form = format!("tenant=harborview&email=maria%40example.com&password={NEW}");
    assert_eq!(location(&send(&api, "/portal/sign-in", &form).await.expect(303)), "/portal");
    // Whoever is invited comes to the same door; the staff's people to theirs.
    let new = api.portal_user(tenant.id, customer, "ana@example.com", "portal_user").await;
    let link = api.link(tenant.id, Side::Portal, new, Purpose::Invitation).await;
    let chosen = send(&api, "/accept", &format!("token={link}&password={NEW}")).await.expect(303);
    assert_eq!(location(&chosen), "/portal/sign-in?done=password");
    let nancy = api.user(tenant.id, "nancy@example.com", "admin").await;
    let link = api.link(tenant.id, Side::Staff, nancy, Purpose::Reset).await;
    let chosen = send(&api, "/reset", &format!("token={link}&password={NEW}")).await.expect(303);
    assert_eq!(location(&chosen), "/sign-in?done=password");
}

#[tokio::test]
async fn each_side_has_its_pages_and_a_way_out_of_the_others() {
    let (api, tenant, _) = maria().await;
    let maria = api.portal_sign_in(tenant.id, "portal_admin").await;
    let nancy = api.sign_in(tenant.id, "admin").await;
    let portal = api.get("/portal/orders").token(&nancy.token).go().await.expect(403);
    assert!(text(&portal).contains("href=\"/\"") && text(&portal).contains("href=\"/portal/sign-in\""));
    for path in ["/", "/customers", "/admin/settings", "/palette"] {
        assert_eq!(location(&api.get(path).token(&maria.token).go().await.expect(303)), "/portal", "{path}");
    }
    let part = api.get("/customers").token(&maria.token).header("hx-request-type", "partial").go().await;
    assert_eq!(part.expect(200).header("hx-redirect"), "/portal");
    forms::post(&api, &maria.token, "/customers", "name=Mine").await.expect(403);
    forms::post(&api, &nancy.token, "/portal/product_lists", "name=Mine").await.expect(403);
    // What the portal has not is not there, and leads home.
    for path in ["/portal/carts", "/portal/suppliers", "/portal/orders/bulk", "/portal/admin/settings"] {
        let none = api.get(path).token(&maria.token).header("accept", "text/html").go().await.expect(404);
        assert!(text(&none).contains("href=\"/portal"), "{path}: {}", text(&none));
    }
}

#[tokio::test]
async fn home_shows_what_is_open_in_each_currency_and_nothing_of_others() {
    let (api, tenant, customer) = maria().await;
    let person = api.portal_sign_in_at(tenant.id, customer, "portal_user").await;
    let empty = get(&api, &person.token, "/portal").await;
    assert!(empty.contains("You have not ordered yet.") && empty.contains("Everything is paid."), "{empty}");
    let today = api.db.world().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for (whose, status, currency, outstanding) in [
        (customer, "OVERDUE", "USD", "1500.00"),
        (customer, "ISSUED", "USD", "1000.50"),
        (customer, "ISSUED", "EUR", "70.00"),
        (customer, "PAID", "USD", "0.00"),
        (api.customer(tenant.id).await, "OVERDUE", "USD", "9999.00"),
    ] {
        let stated = json!({
            "status": status, "total": "9999.00", "outstanding": outstanding, "currency": currency, "issued_on": today,
            "due_on": today,
        });
        record(&api, &tenant, "invoices", Some(whose), stated).await;
    }
    let confirmed = json!({ "status": "confirmed", "number": "SO-2026-00042" });
    record(&api, &tenant, "orders", Some(customer), confirmed).await;
    let theirs = json!({ "status": "confirmed", "number": "SO-2026-00043" });
    record(&api, &tenant, "orders", Some(api.customer(tenant.id).await), theirs).await;
    let page = get(&api, &person.token, "/portal").await;
    for shown in [
        "<h1>Wherewolf Tavern</h1>", "<b>$2,500.50</b>", "<b>€70.00</b>", "<b>$1,500.00</b>", "SO-2026-00042",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("9,999") && !page.contains("SO-2026-00043"), "{page}");
    // A company that shows its customers no documents shows none anywhere.
    let off = json!({ "documents": false });
    api.patch("/api/v1/settings/portal").token(&tenant.token).json(&off).go().await.expect(200);
    let page = get(&api, &person.token, "/portal").await;
    assert!(!page.contains("$2,500.50") && !page.contains("href=\"/portal/invoices"), "{page}");
    api.get("/portal/invoices").token(&person.token).go().await.expect(403);
}

#[tokio::test]
async fn a_document_is_read_whole_without_what_is_the_staffs() {
    let (api, tenant, customer) = maria().await;
    let person = api.portal_sign_in_at(tenant.id, customer, "portal_user").await;
    let stated = json!({
        "number": "INV-2026-00007", "status": "ISSUED", "total": "168.00", "outstanding": "168.00", "notes": "pays late",
        "attributes": { "margin": "thin" },
    });
    let invoice = record(&api, &tenant, "invoices", Some(customer), stated).await;
    let line =
        json!({ "invoice_id": invoice, "position": 1, "description": "Cabernet", "line_total": "168.00" });
    record(&api, &tenant, "invoice_lines", Some(customer), line).await;
    let path = format!("/portal/invoices/{invoice}");
    let page = get(&api, &person.token, &path).await;
    for shown in ["INV-2026-00007", "Cabernet", "$168.00", "Wherewolf Tavern", "data-print"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for hidden in
        ["pays late", "margin", "thin", "Imported", "/edit\"", "/archive\"", "id=\"history\"", "data-copy"]
    {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    let list =
        get(&api, &person.token, "/portal/invoices?q=INV-2026&filter[status]=ISSUED&sort=-total").await;
    assert!(list.contains(&format!("href=\"{path}\"")) && list.contains("class=\"fchip\""), "{list}");
    // What is the staff's cannot be asked for, nor shown by asking.
    api.get("/portal/invoices?filter[notes][contains]=late").token(&person.token).go().await.expect(400);
    let asked = get(&api, &person.token, "/portal/invoices?columns=notes").await;
    assert!(!asked.contains("pays late") && !asked.contains("Notes"), "{asked}");
    let neighbor = api.portal_sign_in(tenant.id, "portal_admin").await;
    api.get(&path).token(&neighbor.token).go().await.expect(404);
}

#[tokio::test]
async fn favourites_are_kept_changed_and_taken_away() {
    let (api, tenant, customer) = maria().await;
    let person = api.portal_sign_in_at(tenant.id, customer, "portal_user").await;
    let sku = record(&api, &tenant, "skus", None, json!({ "name": "Cabernet 750 ml" })).await;
    let (token, at) = (&person.token, format!("/portal/skus/{sku}"));
    // Without a list one is made first.
    assert!(get(&api, token, &at).await.contains("href=\"/portal/product_lists/new?name=Favourites\""));
    let form = get(&api, token, "/portal/product_lists/new?name=Favourites").await;
    assert!(
        form.contains("value=\"Favourites\"")
            && !form.contains("f-customer_id")
            && !form.contains("f-user_id")
    );
    let made = forms::post(&api, token, "/portal/product_lists", "name=Favourites").await.expect(303);
    let list = location(&made).split('?').next().unwrap().to_owned();
    assert!(list.starts_with("/portal/product_lists/"), "{list}");
    let id = list.rsplit('/').next().unwrap().to_owned();
    let add = format!("/portal/product_list_items/new?sku_id={sku}&product_list_id={id}");
    assert!(get(&api, token, &at).await.contains(&format!("href=\"{}\"", add.replace('&', "&amp;"))));
    assert!(get(&api, token, &add).await.contains("value=\"Cabernet 750 ml\""));
    let form = format!("product_list_id={id}&sku_id={sku}&quantity=6");
    let made = forms::post(&api, token, "/portal/product_list_items", &form).await.expect(303);
    // A part is shown with what it is a part of.
    assert_eq!(location(&made), format!("{list}?done=created"));
    let page = get(&api, token, &list).await;
    assert!(page.contains("Cabernet 750 ml"), "{page}");
    let item =
        page.split("/portal/product_list_items/").find(|part| part.len() > 36 && &part[8..9] == "-").unwrap();
    let item = format!("/portal/product_list_items/{}", &item[..36]);
    let changed = forms::post(&api, token, &item, "_version=1&was.quantity=6&quantity=12").await.expect(303);
    assert_eq!(location(&changed), format!("{list}?done=saved"));
    let own = get(&api, token, &item).await;
    assert!(own.contains("12") && own.contains(&format!("action=\"{item}/archive\"")), "{own}");
    let gone = forms::post(&api, token, &format!("{item}/archive"), "").await.expect(303);
    assert_eq!(location(&gone), list);
    assert!(!get(&api, token, &list).await.contains("Cabernet"));
    // Somebody else's lists are nobody's.
    let neighbor = api.portal_sign_in(tenant.id, "portal_user").await;
    assert!(!get(&api, &neighbor.token, "/portal/product_lists").await.contains(&id));
    forms::post(&api, &neighbor.token, "/portal/product_list_items", &form).await.expect(422);
}

#[tokio::test]
async fn people_at_customers_look_after_their_own_way_in() {
    let (api, tenant, _) = maria().await;
    let person = api.portal_sign_in(tenant.id, "portal_user").await;
    let send = async |path: &str, form: &str| forms::post(&api, &person.token, path, form).await;
    let page = get(&api, &person.token, "/portal/profile").await;
    assert!(page.contains("this device") && page.contains("value=\"Maria Anders\""), "{page}");
    for action in ["/portal/profile", "/portal/profile/password", "/portal/profile/second-step"] {
        assert!(page.contains(&format!("action=\"{action}\"")), "{action}");
    }
    // Name and language: the next page is in it, whatever the browser said before.
    let saved = send("/portal/profile", "name=Maria+A.&locale=th").await.expect(303);
    assert_eq!(location(&saved), "/portal/profile?done=saved");
    assert!(saved.header("set-cookie").starts_with("lang=th; "));
    let thai = get(&api, &person.token, "/portal/profile").await;
    assert!(thai.contains("<html lang=\"th\"") && thai.contains("value=\"Maria A.\""), "{thai}");
    assert!(text(&send("/portal/profile", "name=&locale=th").await.expect(422)).contains("role=\"alert\""));
    // The same on the staff's side.
    let nancy = api.sign_in(tenant.id, "sales_rep").await;
    let saved = forms::post(&api, &nancy.token, "/profile", "name=Nancy+D.&locale=en").await.expect(303);
    assert_eq!(location(&saved), "/profile?done=saved");
    assert!(get(&api, &nancy.token, "/profile").await.contains("value=\"Nancy D.\""));
    let old = PASSWORD.replace(' ', "+");
    let wrong = send("/portal/profile/password", &format!("old_password=guessed&new_password={NEW}")).await;
    assert!(!text(&wrong.expect(422)).contains("lantern"));
    let set_up = text(&send("/portal/profile/second-step", &format!("password={old}")).await.expect(200));
    assert!(set_up.contains("action=\"/portal/profile/second-step/confirm\""));
    let other =
        json!({ "tenant": "harborview", "email": person.email, "password": PASSWORD, "portal": true });
    let other = api.login(&other).await.expect(200).json();
    let session = other["session"]["id"].as_str().unwrap();
    let ended = send(&format!("/portal/profile/sessions/{session}"), "").await.expect(303);
    assert_eq!(location(&ended), "/portal/profile?done=session");
    let done = send("/portal/profile/password", &format!("old_password={old}&new_password={NEW}")).await;
    assert_eq!(location(&done.expect(303)), "/portal/profile?done=password");
}

#[tokio::test]
async fn an_admin_at_a_customer_sees_colleagues_and_writes_contacts() {
    let (api, tenant, customer) = maria().await;
    let admin = api.portal_sign_in_at(tenant.id, customer, "portal_admin").await;
    let user: Person = api.portal_sign_in_at(tenant.id, customer, "portal_user").await;
    let people = get(&api, &admin.token, "/portal/portal_users").await;
    assert!(people.contains("maria@example.com") && people.contains(&user.email), "{people}");
    let form = get(&api, &admin.token, "/portal/contacts/new").await;
    assert!(form.contains("f-name") && !form.contains("f-notes") && !form.contains("f-company_id"), "{form}");
    let made = forms::post(&api, &admin.token, "/portal/contacts", "name=Ana+Trujillo").await.expect(303);
    assert!(location(&made).starts_with("/portal/contacts/"));
    assert!(get(&api, &user.token, "/portal/contacts").await.contains("Ana Trujillo"));
    api.get("/portal/contacts/new").token(&user.token).go().await.expect(403);
    // What no role of theirs lets them see stands in nobody's menu.
    let menu = get(&api, &user.token, "/portal/profile").await;
    assert!(menu.contains("href=\"/portal/contacts\"") && !menu.contains("tax_exemptions"), "{menu}");
    assert!(get(&api, &admin.token, "/portal/profile").await.contains("href=\"/portal/tax_exemptions\""));
}

#[tokio::test]
async fn every_list_of_the_portal_is_there_in_both_languages() {
    let (api, tenant, _) = maria().await;
    let person = api.portal_sign_in(tenant.id, "portal_admin").await;
    for route in routes().iter().filter(|route| route.side == web::routes::Side::Portal) {
        let Action::Page(Screen::List(entity)) = route.action else { continue };
        for (lang, label) in [("en", entity.plural.en), ("th", entity.plural.th)] {
            let asking = api.get(&route.path).token(&person.token).header("cookie", &format!("lang={lang}"));
            let body = text(&asking.go().await.expect(200));
            assert!(body.contains(&format!("<h1>{label}</h1>")), "{} in {lang}", entity.name);
        }
    }
}

#[tokio::test]
async fn what_people_write_is_text_wherever_the_portal_shows_it() {
    let (api, tenant, customer) = maria().await;
    let person = api.portal_sign_in_at(tenant.id, customer, "portal_admin").await;
    let nasty = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27";
    let made = forms::post(&api, &person.token, "/portal/product_lists", &format!("name={nasty}")).await;
    let list = location(&made.expect(303)).split('?').next().unwrap().to_owned();
    forms::post(&api, &person.token, "/portal/profile", &format!("name={nasty}&locale=en")).await.expect(303);
    for page in [
        "/portal/product_lists".to_owned(),
        format!("{list}/edit"),
        list,
        format!("/portal/orders?q={nasty}"),
        format!("/portal/contacts/new?name={nasty}"),
        "/portal/portal_users".to_owned(),
        "/portal/profile".to_owned(),
    ] {
        let body = get(&api, &person.token, &page).await;
        assert!(!body.contains("<script>alert") && body.contains("&lt;script&gt;alert(1)"), "{page}: {body}");
    }
    let next = api.get(&format!("/portal/sign-in?next=/{nasty}&tenant={nasty}")).go().await.expect(200);
    assert!(!text(&next).contains("<script>alert"));
}
