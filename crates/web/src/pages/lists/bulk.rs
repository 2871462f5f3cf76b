//! Many records at once: into the archive and back, one field set, exported. Each record for itself, in one request that is
//! done once; the list shows again with what became of them, and a way to take it back.

use axum::{body::to_bytes, http::StatusCode, response::Response};
use maud::{Markup, html};
use model::{
    Document,
    entity::{Entity, Writes},
    field::{Field, Kind, Text},
    problem::Problem,
    query::{ListQuery, MOST},
    registry,
};
use serde_json::{Value, json};
use store::engine::{self, Action, BulkRequest};

use super::{all, exports, save, words};
use crate::{
    answer, bulk as calls,
    pages::{
        Answer, fields,
        form::{NAMED, read},
        groups::is_asked,
        list::{self, Shown},
        merge,
        sent::{KEY, Sent},
        table::{records, view},
        told,
        visitor::Visitor,
    },
    refusal::status,
    ui::{
        Look,
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
fn settable(look: &Look, entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    entity.fields.iter().filter(|field| {
        is_asked(look, field, false)
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
pub fn bar(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let (look, entity, url) = (&visitor.look, shown.entity, shown.url);
    let writes = entity.writes == Writes::All;
    let only_archived = url.get("archived") == Some("only");
    let fields: Vec<_> = settable(look, entity).collect();
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
            (all::offer(visitor, shown))
            @if writes && !only_archived && visitor.may(entity, "update") && !fields.is_empty() {
                button."btn set-at" type="button" popovertarget="set-pop" aria-label=(look.t(words::SET_FIELD)) {
                    (small("pencil")) span.only-l { (look.t(words::SET_FIELD)) }
                }
                div.pop #set-pop popover aria-label=(look.t(words::SET_FIELD)) {
                    @for field in fields {
                        details name="set" {
                            summary { (look.t(field.label)) span.go { (small("chevron-right")) } }
                            div.fill {
                                (entry(look, &Entry { field, own: None, text: "", named: "", wrong: None, must: false, prefix: PREFIX }))
                                button."btn pri" type="submit" name="do" value={ "set." (field.name) } { (look.t(words::SET)) }
                            }
                        }
                    }
                }
            }
            @if visitor.may(entity, "export") {
                button."btn set-at" type="button" popovertarget="take-pop" aria-label=(look.t(words::ASK_EXPORT)) {
                    (small("download")) span.only-l { (look.t(words::ASK_EXPORT)) }
                }
                div.pop #take-pop popover aria-label=(look.t(words::ASK_EXPORT)) {
                    div.fill {
                        (exports::formats(look))
                        button."btn pri" type="submit" name="do" value="export" { (look.t(words::ASK_EXPORT)) }
                    }
                }
            }
            @if writes && entity.archives && visitor.may(entity, "delete") {
                @if only_archived { (button("restore", "archive-restore", texts::RESTORE)) }
                @else { (button("archive", "archive", texts::ARCHIVE)) }
            }
            @if !only_archived && merge::may(visitor, entity) { (button(merge::MERGE, "combine", merge::words::MERGE_TWO)) }
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
        merge::MERGE => return merge::picked(&visitor, entity, ids(&sent), at).await,
        "export" | "export-list" => exports::of_list(&visitor, entity, &sent, &at).await,
        // Taken back is what was done to the records of a page.
        step if step != "undo" && is_all(&sent) => all::change(&visitor, entity, &sent, &at).await,
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

/// Whether it is about every record of the list.
pub fn is_all(sent: &Sent) -> bool {
    sent.text("all") == "1"
}

/// The button that closes a toast.
pub fn close(visitor: &Visitor) -> Markup {
    html! { button type="button" data-away aria-label=(visitor.look.t(words::CLOSE)) { (small("x")) } }
}

/// The ids of the selected rows.
pub fn ids(sent: &Sent) -> Vec<&str> {
    sent.all("id").filter(|id| !id.is_empty()).take(usize::from(MOST)).collect()
}

/// What is told where no record is selected.
pub fn nothing(visitor: &Visitor) -> Markup {
    html! { div.toast data-toast { (small("circle-alert")) span { (visitor.look.t(words::NOTHING_PICKED)) } } }
}

/// What the bar asks for.
pub struct Step {
    /// What is done to each record.
    pub action: Action,
    /// The field that is set, and to what.
    pub set: Option<(&'static Field, Value)>,
}

impl Step {
    /// The field that is set.
    pub fn field(&self) -> Option<&'static Field> {
        self.set.as_ref().map(|(field, _)| *field)
    }

    /// What it is called.
    pub fn label(&self) -> Text {
        match (self.action, self.field()) {
            (Action::Archive, _) => texts::ARCHIVE,
            (Action::Restore, _) => texts::RESTORE,
            (_, Some(field)) => field.label,
            (_, None) => words::SET_FIELD,
        }
    }

    /// What was done to each, behind their number.
    fn done(&self) -> Text {
        match self.action {
            Action::Archive => words::ARCHIVED,
            Action::Restore => words::RESTORED,
            Action::Create | Action::Update => words::CHANGED,
        }
    }
}

/// Reads what the bar asks for.
///
/// # Errors
/// `not_found` for a field that cannot be set of many records; `invalid` for a value that cannot be read.
pub fn step(visitor: &Visitor, entity: &'static Entity, sent: &Sent) -> Result<Step, Problem> {
    let plain = |action| Ok(Step { action, set: None });
    let name = match sent.text("do") {
        "archive" => return plain(Action::Archive),
        "restore" => return plain(Action::Restore),
        other => other.strip_prefix("set.").unwrap_or_default(),
    };
    let field = settable(&visitor.look, entity).find(|field| field.name == name);
    let field = field.ok_or_else(|| Problem::not_found("field"))?;
    let (typed, text) = (sent.text(&format!("{NAMED}{name}")).trim(), sent.text(name).trim());
    let text = if text.is_empty() && field.link().is_some() { typed } else { text };
    let value = read(&visitor.look, field, text).map_err(|error| Problem::invalid(vec![error]))?;
    Ok(Step { action: Action::Update, set: Some((field, value)) })
}

/// What is asked of which records.
struct Wanted {
    request: BulkRequest,
    /// The field that is set.
    field: Option<&'static Field>,
    /// What was done to each, behind their number.
    done: Text,
}

/// Reads what is asked of which records; none where no record is selected.
fn wanted(visitor: &Visitor, entity: &'static Entity, sent: &Sent) -> Result<Option<Wanted>, Problem> {
    let (action, records, field, done) = match sent.text("do") {
        "undo" => {
            let records: Vec<Document> = serde_json::from_str(sent.text("undo")).unwrap_or_default();
            (Action::Update, records, None, words::CHANGED)
        }
        _ => {
            let step = step(visitor, entity, sent)?;
            let set = step.set.iter().map(|(field, value)| (field.name.to_owned(), value.clone()));
            let set: Document = set.collect();
            let named = |id| [("id".to_owned(), json!(id))].into_iter().chain(set.clone()).collect();
            (step.action, ids(sent).into_iter().map(named).collect(), step.field(), step.done())
        }
    };
    let request = BulkRequest { action, records, atomic: false };
    Ok(Some(Wanted { request, field, done }).filter(|wanted| !wanted.request.records.is_empty()))
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
    query.view = view(&visitor.look, entity, &fields);
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
