//! How imports stand: list, one, its rows, its errors.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use model::{
    entity::Entity,
    problem::{FieldError, Problem, codes},
    query::ListQuery,
    registry,
};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;
use work::import::{self, RowFilter};

use crate::{
    answer,
    ask::Ask,
    input::{Id, Params},
    refusal::Refusal,
    streamed::streamed,
};

type Answer = Result<Response, Refusal>;

/// The sets of files, newest first; filters, sort and pages as of every list.
pub async fn list(ask: Ask, Params(mut params): Params) -> Answer {
    params.push(("filter[parent_id][is_null]".to_owned(), "true".to_owned()));
    let query = ListQuery::parse(batches()?, &params)?;
    let page = ask.run(engine::list(&ask.app.db, &ask.caller, batches()?, &query)).await?;
    Ok(answer::page(page))
}

fn batches() -> Result<&'static Entity, Problem> {
    registry::described("import_batches")
}

/// One set: state, counts, and of each file its mapping, notes and errors by kind.
pub async fn get(ask: Ask, Id(id): Id) -> Answer {
    ask.caller.permit("import_batches.view")?;
    Ok(report(&ask, id, StatusCode::OK).await?)
}

/// Answers with the set as it stands.
pub async fn report(ask: &Ask, id: Uuid, status: StatusCode) -> Result<Response, Problem> {
    let (db, caller) = (&ask.app.db, &ask.caller);
    // In this order: where nothing is under way any more, the report tells the end.
    let progress = ask.run(import::progress(db, caller, id)).await?;
    let mut told = json!(ask.run(Box::pin(import::report(db, caller, id))).await?);
    told["progress"] = json!(progress);
    Ok(answer::document(status, &told))
}

/// Its rows as they were read, with what becomes of each.
pub async fn rows(ask: Ask, Id(id): Id, Params(params): Params) -> Answer {
    ask.caller.permit("import_batches.view")?;
    let filter = filter(&params)?;
    page(&ask, id, &filter).await
}

/// The rows with errors: JSON, or the error file for who accepts `text/csv`.
pub async fn errors(ask: Ask, id: Id, headers: HeaderMap, Params(params): Params) -> Answer {
    let csv = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/csv"));
    if csv {
        return error_file(ask, id).await;
    }
    ask.caller.permit("import_batches.view")?;
    let filter = RowFilter { status: Some("failed".to_owned()), ..filter(&params)? };
    page(&ask, id.0, &filter).await
}

/// The rows with errors as a file in the original's layout, to be corrected and imported again.
pub async fn error_file(ask: Ask, Id(id): Id) -> Answer {
    ask.caller.permit("import_batches.view")?;
    let (db, caller) = (ask.app.db.clone(), ask.caller.clone());
    let write = async move |mut out| import::errors_csv(&db, &caller, id, &mut out).await;
    let body = ask.run(streamed(write)).await?;
    Ok(answer::csv(body, &HeaderValue::from_static("attachment; filename=\"errors.csv\"")))
}

async fn page(ask: &Ask, id: Uuid, filter: &RowFilter) -> Answer {
    let page = ask.run(import::rows(&ask.app.db, &ask.caller, id, filter)).await?;
    let next = page.next.map_or(Value::Null, |next| next.to_string().into());
    let text =
        format!("{{\"data\":{},\"page\":{{\"next\":{next},\"prev\":null,\"count\":null}}}}", page.data);
    Ok(answer::json(StatusCode::OK, text))
}

/// `status=`, `action=`, `fixed=`, `after=`, `limit=`.
fn filter(params: &[(String, String)]) -> Result<RowFilter, Problem> {
    let mut filter = RowFilter::default();
    for (name, value) in params {
        let bad = |mend: &str| {
            let message = format!("`{name}` {mend}.");
            Problem::new(&codes::BAD_REQUEST, message.clone())
                .errors(vec![FieldError::new(name, &codes::BAD_REQUEST, message).value(value.as_str())])
        };
        match name.as_str() {
            "status" => filter.status = Some(value.clone()),
            "fixed" => match value.as_str() {
                "true" => filter.fixed = true,
                "false" => filter.fixed = false,
                _ => return Err(bad("is true or false")),
            },
            "action" => filter.action = Some(value.clone()),
            "after" => {
                filter.after =
                    Some(Uuid::try_parse(value).map_err(|_| bad("is `page.next` of an earlier answer"))?)
            }
            "limit" => match value.parse() {
                Ok(limit @ 1..=200) => filter.limit = Some(limit),
                _ => return Err(bad("is a whole number from 1 to 200")),
            },
            _ => return Err(bad("is no parameter; there are status, action, fixed, after and limit")),
        }
    }
    Ok(filter)
}
