//! Secrets of third parties: mail servers, LINE, n8n, object storage, web addresses. Sealed with the instance's key, opened by the
//! program where it goes there, never answered.

mod archive;
mod create;
mod reseal;
mod rotate;
mod web;

use model::{
    field::{self, Field},
    problem::Problem,
    world::World,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::seal::{Keyring, Place};
use crate::{jobs::Kind, operation::Operation};

pub use web::header;

/// The operations on credentials.
pub(super) const OPERATIONS: [Operation; 3] = [create::OPERATION, rotate::OPERATION, archive::OPERATION];

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[reseal::KIND];

const ACCOUNT: Field = field::text("account", "Account")
    .th("บัญชี")
    .help("User name, access key or name of a header, where there is one; kept sealed with the secret.")
    .example("relay@example.com");
const SECRET: Field = field::paragraph("secret", "Secret")
    .th("รหัสลับ")
    .required()
    .help("Password, token or secret key. It is never shown again.")
    .example("correct horse battery staple");

/// What is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// User name, access key or name of a header.
    pub account: Option<String>,
    /// Password, token or secret key.
    pub secret: String,
}

impl Opened {
    fn seal(&self, keys: &Keyring, world: &World, tenant: Uuid, id: Uuid) -> Result<Vec<u8>, Problem> {
        let text = serde_json::to_vec(self).map_err(Problem::internal)?;
        keys.seal(world, place(tenant, id), &text)
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(…)")
    }
}

fn place(tenant: Uuid, id: Uuid) -> Place {
    Place { tenant, purpose: "credential", record: id }
}

/// A credential as it is used.
#[derive(Debug)]
pub struct Credential {
    /// What it is for.
    pub kind: String,
    /// What people know it by.
    pub name: String,
    /// Its secret; none where it is archived.
    pub opened: Option<Opened>,
}

/// The credential of this id.
///
/// # Errors
/// `not_found`; as [`open`].
pub async fn of(tx: &mut TenantTx, keys: &Keyring, id: Uuid) -> Result<Credential, Problem> {
    let tenant = tx.tenant();
    let row = tx
        .optional(
            sql!(
                "select kind, name, case when archived_at is null then sealed end from credentials
                 where tenant_id = $1 and id = $2"
            ),
            &[&tenant, &id],
        )
        .await?;
    let row = row.ok_or_else(|| Problem::not_found("credential"))?;
    let sealed: Option<&[u8]> = row.get(2);
    let opened = sealed.map(|sealed| {
        let text = keys.open(place(tenant, id), sealed)?;
        serde_json::from_slice(&text).map_err(Problem::internal)
    });
    Ok(Credential { kind: row.get(0), name: row.get(1), opened: opened.transpose()? })
}

/// The secret of this kind and name, opened; `None` where the tenant has none, or archived it.
///
/// # Errors
/// Problems of the database; a defect where no key of this instance opens it.
pub async fn open(
    tx: &mut TenantTx,
    keys: &Keyring,
    kind: &str,
    name: &str,
) -> Result<Option<Opened>, Problem> {
    let tenant = tx.tenant();
    let row = tx
        .optional(
            sql!(
                "select id, sealed from credentials
                 where tenant_id = $1 and kind = $2 and name = $3 and archived_at is null"
            ),
            &[&tenant, &kind, &name],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let text = keys.open(place(tenant, row.get(0)), row.get(1))?;
    serde_json::from_slice(&text).map(Some).map_err(Problem::internal)
}
