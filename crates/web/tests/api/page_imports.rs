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
        "aria-current=\"step\"", "Wer", "Harborview Cellars · Downtown Wine", "Required fields",
        "not mapped",
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
