//! What the forms of an import post: the same steps as the API's, answered by going on or by the page with what was
//! refused.

use axum::extract::Request;
use model::{Document, problem::Problem};
use serde_json::Value;
use uuid::Uuid;
use work::{
    import::{self, Choices, Column, FileReport, Fix, Step, TemplateUse, data_type, targets},
    operation::{self, execute},
};

use super::{
    map::{add_name, column_name, set_name, type_name},
    overview, reading, wizard,
};
use crate::{
    imports::{correct, take},
    input::Id,
    pages::{Answer, go, sent::Sent, told, visitor::Visitor},
    ui::Url,
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

/// Maps as the form says, then checks the rows, or keeps the mapping as a template, where that was asked.
pub async fn validate(visitor: Visitor, Id(id): Id, sent: Sent) -> Answer {
    let work = async {
        let (app, caller) = (&visitor.ask.app, visitor.caller());
        if sent.text("then") == "plain" {
            return import::reread(&app.db, &app.files, caller, id, &TemplateUse::Never).await;
        }
        let report = import::report(&app.db, caller, id).await?;
        for file in &report.files {
            if sent.text(&format!("{}.remove", file.batch)) == "on" {
                import::drop_part(&app.db, caller, file.batch).await?;
                continue;
            }
            let (kind, choices) = chosen(file, &sent);
            if kind.is_some() || !choices.is_empty() {
                import::remap(&app.db, &app.files, caller, file.batch, kind.as_deref(), &choices).await?;
            }
            let more = sent.text(&add_name(file));
            if !more.is_empty() {
                let said = Choices::default();
                import::add_part(&app.db, &app.files, caller, file.batch, more, &said).await?;
            }
        }
        match sent.text("then") {
            "check" => import::enqueue(&app.db, caller, id, Step::Validate, None).await.map(drop),
            "save" => save(&visitor, id, sent.text("template_name")).await,
            _ => Ok(()),
        }
    };
    after(&visitor, id, visitor.ask.run(work).await).await
}

/// Keeps the mapping as a template, by the operation that programs call.
async fn save(visitor: &Visitor, id: Uuid, name: &str) -> Result<(), Problem> {
    let operation = operation::named("import_templates.save")?;
    let mut input = Document::new();
    input.insert("name".into(), name.trim().into());
    input.insert("batch_id".into(), id.to_string().into());
    execute(&visitor.ask.app.services, visitor.caller(), operation, None, input).await.map(drop)
}

/// What a person chose otherwise than the mapping has it: another data type, other fields, how cells are read.
fn chosen(file: &FileReport, sent: &Sent) -> (Option<String>, Choices) {
    let kind = sent.text(&type_name(file));
    if !kind.is_empty() && file.data_type.as_deref() != Some(kind) {
        return (Some(kind.to_owned()), Choices::default());
    }
    let mut choices = Choices::default();
    let Some(mapping) = &file.mapping else { return (None, choices) };
    for column in &mapping.columns {
        let Some(target) = sent.get(&column_name(file, column)) else { continue };
        let same = target == column.target.as_deref().unwrap_or_default();
        let field: Value = if target.is_empty() { Value::Null } else { target.into() };
        // What is said of how a column is read is said of the field that it had.
        let mut said = if same { reading::chosen(file, column, sent) } else { Document::new() };
        match (same, said.is_empty()) {
            (true, true) => {}
            (false, true) => _ = choices.columns.insert(column.header.clone(), field),
            (_, false) => {
                said.insert("field".into(), field);
                choices.columns.insert(column.header.clone(), Value::Object(said));
            }
        }
    }
    if let Some(kind) = file.data_type.as_deref().and_then(data_type) {
        for target in targets(kind) {
            let text = sent.text(&set_name(file, &target.path)).trim();
            if !text.is_empty() {
                choices.set.insert(target.path.clone(), text.into());
            }
        }
    }
    choices.key = reading::chosen_key(file, mapping, sent);
    (None, choices)
}

/// Corrects a file as the form says, and shows the rows again where the form stood.
pub async fn fix(visitor: Visitor, Id(id): Id, sent: Sent) -> Answer {
    let number = |name: &str| sent.text(name).parse::<usize>().ok();
    let file = Uuid::try_parse(sent.text("batch")).unwrap_or(id);
    let (row, column) = (sent.text("row").parse().unwrap_or_default(), number("place").map(Column::Place));
    let value = |name: &str| sent.text(name).to_owned();
    let alike = |column, given: &str| Fix::Alike {
        column,
        holds: value("holds"),
        code: value("code"),
        value: value(given),
    };
    let fix = match (sent.text("do"), column) {
        ("skip", _) => Fix::Skip { row, skip: true },
        ("unskip", _) => Fix::Skip { row, skip: false },
        ("cell", Some(column)) => Fix::Cell { row, column, value: Some(value("value")) },
        ("suggested", Some(column)) => Fix::Cell { row, column, value: Some(value("suggestion")) },
        ("back", Some(column)) => Fix::Cell { row, column, value: None },
        ("alike", Some(column)) => alike(column, "value"),
        ("suggested_alike", Some(column)) => alike(column, "suggestion"),
        _ => return Err(Problem::not_found("correction").into()),
    };
    let (db, caller) = (&visitor.ask.app.db, visitor.caller());
    let work = async {
        let fixed = correct(&visitor.ask, file, fix).await?;
        if fixed.checked.is_none() {
            import::enqueue(db, caller, id, Step::Validate, None).await?;
        }
        Ok(fixed)
    };
    let at: Vec<(String, String)> = ["show", "after"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), sent.get(name)?.to_owned())))
        .collect();
    match visitor.ask.run(work).await {
        Ok(_) if visitor.look.partial => wizard::page(&visitor, id, &at, None).await,
        Ok(_) => Ok(go(&format!("{}#rows", Url::new(place(id), &at)))),
        Err(problem) => wizard::page(&visitor, id, &at, Some(&told(problem)?)).await,
    }
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
