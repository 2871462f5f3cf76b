//! Pages as browsers get them: forms that tell all errors at once, writes done once, parts of pages, what they may load.

use model::registry;
use serde_json::json;

use crate::{
    fixtures::Fixtures,
    forms::{self, FORM, text},
    harness::{Answer, Api, Tenant, location},
    persons::PASSWORD,
};

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn post(api: &Api, tenant: &Tenant, path: &str, form: &str) -> Answer {
    forms::post(api, &tenant.token, path, form).await
}

async fn get(api: &Api, tenant: &Tenant, path: &str) -> Answer {
    api.get(path).token(&tenant.token).go().await
}

/// A customer; the path of its page.
async fn customer(api: &Api, tenant: &Tenant, form: &str) -> String {
    let made = post(api, tenant, "/customers", form).await.expect(303);
    location(&made).split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn one_signs_in_by_the_form_and_comes_to_where_one_wanted_to_go() {
    let (api, tenant) = Api::with_tenant().await;
    api.user(tenant.id, "nancy@example.com", "sales_rep").await;
    let enter = async |password: &str, next: &str| {
        let form = format!("tenant=harborview&email=nancy%40example.com&password={password}&next={next}");
        let form = form.replace(' ', "+");
        api.post("/sign-in").header(FORM.0, FORM.1).header(OURS.0, OURS.1).body(form).go().await
    };
    let refused = enter("guessed", "").await.expect(422);
    assert!(text(&refused).contains("role=\"alert\"") && !text(&refused).contains("guessed"));
    assert_eq!(refused.header("set-cookie"), "");
    let done = enter(PASSWORD, "%2Fcustomers%3Fsort%3Dname").await.expect(303);
    assert_eq!(location(&done), "/customers?sort=name");
    let cookie = done.header("set-cookie").split(';').next().unwrap().to_owned();
    let list = api.get("/customers").header("cookie", &cookie).go().await.expect(200);
    assert!(text(&list).contains("nancy@example.com"));
    // Where it leads stays in the house.
    for elsewhere in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
        assert_eq!(location(&enter(PASSWORD, elsewhere).await.expect(303)), "/");
    }
    // Another site's form is not ours.
    let form = format!("tenant=harborview&email=nancy%40example.com&password={}", PASSWORD.replace(' ', "+"));
    let other =
        api.post("/sign-in").header(FORM.0, FORM.1).header(OURS.0, "cross-site").body(form).go().await;
    other.expect(403);
    let other = api.post("/sign-out").header("cookie", &cookie).header(OURS.0, "cross-site").go().await;
    assert_eq!(other.status.as_u16(), 403);
    let out = api.post("/sign-out").header("cookie", &cookie).header(OURS.0, OURS.1).go().await.expect(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let again = api.get("/customers?q=x").header("cookie", &cookie).go().await.expect(303);
    assert_eq!(location(&again), "/sign-in?next=/customers%3Fq%3Dx");
}

#[tokio::test]
async fn a_page_loads_its_own_files_alone_and_is_nobody_elses() {
    let (api, tenant) = Api::with_tenant().await;
    let page = get(&api, &tenant, "/customers").await.expect(200);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("script-src 'self'")
            && !policy.contains("unsafe")
    );
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert!(page.header("vary").contains("HX-Request-Type"));
    let body = text(&page);
    assert!(!body.contains(" style=") && !body.contains(" onclick=") && !body.contains("hx-on"));
    // Every file that it names is there, and good for ever.
    let files =
        body.split('"').filter(|part| part.starts_with("/a/")).map(|part| part.split('#').next().unwrap());
    let mut seen = 0;
    for file in files {
        let asset = api.get(file).header("accept-encoding", "gzip, br").go().await.expect(200);
        assert!(asset.header("cache-control").contains("immutable"), "{file}");
        seen += 1;
    }
    assert!(seen > 5);
    api.get("/a/app.css").go().await.expect(404);
    // A part is the same list without what stands around it.
    let part = api
        .get("/customers")
        .token(&tenant.token)
        .header("hx-request-type", "partial")
        .go()
        .await
        .expect(200);
    assert!(text(&part).starts_with("<div class=\"list\" id=\"list\""), "{}", text(&part));
    assert!(body.contains("<!DOCTYPE html>") && !text(&part).contains("<html"));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_in_the_words_of_the_api() {
    let (api, tenant) = Api::with_tenant().await;
    let refused =
        post(&api, &tenant, "/customers", "email=nobody&credit_limit=-5&status=GONE").await.expect(422);
    let body = text(&refused);
    let sent = json!({ "email": "nobody", "credit_limit": "-5", "status": "GONE" });
    let told = api.post("/api/v1/customers").token(&tenant.token).json(&sent).go().await.expect(422).json();
    let errors = told["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 4, "{told}");
    for error in errors {
        let message = error["message"].as_str().unwrap();
        assert!(body.contains(&message.replace('"', "&quot;")), "{message} is not in {body}");
        assert!(body.contains(&format!("id=\"f-{}-wrong\"", error["field"].as_str().unwrap())), "{error}");
    }
    // What was written stays, and nothing was made.
    assert!(body.contains("value=\"nobody\""));
    let list = api.get("/api/v1/customers").token(&tenant.token).go().await.expect(200).json();
    assert_eq!(list["data"], json!([]));
    // The Thai page tells the same in Thai.
    let thai = api.post("/customers").token(&tenant.token).header("cookie", "lang=th").header(FORM.0, FORM.1);
    let thai = text(&thai.body("email=nobody").go().await.expect(422));
    assert!(
        thai.contains("<html lang=\"th\"")
            && thai.contains("ชื่อจำเป็นต้องกรอก")
            && thai.contains("อีเมลไม่ใช่อีเมล")
    );
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_record() {
    let (api, tenant) = Api::with_tenant().await;
    let form = "_key=0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00&name=Old+Line";
    let (first, second) = (customer(&api, &tenant, form).await, customer(&api, &tenant, form).await);
    assert_eq!(first, second);
    // Without a key it is another.
    assert_ne!(customer(&api, &tenant, "name=Old+Line&_sure=true").await, first);
}

#[tokio::test]
async fn a_change_over_somebody_elses_shows_both_and_saves_on_demand() {
    let (api, tenant) = Api::with_tenant().await;
    let path = customer(&api, &tenant, "name=Old+Line&city=Baltimore&phone=555-0100").await;
    let form = text(&get(&api, &tenant, &format!("{path}/edit")).await.expect(200));
    assert!(
        form.contains("name=\"_version\" value=\"1\"")
            && form.contains("name=\"was.city\" value=\"Baltimore\"")
    );
    let saved = post(&api, &tenant, &path, "_version=1&was.city=Baltimore&city=Annapolis").await.expect(303);
    assert_eq!(location(&saved), format!("{path}?done=saved"));
    // Who read version 1 is shown theirs and mine; what they did not touch is no matter.
    let mine = "was.city=Baltimore&city=Lancaster&was.phone=555-0100&phone=555-0100";
    let refused = post(&api, &tenant, &path, &format!("_version=1&{mine}")).await.expect(412);
    let body = text(&refused);
    assert!(
        body.contains("Annapolis")
            && body.contains("Lancaster")
            && body.contains("name=\"_version\" value=\"2\"")
    );
    post(&api, &tenant, &path, &format!("_version=2&{mine}")).await.expect(303);
    let now = api.get(&format!("/api/v1{path}")).token(&tenant.token).go().await.expect(200).json();
    assert_eq!((now["city"].as_str(), now["phone"].as_str()), (Some("Lancaster"), Some("555-0100")));
}

#[tokio::test]
async fn an_archived_record_says_so_and_comes_back() {
    let (api, tenant) = Api::with_tenant().await;
    let path = customer(&api, &tenant, "name=Old+Line").await;
    let gone = post(&api, &tenant, &format!("{path}/archive"), "").await.expect(303);
    let page = text(&get(&api, &tenant, &location(&gone)).await.expect(200));
    assert!(page.contains("gone-note") && page.contains(&format!("action=\"{path}/restore\"")));
    assert!(!text(&get(&api, &tenant, "/customers").await).contains("Old Line"));
    assert!(text(&get(&api, &tenant, "/customers?archived=only").await).contains("Old Line"));
    post(&api, &tenant, &format!("{path}/restore"), "").await.expect(303);
    assert!(text(&get(&api, &tenant, "/customers").await).contains("Old Line"));
}

#[tokio::test]
async fn a_filter_that_is_added_stands_in_the_address() {
    let (api, tenant) = Api::with_tenant().await;
    customer(&api, &tenant, "name=Old+Line&status=BLOCKED&credit_limit=100").await;
    customer(&api, &tenant, "name=New+Line&credit_limit=900").await;
    for (added, address) in [
        ("add=status&op=in&value=BLOCKED", "/customers?filter[status]=BLOCKED"),
        (
            "q=line&add=status&op=in&value=BLOCKED&value=INACTIVE",
            "/customers?q=line&filter[status][in]=BLOCKED,INACTIVE",
        ),
        (
            "add=credit_limit&from=50&to=500",
            "/customers?filter[credit_limit][gte]=50&filter[credit_limit][lte]=500",
        ),
        ("add=name&op=contains&value=old", "/customers?filter[name][contains]=old"),
    ] {
        let sent = get(&api, &tenant, &format!("/customers?{added}")).await.expect(303);
        assert_eq!(location(&sent), address);
        let page = text(&get(&api, &tenant, address).await.expect(200));
        assert!(page.contains("Old Line") && !page.contains("New Line"), "{address}");
        assert!(page.contains("class=\"fchip\""), "{address}");
    }
    let wrong = get(&api, &tenant, "/customers?filter[stattus]=BLOCKED").await.expect(400);
    assert!(text(&wrong).contains("Did you mean `status`?") && text(&wrong).contains("href=\"/customers\""));
}

#[tokio::test]
async fn a_tenants_own_hue_and_a_persons_own_theme_are_in_the_page() {
    let (api, tenant) = Api::with_tenant().await;
    let change = json!({ "hue": 155 });
    api.patch("/api/v1/settings/branding").token(&tenant.token).json(&change).go().await.expect(200);
    let page = text(&get(&api, &tenant, "/customers").await);
    assert!(page.contains("/a/hue-155.css") && !page.contains("data-theme"));
    let dark = api.get("/customers").token(&tenant.token).header("cookie", "theme=dark").go().await;
    assert!(text(&dark).contains("data-theme=\"dark\""));
    let kept = api
        .post("/preferences")
        .header(FORM.0, FORM.1)
        .header(OURS.0, OURS.1)
        .body("theme=dark&next=%2Forders");
    let kept = kept.go().await.expect(303);
    assert_eq!(location(&kept), "/orders");
    assert!(kept.header("set-cookie").starts_with("theme=dark; "));
    // Single keys are off for whoever wants them off.
    let off = api.post("/preferences").header(FORM.0, FORM.1).header(OURS.0, OURS.1).body("keys=off");
    assert!(off.go().await.expect(303).header("set-cookie").starts_with("keys=off; "));
    let off = api.get("/customers").token(&tenant.token).header("cookie", "keys=off").go().await;
    assert!(text(&off).contains("data-keys=\"off\"") && !page.contains("data-keys"));
}

#[tokio::test]
async fn what_people_write_is_text_wherever_it_is_shown() {
    let (api, tenant) = Api::with_tenant().await;
    let nasty = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27";
    let path = customer(&api, &tenant, &format!("name={nasty}&notes={nasty}&city={nasty}")).await;
    post(&api, &tenant, &path, &format!("was.notes={nasty}&notes=x{nasty}")).await.expect(303);
    let id = path.rsplit('/').next().unwrap();
    for page in [
        "/customers".to_owned(),
        format!("/customers?q={nasty}"),
        path.clone(),
        format!("{path}/edit"),
        format!("{path}?show=contacts"),
        "/customers/options?q=script".to_owned(),
        format!("/contacts/new?customer_id={id}&name={nasty}"),
    ] {
        let body = text(&get(&api, &tenant, &page).await.expect(200));
        assert!(!body.contains("<script>alert"), "{page}");
        let shown = page.contains("show=") || body.contains("&lt;script&gt;alert(1)");
        assert!(shown, "{page}: {body}");
    }
    let again = post(&api, &tenant, "/customers", &format!("email={nasty}")).await.expect(422);
    assert!(!text(&again).contains("<script>alert"));
    let next = api.get(&format!("/sign-in?next=/{nasty}&tenant={nasty}")).go().await.expect(200);
    assert!(!text(&next).contains("<script>alert"));
}

#[tokio::test]
async fn every_list_and_form_is_there_in_both_languages() {
    let (api, tenant) = Api::with_tenant().await;
    for entity in registry::ENTITIES.iter() {
        for lang in ["en", "th"] {
            let cookie = format!("lang={lang}");
            let list = api
                .get(&format!("/{}", entity.name))
                .token(&tenant.token)
                .header("cookie", &cookie)
                .go()
                .await;
            let body = text(&list.expect(200));
            let label = if lang == "th" { entity.plural.th } else { entity.plural.en };
            assert!(body.contains(label), "{} in {lang}", entity.name);
        }
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_for_browsers_and_a_problem_for_programs() {
    let api = Api::without_workers().await;
    let browser = api.get("/nowhere").header("accept", "text/html,*/*").go().await.expect(404);
    assert!(browser.header("content-type").starts_with("text/html"));
    assert!(text(&browser).contains(browser.header("x-request-id")));
    assert_eq!(api.get("/nowhere").go().await.refused(404), "not_found");
    assert_eq!(api.get("/api/v1/nowhere").header("accept", "text/html").go().await.refused(404), "not_found");
}

#[tokio::test]
async fn home_shows_figures_of_the_records_that_the_visitor_sees() {
    let (api, tenant) = Api::with_tenant().await;
    let mut fixtures = Fixtures::new(&api.db);
    let today = api.db.world().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let invoices = registry::entity("invoices").unwrap();
    for (status, total) in
        [("OVERDUE", "1500.00"), ("OVERDUE", "1000.00"), ("PAID", "700.00"), ("VOID", "90000.00")]
    {
        let outstanding = if status == "OVERDUE" { total } else { "0.00" };
        let stated = json!({
            "status": status, "total": total, "outstanding": outstanding, "currency": "USD", "issued_on": today,
        });
        fixtures.record_with(tenant.id, invoices, stated.as_object().cloned().unwrap()).await;
    }
    let page = text(&get(&api, &tenant, "/").await.expect(200));
    assert!(page.contains("<b>$2.5K</b>") && page.contains("2 invoices"), "overdue: {page}");
    // What is void is not invoiced.
    assert!(page.contains("<b>$3.2K</b>"), "this month: {page}");
    // The figure leads to the list behind it, which holds the same records.
    let list = text(&get(&api, &tenant, "/invoices?filter[status]=OVERDUE").await.expect(200));
    assert!(
        page.contains("href=\"/invoices?filter[status]=OVERDUE\"")
            && list.contains("class=\"num\">2</span> invoices"),
        "{list}"
    );
    // Who reaches their own records alone sees figures of those alone.
    let rep = api.token(tenant.id, "sales_rep").await;
    let page = text(&api.get("/").token(&rep).go().await.expect(200));
    assert!(!page.contains("$2.5K") && !page.contains("$3.2K"), "{page}");
}

#[tokio::test]
async fn an_operation_asks_for_what_it_takes_and_is_done_once() {
    let (api, tenant) = Api::with_tenant().await;
    let form = text(&get(&api, &tenant, "/inventory/do/adjust").await.expect(200));
    assert!(form.contains("name=\"sku_id\"") && form.contains("name=\"quantity\""));
    let wrong = post(&api, &tenant, "/inventory/do/adjust", "quantity=many").await.expect(422);
    assert!(
        text(&wrong).contains("id=\"o-quantity-wrong\"") && text(&wrong).contains("id=\"o-sku_id-wrong\"")
    );
    let sku = Fixtures::new(&api.db).record(tenant.id, registry::entity("skus").unwrap()).await;
    let form = format!("_key=0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d01&sku_id={sku}&quantity=5&reason=Stocktake");
    for _ in 0..2 {
        let done = post(&api, &tenant, "/inventory/do/adjust", &form).await.expect(303);
        assert_eq!(location(&done), "/inventory?done=adjust");
    }
    let levels = api.get("/api/v1/inventory").token(&tenant.token).go().await.expect(200).json();
    assert_eq!(levels["data"][0]["on_hand"], "5.000");
}

#[tokio::test]
async fn the_palette_finds_records_and_places_of_whom_it_serves() {
    let (api, tenant) = Api::with_tenant().await;
    customer(&api, &tenant, "name=Old+Line+Market").await;
    let found = text(&get(&api, &tenant, "/palette?q=old+line").await.expect(200));
    assert!(found.contains("Old Line Market") && found.contains("data-href=\"/customers/"));
    let places = text(&get(&api, &tenant, "/palette?q=invoic").await.expect(200));
    assert!(places.contains("data-href=\"/invoices\""));
    let trainer = api.token(tenant.id, "training").await;
    // Whoever may not view a kind of record is not led to it.
    let none = text(&api.get("/palette?q=invoic").token(&trainer).go().await.expect(200));
    assert!(!none.contains("/invoices"), "{none}");
}

#[tokio::test]
async fn people_look_after_their_own_way_in() {
    let (api, tenant) = Api::with_tenant().await;
    let nancy = api.sign_in(tenant.id, "sales_rep").await;
    let page = async |path: &str| api.get(path).token(&nancy.token).go().await;
    let send = async |path: &str, form: &str| {
        api.post(path).token(&nancy.token).header(FORM.0, FORM.1).body(form.to_owned()).go().await
    };
    let shown = page("/profile").await.expect(200);
    assert!(text(&shown).contains("this device") && shown.header("cache-control") == "no-store");
    // A wrong password changes nothing and is told.
    let wrong =
        send("/profile/password", "old_password=guessed&new_password=another+lantern+85").await.expect(422);
    assert!(text(&wrong).contains("role=\"alert\"") && !text(&wrong).contains("lantern"));
    let old = PASSWORD.replace(' ', "+");
    let short =
        send("/profile/password", &format!("old_password={old}&new_password=short")).await.expect(422);
    assert!(text(&short).contains("role=\"alert\""));
    // Another device is signed out from here, a stranger's is not there.
    let form = json!({ "tenant": "harborview", "email": nancy.email, "password": PASSWORD });
    let other = api.login(&form).await.expect(200).json();
    let session = other["session"]["id"].as_str().unwrap();
    send(&format!("/profile/sessions/{session}"), "").await.expect(303);
    let refresh = json!({ "refresh_token": other["refresh_token"] });
    api.post("/api/v1/auth/refresh").json(&refresh).go().await.expect(401);
    let stranger = api.sign_in(tenant.id, "admin").await;
    send(&format!("/profile/sessions/{}", stranger.session), "").await.expect(404);
    // The second step: a secret, a code of the device, codes for when it is lost.
    let set_up = text(&send("/profile/second-step", &format!("password={old}")).await.expect(200));
    assert!(set_up.contains("action=\"/profile/second-step/confirm\""));
    let refused = send("/profile/second-step/confirm", "code=000000").await.expect(422);
    assert!(text(&refused).contains("role=\"alert\""));
    let done =
        send("/profile/password", &format!("old_password={old}&new_password=another+lantern+85")).await;
    assert_eq!(location(&done.expect(303)), "/profile?done=password");
    // A program has no profile.
    get(&api, &tenant, "/profile").await.expect(403);
}
