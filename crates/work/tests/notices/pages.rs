//! Rows on people's pages.

use model::{
    Document,
    caller::{Actor, Caller, Scope},
    notices::{IMPORT_FAILED, JOB_FAILED, KINDS, WEBHOOK_FAILED},
    registry,
};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;
use work::{
    notices::{EndedJob, To, job_ended, notify},
    operation::{execute, operations},
};

use crate::house::{House, id, notice};

async fn run(
    house: &House,
    caller: &Caller,
    name: &str,
    record: Option<Uuid>,
    input: Value,
) -> Result<Document, model::problem::Problem> {
    let operation = operations().find(|operation| operation.permission() == name).unwrap();
    execute(&house.services, caller, operation, record, input.as_object().cloned().unwrap()).await
}

fn record(row: &Value) -> Uuid {
    Uuid::try_parse(row["id"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn each_person_is_told_in_their_language_and_sees_only_their_own() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let nok = house.person("nok", "admin", Some("th-TH")).await;
    let rep = house.person("rep", "sales_rep", None).await;
    let mut tx = house.begin().await;
    let import = Uuid::from_u128(7);
    let told = notify(
        &mut tx,
        To::Role("admin"),
        notice(&IMPORT_FAILED).about("import_batches", import).link("/admin/imports/7"),
    );
    assert_eq!(told.await.unwrap(), 2);
    tx.commit().await.unwrap();

    let anns = house.list(&ann, "notifications", "filter[read_at][is_null]=true").await;
    assert_eq!(anns.len(), 1, "an admin sees no one else's");
    let one = &anns[0];
    assert_eq!((&one["title"], &one["body"]), (&json!("Import failed"), &json!("3 rows.")));
    assert_eq!((&one["priority"], &one["times"]), (&json!("HIGH"), &json!(1)));
    assert_eq!((&one["entity"], &one["entity_id"]), (&json!("import_batches"), &json!(import)));
    assert_eq!(one["link"], "/admin/imports/7");
    let noks = house.list(&nok, "notifications", "").await;
    assert_eq!((noks.len(), &noks[0]["title"]), (1, &json!("นำเข้าไม่สำเร็จ")));
    assert!(house.list(&rep, "notifications", "").await.is_empty());

    let entity = registry::entity("notifications").unwrap();
    let refused = engine::get(&house.db, &nok, entity, record(one), &Default::default()).await;
    assert_eq!(refused.unwrap_err().code().code, "not_found");
    engine::get(&house.db, &ann, entity, record(one), &Default::default()).await.unwrap();
}

#[tokio::test]
async fn a_permission_reaches_those_whose_roles_hold_it_and_nobody_who_left() {
    let house = House::new().await;
    let manager = house.person("max", "sales_manager", None).await;
    house.person("rep", "sales_rep", None).await;
    let gone = house.person("gone", "sales_manager", None).await;
    let mut tx = house.begin().await;
    tx.execute(
        store::sql!("update users set is_active = false where tenant_id = $1 and id = $2"),
        &[&gone.tenant, &id(&gone)],
    )
    .await
    .unwrap();
    let told = notify(&mut tx, To::Permission("imports.commit"), notice(&IMPORT_FAILED)).await.unwrap();
    assert_eq!(told, 1);
    assert_eq!(notify(&mut tx, To::User(id(&gone)), notice(&IMPORT_FAILED)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(house.list(&manager, "notifications", "").await.len(), 1);
    assert!(house.list(&gone, "notifications", "").await.is_empty());
}

#[tokio::test]
async fn a_rolled_back_change_leaves_nothing() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let mut tx = house.begin().await;
    notify(&mut tx, To::User(id(&ann)), notice(&IMPORT_FAILED)).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(house.list(&ann, "notifications", "").await.is_empty());
    assert!(house.list(&house.system, "email_messages", "").await.is_empty());
}

#[tokio::test]
async fn a_storm_about_one_thing_is_one_row_until_it_is_read() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let (endpoint, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let tell = async |about: Option<Uuid>| {
        let mut tx = house.begin().await;
        let mut notice = notice(&WEBHOOK_FAILED);
        if let Some(about) = about {
            notice = notice.about("webhook_sources", about);
        }
        notify(&mut tx, To::User(id(&ann)), notice).await.unwrap();
        tx.commit().await.unwrap();
    };
    let storm = (0..8).map(|_| tell(Some(endpoint)));
    futures_util::future::join_all(storm).await;
    tell(Some(other)).await;
    let unread = house.list(&ann, "notifications", "sort=told_at").await;
    let times: Vec<i64> = unread.iter().map(|row| row["times"].as_i64().unwrap()).collect();
    assert_eq!(times, [8, 1]);

    run(&house, &ann, "notifications.read", Some(record(&unread[0])), json!({})).await.unwrap();
    tell(Some(endpoint)).await;
    tell(None).await;
    tell(None).await;
    let unread = house.list(&ann, "notifications", "filter[read_at][is_null]=true").await;
    assert_eq!(unread.len(), 4, "what was read is told anew; what is about nothing is never the same");
    assert!(unread.iter().all(|row| row["times"] == 1));
}

#[tokio::test]
async fn people_mark_their_own_as_read_and_nobody_elses() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let rep = house.person("rep", "sales_rep", None).await;
    let mut tx = house.begin().await;
    for who in [&ann, &rep, &rep] {
        notify(&mut tx, To::User(id(who)), notice(&IMPORT_FAILED)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let reps = house.list(&rep, "notifications", "").await;
    let refused = run(&house, &ann, "notifications.read", Some(record(&reps[0])), json!({})).await;
    assert_eq!(refused.unwrap_err().code().code, "not_found");
    let first = run(&house, &rep, "notifications.read", Some(record(&reps[0])), json!({})).await.unwrap();
    let again = run(&house, &rep, "notifications.read", Some(record(&reps[0])), json!({})).await.unwrap();
    assert_eq!(first["read_at"], again["read_at"]);

    let others = json!({ "user_id": id(&rep) });
    let refused = run(&house, &ann, "notifications.read_all", None, others.clone()).await;
    assert_eq!(refused.unwrap_err().code().code, "invalid");
    assert_eq!(house.list(&rep, "notifications", "filter[read_at][is_null]=true").await.len(), 1);
    assert_eq!(run(&house, &rep, "notifications.read_all", None, json!({})).await.unwrap()["read"], 1);
    assert!(house.list(&rep, "notifications", "filter[read_at][is_null]=true").await.is_empty());
    assert_eq!(house.list(&ann, "notifications", "filter[read_at][is_null]=true").await.len(), 1);

    // A token of an admin works for the tenant: it sees all and names the user.
    let token =
        Caller { actor: Actor::Token(Uuid::from_u128(9)), scope: Scope::Staff, ..house.system.clone() };
    assert_eq!(house.list(&token, "notifications", "").await.len(), 3);
    let unnamed = run(&house, &token, "notifications.read_all", None, json!({})).await;
    assert_eq!(unnamed.unwrap_err().code().code, "invalid");
    let of_ann = json!({ "user_id": id(&ann) });
    assert_eq!(run(&house, &token, "notifications.read_all", None, of_ann).await.unwrap()["read"], 1);
}

#[tokio::test]
async fn preferences_are_each_persons_own_and_are_kept() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let rep = house.person("rep", "sales_rep", None).await;
    let entity = registry::entity("notification_preferences").unwrap();
    let create = async |caller: &Caller, body: Value| {
        let mut tx = house.db.begin(caller).await.unwrap();
        let made = engine::create(&mut tx, entity, body.as_object().cloned().unwrap()).await?;
        tx.commit().await?;
        Ok::<_, model::problem::Problem>(made)
    };
    let unknown = create(&rep, json!({ "kind": "import_faild", "page": false })).await.unwrap_err();
    assert_eq!(unknown.field_errors()[0].suggestion.as_deref(), Some("import_failed"));
    let for_ann = json!({ "user_id": id(&ann), "kind": "import_failed", "page": false });
    assert_eq!(create(&rep, for_ann.clone()).await.unwrap_err().code().code, "invalid");
    create(&ann, for_ann).await.unwrap();
    let own = create(&rep, json!({ "kind": "job_failed", "email": "none" })).await.unwrap();
    assert!(own.json.contains(&id(&rep).to_string()), "{}", own.json);
    assert_eq!(house.list(&ann, "notification_preferences", "").await.len(), 1);

    let mut tx = house.begin().await;
    for kind in [&IMPORT_FAILED, &JOB_FAILED] {
        notify(&mut tx, To::User(id(&ann)), notice(kind)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let anns = house.list(&ann, "notifications", "").await;
    assert_eq!((anns.len(), &anns[0]["kind"]), (1, &json!("job_failed")));
}

#[tokio::test]
async fn whoever_waits_for_a_job_is_told_and_admins_of_what_nobody_waits_for() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let rep = house.person("rep", "sales_rep", None).await;
    let token = Some(Uuid::from_u128(9));
    let mut tx = house.begin().await;
    let ended = |number, asked_by, failure| EndedJob {
        id: Uuid::from_u128(number),
        kind: "exports.run",
        asked_by,
        failure,
    };
    let jobs = [
        ended(1, Some(id(&rep)), None),
        ended(2, Some(id(&rep)), Some("The disk is full.")),
        ended(3, token, None),
        ended(4, token, Some("The disk is full.")),
    ];
    for job in jobs {
        job_ended(&mut tx, job).await.unwrap();
    }
    tx.commit().await.unwrap();
    let about = |rows: Vec<Value>| -> Vec<(Value, Value)> {
        rows.into_iter().map(|row| (row["kind"].clone(), row["entity_id"].clone())).collect()
    };
    let job = |number| json!(Uuid::from_u128(number));
    let reps = about(house.list(&rep, "notifications", "").await);
    assert_eq!(reps.len(), 2);
    assert!(
        reps.contains(&(json!("job_completed"), job(1))) && reps.contains(&(json!("job_failed"), job(2)))
    );
    assert_eq!(about(house.list(&ann, "notifications", "").await), [(json!("job_failed"), job(4))]);
}

#[tokio::test]
async fn a_portal_tells_nobody_and_long_texts_are_cut() {
    let house = House::new().await;
    let ann = house.person("ann", "admin", None).await;
    let portal = Caller { scope: Scope::Portal, customer: Some(Uuid::from_u128(1)), ..house.system.clone() };
    let mut tx = house.db.begin(&portal).await.unwrap();
    assert_eq!(
        notify(&mut tx, To::User(id(&ann)), notice(KINDS[0])).await.unwrap_err().code().code,
        "internal"
    );
    tx.rollback().await.unwrap();

    let mut tx = house.begin().await;
    let long =
        work::notices::Notice::new(KINDS[0], work::notices::Words::of("é".repeat(500), "ก".repeat(500)));
    notify(&mut tx, To::User(id(&ann)), long).await.unwrap();
    tx.commit().await.unwrap();
    let rows = house.list(&ann, "notifications", "").await;
    assert_eq!(rows[0]["title"].as_str().unwrap().chars().count(), 200);
}
