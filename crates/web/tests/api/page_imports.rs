//! The pages of imports, from the file that is dropped in to the records that are taken back.

use serde_json::{Value, json};

use crate::{
    forms::{self, FORM},
    harness::{Answer, Api, Tenant, location},
};

const MIXED: &str = "Customer code,Customer name,E-mail\r\nC1,Harborview Cellars,a@example.com\r\n\
    C2,<script>alert(1)</script>,nobody\r\n";
const GOOD: &str =
    "Wer,Customer code,E-mail\r\nHarborview Cellars,C1,a@example.com\r\nDowntown Wine,C2,b@example.com\r\n";

struct House {
    api: Api,
    tenant: Tenant,
}

impl House {
    async fn new() -> Self {
        let (api, tenant) = Api::with_tenant().await;
        Self { api, tenant }
    }

    /// Drops a file in; where its import is.
    async fn dropped(&self, text: &str) -> String {
        let form = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"data_type\"\r\n\r\ncustomers\r\n\
             --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\n{text}\r\n--edge--\r\n"
        );
        let asking = self.api.post("/admin/imports").token(&self.tenant.token);
        let asking = asking.header("content-type", "multipart/form-data; boundary=edge");
        let place = location(&asking.body(form).go().await.expect(303));
        assert!(place.starts_with("/admin/imports/"), "{place}");
        place
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        forms::post(&self.api, &self.tenant.token, path, form).await
    }

    /// Takes a step and waits until nothing is under way; the page then.
    async fn step(&self, place: &str, name: &str, form: &str) -> String {
        let gone = self.post(&format!("{place}/{name}"), form).await.expect(303);
        assert_eq!(location(&gone), place);
        for _ in 0..400 {
            let page = self.page(place).await;
            if !page.contains("role=\"progressbar\"") {
                return page;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{name} does not end");
    }

    async fn page(&self, path: &str) -> String {
        let page = self.api.get(path).token(&self.tenant.token).go().await.expect(200);
        String::from_utf8_lossy(&page.body).into_owned()
    }

    async fn customers(&self) -> Value {
        let list = self.api.get("/api/v1/customers?count=exact").token(&self.tenant.token).go().await;
        list.expect(200).json()["page"]["count"].clone()
    }

    async fn status(&self, place: &str) -> Value {
        let path = place.replace("/admin/", "/api/v1/");
        self.api.get(&path).token(&self.tenant.token).go().await.expect(200).json()["status"].clone()
    }

    /// The name of the field for a column of the only file.
    async fn column(&self, place: &str, index: usize) -> String {
        let path = place.replace("/admin/", "/api/v1/");
        let report = self.api.get(&path).token(&self.tenant.token).go().await.expect(200).json();
        format!("{}.{index}", report["files"][0]["batch"].as_str().unwrap())
    }
}

#[tokio::test]
async fn a_file_is_dropped_in_mapped_checked_approved_and_taken_back() {
    let house = House::new().await;
    let place = house.dropped(GOOD).await;
    let page = house.page(&place).await;
    for told in [
        "aria-current=\"step\"", "Wer", "Harborview Cellars · Downtown Wine", "Required fields", "not mapped",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    // A field is chosen for the column that no word of the program names, and remembered.
    let column = house.column(&place, 0).await;
    let checked = house.step(&place, "validate", &format!("{column}=customers.name&then=check")).await;
    assert_eq!((house.status(&place).await, house.customers().await), (json!("validated"), json!(0)));
    assert!(checked.contains("Approve and import") && !checked.contains("What is wrong"), "{checked}");
    let done = house.step(&place, "commit", "").await;
    assert_eq!((house.status(&place).await, house.customers().await), (json!("completed"), json!(2)));
    assert!(done.contains("Take it back") && done.contains("href=\"/customers\""));
    let undone = house.step(&place, "undo", "").await;
    assert_eq!((house.status(&place).await, house.customers().await), (json!("undone"), json!(0)));
    assert!(undone.contains("2 removed"), "{undone}");
    let list = house.page("/admin/imports").await;
    assert!(list.contains("c.csv") && list.contains(&place) && list.contains("Undone"));
    let again = house.dropped(GOOD).await;
    assert!(!house.page(&again).await.contains("not mapped"));
}

#[tokio::test]
async fn what_is_wrong_with_rows_is_shown_and_nothing_of_a_file_runs() {
    let house = House::new().await;
    let place = house.dropped(MIXED).await;
    let page = house.step(&place, "validate", "then=check").await;
    for told in ["What is wrong", "E-mail", "errors.csv", "&lt;script&gt;alert(1)&lt;/script&gt;", "nobody"] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert!(!page.contains("<script>alert") && !page.contains(" style="));
    // It is done whole or not at all, so there is nothing to approve.
    assert!(!page.contains("Approve and import") && page.contains("whole or not at all"));
    let all = house.page(&format!("{place}?show=all")).await;
    assert!(all.contains("Harborview Cellars") && all.contains("aria-current=\"true\""));
    // Back to the mapping; two columns of one field are refused on the page.
    let column = house.column(&place, 0).await;
    let twice = house
        .post(&format!("{place}/validate"), &format!("{column}=customers.name&then=map"))
        .await
        .expect(422);
    assert!(String::from_utf8_lossy(&twice.body).contains("both give customers.name"));
    house.step(&place, "cancel", "").await;
    assert_eq!(house.status(&place).await, "cancelled");
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_where_it_was_dropped() {
    let house = House::new().await;
    let form = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.png\"\r\n\r\n\x89PNG\r\n\x1a\n\0\0\r\n--edge--\r\n";
    let asking = house.api.post("/admin/imports").token(&house.tenant.token);
    let asking = asking.header("content-type", "multipart/form-data; boundary=edge");
    let answer = asking.body(form.to_vec()).go().await.expect(422);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(
        text.contains("role=\"alert\"") && text.contains("p.png") && text.contains("data-drop"),
        "{text}"
    );
    // Nothing chosen is told beside the place to choose.
    let nothing =
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--edge--\r\n";
    let asking = house.api.post("/admin/imports").token(&house.tenant.token);
    let asking = asking.header("content-type", "multipart/form-data; boundary=edge");
    let answer = asking.body(nothing).go().await.expect(422);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("role=\"alert\"") && text.contains("data-drop"), "{text}");
}

#[tokio::test]
async fn a_mapping_is_kept_as_a_template_that_the_next_file_is_read_by_unless_it_is_declined() {
    let house = House::new().await;
    let place = house.dropped(GOOD).await;
    let column = house.column(&place, 0).await;
    let batch = column.trim_end_matches(".0");
    let form = format!(
        "{column}=customers.name&{batch}.1=customers.code&{batch}.1.default=C9&{batch}.set.customers.country=TH&template_name=Shop&then=save"
    );
    house.step(&place, "validate", &form).await;
    let templates = house.api.get("/api/v1/import_templates").token(&house.tenant.token).go().await;
    let told = templates.expect(200).json();
    assert_eq!(told["data"][0]["name"], "Shop", "{told}");
    let nameless = house.post(&format!("{place}/validate"), "template_name=&then=save").await;
    assert!(nameless.status.is_client_error());

    let again =
        house.dropped("E-mail,Customer code,Wer\r\na@example.com,,One\r\nb@example.com,C2,Two\r\n").await;
    let page = house.page(&again).await;
    for told in [
        "Read by the template <b>Shop</b>", "Template “Shop”.", "Without the template", "value=\"C9\"",
        "“TH”",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert!(house.page("/admin/imports").await.contains("<option value=\"Shop\">Shop</option>"));
    house.step(&again, "validate", "then=check").await;
    house.step(&again, "commit", "").await;
    let list =
        house.api.get("/api/v1/customers?sort=code").token(&house.tenant.token).go().await.expect(200).json();
    let told: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|c| (c["code"].clone(), c["country"].clone())).collect();
    assert_eq!(told, [(json!("C2"), json!("TH")), (json!("C9"), json!("TH"))]);

    let declined = house.dropped(GOOD).await;
    let page = house.step(&declined, "validate", "then=plain").await;
    assert!(!page.contains("Read by the template"), "{page}");
}

#[tokio::test]
async fn values_that_are_not_known_are_counted_and_each_gets_a_choice() {
    let house = House::new().await;
    let file = "Customer code,Customer name,Account type\r\nC1,One,Actv\r\nC2,Two,Actv\r\nC3,Three,Zzz\r\n";
    let place = house.dropped(file).await;
    house.step(&place, "validate", "then=check").await;
    let page = house.page(&format!("{place}?step=map")).await;
    for told in ["Values that are not known", "Actv", "× 2", "Zzz", "× 1", "<option value=\"ACTIVE\""] {
        assert!(page.contains(told), "{told} in {page}");
    }
    let column = house.column(&place, 2).await;
    let form = format!(
        "{column}=customers.account_type&{column}.k0=Actv&{column}.v0=ACTIVE&{column}.k1=Zzz&{column}.v1=PROSPECT&then=check"
    );
    let page = house.step(&place, "validate", &form).await;
    assert!(page.contains("Approve and import"), "{page}");
    house.step(&place, "commit", "").await;
    assert_eq!(house.customers().await, json!(3));
}

#[tokio::test]
async fn a_file_is_read_for_a_further_kind_of_record_and_no_longer() {
    let house = House::new().await;
    let place = house.dropped("Customer code,Customer name,Vendor name\r\nC1,One,V1\r\nC2,Two,V1\r\n").await;
    let column = house.column(&place, 0).await;
    let batch = column.trim_end_matches(".0");
    let page = house.step(&place, "validate", &format!("{batch}.add=suppliers&then=map")).await;
    assert!(page.contains("Do not read this from the file") && page.contains("Vendor name"), "{page}");
    house.step(&place, "validate", "then=check").await;
    let path = place.replace("/admin/", "/api/v1/");
    let report = async || house.api.get(&path).token(&house.tenant.token).go().await.expect(200).json();
    let told = report().await;
    assert_eq!(
        (&told["files"][1]["data_type"], &told["files"][1]["created"]),
        (&json!("suppliers"), &json!(1))
    );
    assert_eq!(told["files"][1]["mapping"]["key"], json!(["Vendor name"]));
    let suppliers = told["files"][1]["batch"].as_str().unwrap();
    house.step(&place, "validate", &format!("{suppliers}.remove=on&then=map")).await;
    assert_eq!(report().await["files"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn samples_are_offered_where_files_are_dropped_and_what_is_fetched_comes_back_in() {
    let house = House::new().await;
    let page = house.page("/admin/imports").await;
    let place = "/api/v1/imports/sample?data_type=customers&amp;format=xlsx";
    assert!(page.contains(place), "{page}");
    let get = |path: &str| house.api.get(path).token(&house.tenant.token).go();
    let book = get(&place.replace("&amp;", "&")).await.expect(200);
    assert_eq!(book.header("content-disposition"), "attachment; filename=\"customers.xlsx\"");
    assert!(book.body.starts_with(b"PK"));
    let text = get("/api/v1/imports/sample?data_type=customers").await.expect(200);
    let text = String::from_utf8(text.body.to_vec()).unwrap();
    let place = house.dropped(text.trim_start_matches('\u{feff}')).await;
    let page = house.step(&place, "validate", "then=check").await;
    assert!(page.contains("Approve and import") && page.contains("(1)"), "{page}");
    assert_eq!(get("/api/v1/imports/sample?data_type=nothing").await.refused(400), "bad_request");
    assert_eq!(get("/api/v1/imports/sample").await.refused(400), "bad_request");
    assert_eq!(get("/api/v1/imports/sample?data_type=skus&format=pdf").await.refused(400), "bad_request");
}

#[tokio::test]
async fn who_brought_an_import_in_is_told_that_somebody_else_approves_it() {
    let house = House::new().await;
    let set = house.api.patch("/api/v1/settings/imports").token(&house.tenant.token);
    set.json(&json!({ "second_person": true })).go().await.expect(200);
    let place = house.dropped(GOOD).await;
    let column = house.column(&place, 0).await;
    let page = house.step(&place, "validate", &format!("{column}=customers.name&then=check")).await;
    assert!(page.contains("somebody else to approve it") && !page.contains("Approve and import"), "{page}");
    let id = place.rsplit('/').next().unwrap();
    let commit = house.api.post(&format!("/api/v1/imports/{id}/commit")).token(&house.tenant.token);
    assert_eq!(commit.json(&json!({})).go().await.refused(403), "second_person");
    assert_eq!(house.customers().await, json!(0));
}

#[tokio::test]
async fn templates_are_changed_by_their_operations_alone() {
    let house = House::new().await;
    let token = &house.tenant.token;
    let post = async |path: &str, body: Value| house.api.post(path).token(token).json(&body).go().await;
    let config = json!({ "headers": ["No", "Wer", "E-mail"], "parts": [{ "data_type": "customers", "columns": { "No": "customers.code", "Wer": "customers.name" } }] });
    let saved = post("/api/v1/import_templates/save", json!({ "name": "Shop", "config": config }))
        .await
        .expect(200)
        .json();
    let id = saved["template_id"].as_str().unwrap().to_owned();
    let made = post("/api/v1/import_templates", json!({ "name": "Empty", "data_type": "customers" })).await;
    assert!(matches!(made.status.as_u16(), 404 | 405), "{}", made.status);
    post("/api/v1/import_templates/save", json!({ "name": "Other", "config": config })).await.expect(200);
    let rename = format!("/api/v1/import_templates/{id}/rename");
    assert_eq!(post(&rename, json!({ "name": "Other" })).await.refused(422), "invalid");
    post(&rename, json!({ "name": "Kiosk" })).await.expect(200);
    assert!(house.page("/admin/imports").await.contains("<option value=\"Kiosk\">Kiosk</option>"));

    let other = house.api.get("/api/v1/import_templates?filter[name]=Other").token(token).go().await.json();
    let other = other["data"][0]["id"].as_str().unwrap().to_owned();
    post(&format!("/api/v1/import_templates/{other}/archive"), json!({})).await.expect(200);
    let read = house.dropped("Wer,No,E-mail\r\nOne,C1,a@example.com\r\nTwo,C2,b@example.com\r\n").await;
    assert!(
        house.page(&read).await.contains("Read by the template <b>Kiosk</b>"),
        "found by its fingerprint"
    );
    post(&format!("/api/v1/import_templates/{id}/archive"), json!({})).await.expect(200);
    let plain = house.dropped("Wer,No,E-mail\r\nOne,C1,a@example.com\r\nTwo,C2,b@example.com\r\n").await;
    assert!(!house.page(&plain).await.contains("Read by the template"));
    post(&format!("/api/v1/import_templates/{id}/restore"), json!({})).await.expect(200);
    let again = house.dropped("Wer,No,E-mail\r\nOne,C1,a@example.com\r\nTwo,C2,b@example.com\r\n").await;
    assert!(house.page(&again).await.contains("Read by the template <b>Kiosk</b>"));
}

const WRONG: &str = "Customer code,Customer name,E-mail\r\nC1,One,nobody\r\nC2,Two,nobody\r\nC3,<b>Three</b>,c@example.com\r\nC4,,d@example.com\r\n";

#[tokio::test]
async fn wrong_cells_are_corrected_where_they_stand_and_rows_left_out() {
    let house = House::new().await;
    let place = house.dropped(WRONG).await;
    let page = house.step(&place, "validate", "then=check").await;
    for told in
        ["data-holds=\"nobody\"", "Fix all like this: 2", "Leave the row out", "value=\"skip\"", "/a/grid."]
    {
        assert!(page.contains(told), "{told} in {page}");
    }
    let batch = house.column(&place, 0).await;
    let batch = batch.trim_end_matches(".0");
    let send = async |form: &str| {
        let form = format!("show=failed&batch={batch}&{form}");
        let gone = house.post(&format!("{place}/fix"), &form).await.expect(303);
        assert_eq!(location(&gone), format!("{place}?show=failed#rows"));
    };
    send("row=2&place=2&code=not_an_email&holds=nobody&value=x%40example.com&do=alike").await;
    send("row=5&do=skip").await;
    let page = house.page(&place).await;
    assert!(page.contains("Approve and import") && page.contains("Cells corrected here"), "{page}");
    let page = house.page(&format!("{place}?show=fixed")).await;
    for told in ["The file says “nobody”", "Put back", "Take the row back", "x@example.com"] {
        assert!(page.contains(told), "{told} in {page}");
    }
    send("row=3&place=2&do=back").await;
    send("row=5&do=unskip").await;
    let page = house.page(&place).await;
    assert!(
        !page.contains("Approve and import") && page.contains("C2") && !page.contains("<b>Three"),
        "{page}"
    );

    // A part of the page is answered where a part is asked, with what is wrong where it is refused.
    let path = format!("{place}/fix");
    let part = async |form: String| {
        let asking = house.api.post(&path).token(&house.tenant.token).header("hx-request-type", "partial");
        let answer = asking.header(FORM.0, FORM.1).body(form).go().await;
        (answer.status.as_u16(), String::from_utf8_lossy(&answer.body).into_owned())
    };
    let (status, text) = part(format!("batch={batch}&row=3&place=2&value=y%40example.com&do=cell")).await;
    assert!(status == 200 && text.starts_with("<div class=\"wizard\"") && !text.contains("<html"), "{text}");
    let (status, text) = part(format!("batch={batch}&row=99&place=2&value=y&do=cell")).await;
    assert!(text.contains("c.csv has no row 99"), "{status} {text}");
    send("row=5&do=skip").await;
    house.step(&place, "commit", "").await;
    assert_eq!(house.customers().await, json!(3));
}

#[tokio::test]
async fn programs_correct_cells_too_and_count_before() {
    let house = House::new().await;
    let place = house.dropped(WRONG).await;
    house.step(&place, "validate", "then=check").await;
    let path = format!("{}/fix", place.replace("/admin/", "/api/v1/"));
    let fix = async |body: Value| house.api.post(&path).token(&house.tenant.token).json(&body).go().await;
    let kind =
        json!({ "column": "E-mail", "holds": "nobody", "code": "not_an_email", "value": "x@example.com" });
    let mut counted = kind.clone();
    counted["preview"] = json!(true);
    assert_eq!(fix(counted).await.expect(200).json(), json!({ "rows": 2 }));
    let told = fix(kind).await.expect(200).json();
    assert_eq!((&told["failed"], &told["files"][0]["fixed"]), (&json!(1), &json!(2)));
    let told = fix(json!({ "row": 2, "column": 2, "value": null })).await.expect(200).json();
    assert_eq!(told["failed"], 2);
    let told = fix(json!({ "row": 5, "skip": true })).await.expect(200).json();
    assert_eq!((&told["failed"], &told["skipped"]), (&json!(1), &json!(1)));
    assert_eq!(fix(json!({ "row": 2, "column": "Mail", "value": "x" })).await.refused(422), "invalid");
    assert_eq!(fix(json!({ "row": 2 })).await.refused(422), "invalid");
    let rows = house.api.get(&format!("{}/rows?fixed=true", place.replace("/admin/", "/api/v1/")));
    let rows = rows.token(&house.tenant.token).go().await.expect(200).json();
    assert_eq!(rows["data"].as_array().unwrap().len(), 2);
    let trainer = house.api.token(house.tenant.id, "training").await;
    let body = json!({ "row": 5, "skip": false });
    let refused = house.api.post(&path).token(&trainer).json(&body).go().await;
    assert!(matches!(refused.status.as_u16(), 403 | 404));
}
