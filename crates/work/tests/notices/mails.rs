//! Mails from the change that gives rise to them to the mailer.

use std::{sync::Arc, time::Duration};

use model::notices::{IMPORT_COMPLETED, IMPORT_FAILED};
use serde_json::{Value, json};
use store::{Files, engine, queue, sql};
use uuid::Uuid;
use work::{
    access::seal::Keyring,
    jobs::{Duties, Limits, Services, run},
    mail::{FolderMailer, MailError, Mailer, MemoryMailer, Sender},
    notices::{Notice, To, Words, notify},
};

use crate::house::{House, id, notice};

pub fn services(house: &House, folder: &std::path::Path, mailer: Arc<dyn Mailer>) -> Services {
    let files = Files::local(&folder.join("files")).unwrap();
    let keys = Keyring::load_or_create(folder).unwrap();
    Services::new(house.db.clone(), files, keys).with_mailer(mailer, "https://crm.example.com/")
}

/// Works until no job is ready or at work.
pub async fn work(services: &Services) {
    let idle = async {
        loop {
            tokio::time::sleep(Duration::from_millis(30)).await;
            let depth = queue::depth(&services.db).await.unwrap();
            if depth.ready == 0 && depth.processing == 0 {
                return;
            }
        }
    };
    let idle = async { tokio::time::timeout(Duration::from_secs(30), idle).await.unwrap() };
    run(services.clone(), Duties::all(), Limits::default(), idle).await;
}

async fn tell(house: &House, to: To, notice: Notice) {
    let mut tx = house.begin().await;
    notify(&mut tx, to, notice).await.unwrap();
    tx.commit().await.unwrap();
}

/// Every failed or waiting job may run at once.
async fn hurry(house: &House) {
    let mut tx = house.begin().await;
    let tenant = tx.tenant();
    let now = sql!("update jobs set run_at = now() where tenant_id = $1 and status = 'pending'");
    tx.execute(now, &[&tenant]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_mail_goes_out_in_the_readers_language_with_links_to_the_public_address() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mailer = Arc::new(MemoryMailer::default());
    let services = services(&house, folder.path(), mailer.clone());
    house.person("ann", "admin", None).await;
    let nok = house.person("nok", "admin", Some("th")).await;
    tell(&house, To::Role("admin"), notice(&IMPORT_FAILED).link("/admin/imports/7")).await;
    tell(&house, To::Role("admin"), notice(&IMPORT_COMPLETED)).await;
    work(&services).await;

    let mut sent = mailer.sent();
    sent.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!(sent.len(), 2, "of what is completed nobody gets a mail who did not ask for it");
    assert_eq!((&*sent[0].to, &*sent[0].subject), ("ann@example.com", "Import failed"));
    assert_eq!((&*sent[1].to, &*sent[1].subject), ("nok@example.com", "นำเข้าไม่สำเร็จ"));
    for mail in &sent {
        assert!(mail.html.contains("https://crm.example.com/admin/imports/7\""), "{}", mail.html);
        assert!(mail.plain.contains("https://crm.example.com/admin/imports/7"), "{}", mail.plain);
    }
    let rows = house.list(&house.system, "email_messages", "").await;
    assert!(rows.iter().all(|row| row["state"] == "sent" && row["attempts"] == 1), "{rows:?}");
    assert!(rows.iter().all(|row| row.get("contents").is_none()), "nobody reads what a mail says");
    let mut tx = house.begin().await;
    let kept = sql!("select count(*) from email_messages where tenant_id = $1 and contents is not null");
    assert_eq!(tx.one(kept, &[&nok.tenant]).await.unwrap().get::<_, i64>(0), 0, "what has left is emptied");
}

#[tokio::test]
async fn a_rolled_back_change_leaves_no_mail_and_a_storm_is_one_mail() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mailer = Arc::new(MemoryMailer::default());
    let services = services(&house, folder.path(), mailer.clone());
    let ann = house.person("ann", "admin", None).await;
    let mut tx = house.begin().await;
    notify(&mut tx, To::User(id(&ann)), notice(&IMPORT_FAILED)).await.unwrap();
    tx.rollback().await.unwrap();
    work(&services).await;
    assert!(mailer.sent().is_empty());
    assert!(house.list(&house.system, "jobs", "").await.is_empty());

    for _ in 0..5 {
        tell(&house, To::User(id(&ann)), notice(&IMPORT_FAILED).about("import_batches", Uuid::from_u128(7)))
            .await;
    }
    work(&services).await;
    assert_eq!(mailer.sent().len(), 1);
    assert_eq!(house.list(&ann, "notifications", "").await[0]["times"], 5);
}

#[tokio::test]
async fn preferences_decide_who_gets_a_mail() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mailer = Arc::new(MemoryMailer::default());
    let services = services(&house, folder.path(), mailer.clone());
    let ann = house.person("ann", "admin", None).await;
    let bob = house.person("bob", "admin", None).await;
    let entity = model::registry::entity("notification_preferences").unwrap();
    let wishes = [
        (&ann, json!({ "kind": "import_completed", "email": "at_once", "page": false })),
        (&bob, json!({ "kind": "import_failed", "email": "none" })),
    ];
    for (who, wish) in wishes {
        let mut tx = house.db.begin(who).await.unwrap();
        engine::create(&mut tx, entity, wish.as_object().cloned().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    }
    tell(&house, To::Role("admin"), notice(&IMPORT_COMPLETED)).await;
    tell(&house, To::Role("admin"), notice(&IMPORT_FAILED)).await;
    work(&services).await;
    let to: Vec<String> = mailer.sent().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["ann@example.com", "ann@example.com"]);
    let kinds = |rows: Vec<Value>| rows.into_iter().map(|row| row["kind"].clone()).collect::<Vec<_>>();
    assert_eq!(kinds(house.list(&ann, "notifications", "").await), ["import_failed"]);
    assert_eq!(house.list(&bob, "notifications", "").await.len(), 2);
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again_and_a_refusal_is_final() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mailer = Arc::new(MemoryMailer::default());
    let services = services(&house, folder.path(), mailer.clone());
    let ann = house.person("ann", "admin", None).await;
    mailer.fail_next(MailError::Temporary("452 Mailbox full".to_owned()));
    tell(&house, To::User(id(&ann)), notice(&IMPORT_FAILED)).await;
    work(&services).await;
    let row = house.list(&house.system, "email_messages", "").await.remove(0);
    assert_eq!((&row["state"], &row["error"]), (&json!("queued"), &json!("452 Mailbox full")));
    hurry(&house).await;
    work(&services).await;
    let row = house.list(&house.system, "email_messages", "").await.remove(0);
    assert_eq!((&row["state"], &row["error"], &row["attempts"]), (&json!("sent"), &Value::Null, &json!(2)));
    assert_eq!(
        mailer.sent()[0].id.to_string(),
        row["id"].as_str().unwrap(),
        "a repeat has the same Message-ID"
    );

    mailer.fail_next(MailError::Final("550 No such user".to_owned()));
    tell(&house, To::User(id(&ann)), notice(&IMPORT_FAILED)).await;
    work(&services).await;
    let rows = house.list(&house.system, "email_messages", "filter[state]=failed").await;
    assert_eq!((rows.len(), &rows[0]["error"]), (1, &json!("550 No such user")));
    let jobs = house.list(&house.system, "jobs", "filter[status]=failed").await;
    assert_eq!((jobs.len(), &jobs[0]["attempts"]), (1, &json!(1)), "it is not tried again");
    assert_eq!(mailer.sent().len(), 1);
    let told = house.list(&ann, "notifications", "filter[kind]=job_failed").await;
    assert_eq!(
        told.len(),
        1,
        "a mail that failed is told on the page, and not by a mail that could fail too"
    );
}

#[tokio::test]
async fn a_title_cannot_break_out_of_the_subject_and_mails_lie_in_the_folder() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mail");
    let sender = Sender::parse("Tenantry <mail@crm.example.com>").unwrap();
    let services = services(&house, folder.path(), Arc::new(FolderMailer::new(mails.clone(), sender)));
    let ann = house.person("ann", "admin", None).await;
    let sly = Words::of("Import failed\r\nBcc: evil@example.com", "นำเข้าไม่สำเร็จ\r\nBcc: evil@example.com");
    tell(&house, To::User(id(&ann)), Notice::new(&IMPORT_FAILED, sly)).await;
    work(&services).await;
    let written: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(written.len(), 1);
    assert_eq!(written[0].extension().unwrap(), "eml");
    let text = std::fs::read_to_string(&written[0]).unwrap();
    assert!(text.contains("Subject: Import failed Bcc: evil@example.com\r\n"), "{text}");
    assert!(!text.contains("\nBcc:"), "{text}");
}
