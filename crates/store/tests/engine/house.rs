//! Two tenants with twin data, each with a manager, two sales reps and a portal.

use std::sync::Arc;

use model::{
    Document,
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    entity::Entity,
    problem::Problem,
    query::{GetQuery, ListQuery},
    registry,
};
use serde_json::{Value, json};
use store::{
    Db, DbSettings,
    engine::{self, Page, Record},
    testing::TestDb,
};
use tokio_postgres::{Client, Config, NoTls};
use uuid::Uuid;

/// A database of the test's own with two tenants.
pub struct House {
    test: TestDb,
    pub db: Db,
    /// As the superuser, past every policy.
    pub admin: Client,
    pub a: Tenant,
    pub b: Tenant,
}

/// A tenant and its people.
pub struct Tenant {
    pub id: Uuid,
    pub manager: Uuid,
    pub ann: Uuid,
    pub bob: Uuid,
}

/// The entity of this name.
pub fn entity(name: &str) -> &'static Entity {
    registry::entity(name).unwrap()
}

/// A JSON object as a document.
pub fn doc(value: Value) -> Document {
    value.as_object().unwrap().clone()
}

/// The id in a JSON value.
pub fn id(value: &Value) -> Uuid {
    Uuid::try_parse(value.as_str().unwrap()).unwrap()
}

/// Parameters of a request.
pub fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
    query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl House {
    pub async fn new() -> Self {
        Self::with_connections(8).await
    }

    pub async fn with_connections(connections: usize) -> Self {
        let test = TestDb::new().await.unwrap();
        let mut settings = DbSettings::new(test.app.clone(), test.operator.clone());
        settings.connections = connections;
        let db = Db::new(&settings, store::world::system()).unwrap();
        let admin = connect(&test.admin).await;
        let a = Tenant::make(&admin, &db, "a").await;
        let b = Tenant::make(&admin, &db, "b").await;
        Self { test, db, admin, a, b }
    }

    /// How `tenantry_app` connects.
    pub fn app(&self) -> Config {
        self.test.app.clone()
    }

    /// How the superuser connects.
    pub fn superuser(&self) -> Config {
        self.test.admin.clone()
    }

    pub async fn create(&self, caller: &Caller, name: &str, value: Value) -> Result<Value, Problem> {
        let mut tx = self.db.begin(caller).await?;
        let record = engine::create(&mut tx, entity(name), doc(value)).await?;
        tx.commit().await?;
        Ok(object(&record))
    }

    pub async fn update(
        &self,
        caller: &Caller,
        name: &str,
        id: Uuid,
        value: Value,
        if_match: Option<i32>,
    ) -> Result<Value, Problem> {
        let mut tx = self.db.begin(caller).await?;
        let record = engine::update(&mut tx, entity(name), id, doc(value), if_match).await?;
        tx.commit().await?;
        Ok(object(&record))
    }

    pub async fn archive(&self, caller: &Caller, name: &str, id: Uuid) -> Result<Value, Problem> {
        let mut tx = self.db.begin(caller).await?;
        let record = engine::archive(&mut tx, entity(name), id, None).await?;
        tx.commit().await?;
        Ok(object(&record))
    }

    pub async fn restore(&self, caller: &Caller, name: &str, id: Uuid) -> Result<Value, Problem> {
        let mut tx = self.db.begin(caller).await?;
        let record = engine::restore(&mut tx, entity(name), id, None).await?;
        tx.commit().await?;
        Ok(object(&record))
    }

    pub async fn get(
        &self,
        caller: &Caller,
        name: &str,
        id: Uuid,
        query: &[(&str, &str)],
    ) -> Result<Value, Problem> {
        let query = GetQuery::parse(entity(name), &pairs(query))?;
        Ok(object(&engine::get(&self.db, caller, entity(name), id, &query).await?))
    }

    pub async fn page(&self, caller: &Caller, name: &str, query: &[(&str, &str)]) -> Result<Page, Problem> {
        let query = ListQuery::parse(entity(name), &pairs(query))?;
        engine::list(&self.db, caller, entity(name), &query).await
    }

    pub async fn list(
        &self,
        caller: &Caller,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, Problem> {
        Ok(records(&self.page(caller, name, query).await?))
    }

    /// One field of each record of a list.
    pub async fn column(
        &self,
        caller: &Caller,
        name: &str,
        field: &str,
        query: &[(&str, &str)],
    ) -> Vec<String> {
        let records = self.list(caller, name, query).await.unwrap();
        records.iter().map(|record| text(&record[field])).collect()
    }
}

impl Tenant {
    async fn make(admin: &Client, db: &Db, slug: &str) -> Self {
        let mut ids = (0..4).map(|_| db.world().id());
        let mut next = || ids.next().unwrap();
        let tenant = Self { id: next(), manager: next(), ann: next(), bob: next() };
        let sql = "insert into tenants (id, short_id, slug, name) values ($1, $2, $2, $2)";
        admin.execute(sql, &[&tenant.id, &slug]).await.unwrap();
        for (user, name) in [(tenant.manager, "Manager"), (tenant.ann, "Ann"), (tenant.bob, "Bob")] {
            let email = format!("{}@{slug}.example", name.to_lowercase());
            let sql = "insert into users (tenant_id, id, email, name) values ($1, $2, $3, $4)";
            admin.execute(sql, &[&tenant.id, &user, &email, &name]).await.unwrap();
        }
        tenant
    }

    /// One who may do everything.
    pub fn manager(&self) -> Caller {
        self.user(self.manager, RecordScope::All, &["view", "create", "update", "delete", "export"])
    }

    /// A sales rep who reaches records of their own.
    pub fn rep(&self, user: Uuid) -> Caller {
        self.user(user, RecordScope::Own, &["view", "create", "update", "delete"])
    }

    /// A user whose role permits these actions on every entity.
    pub fn user(&self, user: Uuid, scope: RecordScope, actions: &[&str]) -> Caller {
        let mut grants = Grants::default();
        for entity in registry::ENTITIES.iter() {
            for action in actions {
                // Whom records belong to is known to everyone; without an owner path nothing can be one's own.
                let free = entity.owner.is_empty() || entity.name == "users";
                grants.add(entity.permission(action), if free { RecordScope::All } else { scope });
            }
        }
        self.caller(Scope::Staff, Actor::User(user), None, grants)
    }

    /// A portal user of the customer.
    pub fn portal(&self, customer: Uuid, actions: &[&str]) -> Caller {
        let mut grants = Grants::default();
        for entity in registry::ENTITIES.iter() {
            for action in actions {
                grants.add(entity.permission(action), RecordScope::All);
            }
        }
        self.caller(Scope::Portal, Actor::PortalUser(self.ann), Some(customer), grants)
    }

    fn caller(&self, scope: Scope, actor: Actor, customer: Option<Uuid>, grants: Grants) -> Caller {
        Caller {
            tenant: self.id,
            scope,
            actor,
            customer,
            request: self.id,
            batch: None,
            client: None,
            grants: Arc::new(grants),
            team: Arc::new([self.ann, self.bob]),
            remembered: None,
        }
    }
}

/// A connection of the test's own.
pub async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A record's JSON.
pub fn object(record: &Record) -> Value {
    serde_json::from_str(&record.json).unwrap()
}

/// The records of a page.
pub fn records(page: &Page) -> Vec<Value> {
    let records: Vec<Value> = serde_json::from_str(&page.data).unwrap();
    assert_eq!(records.len(), page.len);
    records
}

/// A value as one reads it.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The code of the problem.
pub fn code<T: std::fmt::Debug>(answer: Result<T, Problem>) -> &'static str {
    answer.unwrap_err().code().code
}

/// A customer of this code and name.
pub fn customer(code: &str, name: &str) -> Value {
    json!({ "code": code, "name": name, "currency": "USD" })
}
