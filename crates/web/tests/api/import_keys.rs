//! Corrections of records that several rows of a file tell by a key.

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Api, Tenant, location},
    imports,
};

/// Three rows tell of the customer S1, and each row of a supplier of its own key.
const FILE: &str = "Store,Name,Mail,Vendor\nS1,One,nobody,Acme\nS1,One,nobody,Best\nS2,Two,two@example.com,Acme\nS1,One,nobody,Acme\n";

struct House {
    api: Api,
    tenant: Tenant,
}

impl House {
    async fn new() -> Self {
        let (api, tenant) = Api::with_tenant().await;
        Self { api, tenant }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.api.post(path).token(&self.tenant.token).json(&body).go().await
    }

    async fn get(&self, path: &str) -> Value {
        self.api.get(path).token(&self.tenant.token).go().await.expect(200).json()
    }

    /// Uploads a file of customers by their store; where its import is.
    async fn upload(&self, file: &str) -> String {
        let fields = [
            ("data_type", "customers"),
            ("key", "[\"Store\"]"),
            (
                "mapping",
                "{\"Store\": \"customers.code\", \"Name\": \"customers.name\", \"Mail\": \"customers.email\", \"Vendor\": null}",
            ),
            ("file", file),
        ];
        let place = location(&imports::upload_as(&self.api, &self.tenant.token, &fields).await.expect(201));
        self.post(&format!("{place}/validate"), json!({})).await;
        self.ended(&place).await;
        place
    }

    /// The import once nothing of it is under way.
    async fn ended(&self, place: &str) -> Value {
        imports::ended(&self.api, &self.tenant.token, place).await.json()
    }

    /// The batch that holds this kind of record.
    async fn batch(&self, place: &str, kind: &str) -> String {
        let report = self.get(place).await;
        let mut files = report["files"].as_array().unwrap().iter();
        let file = files.find(|file| file["data_type"] == kind).unwrap_or_else(|| panic!("{report}"));
        format!("/api/v1/imports/{}", file["batch"].as_str().unwrap())
    }

    /// Corrects a file; how the import stands then: rows, created, skipped, failed.
    async fn fix(&self, place: &str, batch: &str, body: Value) -> [i64; 4] {
        let answer = self.post(&format!("{batch}/fix"), body.clone()).await;
        assert!(answer.status.is_success(), "{body}: {}", answer.json());
        let now = self.ended(place).await;
        assert_eq!(now["status"], "validated", "{now}");
        ["rows", "created", "skipped", "failed"].map(|name| now[name].as_i64().unwrap())
    }

    /// The rows of a file: values, corrections and warnings of each.
    async fn rows(&self, batch: &str) -> Vec<Value> {
        let rows = self.get(&format!("{batch}/rows")).await["data"].as_array().unwrap().clone();
        let mut rows: Vec<Value> =
            rows.iter().map(|row| json!([row["values"], row["warnings"], row["errors"]])).collect();
        rows.sort_by_key(Value::to_string);
        rows
    }

    /// The number of the row that stands for a store.
    async fn row(&self, batch: &str, store: &str) -> i64 {
        let rows = self.get(&format!("{batch}/rows")).await;
        let found = rows["data"].as_array().unwrap().iter().find(|row| row["cells"][0] == store).cloned();
        found.unwrap_or_else(|| panic!("{rows}"))["row"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn a_cell_of_a_record_is_corrected_in_all_of_its_rows_and_given_back() {
    let house = House::new().await;
    let place = house.upload(FILE).await;
    let batch = house.batch(&place, "customers").await;
    let row = house.row(&batch, "S1").await;
    let wrong = house.get(&place).await;
    assert_eq!((&wrong["rows"], &wrong["failed"]), (&json!(2), &json!(1)), "{wrong}");

    let cell = |value: Value| json!({ "row": row, "column": "Mail", "value": value });
    assert_eq!(house.fix(&place, &batch, cell(json!("one@example.com"))).await, [2, 2, 0, 0]);
    let fresh = house.upload(&FILE.replace("nobody", "one@example.com")).await;
    let as_fresh = house.rows(&house.batch(&fresh, "customers").await).await;
    assert_eq!(house.rows(&batch).await, as_fresh);
    let shown = house.get(&format!("{batch}/rows?fixed=true")).await;
    assert_eq!(shown["data"][0]["fixed"], json!({ "2": "one@example.com" }), "{shown}");
    assert_eq!(shown["data"][0]["cells"][2], "nobody", "the file stays as it came");
    // Checking it anew keeps it.
    house.post(&format!("{place}/validate"), json!({})).await;
    assert_eq!(house.ended(&place).await["failed"], 0);

    assert_eq!(house.fix(&place, &batch, cell(Value::Null)).await, [2, 1, 0, 1]);
    let alike =
        json!({ "column": "Mail", "holds": "nobody", "code": "not_an_email", "value": "one@example.com" });
    let mut asked = alike.clone();
    asked["preview"] = json!(true);
    let counted = house.post(&format!("{batch}/fix"), asked).await.expect(200).json();
    assert_eq!(counted["rows"], 1);
    assert_eq!(house.fix(&place, &batch, alike).await, [2, 2, 0, 0]);
    house.post(&format!("{place}/commit"), json!({})).await;
    assert_eq!(house.ended(&place).await["created"], 2);
    let made = house.get("/api/v1/customers?filter[code]=S1").await;
    assert_eq!(made["data"][0]["email"], "one@example.com");
}

#[tokio::test]
async fn a_corrected_key_makes_one_record_of_two_and_a_left_out_record_comes_back() {
    let house = House::new().await;
    let place = house
        .upload(
            &FILE
                .replace("S2,Two,two@example.com", "S1x,One,one@example.com")
                .replace("nobody", "one@example.com"),
        )
        .await;
    let batch = house.batch(&place, "customers").await;
    let row = house.row(&batch, "S1x").await;
    assert_eq!(house.fix(&place, &batch, json!({ "row": row, "skip": true })).await, [2, 1, 1, 0]);
    assert_eq!(house.row(&batch, "S1x").await, row);
    assert_eq!(house.fix(&place, &batch, json!({ "row": row, "skip": false })).await, [2, 2, 0, 0]);
    let body = json!({ "row": row, "column": "Store", "value": "S1" });
    assert_eq!(house.fix(&place, &batch, body).await, [1, 1, 0, 0]);

    // Rows without a key stand for themselves.
    let place =
        house.upload("Store,Name,Mail,Vendor\n,One,one@example.com,x\n,Two,two@example.com,y\n").await;
    let batch = house.batch(&place, "customers").await;
    let row = house.row(&batch, "").await;
    assert_eq!(house.get(&place).await["failed"], 2);
    assert_eq!(
        house.fix(&place, &batch, json!({ "row": row, "column": "Store", "value": "S1" })).await,
        [2, 1, 0, 1]
    );
}

#[tokio::test]
async fn other_kinds_of_record_of_the_sheet_see_a_correction_too() {
    let house = House::new().await;
    let place = house.upload(&FILE.replace("nobody", "one@example.com")).await;
    let customers = house.batch(&place, "customers").await;
    let add = json!({ "add": "suppliers", "mapping": { "Store": null, "Name": null, "Mail": null, "Vendor": "suppliers.name" }, "key": ["Vendor"] });
    house.post(&format!("{customers}/map"), add).await.expect(200);
    house.post(&format!("{place}/validate"), json!({})).await;
    assert_eq!(house.ended(&place).await["created"], 4);
    let suppliers = house.batch(&place, "suppliers").await;
    // Each row of the store S1 names this vendor from now on, so that one supplier is left for it beside Acme.
    let row = house.row(&customers, "S1").await;
    let body = json!({ "row": row, "column": "Vendor", "value": "Best" });
    assert_eq!(house.fix(&place, &customers, body.clone()).await, [4, 4, 0, 0]);
    let names = async || {
        let rows = house.rows(&suppliers).await;
        rows.iter().map(|row| row[0]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Acme", "Best"]);
    let row = house.row(&customers, "S2").await;
    let other = json!({ "row": row, "column": "Vendor", "value": "Best" });
    assert_eq!(house.fix(&place, &customers, other).await, [3, 3, 0, 0]);
    assert_eq!(names().await, ["Best"]);
    // Leaving a customer out leaves its vendors.
    assert_eq!(house.fix(&place, &customers, json!({ "row": row, "skip": true })).await, [3, 2, 1, 0]);
    assert_eq!(names().await, ["Best"]);
}
