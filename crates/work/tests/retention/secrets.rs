//! A changed key of the instance: stored secrets are sealed anew, and the former key can go.

use model::Document;
use serde_json::{Value, json};
use work::{
    access::{credentials, seal::Keyring},
    operation::{execute, operations},
};

use crate::house::House;

const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NEW: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

fn keys(text: &str) -> Keyring {
    Keyring::from_text(text).unwrap()
}

fn document(value: Value) -> Document {
    value.as_object().cloned().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_sealed_anew_with_the_key_in_use() {
    let mut house = House::new().await;
    house.services.keys = keys(OLD);
    let operation = |name: &str| operations().find(|operation| operation.permission() == name).unwrap();
    for caller in [&house.mine, &house.theirs] {
        let new = json!({ "kind": "s3", "name": "Backup", "account": "key", "secret": "tidal lantern" });
        execute(&house.services, caller, operation("credentials.create"), None, document(new)).await.unwrap();
    }
    let source = "insert into webhook_sources (tenant_id, id, code, name, kind) values ($1, app.uuid7(), 'booking', 'Booking', 'n8n') returning id";
    let source = house.sql(&house.mine, source).await[0].get(0);
    let rotate = operation("webhook_sources.rotate");
    for _ in 0..2 {
        execute(&house.services, &house.mine, rotate, Some(source), Document::new()).await.unwrap();
    }

    house.services.keys = keys(&format!("{NEW} {OLD}"));
    let done = house.run(&house.mine, "secrets.reseal").await;
    assert_eq!(done["credentials.sealed"], 1, "{done}");
    assert_eq!(
        (&done["webhook_sources.secret"], &done["webhook_sources.former_secret"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(done["without_key"], 0);
    let again = house.run(&house.mine, "secrets.reseal").await;
    assert_eq!((&again["credentials.sealed"], &again["webhook_sources.secret"]), (&json!(0), &json!(0)));

    let open = async |caller, text: &str| {
        let mut tx = house.db.begin(caller).await.unwrap();
        let opened = credentials::open(&mut tx, &keys(text), "s3", "Backup").await;
        tx.rollback().await.unwrap();
        opened.map(|opened| opened.map(|opened| opened.secret))
    };
    assert_eq!(open(&house.mine, NEW).await.unwrap().as_deref(), Some("tidal lantern"));
    assert!(open(&house.mine, OLD).await.is_err());
    assert_eq!(open(&house.theirs, OLD).await.unwrap().as_deref(), Some("tidal lantern"));
    let key = "select key_id from credentials where tenant_id = $1";
    assert_eq!(house.texts(&house.mine, key).await.into_iter().next(), Some(keys(NEW).current()));

    // A secret that no key opens stays, and is counted.
    house.services.keys = keys(NEW);
    assert_eq!(house.run(&house.theirs, "secrets.reseal").await["without_key"], 1);
}
