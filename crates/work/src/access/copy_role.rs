//! Copying a role: the way to a role of the company's own that is like a built-in one.

use model::{
    Document,
    field::{self, Field, Text},
    problem::{Code, Problem},
    registry,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{TenantTx, engine, sql};
use uuid::Uuid;

use super::rights::{self, Role, within};
use crate::operation::{Operate, Operation};

const INPUT: &[Field] = &[
    field::code("code", "Code")
        .th("รหัส")
        .required()
        .example("senior_rep")
        .help("How programs name the copy."),
    field::text("name", "Name").th("ชื่อ").required().example("Senior sales rep").help("What people read."),
];

const REFUSALS: &[&Code] = &[&rights::BEYOND_OWN];

/// `roles.copy`.
pub(super) const OPERATION: Operation = Operation::on_record::<Copy>("roles", "copy")
    .about(
        Text::of("Copy", "คัดลอก"),
        "Makes a role of the company's own with the permissions of this one, to be changed freely.",
    )
    .input(INPUT)
    .refusals(REFUSALS);

/// The input.
#[derive(Debug, Deserialize)]
pub struct Copy {
    code: String,
    name: String,
}

/// The copy.
#[derive(Debug, Serialize)]
pub struct Copied {
    /// The new role.
    role_id: Uuid,
    code: String,
    /// How many permissions it has.
    permissions: u64,
}

impl Operate<Uuid> for Copy {
    type Done = Copied;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Copied, Problem> {
        let role = Role::find(tx, id).await?.ok_or_else(|| Problem::not_found("role"))?;
        within(tx.caller(), &role.grants)?;
        let roles = registry::described("roles")?;
        let made = json!({ "code": self.code, "name": self.name, "is_portal": role.is_portal });
        let made: Document = made.as_object().cloned().unwrap_or_default();
        let copy = engine::create(tx, roles, made).await?.id;
        let (names, scopes): (Vec<&str>, Vec<&str>) =
            role.grants.iter().map(|(name, scope)| (name.as_str(), scope.name())).unzip();
        let ids: Vec<Uuid> = names.iter().map(|_| tx.id()).collect();
        let permissions = tx
            .execute(
                sql!(
                    "insert into role_permissions (tenant_id, id, role_id, permission_code, record_scope, created_by)
                     select $1, g.id, $2, g.name, g.scope, $6
                     from unnest($3::uuid[], $4::text[], $5::text[]) as g (id, name, scope)"
                ),
                &[&tx.tenant(), &copy, &ids, &names, &scopes, &tx.actor().id()],
            )
            .await?;
        Ok(Copied { role_id: copy, code: self.code, permissions })
    }
}
