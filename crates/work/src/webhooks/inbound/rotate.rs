//! Giving a source its secret, the first or the next one.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use model::{
    field::{self, Field, Text},
    problem::{FieldError, Problem},
    value::codes,
    world::World,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::source::{Kind, place};
use crate::{
    access::seal::Keyring,
    operation::{Operate, Operation},
    webhooks::standard::Secret,
};

/// The shortest secret that is taken from outside, in characters.
const SHORTEST: usize = 16;

const INPUT: &[Field] = &[
    field::text("secret", "Secret")
        .help("LINE's channel secret, or one that the sender has already; made where left out."),
    field::integer("overlap_hours", "Former secret stays valid for", 0, 168)
        .default("24")
        .help("Hours in which requests under the former secret are accepted too."),
];

/// `webhook_sources.rotate`.
pub(super) const OPERATION: Operation = Operation::on_record_with_keys::<Rotate>("webhook_sources", "rotate")
    .about(
        Text::of("New secret", "รหัสลับใหม่"),
        "Gives the source a secret and shows it, this once. The former one stays valid for a while.",
    )
    .input(INPUT)
    .answers_secret();

/// The input.
#[derive(Debug, Deserialize)]
pub struct Rotate {
    secret: Option<String>,
    overlap_hours: i64,
}

/// The secret, shown once.
#[derive(Debug, Serialize)]
pub struct Rotated {
    id: Uuid,
    /// Where the sender posts to.
    path: String,
    secret: String,
    /// Until when the former secret is valid; `None` where there is none.
    former_secret_until: Option<Timestamp>,
}

impl Operate<(Uuid, Keyring)> for Rotate {
    type Done = Rotated;

    async fn run(self, tx: &mut TenantTx, (id, keys): (Uuid, Keyring)) -> Result<Rotated, Problem> {
        let tenant = tx.tenant();
        let row = tx
            .one(
                sql!(
                    "select s.kind, s.code, t.slug from webhook_sources s join tenants t on t.id = s.tenant_id
                     where s.tenant_id = $1 and s.id = $2 for update of s"
                ),
                &[&tenant, &id],
            )
            .await?;
        let kind =
            Kind::from_name(row.get(0)).ok_or_else(|| Problem::internal("a source of no known kind"))?;
        let path = format!("/hooks/{}/{}", row.get::<_, String>(2), row.get::<_, String>(1));
        let secret = chosen(kind, self.secret, tx.world())?;
        let world = tx.world().clone();
        let sealed = keys.seal(&world, place(tenant, id), secret.as_bytes())?;
        let until = world.now() + SignedDuration::from_hours(self.overlap_hours);
        let row = tx
            .one(
                sql!(
                    "update webhook_sources set secret = $3,
                       former_secret = case when $4::timestamptz > $5 then secret end,
                       former_secret_until = case when $4::timestamptz > $5 and secret is not null then $4 end
                     where tenant_id = $1 and id = $2 returning former_secret_until"
                ),
                &[&tenant, &id, &sealed, &until, &world.now()],
            )
            .await?;
        Ok(Rotated { id, path, secret, former_secret_until: row.get(0) })
    }
}

/// The secret as given, if it is one that this kind of source can have; else a new one.
fn chosen(kind: Kind, given: Option<String>, world: &World) -> Result<String, Problem> {
    let bad =
        |message: &str| Problem::invalid(vec![FieldError::new("secret", &codes::INCONSISTENT, message)]);
    match (kind, given) {
        (Kind::Line, None) => Err(bad("Give the channel secret that the LINE Developers console shows.")),
        (Kind::Generic, None) => Ok(Secret::new(world).text()),
        (Kind::N8n, None) => Ok(STANDARD.encode(world.secret::<32>())),
        (Kind::Generic, Some(secret)) => match Secret::read(&secret) {
            Some(_) => Ok(secret),
            None => Err(bad("The secret must be `whsec_` and 24 to 64 bytes in base64.")),
        },
        (_, Some(secret)) if secret.chars().count() < SHORTEST || !secret.is_ascii() => {
            Err(bad("The secret must have at least 16 characters, of ASCII alone."))
        }
        (_, Some(secret)) => Ok(secret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_or_taken_as_the_kind_has_them() {
        let of = |kind, given: Option<&str>| chosen(kind, given.map(str::to_owned), &store::world::system());
        assert!(of(Kind::Line, None).is_err() && of(Kind::Line, Some("short")).is_err());
        assert_eq!(of(Kind::Line, Some("0123456789abcdef0123456789abcdef")).unwrap().len(), 32);
        assert!(Secret::read(&of(Kind::Generic, None).unwrap()).is_some());
        assert!(of(Kind::Generic, Some("whsec_c2hvcnQ=")).is_err());
        assert!(of(Kind::N8n, None).unwrap().len() >= 40);
    }
}
