//! Giving a token another secret, the former one staying valid while programs are changed over.

use jiff::{SignedDuration, Timestamp};
use model::{
    field::{self, Field, Text},
    problem::{Code, Problem},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{TOKEN_ENDED, hash, narrowed, secret, text};
use crate::{
    access::rights::{self, Role, within},
    operation::{Operate, Operation},
};

const INPUT: &[Field] = &[field::integer("overlap_hours", "Former secret stays valid for", 0, 168)
    .th("รหัสลับเดิมใช้ได้ต่ออีก (ชั่วโมง)")
    .default("24")
    .help("Hours in which the former text is taken too.")];

const REFUSALS: &[&Code] = &[&TOKEN_ENDED, &rights::BEYOND_OWN];

/// `integration_tokens.rotate`.
pub(super) const OPERATION: Operation = Operation::on_record::<Rotate>("integration_tokens", "rotate")
    .about(
        Text::of("New secret", "รหัสลับใหม่"),
        "Gives the token another text and shows it, this once. The former one stays valid for a while.",
    )
    .input(INPUT)
    .refusals(REFUSALS)
    .answers_secret();

/// The input.
#[derive(Debug, Deserialize)]
pub struct Rotate {
    overlap_hours: i64,
}

/// The token, shown once.
#[derive(Debug, Serialize)]
pub struct Rotated {
    id: Uuid,
    token: String,
    /// Until when the former text is taken too; `None` where it is not.
    former_until: Option<Timestamp>,
}

impl Operate<Uuid> for Rotate {
    type Done = Rotated;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Rotated, Problem> {
        let (tenant, now) = (tx.tenant(), tx.world().now());
        let row = tx
            .optional(
                sql!(
                    "select role_id, scopes from integration_tokens
                     where tenant_id = $1 and id = $2 and revoked_at is null and archived_at is null
                       and (expires_at is null or expires_at > $3)"
                ),
                &[&tenant, &id, &now],
            )
            .await?
            .ok_or_else(|| {
                Problem::new(&TOKEN_ENDED, "The token was revoked or has expired.").hint("Make a new one.")
            })?;
        let (role, scopes): (Uuid, Vec<String>) = (row.get(0), row.get(1));
        // Whoever rotates it learns its text and could act as it.
        if let Some(role) = Role::find(tx, role).await? {
            within(tx.caller(), &narrowed(&role.grants, &scopes))?;
        }
        let secret = secret(tx);
        let until = (self.overlap_hours > 0).then(|| now + SignedDuration::from_hours(self.overlap_hours));
        tx.execute(
            sql!(
                "update integration_tokens set token_hash = $3, former_until = $4,
                   former_hash = case when $4::timestamptz is not null then token_hash end
                 where tenant_id = $1 and id = $2"
            ),
            &[&tenant, &id, &hash(&secret), &until],
        )
        .await?;
        Ok(Rotated { id, token: text(tx, &secret).await?, former_until: until })
    }
}
