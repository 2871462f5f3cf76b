//! Refusals, as they look.

use std::collections::BTreeSet;

use model::{
    problem::{FieldError, codes},
    registry,
    value::{Author, Mode, validate},
};
use serde_json::{Value, json};

use crate::harness::{Answer, Api};

/// The answer with what differs from run to run told by its kind.
fn shown(answer: &Answer) -> Value {
    let (status, mut body) = answer.told();
    body["status"] = status.into();
    if let Some(id) = body.pointer_mut("/facts/id") {
        *id = "(an id)".into();
    }
    body
}

#[tokio::test]
async fn problems_look_like_this() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let customers = "/api/v1/customers";
    let cases = [
        ("no token", api.get(customers)),
        ("two tokens", api.get(customers).token(token).token(token)),
        ("another scheme", api.get(customers).header("authorization", "Basic YTpi")),
        ("an unknown token", api.get(customers).token("tnt_00000000_secret")),
        ("an unknown address", api.get("/api/v1/custmers").token(token)),
        ("a wrong method", api.delete(customers).token(token)),
        ("an id that is none", api.get("/api/v1/customers/C-100").token(token)),
        ("an unknown filter", api.get("/api/v1/customers?filter[statsu]=ACTIVE").token(token)),
        ("an unknown operator", api.get("/api/v1/customers?filter[name][sounds]=x").token(token)),
        ("an unknown sort", api.get("/api/v1/customers?sort=notes").token(token)),
        ("an unknown link", api.get("/api/v1/customers?expand=ownr").token(token)),
        ("a bad limit", api.get("/api/v1/customers?limit=1000").token(token)),
        ("a bad cursor", api.get("/api/v1/customers?after=nonsense").token(token)),
        (
            "broken JSON",
            api.post(customers).token(token).header("content-type", "application/json").body("{\"name\": "),
        ),
        ("an array", api.post(customers).token(token).json(&json!([]))),
        (
            "another kind of content",
            api.post(customers).token(token).header("content-type", "text/csv").body("a,b"),
        ),
        ("bad fields", api.post(customers).token(token).json(&bad_customer())),
        (
            "a version that is none",
            api.patch(&format!("{customers}/{}", tenant.id))
                .token(token)
                .header("if-match", "3")
                .json(&json!({})),
        ),
    ];
    for (name, asking) in cases {
        insta::assert_json_snapshot!(name.replace(' ', "_"), shown(&asking.go().await));
    }
}

fn bad_customer() -> Value {
    json!({ "code": "C1", "name": "", "email": "nobody", "credit_limit": "a lot", "status": "ACTVE", "nmae": "x",
            "tenant_id": "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00", "id": "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00", "created_by": null })
}

#[tokio::test]
async fn bad_input_gets_the_errors_of_the_one_reader_of_values() {
    let (api, tenant) = Api::with_tenant().await;
    let answer = api.post("/api/v1/customers").token(&tenant.token).json(&bad_customer()).go().await;
    assert_eq!(answer.refused(422), "invalid");
    let told = answer.json()["errors"].clone();
    let Value::Object(document) = bad_customer() else { unreachable!() };
    let entity = registry::entity("customers").unwrap();
    let errors: Vec<FieldError> = validate(entity, document, Mode::Create, Author::Staff).unwrap_err();
    assert_eq!(told, json!(errors));
    let fields: BTreeSet<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    for field in ["name", "email", "credit_limit", "status", "nmae", "tenant_id", "id", "created_by"] {
        assert!(fields.contains(field), "{field} is not told");
    }
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_before_they_are_read() {
    let (api, tenant) = Api::with_tenant().await;
    let huge = format!("{{\"name\": \"{}\"}}", "x".repeat(1 << 20));
    let ask = |length: &str| {
        let ask =
            api.post("/api/v1/customers").token(&tenant.token).header("content-type", "application/json");
        if length.is_empty() { ask } else { ask.header("content-length", length) }
    };
    assert_eq!(ask("").body(huge.clone()).go().await.refused(413), "too_large");
    assert_eq!(ask("99999999").body("{}").go().await.refused(413), "too_large");
}

#[tokio::test]
async fn text_that_a_database_cannot_hold_is_a_bad_field() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "code": "C1", "name": "a\u{0}b" });
    let answer = api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await;
    assert_eq!(
        (answer.refused(422).as_str(), &answer.json()["errors"][0]["field"]),
        ("invalid", &json!("name"))
    );
    for query in
        ["q=a%00b", "filter[name]=a%00b", "filter[name][contains]=%00", "after=%00", "sort=%00", "fields=%00"]
    {
        let answer = api.get(&format!("/api/v1/customers?{query}")).token(&tenant.token).go().await;
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{query}: {}", answer.status);
    }
}

#[test]
fn every_problem_code_is_documented() {
    let docs = |name: &str| {
        std::fs::read_to_string(format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let (general, own) = (docs("problems.md"), docs("operations.md"));
    let mut known = BTreeSet::new();
    for code in web::problems::all() {
        assert!(known.insert(code.code), "{} stands for two things", code.code);
        assert!(!code.about.is_empty() && !code.title.is_empty());
        let page = if codes::ALL.iter().any(|general| general.code == code.code) { &general } else { &own };
        assert!(page.contains(&format!("`{}`", code.code)), "no page of docs/ tells of {}", code.code);
    }
    assert!(known.len() > codes::ALL.len());
}
