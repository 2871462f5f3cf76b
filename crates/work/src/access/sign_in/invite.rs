//! Operations that send people a link to their password.

use jiff::Timestamp;
use model::{
    field::Text,
    problem::{Code, Problem, Status},
};
use serde::{Deserialize, Serialize};
use store::TenantTx;
use uuid::Uuid;

use super::{
    links::{self, Purpose},
    person::{Person, Side},
};
use crate::{
    access::{
        rights::{BEYOND_OWN, outranks},
        seal::Keyring,
    },
    operation::{Operate, Operation},
};

/// They are not to sign in.
static NOT_ACTIVE: Code = Code::new(
    "person_not_active",
    Status::Conflict,
    "The account is not active",
    "The account is switched off or archived, or belongs to a customer that is archived. Switch it on first.",
);

/// They have a password.
static HAS_PASSWORD: Code = Code::new(
    "already_accepted",
    Status::Conflict,
    "The invitation was accepted",
    "The person has chosen a password already. Send a reset where it was forgotten.",
);

const INVITE_REFUSALS: &[&Code] = &[&BEYOND_OWN, &NOT_ACTIVE, &HAS_PASSWORD];
const RESET_REFUSALS: &[&Code] = &[&BEYOND_OWN, &NOT_ACTIVE];

/// Operations on people.
pub const OPERATIONS: &[Operation] = &[
    invite(Operation::on_record_with_keys::<Send<false, false>>("users", "invite")),
    reset(Operation::on_record_with_keys::<Send<false, true>>("users", "send_reset")),
    invite(Operation::on_record_with_keys::<Send<true, false>>("portal_users", "invite")),
    reset(Operation::on_record_with_keys::<Send<true, true>>("portal_users", "send_reset")),
];

const fn invite(operation: Operation) -> Operation {
    operation
        .about(
            Text::of("Invite", "เชิญ"),
            "Mails a link by which the person chooses a password. It works once and for one hour; a newer one takes its place.",
        )
        .refusals(INVITE_REFUSALS)
}

const fn reset(operation: Operation) -> Operation {
    operation
        .about(
            Text::of("Send a password reset", "ส่งลิงก์ตั้งรหัสผ่านใหม่"),
            "Mails a link by which the person chooses a new password. It works once and for one hour; using it ends their sessions.",
        )
        .refusals(RESET_REFUSALS)
        .past("reset_sent")
}

/// The input: nothing. To whom it goes, the record says.
#[derive(Debug, Deserialize)]
pub struct Send<const PORTAL: bool, const RESET: bool> {}

/// The link is on its way.
#[derive(Debug, Serialize)]
pub struct Sent {
    id: Uuid,
    sent_to: String,
    expires_at: Timestamp,
}

impl<const PORTAL: bool, const RESET: bool> Operate<(Uuid, Keyring)> for Send<PORTAL, RESET> {
    type Done = Sent;

    async fn run(self, tx: &mut TenantTx, (id, keys): (Uuid, Keyring)) -> Result<Sent, Problem> {
        let side = if PORTAL { Side::Portal } else { Side::Staff };
        // Whoever may change an address and send a link to it would else be whom they like.
        if side == Side::Staff {
            outranks(tx, id).await?;
        }
        let rows = tx.run(&Person::by_id(side, tx.tenant(), id)).await?;
        let person = Person::read(side, &rows).ok_or_else(|| Problem::not_found("person"))?;
        if !person.may {
            return Err(Problem::new(&NOT_ACTIVE, "The account is not active.").hint("Switch it on first."));
        }
        if !RESET && person.password_hash.is_some() {
            return Err(Problem::new(&HAS_PASSWORD, "The invitation was accepted already.")
                .hint("Send a reset where the password was forgotten."));
        }
        let purpose = if RESET { Purpose::Reset } else { Purpose::Invitation };
        let link = links::send(tx, &keys, &person, purpose).await?;
        Ok(Sent { id, sent_to: person.email, expires_at: link.expires_at })
    }
}
