//! Tenants as a whole: what their operator does with them. Made, suspended, resumed, closed, deleted, written to an
//! archive and brought in from one; counted, and never looked into.
//!
//! An operator is the command line, or a user or token of the system tenant with permissions `platform.*`. What is done
//! is told in the audit of the tenant and in that of the system tenant; nobody of the operator's is named to the tenant.

pub mod archive;
mod create;
pub mod delete;
pub mod figures;
mod state;

use model::{
    access::roles::PLATFORM,
    caller::{Caller, SYSTEM_TENANT},
    problem::{Code, Problem, Status, codes},
};
use serde_json::{Map, Value};
use store::{Db, TenantTx};
use uuid::Uuid;

use super::audit::{self, Note};
use crate::jobs::Kind;

pub use create::{FirstAdmin, create};
pub use state::{Change, change};

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[figures::KIND, delete::KIND];

/// A closed tenant does not open again.
pub static TENANT_CLOSED: Code = Code::new(
    "tenant_closed",
    Status::Conflict,
    "The tenant is closed",
    "A closed tenant can be exported and deleted, and nothing else. Import its archive as a new tenant to go on with it.",
);

/// The tenant is being brought in or removed.
pub static TENANT_UNDER_WAY: Code = Code::new(
    "tenant_under_way",
    Status::Conflict,
    "The tenant is being imported or deleted",
    "A tenant that is being brought in or removed as a whole takes nothing else. Let the import end, or delete it again: a deletion goes on where it was.",
);

/// How what concerns tenants as a whole may refuse.
pub static REFUSALS: &[&Code] = &[&TENANT_CLOSED, &delete::TENANT_NOT_CLOSED, &TENANT_UNDER_WAY];

/// The operator at the command line.
pub fn command_line(db: &Db) -> Caller {
    Caller::system(SYSTEM_TENANT, db.world().id())
}

/// Lets operators through: `action` is `view` or `manage`. What a company's own roles say counts for nothing here.
///
/// # Errors
/// `forbidden`.
pub fn permit(caller: &Caller, action: &str) -> Result<(), Problem> {
    caller.permit(&format!("{PLATFORM}.{action}"))?;
    if caller.tenant == SYSTEM_TENANT {
        return Ok(());
    }
    Err(Problem::new(&codes::FORBIDDEN, "This is for the operator of this Tenantry."))
}

/// The tenant behind an id; the system's own is none.
///
/// # Errors
/// `not_found`.
pub fn company(tenant: Uuid) -> Result<Uuid, Problem> {
    if tenant == SYSTEM_TENANT { Err(Problem::not_found("tenant")) } else { Ok(tenant) }
}

/// Writes into the system tenant's audit what the operator does with a tenant, in a transaction of its own, before it
/// is done: what fails after that was tried all the same.
async fn note_of_operator(
    db: &Db,
    operator: &Caller,
    tenant: Uuid,
    action: &str,
    told: Map<String, Value>,
) -> Result<(), Problem> {
    let mut tx = db.begin(&operator.program()).await?;
    note(&mut tx, tenant, action, told).await?;
    tx.commit().await
}

/// Writes a line about a tenant as a whole into the audit of the transaction's tenant.
async fn note(
    tx: &mut TenantTx,
    tenant: Uuid,
    action: &str,
    told: Map<String, Value>,
) -> Result<(), Problem> {
    let line = Note { entity: "tenants", id: Some(tenant), action, new_values: Some(Value::Object(told)) };
    audit::note(tx, line).await
}
