//! Giving a subscription its secret, the first or the next one.

use jiff::{SignedDuration, Timestamp};
use model::{
    field::{self, Field, Text},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use store::{Lane, TenantTx, sql};
use uuid::Uuid;

use super::secret;
use crate::{
    access::seal::Keyring,
    operation::{Operate, Operation},
    webhooks::standard::Secret,
};

const INPUT: &[Field] = &[field::integer("overlap_hours", "Former secret signs for", 0, 168)
    .th("รหัสลับเดิมใช้ลงนามต่ออีก (ชั่วโมง)")
    .default("24")
    .help("Hours in which every message is signed with the former secret too.")];

/// `webhook_subscriptions.rotate`.
pub(super) const OPERATION: Operation = Operation::on_record_with_keys::<Rotate>(
    "webhook_subscriptions", "rotate",
)
.about(
    Text::of("New secret", "รหัสลับใหม่"),
    "Gives the subscription a secret and shows it, this once. Until it has its first one, its events wait. \
             The former one signs beside it for a while, so that the endpoint can be changed without haste.",
)
.input(INPUT)
.answers_secret()
.in_system_scope();

/// The input.
#[derive(Debug, Deserialize)]
pub struct Rotate {
    overlap_hours: i64,
}

/// The secret, shown once.
#[derive(Debug, Serialize)]
pub struct Rotated {
    id: Uuid,
    secret: String,
    /// Until when the former secret signs too; `None` where there is none.
    former_secret_until: Option<Timestamp>,
}

impl Operate<(Uuid, Keyring)> for Rotate {
    type Done = Rotated;

    async fn run(self, tx: &mut TenantTx, (id, keys): (Uuid, Keyring)) -> Result<Rotated, Problem> {
        let (tenant, world) = (tx.tenant(), tx.world().clone());
        let secret = Secret::new(&world);
        let sealed = secret::seal(&secret, &keys, &world, tenant, id)?;
        let until = world.now() + SignedDuration::from_hours(self.overlap_hours);
        let row = tx
            .one(
                sql!(
                    "update webhook_subscriptions set secret = $3,
                       former_secret = case when $4::timestamptz > $5 then secret end,
                       former_secret_until = case when $4::timestamptz > $5 and secret is not null then $4 end
                     where tenant_id = $1 and id = $2 returning former_secret_until"
                ),
                &[&tenant, &id, &sealed, &until, &world.now()],
            )
            .await?;
        // What has waited for its first secret goes out.
        tx.execute(
            sql!(
                "update webhook_deliveries set next_attempt_at = now()
                 where tenant_id = $1 and subscription_id = $2 and state = 'pending' and next_attempt_at is null"
            ),
            &[&tenant, &id],
        )
        .await?;
        tx.wake(Lane::Deliveries);
        Ok(Rotated { id, secret: secret.text(), former_secret_until: row.get(0) })
    }
}
