//! What the forms of an import post: the same steps as the API's, answered by going on or by the page with what was
//! refused.

use axum::extract::Request;
use model::{Document, problem::Problem};
use serde_json::Value;
use uuid::Uuid;
use work::import::{self, FileReport, Step};

use super::{
    map::{column_name, type_name},
    overview, wizard,
};
use crate::{
    imports::take,
    input::Id,
    pages::{Answer, go, sent::Sent, told, visitor::Visitor},
};

fn place(id: Uuid) -> String {
    format!("/admin/imports/{id}")
}

/// Takes files in.
pub async fn receive(visitor: Visitor, request: Request) -> Answer {
    match take(&visitor.ask, request).await {
        Ok(id) => Ok(go(&place(id))),
        Err(problem) => overview::page(&visitor, &[], Some(&told(problem)?)).await,
    }
}

/// Maps as the form says, then checks the rows where that was asked.
pub async fn validate(visitor: Visitor, Id(id): Id, sent: Sent) -> Answer {
    let work = async {
        let (app, caller) = (&visitor.ask.app, visitor.caller());
        let report = import::report(&app.db, caller, id).await?;
        for file in &report.files {
            let (kind, choices) = chosen(file, &sent);
            if kind.is_some() || !choices.is_empty() {
                import::remap(&app.db, &app.files, caller, file.batch, kind.as_deref(), &choices).await?;
            }
        }
        if sent.text("then") == "check" {
            import::enqueue(&app.db, caller, id, Step::Validate, None).await?;
        }
        Ok(())
    };
    after(&visitor, id, visitor.ask.run(work).await).await
}

/// What a person chose otherwise than the mapping has it: another data type, other fields.
fn chosen(file: &FileReport, sent: &Sent) -> (Option<String>, Document) {
    let kind = sent.text(&type_name(file));
    if !kind.is_empty() && file.data_type.as_deref() != Some(kind) {
        return (Some(kind.to_owned()), Document::new());
    }
    let mut choices = Document::new();
    for column in file.mapping.iter().flat_map(|mapping| &mapping.columns) {
        let Some(target) = sent.get(&column_name(file, column)) else { continue };
        if target != column.target.as_deref().unwrap_or_default() {
            let target = if target.is_empty() { Value::Null } else { target.into() };
            choices.insert(column.header.clone(), target);
        }
    }
    (None, choices)
}

/// Writes, goes on or takes back.
pub async fn go_on(visitor: Visitor, Id(id): Id, step: Step) -> Answer {
    let enqueued = import::enqueue(&visitor.ask.app.db, visitor.caller(), id, step, None);
    let done = visitor.ask.run(enqueued).await.map(drop);
    after(&visitor, id, done).await
}

/// Stops it.
pub async fn cancel(visitor: Visitor, Id(id): Id) -> Answer {
    let (db, caller) = (visitor.ask.app.db.clone(), visitor.caller().clone());
    // Whoever leaves does not stop the stopping.
    let task = tokio::spawn(async move { import::cancel(&db, &caller, id).await });
    let done = visitor.ask.run(async { task.await.map_err(Problem::internal)? }).await;
    after(&visitor, id, done).await
}

async fn after(visitor: &Visitor, id: Uuid, done: Result<(), Problem>) -> Answer {
    match done {
        Ok(()) => Ok(go(&place(id))),
        Err(problem) => wizard::page(visitor, id, &[], Some(&told(problem)?)).await,
    }
}
