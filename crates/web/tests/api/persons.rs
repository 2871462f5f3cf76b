//! People with passwords, and their way in through the public door.

use std::{sync::atomic::Ordering, time::Duration};

use axum::http::Method;
use hmac::{Hmac, KeyInit, Mac};
use model::caller::Caller;
use serde_json::{Value, json};
use sha1::Sha1;
use store::sql::Query;
use uuid::Uuid;
use work::access::sign_in::{Person as Found, Purpose, Side, links};

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

    /// The token of a new link of the person.
    pub async fn link(&self, tenant: Uuid, side: Side, person: Uuid, purpose: Purpose) -> String {
        let mut tx = self.db.begin(&Caller::system(tenant, Uuid::nil())).await.unwrap();
        let rows = tx.run(&Found::by_id(side, tenant, person)).await.unwrap();
        let link = links::make(&mut tx, &Found::read(side, &rows).unwrap(), purpose).await.unwrap();
        tx.commit().await.unwrap();
        link.token
    }

    /// Begins the set-up of the person's second step and gives their device.
    pub async fn set_up_totp(&self, person: &Person) -> Device {
        let asking = self.post("/api/v1/auth/totp/setup").token(&person.token);
        let setup = asking.json(&json!({ "password": PASSWORD })).go().await.expect(200).json();
        Device(setup["secret"].as_str().unwrap().to_owned())
    }

    /// Switches the person's second step on; gives their device and the recovery codes.
    pub async fn second_step(&self, person: &Person) -> (Device, Vec<String>) {
        let device = self.set_up_totp(person).await;
        let asking = self.post("/api/v1/auth/totp/confirm").token(&person.token);
        let told = asking.json(&json!({ "code": device.code(self.now()) })).go().await.expect(200).json();
        (device, serde_json::from_value(told["recovery_codes"].clone()).unwrap())
    }

    /// The time by the program's clock, in seconds.
    pub fn now(&self) -> u64 {
        self.db.world().now().as_second().unsigned_abs()
    }

    /// Puts the program's clock ahead.
    pub fn later(&self, minutes: i64) {
        self.ahead.fetch_add(minutes * 60, Ordering::Relaxed);
    }

    /// Does what waits to be mailed in these tenants and gives all mails so far: receiver and text.
    pub async fn mails(&self, tenants: &[Uuid]) -> Vec<(String, String)> {
        let worker = self.work_at(|name| name == "mail.send" || name == "passwords.reset");
        for _ in 0..200 {
            let mut open = 0;
            for tenant in tenants {
                let text =
                    "select count(*) from jobs where tenant_id = $1 and status in ('pending', 'processing')";
                open += self.write(*tenant, text, vec![(*tenant).into()]).await[0].get::<_, i64>(0);
            }
            if open == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        worker.stop().await;
        self.mailer.sent().into_iter().map(|mail| (mail.to, mail.plain)).collect()
    }

    /// Actions of the audit trail about a person, in order.
    pub async fn trail(&self, tenant: Uuid, person: Uuid) -> Vec<String> {
        let text = "select action from audit_logs where tenant_id = $1 and entity_id = $2
                    and action not in ('create', 'update') order by id";
        let rows = self.write(tenant, text, vec![tenant.into(), person.into()]).await;
        rows.iter().map(|row| row.get(0)).collect()
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

/// A device that shows codes, as people's programs make them.
pub struct Device(String);

impl Device {
    /// The code at this second (RFC 6238 with SHA-1, six digits, thirty seconds).
    pub fn code(&self, second: u64) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits = self.0.bytes().map(|c| letters.iter().position(|letter| *letter == c).unwrap() as u64);
        let (mut key, mut held, mut count) = (vec![], 0_u64, 0);
        for five in bits {
            (held, count) = (held << 5 | five, count + 5);
            if count >= 8 {
                count -= 8;
                key.push((held >> count & 0xff) as u8);
            }
        }
        let mac = Hmac::<Sha1>::new_from_slice(&key)
            .unwrap()
            .chain_update((second / 30).to_be_bytes())
            .finalize()
            .into_bytes();
        let at = usize::from(mac[19] & 0xf);
        let number = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
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
