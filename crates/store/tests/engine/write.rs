//! Create, update, archive and restore.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, code, customer, id};

#[tokio::test]
async fn a_record_is_made_with_defaults_and_read_back_as_it_was_answered() {
    let house = House::new().await;
    let manager = house.a.manager();
    let record =
        json!({ "code": " 007 ", "name": "Harborview", "credit_limit": "12.5", "owner_id": house.a.ann });
    let made = house.create(&manager, "customers", record).await.unwrap();
    assert_eq!((&made["code"], &made["credit_limit"]), (&json!("007"), &json!("12.50")));
    assert_eq!((&made["status"], &made["version"]), (&json!("ACTIVE"), &json!(1)));
    assert_eq!(made["created_by"], json!(house.a.manager));
    assert_eq!(house.get(&manager, "customers", id(&made["id"]), &[]).await.unwrap(), made);
    assert_eq!(code(house.get(&house.b.manager(), "customers", id(&made["id"]), &[]).await), "not_found");
}

#[tokio::test]
async fn all_bad_fields_are_named_at_once_and_nothing_is_written() {
    let house = House::new().await;
    let manager = house.a.manager();
    let record = json!({ "naem": "x", "email": "nobody", "credit_limit": "-1", "version": 7 });
    let problem = house.create(&manager, "customers", record).await.unwrap_err();
    let mut fields: Vec<_> = problem.field_errors().iter().map(|e| (e.field.as_str(), &*e.code)).collect();
    fields.sort_unstable();
    let expected = [
        ("credit_limit", "too_small"),
        ("email", "not_an_email"),
        ("naem", "unknown_field"),
        ("name", "required"),
        ("version", "read_only"),
    ];
    assert_eq!(fields, expected);
    assert!(house.list(&manager, "customers", &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn links_to_another_tenant_look_like_links_to_nothing() {
    let house = House::new().await;
    let manager = house.a.manager();
    let mut problems = vec![];
    for stranger in [house.b.ann, Uuid::from_u128(42)] {
        let mut record = customer("C1", "Harborview");
        record["owner_id"] = json!(stranger);
        let problem = house.create(&manager, "customers", record).await.unwrap_err();
        let error = &problem.field_errors()[0];
        assert_eq!((error.field.as_str(), &*error.code), ("owner_id", "unknown_link"));
        problems.push(error.message.replace(&stranger.to_string(), "…"));
        let made = house.create(&manager, "customers", customer(&stranger.to_string(), "X")).await.unwrap();
        let change = json!({ "owner_id": stranger });
        let problem = house.update(&manager, "customers", id(&made["id"]), change, None).await.unwrap_err();
        assert_eq!(&*problem.field_errors()[0].code, "unknown_link");
    }
    assert_eq!(problems[0], problems[1]);
    // The allowed twin.
    let mut record = customer("C1", "Harborview");
    record["owner_id"] = json!(house.a.ann);
    house.create(&manager, "customers", record).await.unwrap();
}

#[tokio::test]
async fn a_taken_key_names_the_record_that_has_it() {
    let house = House::new().await;
    let manager = house.a.manager();
    let first = house.create(&manager, "customers", customer("C1", "First")).await.unwrap();
    let second = house.create(&manager, "customers", customer("C2", "Second")).await.unwrap();
    house.create(&house.b.manager(), "customers", customer("C9", "Other tenant")).await.unwrap();
    house.create(&manager, "customers", customer("C9", "Same code, other tenant")).await.unwrap();

    let problem = house.create(&manager, "customers", customer("C1", "Again")).await.unwrap_err();
    assert_eq!(problem.code().code, "duplicate");
    assert_eq!(problem.field_errors()[0].field, "code");
    assert_eq!(problem.field_errors()[0].value.as_deref(), Some(&json!("C1")));
    assert_eq!(problem.get_facts(), Some(&json!({ "id": first["id"], "archived": false })));

    let change = json!({ "code": "C1" });
    let problem = house.update(&manager, "customers", id(&second["id"]), change, None).await.unwrap_err();
    assert_eq!(problem.code().code, "duplicate");
    assert_eq!(problem.get_facts(), Some(&json!({ "id": first["id"], "archived": false })));

    house.archive(&manager, "customers", id(&first["id"])).await.unwrap();
    let problem = house.create(&manager, "customers", customer("C1", "Again")).await.unwrap_err();
    assert_eq!(problem.get_facts(), Some(&json!({ "id": first["id"], "archived": true })));
    assert!(problem.get_hint().unwrap().contains("restore"));

    // E-mail addresses are the same in any case of letters.
    let manager_b = house.b.manager();
    let user = json!({ "name": "Ann II", "email": "ANN@b.example" });
    let problem = house.create(&manager_b, "users", user).await.unwrap_err();
    assert_eq!(problem.get_facts(), Some(&json!({ "id": house.b.ann, "archived": false })));
}

#[tokio::test]
async fn a_change_counts_once_and_no_change_not_at_all() {
    let house = House::new().await;
    let manager = house.a.manager();
    let made = house.create(&manager, "customers", customer("C1", "First")).await.unwrap();
    let it = id(&made["id"]);
    let changed =
        house.update(&manager, "customers", it, json!({ "name": "New", "credit_limit": 5 }), Some(1)).await;
    let changed = changed.unwrap();
    assert_eq!((&changed["name"], &changed["version"]), (&json!("New"), &json!(2)));
    assert_eq!(changed["credit_limit"], "5.00");
    let same = json!({ "name": "New", "credit_limit": "5" });
    assert_eq!(house.update(&manager, "customers", it, same, None).await.unwrap(), changed);
    assert_eq!(house.update(&manager, "customers", it, json!({}), None).await.unwrap(), changed);
    let empty = house.update(&manager, "customers", it, json!({ "credit_limit": null }), None).await.unwrap();
    assert_eq!((&empty["credit_limit"], &empty["version"]), (&Value::Null, &json!(3)));
    assert_eq!(code(house.update(&manager, "customers", it, json!({ "name": "" }), None).await), "invalid");
    assert_eq!(
        code(house.update(&house.b.manager(), "customers", it, json!({ "name": "x" }), None).await),
        "not_found"
    );
}

#[tokio::test]
async fn a_stale_change_is_told_theirs_mine_and_before() {
    let house = House::new().await;
    let manager = house.a.manager();
    let made = house.create(&manager, "customers", customer("C1", "First")).await.unwrap();
    let it = id(&made["id"]);
    let theirs = json!({ "name": "Theirs", "credit_limit": "10", "city": "Berlin" });
    house.update(&manager, "customers", it, theirs, Some(1)).await.unwrap();
    house.update(&manager, "customers", it, json!({ "name": "Theirs again" }), Some(2)).await.unwrap();
    let mine = json!({ "name": "Mine", "credit_limit": "20", "city": "Berlin", "tier": "gold" });
    let problem = house.update(&manager, "customers", it, mine, Some(1)).await.unwrap_err();
    assert_eq!(problem.code().code, "changed");
    let expected = json!({ "version": 3, "fields": {
        "name": { "theirs": "Theirs again", "mine": "Mine", "before": "First" },
        "credit_limit": { "theirs": "10.00", "mine": "20.00", "before": null },
        "tier": { "theirs": null, "mine": "gold", "before": null },
    }});
    assert_eq!(problem.get_facts(), Some(&expected));
    let now = house.get(&manager, "customers", it, &[]).await.unwrap();
    assert_eq!((&now["name"], &now["version"]), (&json!("Theirs again"), &json!(3)));
}

#[tokio::test]
async fn archived_records_stay_and_come_back() {
    let house = House::new().await;
    let manager = house.a.manager();
    let made = house.create(&manager, "customers", customer("C1", "First")).await.unwrap();
    house.create(&manager, "customers", customer("C2", "Second")).await.unwrap();
    let it = id(&made["id"]);
    let archived = house.archive(&manager, "customers", it).await.unwrap();
    assert_eq!(archived["archived_by"], json!(house.a.manager));
    assert_eq!(house.archive(&manager, "customers", it).await.unwrap(), archived);
    let codes = async |mode| {
        house.column(&manager, "customers", "code", &[("archived", mode), ("sort", "code")]).await
    };
    assert_eq!(codes("without").await, ["C2"]);
    assert_eq!(codes("with").await, ["C1", "C2"]);
    assert_eq!(codes("only").await, ["C1"]);
    assert_eq!(house.get(&manager, "customers", it, &[]).await.unwrap(), archived);
    let restored = house.restore(&manager, "customers", it).await.unwrap();
    assert_eq!((&restored["archived_at"], &restored["version"]), (&Value::Null, &json!(3)));
    assert_eq!(codes("without").await, ["C1", "C2"]);
    assert_eq!(code(house.archive(&house.b.manager(), "customers", it).await), "not_found");
}

#[tokio::test]
async fn custom_fields_are_checked_against_the_tenants_own_list() {
    let house = House::new().await;
    let manager = house.a.manager();
    for (key, kind, required) in
        [("region", "choice", false), ("visits", "integer", false), ("since", "date", true)]
    {
        let field = json!({ "entity": "customers", "key": key, "label": key, "type": kind, "required": required,
            "options": ["north", "south"] });
        house.create(&manager, "custom_fields", field).await.unwrap();
    }
    let problem = house.create(&manager, "customers", customer("C1", "First")).await.unwrap_err();
    assert_eq!(problem.field_errors()[0].field, "attributes.since");
    let mut record = customer("C1", "First");
    record["attributes"] = json!({ "region": "nort", "visits": "many", "vists": 1 });
    let problem = house.create(&manager, "customers", record.clone()).await.unwrap_err();
    let mut fields: Vec<_> = problem.field_errors().iter().map(|e| (e.field.as_str(), &*e.code)).collect();
    fields.sort_unstable();
    let expected = [
        ("attributes.region", "not_a_choice"),
        ("attributes.since", "required"),
        ("attributes.visits", "not_a_number"),
        ("attributes.vists", "unknown_field"),
    ];
    assert_eq!(fields, expected);
    record["attributes"] = json!({ "region": "north", "visits": 7, "since": "2026-01-31" });
    let made = house.create(&manager, "customers", record).await.unwrap();
    let it = id(&made["id"]);
    let change = json!({ "attributes": { "visits": 8, "region": null } });
    let changed = house.update(&manager, "customers", it, change, None).await.unwrap();
    assert_eq!(changed["attributes"], json!({ "since": "2026-01-31", "visits": 8 }));
    let change = json!({ "attributes": { "since": null } });
    assert_eq!(code(house.update(&manager, "customers", it, change, None).await), "invalid");
    for (filter, value, found) in [
        ("filter[attributes.visits]", "8", 1),
        ("filter[attributes.visits][gte]", "7.5", 1),
        ("filter[attributes.visits][lt]", "8", 0),
        ("filter[attributes.since][gte]", "2026-01-01", 1),
        ("filter[attributes.region][is_null]", "true", 1),
    ] {
        let records = house.list(&manager, "customers", &[(filter, value)]).await.unwrap();
        assert_eq!(records.len(), found, "{filter}={value}");
    }
    // The other tenant has no such fields and needs none.
    house.create(&house.b.manager(), "customers", customer("C1", "First")).await.unwrap();
}

#[tokio::test]
async fn what_the_program_keeps_cannot_be_written() {
    let house = House::new().await;
    let manager = house.a.manager();
    let answer =
        house.create(&manager, "audit_logs", json!({ "entity": "customers", "action": "update" })).await;
    assert_eq!(code(answer), "method_not_allowed");
}
