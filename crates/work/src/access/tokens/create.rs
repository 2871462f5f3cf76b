//! Making a token by the API; its text is shown this once.

use jiff::Timestamp;
use model::{
    field::{self, Field, Text},
    problem::{Code, Problem},
};
use serde::{Deserialize, Serialize};
use store::TenantTx;
use uuid::Uuid;

use super::{Make, make};
use crate::{
    access::rights,
    operation::{Operate, Operation},
};

const INPUT: &[Field] = &[
    field::text("name", "Name").th("ชื่อ").required().example("Web shop").help("What people know the program by."),
    field::link("role_id", "Role", "roles")
        .th("บทบาท")
        .required()
        .help("What the program may do at most.")
        .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
    field::tags("scopes", "Scopes")
        .th("ขอบเขตสิทธิ์")
        .default("[]")
        .help("Permissions that narrow the role, as `customers.view` or `orders.*`; none leaves the whole role.")
        .example("customers.view"),
    field::timestamp("expires_at", "Expires")
        .th("หมดอายุเมื่อ")
        .help("When it ends; it stays valid until revoked where left out.")
        .example("2036-12-31T00:00:00Z"),
];

const REFUSALS: &[&Code] = &[&rights::BEYOND_OWN];

/// `integration_tokens.create`.
pub(super) const OPERATION: Operation = Operation::on_collection::<Create>("integration_tokens", "create")
    .about(
        Text::of("New token", "โทเคนใหม่"),
        "Makes a token for another program and shows its text, this once. It may do what its role permits, narrowed by its scopes, \
         and nothing that whoever makes it may not do.",
    )
    .input(INPUT)
    .refusals(REFUSALS)
    .answers_secret();

/// The input.
#[derive(Debug, Deserialize)]
pub struct Create {
    name: String,
    role_id: Uuid,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
}

/// The token, shown once.
#[derive(Debug, Serialize)]
pub struct Created {
    id: Uuid,
    token: String,
    expires_at: Option<Timestamp>,
}

impl Operate<()> for Create {
    type Done = Created;

    async fn run(self, tx: &mut TenantTx, (): ()) -> Result<Created, Problem> {
        let new =
            Make { name: &self.name, role: self.role_id, scopes: &self.scopes, expires_at: self.expires_at };
        let token = make(tx, &new, false).await?;
        Ok(Created { id: token.id, token: token.text, expires_at: self.expires_at })
    }
}
