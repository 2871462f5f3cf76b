//! Many records at once: into the archive and back, one field set, exported. Each record for itself, in one request that is
//! done once; the list shows again with what became of them, and a way to take it back.

use axum::{body::to_bytes, http::StatusCode, response::Response};
use maud::{Markup, html};
use model::{
    Document,
    entity::{Entity, Writes},
    field::{Field, Kind, Text},
    problem::Problem,
    query::{Kept, ListQuery, MOST},
    registry,
};
use serde_json::{Value, json};
use store::engine::{self, Action, BulkRequest};
use work::operation::{execute_once, operations};

use super::{save, words};
use crate::{
    answer, bulk as calls,
    pages::{
        Answer, fields,
        form::{NAMED, read},
        groups::is_asked,
        list,
        sent::{KEY, Sent},
        table::{records, view},
        told,
        visitor::Visitor,
    },
    refusal::status,
    ui::{
        entry::{Entry, entry},
        small,
        url::Url,
        value::{self, Record},
        words as texts,
    },
    writes,
};

/// Most refused records that are named.
const NAMED_AT_MOST: usize = 5;
/// What begins the names of entries in the bar.
const PREFIX: &str = "b-";

/// Whether boxes stand before the rows: the visitor may do something to many of them.
pub fn picks(visitor: &Visitor, entity: &Entity) -> bool {
    let writes = entity.writes == Writes::All;
    (writes && (visitor.may(entity, "update") || visitor.may(entity, "delete")))
        || visitor.may(entity, "export")
}

/// The fields that may be set of many records at once.
fn settable(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    entity.fields.iter().filter(|field| {
        is_asked(field, false)
            && matches!(
                field.kind,
                Kind::Choice(_)
                    | Kind::Bool
                    | Kind::Link(_)
                    | Kind::Date
                    | Kind::Country
                    | Kind::Currency
                    | Kind::Tags
            )
    })
}

/// The bar that appears once a row is selected.
pub fn bar(visitor: &Visitor, entity: &'static Entity, url: &Url) -> Markup {
    let look = &visitor.look;
    let writes = entity.writes == Writes::All;
    let only_archived = url.get("archived") == Some("only");
    let fields: Vec<_> = settable(entity).collect();
    let button = |what: &str, sign: &str, label: Text| {
        html! {
            button.btn type="submit" name="do" value=(what) aria-label=(look.t(label)) {
                (small(sign)) span.only-l { (look.t(label)) }
            }
        }
    };
    html! {
        form.bulk #bulk method="post" action={ "/" (entity.name) "/bulk" } hx-push-url="false" {
            // Enter in an entry presses the first button: one that does nothing.
            button type="submit" disabled hidden {}
            input type="hidden" name=(KEY) value=(visitor.key());
            input type="hidden" name="at" value=(url);
            strong { output #picked {} " " (look.t(words::PICKED)) }
            @if writes && !only_archived && visitor.may(entity, "update") && !fields.is_empty() {
                button."btn set-at" type="button" popovertarget="set-pop" aria-label=(look.t(words::SET_FIELD)) {
                    (small("pencil")) span.only-l { (look.t(words::SET_FIELD)) }
                }
                div.pop #set-pop popover aria-label=(look.t(words::SET_FIELD)) {
                    @for field in fields {
                        details name="set" {
                            summary { (look.t(field.label)) span.go { (small("chevron-right")) } }
                            div.fill {
                                (entry(look, &Entry { field, text: "", named: "", wrong: None, must: false, prefix: PREFIX }))
                                button."btn pri" type="submit" name="do" value={ "set." (field.name) } { (look.t(words::SET)) }
                            }
                        }
                    }
                }
            }
            @if visitor.may(entity, "export") { (button("export", "download", words::ASK_EXPORT)) }
            @if writes && entity.archives && visitor.may(entity, "delete") {
                @if only_archived { (button("restore", "archive-restore", texts::RESTORE)) }
                @else { (button("archive", "archive", texts::ARCHIVE)) }
            }
            button."btn sq" type="button" data-unpick aria-label=(look.t(words::CLEAR)) { (small("x")) }
        }
    }
}

/// Does what the bar, or the way back out of it, asks for.
pub async fn bulk(visitor: Visitor, entity: &'static Entity, sent: Sent) -> Answer {
    let mut at = save::at(&sent);
    if at.path() != format!("/{}", entity.name) {
        at = Url::new(format!("/{}", entity.name), &[]);
    }
    let done = match sent.text("do") {
        "export" | "export-list" => export(&visitor, entity, &sent, &at).await,
        _ => change(&visitor, entity, &sent, &at).await,
    };
    match done {
        Ok(told) => list::again(&visitor, entity, at, told, StatusCode::OK).await,
        Err(problem) => {
            let problem = told(problem)?;
            let look = &visitor.look;
            let why = problem.field_errors().first().map_or_else(
                || fields::said(look.lang, &problem),
                |error| fields::wrong(look.lang, entity.field(&error.field), error),
            );
            let told = html! { div."toast stay" role="alert" { (small("circle-alert")) span { (why) } (close(&visitor)) } };
            list::again(&visitor, entity, at, told, status(&problem)).await
        }
    }
}

fn close(visitor: &Visitor) -> Markup {
    html! { button type="button" data-away aria-label=(visitor.look.t(words::CLOSE)) { (small("x")) } }
}

/// The ids of the selected rows.
fn ids(sent: &Sent) -> Vec<&str> {
    sent.all("id").filter(|id| !id.is_empty()).take(usize::from(MOST)).collect()
}

/// Asks for an export of the selected records, or of the whole list.
async fn export(
    visitor: &Visitor,
    entity: &'static Entity,
    sent: &Sent,
    at: &Url,
) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let mut kept = Kept::of(at.pairs());
    if sent.text("do") == "export" {
        let ids = ids(sent);
        if ids.is_empty() {
            return Ok(nothing(visitor));
        }
        kept.filter = Document::from_iter([
            ("filter[id][in]".to_owned(), json!(ids.join(","))),
            ("archived".to_owned(), json!("with")),
        ]);
        if !entity.archives {
            kept.filter.shift_remove("archived");
        }
    }
    // What the title column is called stands in every list, chosen or not.
    if !kept.columns.is_empty() {
        kept.columns.retain(|name| name != entity.title);
        kept.columns.insert(0, entity.title.to_owned());
    }
    request(visitor, entity, kept, sent).await?;
    Ok(html! {
        div.toast data-toast {
            (small("circle-check"))
            span { (look.t(words::ASKED)) }
            a.way href="/exports" hx-boost="false" { (look.t(words::EXPORTS)) }
        }
    })
}

/// Asks for an export by the operation of the API.
pub async fn request(
    visitor: &Visitor,
    entity: &'static Entity,
    kept: Kept,
    sent: &Sent,
) -> Result<Document, Problem> {
    let operation = operations()
        .find(|one| one.entity == "export_jobs" && one.name == "request")
        .ok_or_else(|| Problem::internal("no operation export_jobs.request"))?;
    let mut input = kept.document();
    input.insert("entity".to_owned(), json!(entity.name));
    if let Some(format) = sent.get("format") {
        input.insert("format".to_owned(), json!(format));
    }
    let services = &visitor.ask.app.services;
    let work = execute_once(services, visitor.caller(), operation, None, input, sent.once.asks());
    visitor.ask.run(work).await.map(|done| match done {
        work::once::Done::Now(told) => told,
        work::once::Done::Before(_) => Document::new(),
    })
}

fn nothing(visitor: &Visitor) -> Markup {
    html! { div.toast data-toast { (small("circle-alert")) span { (visitor.look.t(words::NOTHING_PICKED)) } } }
}

/// What is asked of which records.
struct Wanted {
    request: BulkRequest,
    /// The field that is set.
    field: Option<&'static Field>,
    /// What was done to each, behind their number.
    done: Text,
}

/// Reads what is asked; none where no record is selected.
fn wanted(visitor: &Visitor, entity: &'static Entity, sent: &Sent) -> Result<Option<Wanted>, Problem> {
    let ids = ids(sent);
    let plain = |action, done| {
        let records = ids.iter().map(|id| Document::from_iter([("id".to_owned(), json!(id))])).collect();
        Wanted { request: BulkRequest { action, records, atomic: false }, field: None, done }
    };
    let wanted = match sent.text("do") {
        "archive" => plain(Action::Archive, words::ARCHIVED),
        "restore" => plain(Action::Restore, words::RESTORED),
        "undo" => {
            let records: Vec<Document> = serde_json::from_str(sent.text("undo")).unwrap_or_default();
            let request = BulkRequest { action: Action::Update, records, atomic: false };
            return Ok(Some(Wanted { request, field: None, done: words::CHANGED }));
        }
        other => {
            let name = other.strip_prefix("set.").unwrap_or_default();
            let field = settable(entity).find(|field| field.name == name);
            let field = field.ok_or_else(|| Problem::not_found("field"))?;
            let typed = sent.text(&format!("{NAMED}{name}")).trim();
            let text = sent.text(name).trim();
            let value = read(
                &visitor.look,
                field,
                if text.is_empty() && field.link().is_some() { typed } else { text },
            );
            let value = value.map_err(|error| Problem::invalid(vec![error]))?;
            let mut wanted = plain(Action::Update, words::CHANGED);
            for record in &mut wanted.request.records {
                record.insert(name.to_owned(), value.clone());
            }
            Wanted { field: Some(field), ..wanted }
        }
    };
    Ok(Some(wanted).filter(|wanted| !wanted.request.records.is_empty()))
}

/// Does it, and tells what became of the records.
async fn change(
    visitor: &Visitor,
    entity: &'static Entity,
    sent: &Sent,
    at: &Url,
) -> Result<Markup, Problem> {
    let Some(wanted) = wanted(visitor, entity, sent)? else { return Ok(nothing(visitor)) };
    let of: Vec<String> =
        wanted.request.records.iter().filter_map(|one| Some(one.get("id")?.as_str()?.to_owned())).collect();
    let before = stand(visitor, entity, &of, wanted.field).await?;
    let action = wanted.request.action;
    let told = |results| answer::json(StatusCode::OK, calls::answer(results));
    let response = writes::bulk(&visitor.ask, entity, wanted.request, sent.once.clone(), told).await?;
    let results = results(response).await?;
    let look = &visitor.look;
    let (done, refused): (Vec<_>, Vec<_>) =
        of.iter().zip(&results).partition(|(_, result)| result["effect"] != "failed");
    let name = |id: &str| {
        let found = before.iter().find(|record| record.get("id").and_then(Value::as_str) == Some(id));
        found.map_or_else(|| id.chars().take(8).collect(), |record| value::title(look, entity, record))
    };
    let undo = undo(action, wanted.field, &done, &before);
    Ok(html! {
        div.toast.stay[!refused.is_empty()] data-toast[refused.is_empty()] {
            (small(if refused.is_empty() { "circle-check" } else { "triangle-alert" }))
            div {
                span { (done.len()) " " (look.t(wanted.done)) }
                @if !refused.is_empty() {
                    span { ", " (refused.len()) " " (look.t(words::NOT_DONE)) }
                    ul {
                        @for (id, result) in refused.iter().take(NAMED_AT_MOST) {
                            li { b { (name(id)) } ": " (why(result)) }
                        }
                        @if refused.len() > NAMED_AT_MOST { li { "+" (refused.len() - NAMED_AT_MOST) } }
                    }
                }
            }
            @if let Some(pairs) = undo {
                form method="post" action={ "/" (entity.name) "/bulk" } hx-push-url="false" {
                    input type="hidden" name=(KEY) value=(visitor.key());
                    input type="hidden" name="at" value=(at);
                    @for (name, text) in &pairs { input type="hidden" name=(name) value=(text); }
                    button type="submit" { (look.t(texts::UNDO)) }
                }
            }
            @if !refused.is_empty() { (close(visitor)) }
        }
    })
}

/// Why a record was refused, as the API says it.
fn why(result: &Value) -> String {
    let problem = &result["problem"];
    let told = problem["errors"][0]["message"].as_str().or(problem["detail"].as_str());
    told.unwrap_or_default().to_owned()
}

/// What became of each record, from the answer of the call.
async fn results(response: Response) -> Result<Vec<Value>, Problem> {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.map_err(Problem::internal)?;
    let mut answer: Value = serde_json::from_slice(&bytes).map_err(Problem::internal)?;
    match answer["results"].take() {
        Value::Array(results) => Ok(results),
        _ => Err(Problem::internal("a bulk call answered no results")),
    }
}

/// The records as they stand before: what they are called, and the field that is about to be set.
async fn stand(
    visitor: &Visitor,
    entity: &'static Entity,
    ids: &[String],
    field: Option<&'static Field>,
) -> Result<Vec<Record>, Problem> {
    let mut asked =
        vec![("filter[id][in]".to_owned(), ids.join(",")), ("limit".to_owned(), MOST.to_string())];
    if entity.archives {
        asked.push(("archived".to_owned(), "with".to_owned()));
    }
    let mut query = ListQuery::parse(entity, &asked)?;
    let fields: Vec<_> = entity.field(entity.title).into_iter().chain(field).collect();
    query.view = view(entity, &fields);
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    records(&page.data)
}

/// What a form posts to take it back: the other step, or each record's value as it was, at the version that stands now.
fn undo(
    action: Action,
    field: Option<&'static Field>,
    done: &[(&String, &Value)],
    before: &[Record],
) -> Option<Vec<(&'static str, String)>> {
    let changed = || done.iter().filter(|(_, result)| result["effect"] == "changed");
    let back = match (action, field) {
        (Action::Archive, _) => "restore",
        (Action::Update, Some(_)) => "undo",
        _ => return None,
    };
    let mut pairs = vec![("do", back.to_owned())];
    match field {
        None => pairs.extend(changed().map(|(id, _)| ("id", (*id).clone()))),
        Some(field) => {
            let was = |id: &str| {
                let record =
                    before.iter().find(|record| record.get("id").and_then(Value::as_str) == Some(id))?;
                record.get(field.name).cloned()
            };
            let records: Vec<Value> = changed()
                .filter_map(|(id, result)| {
                    let mut record = json!({ "id": id, "version": result["record"]["version"] });
                    record[field.name] = was(id)?;
                    Some(record)
                })
                .collect();
            pairs.push(("undo", json!(records).to_string()));
        }
    }
    changed().next().is_some().then_some(pairs)
}

/// The kind of record that a form names.
///
/// # Errors
/// `not_found`.
pub fn named(name: &str) -> Result<&'static Entity, Problem> {
    registry::entity(name).ok_or_else(|| Problem::not_found("kind of record"))
}
