//! Operations, numbering and tokens, through their public doors.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use model::{
    Document,
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    problem::Problem,
};
use serde_json::{Value, json};
use store::{Db, DbSettings, Files, sql, testing::TestDb};
use uuid::Uuid;
use work::{
    access::{seal::Keyring, sign_in::Visit},
    jobs::Services,
    operation::{execute, operations},
    sales::numbering::{Series, draw},
    tenants::{self, NewTenant},
    tokens,
};

struct House {
    db: Db,
    one: Caller,
    other: Caller,
    services: Services,
    _test: TestDb,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let test = TestDb::new().await.unwrap();
    let db =
        Db::new(&DbSettings::new(test.app.clone(), test.operator.clone()), store::world::system()).unwrap();
    let one = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
    let other = tenants::create(&db, &NewTenant::new("other", "Other")).await.unwrap();
    let request = db.world().id();
    let folder = tempfile::tempdir().unwrap();
    let files = Files::local(folder.path()).unwrap();
    let keys = Keyring::load_or_create(folder.path()).unwrap();
    House {
        one: Caller::system(one, request),
        other: Caller::system(other, request),
        services: Services::new(db.clone(), files, keys),
        db,
        _test: test,
        _folder: folder,
    }
}

impl House {
    async fn run(
        &self,
        caller: &Caller,
        name: &str,
        id: Option<Uuid>,
        input: Value,
    ) -> Result<Document, Problem> {
        let operation = operations().find(|operation| operation.permission() == name).unwrap();
        let Value::Object(input) = input else { panic!("an input is an object") };
        execute(&self.services, caller, operation, id, input).await
    }

    /// A SKU with nothing in stock.
    async fn sku(&self, caller: &Caller, code: &str) -> Uuid {
        let mut tx = self.db.begin(caller).await.unwrap();
        let (product, sku) = (tx.id(), tx.id());
        let tenant = tx.tenant();
        tx.execute(
            sql!("insert into products (tenant_id, id, code, name) values ($1, $2, $3, $3)"),
            &[&tenant, &product, &code],
        )
        .await
        .unwrap();
        tx.execute(
            sql!(
                "insert into skus (tenant_id, id, product_id, code, name, currency) values ($1, $2, $3, $4, $4, 'USD')"
            ),
            &[&tenant, &sku, &product, &code],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        sku
    }

    async fn company(&self, name: &str) -> Uuid {
        let mut tx = self.db.begin(&self.one).await.unwrap();
        let (company, contact, tenant) = (tx.id(), tx.id(), tx.tenant());
        tx.execute(
            sql!("insert into companies (tenant_id, id, name, phone) values ($1, $2, $3, '02 123')"),
            &[&tenant, &company, &name],
        )
        .await
        .unwrap();
        tx.execute(
            sql!("insert into contacts (tenant_id, id, company_id, name) values ($1, $2, $3, 'Ann')"),
            &[&tenant, &contact, &company],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        company
    }

    async fn value<T: for<'a> store::sql::FromSql<'a>>(
        &self,
        statement: &'static store::sql::Sql,
        id: Uuid,
    ) -> T {
        let mut tx = self.db.begin(&self.one).await.unwrap();
        let row = tx.one(statement, &[&self.one.tenant, &id]).await.unwrap();
        tx.rollback().await.unwrap();
        row.get(0)
    }
}

fn code(answer: Result<Document, Problem>) -> &'static str {
    answer.expect_err("it is refused").code().code
}

#[tokio::test]
async fn adjusting_stock_writes_the_movement_and_the_level() {
    let house = house().await;
    let sku = house.sku(&house.one, "PINOT").await;
    let receive = json!({"sku_id": sku, "quantity": "12", "kind": "receipt", "reason": "Delivery"});
    let done = house.run(&house.one, "inventory.adjust", None, receive).await.unwrap();
    assert_eq!(done["on_hand"], "12.000");
    let done = house
        .run(
            &house.one,
            "inventory.adjust",
            None,
            json!({"sku_id": sku, "quantity": "-2", "reason": "Breakage"}),
        )
        .await
        .unwrap();
    assert_eq!((&done["on_hand"], &done["available"]), (&json!("10.000"), &json!("10.000")));
    let ledger: rust_decimal::Decimal = house
        .value(
            sql!("select sum(quantity) from inventory_movements where tenant_id = $1 and sku_id = $2"),
            sku,
        )
        .await;
    assert_eq!(ledger.to_string(), "10.000");
}

#[tokio::test]
async fn adjusting_stock_refuses_what_cannot_be() {
    let house = house().await;
    let sku = house.sku(&house.one, "PINOT").await;
    let adjust = |sku: Uuid, quantity: &str, kind: &str| json!({"sku_id": sku, "quantity": quantity, "kind": kind, "reason": "Count"});
    let run = |input| house.run(&house.one, "inventory.adjust", None, input);
    assert_eq!(code(run(adjust(sku, "-1", "issue")).await), "stock_below_reserved");
    assert_eq!(code(run(adjust(sku, "0", "adjustment")).await), "invalid");
    assert_eq!(code(run(adjust(sku, "-1", "receipt")).await), "invalid");
    assert_eq!(code(run(adjust(sku, "1", "issue")).await), "invalid");
    assert_eq!(code(run(json!({"sku_id": sku, "quantity": "many"})).await), "invalid");
    let nothing: i64 = house
        .value(sql!("select count(*) from inventory_movements where tenant_id = $1 and sku_id = $2"), sku)
        .await;
    assert_eq!(nothing, 0);

    // Another tenant's SKU is refused in the same words as one that nobody has.
    let theirs = house.sku(&house.other, "PINOT").await;
    let random = house.db.world().id();
    let told =
        |answer: Result<Document, Problem>| answer.expect_err("refused").field_errors()[0].message.clone();
    assert_eq!(
        told(run(adjust(theirs, "1", "receipt")).await),
        told(run(adjust(random, "1", "receipt")).await)
    );
}

#[tokio::test]
async fn of_two_who_race_for_the_last_unit_one_wins() {
    let house = house().await;
    let sku = house.sku(&house.one, "PINOT").await;
    let input = |quantity: &str| json!({"sku_id": sku, "quantity": quantity, "reason": "Race"});
    house.run(&house.one, "inventory.adjust", None, input("1")).await.unwrap();
    let (a, b) = tokio::join!(
        house.run(&house.one, "inventory.adjust", None, input("-1")),
        house.run(&house.one, "inventory.adjust", None, input("-1")),
    );
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "{a:?} {b:?}");
}

#[tokio::test]
async fn converting_a_company_happens_once_and_takes_its_contacts_along() {
    let house = house().await;
    let company = house.company("Harborview").await;
    let (a, b) = tokio::join!(
        house.run(&house.one, "companies.convert", Some(company), json!({})),
        house.run(&house.one, "companies.convert", Some(company), json!({})),
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a["customer_id"], b["customer_id"]);
    assert_ne!(a["created"], b["created"]);
    let contacts = a["contacts"].as_u64().unwrap() + b["contacts"].as_u64().unwrap();
    assert_eq!(contacts, 1);
    let status: String =
        house.value(sql!("select status from companies where tenant_id = $1 and id = $2"), company).await;
    assert_eq!(status, "CUSTOMER");
    let customer: Uuid = serde_json::from_value(a["customer_id"].clone()).unwrap();
    let code: String =
        house.value(sql!("select code from customers where tenant_id = $1 and id = $2"), customer).await;
    assert_eq!(code, "CUS-00001");
}

#[tokio::test]
async fn converting_into_a_customer_fills_only_what_is_empty() {
    let house = house().await;
    let (first, second, taken) =
        (house.company("First").await, house.company("Second").await, house.company("Third").await);
    let made = house.run(&house.one, "companies.convert", Some(first), json!({"code": "C1"})).await.unwrap();
    let into = json!({"customer_id": made["customer_id"]});
    let refused = house.run(&house.one, "companies.convert", Some(second), into).await;
    assert_eq!(code(refused), "customer_of_other_company");
    let again = house.run(&house.one, "companies.convert", Some(taken), json!({"code": "C1"})).await;
    assert_eq!(code(again), "invalid");

    let mut tx = house.db.begin(&house.one).await.unwrap();
    let (id, tenant) = (tx.id(), tx.tenant());
    tx.execute(
        sql!("insert into customers (tenant_id, id, name, email) values ($1, $2, 'Ours', 'our@own.example')"),
        &[&tenant, &id],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let done =
        house.run(&house.one, "companies.convert", Some(second), json!({"customer_id": id})).await.unwrap();
    assert_eq!(done["created"], false);
    let filled: String = house
        .value(
            sql!("select concat_ws('|', name, email, phone) from customers where tenant_id = $1 and id = $2"),
            id,
        )
        .await;
    assert_eq!(filled, "Ours|our@own.example|02 123");
}

#[tokio::test]
async fn an_operation_needs_its_permission_and_a_record_the_caller_may_see() {
    let house = house().await;
    let company = house.company("Harborview").await;
    let caller = |permissions: &[&str]| {
        let mut grants = Grants::default();
        for permission in permissions {
            grants.add(*permission, RecordScope::All);
        }
        let actor = Actor::User(house.db.world().id());
        Caller { scope: Scope::Staff, actor, grants: Arc::new(grants), ..house.one.clone() }
    };
    let services = &house.services;
    let convert = |caller: Caller, id| async move {
        let operation = operations().find(|operation| operation.name == "convert").unwrap();
        execute(services, &caller, operation, Some(id), Document::new()).await
    };
    assert_eq!(code(convert(caller(&[]), company).await), "not_found");
    assert_eq!(code(convert(caller(&["companies.view"]), company).await), "forbidden");
    let both = ["companies.view", "companies.convert"];
    assert_eq!(code(convert(caller(&both), house.db.world().id()).await), "not_found");
    let theirs = Caller { tenant: house.other.tenant, ..caller(&both) };
    assert_eq!(code(convert(theirs, company).await), "not_found");
    assert!(convert(caller(&both), company).await.is_ok());
}

#[tokio::test]
async fn numbers_have_no_gaps() {
    let house = house().await;
    let number = async |keep: bool| {
        let mut tx = house.db.begin(&house.one).await.unwrap();
        let number = draw(&mut tx, Series::Invoice, 2026).await.unwrap();
        if keep {
            tx.commit().await.unwrap()
        } else {
            tx.rollback().await.unwrap()
        }
        number
    };
    assert_eq!(number(true).await, "INV-2026-00001");
    assert_eq!(number(false).await, "INV-2026-00002");
    let (a, b) = tokio::join!(number(true), number(true));
    let mut both = [a, b];
    both.sort();
    assert_eq!(both, ["INV-2026-00002", "INV-2026-00003"]);
}

#[tokio::test]
async fn a_token_lets_in_its_own_tenant_alone() {
    let house = house().await;
    let make = async |caller: &Caller| {
        let mut tx = house.db.begin(caller).await.unwrap();
        let token = tokens::create(&mut tx, "till", "admin", None).await.unwrap();
        tx.commit().await.unwrap();
        token
    };
    let visit = Visit { request: house.db.world().id(), ..Visit::default() };
    let token = make(&house.one).await;
    let caller = tokens::authenticate(&house.db, &token.text, &visit).await.unwrap();
    assert_eq!(
        (caller.tenant, caller.scope, caller.actor),
        (house.one.tenant, Scope::Staff, Actor::Token(token.id))
    );
    assert!(caller.permit("customers.view").is_ok() && caller.permit("inventory.adjust").is_ok());

    let theirs = make(&house.other).await;
    let secret = |text: &str| text.splitn(3, '_').nth(2).unwrap().to_owned();
    let swapped = theirs.text.replace(&secret(&theirs.text), &secret(&token.text));
    let refused = async |text: &str| {
        let answer = tokens::authenticate(&house.db, text, &visit).await;
        answer.map(|_| Document::new())
    };
    for text in [swapped.as_str(), "", "tnt_", "tnt_x_y", "tnt_รหัส_y", &token.text[..token.text.len() - 1]]
    {
        assert_eq!(code(refused(text).await), "unauthenticated", "{text}");
    }

    let mut tx = house.db.begin(&house.one).await.unwrap();
    let portal = tokens::create(&mut tx, "portal", "portal_user", None).await.map(|_| Document::new());
    assert_eq!(code(portal), "invalid");
    drop(tx);

    let expired = make(&house.one).await;
    let mut tx = house.db.begin(&house.one).await.unwrap();
    let end = sql!(
        "update integration_tokens set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2"
    );
    tx.execute(end, &[&house.one.tenant, &expired.id]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(code(refused(&expired.text).await), "unauthenticated");
    assert_eq!(code(refused(&token.text).await), "unauthenticated", "a token of the same name was replaced");

    let mut tx = house.db.begin(&house.other).await.unwrap();
    let tenant = tx.tenant();
    tx.execute(sql!("update tenants set status = 'suspended' where id = $1"), &[&tenant]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(code(refused(&theirs.text).await), "tenant_inactive");
}

#[tokio::test]
async fn a_tenant_needs_a_slug_of_its_own() {
    let house = house().await;
    let refused = async |slug: &str| {
        let error = tenants::create(&house.db, &NewTenant::new(slug, "Name")).await.expect_err("refused");
        error.field_errors()[0].code.to_string()
    };
    assert_eq!(refused("one").await, "duplicate");
    assert_eq!(refused("One Two").await, "not_a_slug");
    assert_eq!(refused("-one").await, "not_a_slug");
    assert_eq!(refused("").await, "not_a_slug");
    let slugs: Vec<_> =
        tenants::list(&house.db).await.unwrap().into_iter().map(|tenant| tenant.slug).collect();
    assert_eq!(slugs, ["one", "other"]);
}
