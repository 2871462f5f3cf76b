//! Asking for a change of every record that a list holds.

use model::{
    Document,
    data::BULK_CHANGES_ACTION,
    entity::{Entity, Writes},
    field::{self, Field, Text},
    problem::{FieldError, Problem},
    query::Kept,
    value::{ValueCode, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, engine, engine::Action, sql};
use uuid::Uuid;

use super::run::RunChange;
use crate::{
    access::{
        again::By,
        audit::{self, Note},
    },
    data,
    jobs::Perform,
    operation::{Operate, Operation},
};

pub(super) const OPERATION: Operation = Operation::on_collection::<RequestChange>("bulk_changes", "request")
    .about(
        Text::of("Change all of a list", "แก้ไขทั้งรายการ"),
        "Does the same to every record that a list holds, in the background. The bulk change says how far it is and why records were refused, whoever asked is told when it has ended, and it can be undone for as long as the tenant keeps staged rows.",
    )
    .input(INPUT);

const INPUT: &[Field] = &[
    field::code("entity", "Entity").required().help("Whose records are changed.").example("customers"),
    field::select("action", "Action", BULK_CHANGES_ACTION).th("การกระทำ").required().example("update"),
    field::json("filter", "Filter")
        .th("ตัวกรอง")
        .default("{}")
        .help("Parameters of a list that narrow it: `filter[…]`, `q`, `archived`. Every record of the kind where left out.")
        .example("{\"filter[status]\": \"ACTIVE\"}"),
    field::json("changes", "Values set")
        .th("ค่าที่กำหนด")
        .default("{}")
        .help("For `update`: the fields to set, with their values.")
        .example("{\"city\": \"Annapolis\"}"),
];

/// The input.
#[derive(Debug, Deserialize)]
pub struct RequestChange {
    entity: String,
    action: String,
    filter: Value,
    changes: Value,
}

/// The bulk change that was made.
#[derive(Debug, Serialize)]
pub struct Requested {
    /// Its id, under which it is read and undone.
    bulk_change_id: Uuid,
}

impl Operate<()> for RequestChange {
    type Done = Requested;

    async fn run(self, tx: &mut TenantTx, (): ()) -> Result<Requested, Problem> {
        let entity = data::named(&self.entity)?;
        let action = super::action(&self.action)?;
        if entity.writes != Writes::All {
            let message =
                format!("{} are kept by the program and cannot be written directly.", entity.plural.en);
            return wrong("entity", &codes::NOT_A_CHOICE, message);
        }
        tx.caller().permit(&entity.permission(action.permission()))?;
        let filter = object("filter", self.filter)?;
        Kept { filter: filter.clone(), ..Kept::default() }.query(entity)?;
        let changes = object("changes", self.changes)?;
        check(tx, entity, action, &changes)?;
        let by = By::of(tx.caller())?;
        let (tenant, id, asked_by) = (tx.tenant(), tx.id(), tx.actor().id());
        tx.execute(
            sql!(
                "insert into bulk_changes (tenant_id, id, entity, action, filter, changes, requested_by, created_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $7)"
            ),
            &[
                &tenant,
                &id,
                &entity.name,
                &self.action,
                &Value::Object(filter.clone()),
                &Value::Object(changes.clone()),
                &asked_by,
            ],
        )
        .await?;
        tx.enqueue(RunChange { change: id, by }.job()?.unique(format!("bulk:{id}"))).await?;
        let asked =
            json!({ "bulk_change_id": id, "action": self.action, "filter": filter, "changes": changes });
        audit::note(
            tx,
            Note { entity: entity.name, id: None, action: "bulk_change", new_values: Some(asked) },
        )
        .await?;
        Ok(Requested { bulk_change_id: id })
    }
}

fn object(name: &'static str, given: Value) -> Result<Document, Problem> {
    match given {
        Value::Object(object) => Ok(object),
        other => {
            let message = format!("`{name}` is an object.");
            Err(Problem::invalid(vec![FieldError::new(name, &codes::WRONG_TYPE, message).value(other)]))
        }
    }
}

fn wrong<T>(name: &'static str, code: &'static ValueCode, message: String) -> Result<T, Problem> {
    Err(Problem::invalid(vec![FieldError::new(name, code, message)]))
}

/// What no record could be asked for is refused at once, naming the field.
fn check(tx: &TenantTx, entity: &'static Entity, action: Action, changes: &Document) -> Result<(), Problem> {
    match action {
        Action::Update if changes.is_empty() => {
            wrong("changes", &codes::REQUIRED, "Say which fields to set, and to what.".to_owned())
        }
        Action::Update => {
            // What a record had before must be known, so that it can be taken back.
            if let Some(name) = changes.keys().find(|name| entity.field(name).is_none()) {
                let message = format!("{} have no field `{name}`.", entity.plural.en);
                return wrong("changes", &codes::UNKNOWN_FIELD, message);
            }
            engine::check_change(tx.caller(), entity, changes.clone()).map_err(|problem| {
                let errors = problem.field_errors().iter().map(|error| {
                    let field = format!("changes.{}", error.field);
                    FieldError { field, ..error.clone() }
                });
                let errors: Vec<_> = errors.collect();
                if errors.is_empty() { problem } else { Problem::invalid(errors) }
            })
        }
        _ if !changes.is_empty() => {
            wrong("changes", &codes::NOT_A_CHOICE, "Only `update` sets fields.".to_owned())
        }
        _ if !entity.archives => {
            let message =
                format!("{} have no archive, and what is deleted cannot be taken back.", entity.plural.en);
            wrong("action", &codes::NOT_A_CHOICE, message)
        }
        _ => Ok(()),
    }
}
