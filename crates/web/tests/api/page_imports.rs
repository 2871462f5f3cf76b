//! The pages of imports, from the file that is dropped in to the records that are taken back.

use serde_json::{Value, json};

use crate::harness::{Answer, Api, Tenant, location};

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
        let asking = self.api.post(path).token(&self.tenant.token);
        asking.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned()).go().await
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
