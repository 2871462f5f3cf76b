//! A tenant with people.

use std::sync::Arc;

use model::{
    access::roles::ROLES,
    caller::{Actor, Caller, Grants, Scope},
    query::ListQuery,
    registry,
};
use serde_json::Value;
use store::{Db, DbSettings, Files, TenantTx, engine, sql, testing::TestDb};
use uuid::Uuid;
use work::{
    access::{roles::permissions, seal::Keyring},
    jobs::Services,
    notices::{Notice, Words},
    tenants::{self, NewTenant},
};

/// A database with one tenant.
pub struct House {
    pub db: Db,
    pub system: Caller,
    pub services: Services,
    _test: TestDb,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn new() -> Self {
        let test = TestDb::new().await.unwrap();
        let settings = DbSettings::new(test.app.clone(), test.operator.clone());
        let db = Db::new(&settings, store::world::system()).unwrap();
        let tenant = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let keys = Keyring::load_or_create(folder.path()).unwrap();
        Self {
            system: Caller::system(tenant, db.world().id()),
            services: Services::new(db.clone(), files, keys),
            db,
            _test: test,
            _folder: folder,
        }
    }

    /// A user with a role; gives who they are as a caller.
    pub async fn person(&self, name: &str, role: &'static str, locale: Option<&str>) -> Caller {
        let mut tx = self.begin().await;
        let (tenant, user, link) = (tx.tenant(), tx.id(), tx.id());
        let email = format!("{name}@example.com");
        tx.execute(
            sql!("insert into users (tenant_id, id, email, name, locale) values ($1, $2, $3, $4, $5)"),
            &[&tenant, &user, &email, &name, &locale],
        )
        .await
        .unwrap();
        tx.execute(
            sql!(
                "insert into user_roles (tenant_id, id, user_id, role_id)
                 select $1, $2, $3, id from roles where tenant_id = $1 and code = $4"
            ),
            &[&tenant, &link, &user, &role],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let held = ROLES.iter().find(|one| one.code == role).unwrap();
        let mut grants = Grants::default();
        for permission in permissions() {
            if let Some(scope) = held.permits(permission) {
                grants.add(permission.code(), scope);
            }
        }
        Caller {
            scope: Scope::Staff,
            actor: Actor::User(user),
            grants: Arc::new(grants),
            team: Arc::new([user]),
            remembered: None,
            ..self.system.clone()
        }
    }

    pub async fn begin(&self) -> TenantTx {
        self.db.begin(&self.system).await.unwrap()
    }

    /// What the caller's list gives for a query string.
    pub async fn list(&self, caller: &Caller, entity: &str, query: &str) -> Vec<Value> {
        let entity = registry::entity(entity).unwrap();
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap())
            .collect();
        let query: ListQuery = ListQuery::parse(entity, &pairs).unwrap();
        let page = engine::list(&self.db, caller, entity, &query).await.unwrap();
        serde_json::from_str(&page.data).unwrap()
    }
}

/// A caller's own id.
pub fn id(caller: &Caller) -> Uuid {
    caller.actor.id().unwrap()
}

/// A notice in two languages.
pub fn notice(kind: &'static model::notices::NoticeKind) -> Notice {
    Notice::new(kind, Words::of("Import failed", "นำเข้าไม่สำเร็จ")).body(Words::of("3 rows.", "3 แถว"))
}
