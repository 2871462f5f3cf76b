//! Calling a template otherwise.

use model::{
    field::{self, Field, Text},
    problem::{FieldError, Problem},
    value::codes,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

pub(super) const OPERATION: Operation = Operation::on_record::<RenameTemplate>("import_templates", "rename")
    .about(
        Text::of("Rename", "เปลี่ยนชื่อ"),
        "Gives the template another name and description; what it says of files stays.",
    )
    .input(INPUT);

const INPUT: &[Field] = &[
    field::text("name", "Name").th("ชื่อ").required().example("Monthly customer list"),
    field::paragraph("description", "Description").th("คำอธิบาย").help("Stays as it is where left out."),
];

/// The input.
#[derive(Debug, Deserialize)]
pub struct RenameTemplate {
    name: String,
    #[serde(default)]
    description: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Renamed {
    name: String,
}

impl Operate<Uuid> for RenameTemplate {
    type Done = Renamed;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Renamed, Problem> {
        let name = self.name.trim();
        let other = sql!(
            "select 1 from import_templates where tenant_id = $1 and name = $2 and id <> $3 for key share"
        );
        if tx.optional(other, &[&tx.tenant(), &name, &id]).await?.is_some() {
            let message =
                format!("There is a template “{name}” already, maybe in the archive. Choose another name.");
            return Err(Problem::invalid(vec![
                FieldError::new("name", &codes::DUPLICATE, message).value(name),
            ]));
        }
        tx.execute(
            sql!(
                "update import_templates set name = $3, description = coalesce($4, description)
                 where tenant_id = $1 and id = $2"
            ),
            &[&tx.tenant(), &id, &name, &self.description],
        )
        .await?;
        Ok(Renamed { name: name.to_owned() })
    }
}
