//! People with passwords, and their way in through the public door.

use axum::http::Method;
use model::caller::Caller;
use serde_json::{Value, json};
use store::sql::Query;
use uuid::Uuid;

use crate::harness::{Answer, Api};

/// The password of everybody in the tests.
pub const PASSWORD: &str = "tidal lantern 84";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub email: String,
    /// The access token.
    pub token: String,
    pub refresh: String,
    pub session: Uuid,
    /// Of a portal user.
    pub customer: Option<Uuid>,
}

impl Api {
    /// A new user with this built-in role, signed in.
    pub async fn sign_in(&self, tenant: Uuid, role: &str) -> Person {
        let email = format!("{}@example.com", self.db.world().id());
        let id = self.user(tenant, &email, role).await;
        self.enter(tenant, id, &email, None).await
    }

    /// A new portal user of a new customer with this built-in role, signed in.
    pub async fn portal_sign_in(&self, tenant: Uuid, role: &str) -> Person {
        let customer = self.customer(tenant).await;
        self.portal_sign_in_at(tenant, customer, role).await
    }

    /// A new portal user of this customer with this built-in role, signed in.
    pub async fn portal_sign_in_at(&self, tenant: Uuid, customer: Uuid, role: &str) -> Person {
        let email = format!("{}@example.com", self.db.world().id());
        let id = self.portal_user(tenant, customer, &email, role).await;
        self.enter(tenant, id, &email, Some(customer)).await
    }

    /// A user with this built-in role and the password of everybody.
    pub async fn user(&self, tenant: Uuid, email: &str, role: &str) -> Uuid {
        let id = self.db.world().id();
        let hash = self.services.passwords.hash(self.db.world(), PASSWORD).await.unwrap();
        self.write(
            tenant,
            "with u as (insert into users (tenant_id, id, email, name, password_hash) values ($1, $2, $3, 'Nancy Davolio', $4)
               returning tenant_id, id)
             insert into user_roles (tenant_id, id, user_id, role_id)
             select $1, $2, u.id, r.id from u join roles r on r.tenant_id = $1 and r.code = $5",
            vec![tenant.into(), id.into(), email.to_owned().into(), hash.into(), role.to_owned().into()],
        )
        .await;
        id
    }

    /// A portal user of the customer.
    pub async fn portal_user(&self, tenant: Uuid, customer: Uuid, email: &str, role: &str) -> Uuid {
        let id = self.db.world().id();
        let hash = self.services.passwords.hash(self.db.world(), PASSWORD).await.unwrap();
        self.write(
            tenant,
            "with u as (insert into portal_users (tenant_id, id, customer_id, email, name, password_hash)
               values ($1, $2, $6, $3, 'Maria Anders', $4) returning id)
             insert into portal_user_roles (tenant_id, id, portal_user_id, role_id)
             select $1, $2, u.id, r.id from u join roles r on r.tenant_id = $1 and r.code = $5",
            vec![
                tenant.into(),
                id.into(),
                email.to_owned().into(),
                hash.into(),
                role.to_owned().into(),
                customer.into(),
            ],
        )
        .await;
        id
    }

    /// A customer of the tenant.
    pub async fn customer(&self, tenant: Uuid) -> Uuid {
        let id = self.db.world().id();
        let text =
            "insert into customers (tenant_id, id, code, name) values ($1, $2, $3, 'Wherewolf Tavern')";
        self.write(tenant, text, vec![tenant.into(), id.into(), id.to_string().into()]).await;
        id
    }

    /// Writes straight into the database, as the program itself.
    pub async fn write(
        &self,
        tenant: Uuid,
        text: &'static str,
        args: Vec<store::sql::Arg>,
    ) -> Vec<store::sql::Row> {
        let mut tx = self.db.begin(&Caller::system(tenant, Uuid::nil())).await.unwrap();
        let rows = tx.run(&Query::free(text, args)).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// The tenant's slug.
    pub async fn slug(&self, tenant: Uuid) -> String {
        self.write(tenant, "select slug from tenants where id = $1", vec![tenant.into()]).await[0].get(0)
    }

    /// Signs in and gives the answer.
    pub async fn login(&self, body: &Value) -> Answer {
        self.ask(Method::POST, "/api/v1/auth/login").json(body).go().await
    }

    async fn enter(&self, tenant: Uuid, id: Uuid, email: &str, customer: Option<Uuid>) -> Person {
        let body = json!({
            "tenant": self.slug(tenant).await, "email": email, "password": PASSWORD, "portal": customer.is_some(),
        });
        person(id, email, customer, &self.login(&body).await.expect(200).json())
    }
}

/// Who signed in with this answer.
pub fn person(id: Uuid, email: &str, customer: Option<Uuid>, answer: &Value) -> Person {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Person {
        id,
        email: email.to_owned(),
        token: text(&answer["access_token"]),
        refresh: text(&answer["refresh_token"]),
        session: text(&answer["session"]["id"]).parse().unwrap(),
        customer,
    }
}
