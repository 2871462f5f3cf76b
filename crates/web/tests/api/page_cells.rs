//! Cells of a list, written where they stand.

use serde_json::{Value, json};

use crate::{
    forms::{FORM, text},
    harness::{Answer, Api, Tenant, location},
};

struct House {
    api: Api,
    tenant: Tenant,
    id: String,
}

impl House {
    async fn new() -> Self {
        let (api, tenant) = Api::with_tenant().await;
        let body = json!({ "name": "Old Line", "city": "Baltimore", "status": "ACTIVE" });
        let made = api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        Self { api, tenant, id }
    }

    fn place(&self) -> String {
        format!("/customers/{}/cell", self.id)
    }

    /// Opens a cell; the pairs that its form sends.
    async fn open(&self, field: &str) -> Vec<(String, String)> {
        let asking = self.api.get(&format!("{}?field={field}", self.place())).token(&self.tenant.token);
        let answer = asking.header("hx-request-type", "partial").go().await.expect(200);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.starts_with("<form class=\"cell-form\"") && !text.contains("<html"), "{text}");
        let pieces = text.split("<input ").skip(1);
        let value = |piece: &str, name: &str| {
            Some(piece.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned())
        };
        pieces.filter_map(|piece| Some((value(piece, "name")?, value(piece, "value")?))).collect()
    }

    async fn send(&self, pairs: &[(String, String)], field: &str, text: &str, partial: bool) -> Answer {
        self.send_as(&self.tenant.token, pairs, field, text, partial).await
    }

    async fn send_as(
        &self,
        token: &str,
        pairs: &[(String, String)],
        field: &str,
        text: &str,
        partial: bool,
    ) -> Answer {
        let kept = pairs.iter().filter(|(name, _)| name != field);
        let mut form: Vec<String> = kept.map(|(name, value)| format!("{name}={value}")).collect();
        form.push(format!("{field}={text}"));
        let mut asking = self.api.post(&self.place()).token(token);
        if partial {
            asking = asking.header("hx-request-type", "partial");
        }
        let form = form.join("&").replace(' ', "+");
        asking.header(FORM.0, FORM.1).body(form).go().await
    }

    async fn customer(&self) -> Value {
        let path = format!("/api/v1/customers/{}", self.id);
        self.api.get(&path).token(&self.tenant.token).go().await.expect(200).json()
    }
}

#[tokio::test]
async fn a_cell_is_written_by_the_forms_own_way_and_taken_back() {
    let house = House::new().await;
    let list = house.api.get("/customers").token(&house.tenant.token).go().await.expect(200);
    assert!(
        text(&list).contains("data-cell=\"city\"") && text(&list).contains("/a/cells."),
        "{}",
        text(&list)
    );
    assert!(!text(&list).contains("data-cell=\"name\""), "what names the record leads to it");
    let open = house.open("city").await;
    let cell = text(&house.send(&open, "city", "Annapolis", true).await.expect(200));
    assert!(cell.starts_with("<span>Annapolis</span>") && cell.contains("cell-undo"), "{cell}");
    let now = house.customer().await;
    assert_eq!((&now["city"], &now["name"]), (&json!("Annapolis"), &json!("Old Line")));
    // The way back holds the version that stands now.
    let back = vec![
        ("field".to_owned(), "city".to_owned()),
        ("was.city".to_owned(), "Annapolis".to_owned()),
        ("_version".to_owned(), now["version"].to_string()),
    ];
    house.send(&back, "city", "Baltimore", true).await.expect(200);
    assert_eq!(house.customer().await["city"], "Baltimore");
    // Amounts are written too, and told without a way back.
    let open = house.open("credit_limit").await;
    let cell = text(&house.send(&open, "credit_limit", "1500", true).await.expect(200));
    assert!(cell.contains("1,500.00") && !cell.contains("cell-undo"), "{cell}");
    // Without a script it is the record's form.
    let answer =
        house.api.get(&format!("{}?field=city", house.place())).token(&house.tenant.token).go().await;
    assert_eq!(location(&answer.expect(303)), format!("/customers/{}/edit", house.id));
    let open = house.open("city").await;
    assert_eq!(
        location(&house.send(&open, "city", "Ocean", false).await.expect(303)),
        "/customers?done=saved"
    );
}

#[tokio::test]
async fn what_is_refused_comes_back_in_the_cell() {
    let house = House::new().await;
    let open = house.open("email").await;
    let cell = text(&house.send(&open, "email", "nobody", true).await.expect(422));
    assert!(
        cell.contains("cell-form") && cell.contains("value=\"nobody\"") && cell.contains("aria-invalid"),
        "{cell}"
    );
    assert_eq!(house.customer().await["email"], Value::Null);

    // Somebody else was faster: theirs is told, and the next try goes over it.
    let open = house.open("city").await;
    let path = format!("/api/v1/customers/{}", house.id);
    let body = json!({ "city": "Frederick" });
    house.api.patch(&path).token(&house.tenant.token).json(&body).go().await.expect(200);
    let answer = house.send(&open, "city", "Annapolis", true).await;
    let cell = text(&answer);
    assert!(matches!(answer.status.as_u16(), 409 | 412), "{cell}");
    assert!(cell.contains("Somebody changed it meanwhile") && cell.contains("Frederick"), "{cell}");
    assert_eq!(house.customer().await["city"], "Frederick");
    let version = house.customer().await["version"].to_string();
    assert!(cell.contains(&format!("name=\"_version\" value=\"{version}\"")), "{cell}");
    let again: Vec<_> = open
        .into_iter()
        .map(|(name, value)| if name == "_version" { (name, version.clone()) } else { (name, value) })
        .collect();
    house.send(&again, "city", "Annapolis", true).await.expect(200);
    assert_eq!(house.customer().await["city"], "Annapolis");
}

#[tokio::test]
async fn only_fields_that_the_form_asks_for_are_written_and_only_by_whoever_may() {
    let house = House::new().await;
    let pairs = |field: &str| vec![("field".to_owned(), field.to_owned())];
    for field in ["version", "created_at", "nothing", "name"] {
        let path = format!("{}?field={field}", house.place());
        let asking = house.api.get(&path).token(&house.tenant.token).header("hx-request-type", "partial");
        asking.go().await.expect(404);
        house.send(&pairs(field), field, "x", true).await.expect(404);
    }
    let trainer = house.api.token(house.tenant.id, "training").await;
    let answer = house.send_as(&trainer, &pairs("city"), "city", "x", true).await;
    assert!(matches!(answer.status.as_u16(), 403 | 404));
    let list = house.api.get("/customers").token(&trainer).go().await;
    assert!(!text(&list).contains("data-cell"));
    let other = house.api.tenant("elsewhere").await;
    let answer = house.send_as(&other.token, &pairs("city"), "city", "x", true).await;
    assert_eq!(answer.status.as_u16(), 404);
    assert_eq!(house.customer().await["city"], "Baltimore");
}
