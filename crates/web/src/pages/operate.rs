//! Operations by hand: a button for each that the visitor may do, a form where it asks for something, and the doing.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use maud::{Markup, html};
use model::{Document, entity::Entity, field::Field, problem::Problem, query::GetQuery};
use serde_json::Value;
use store::engine;
use uuid::Uuid;
use work::{
    once::Done,
    operation::{self, Operation, Place, execute_once, operations},
};

use super::{
    Answer, fields,
    form::{NAMED, read},
    go, html as answer, nav,
    sent::{KEY, Sent},
    shell::{self, Page as Sheet},
    told,
    visitor::Visitor,
};
use crate::{
    input::Id,
    refusal::status,
    ui::{
        Look,
        entry::{Entry, entry, text},
        small,
        value::{self, Record},
        words,
    },
};

type Kind = &'static Entity;

/// The operations on this kind of record, or on one of them, that the visitor may do.
pub fn offered(visitor: &Visitor, entity: &Entity, on_record: bool) -> Vec<&'static Operation> {
    let all = operations().filter(|operation| operation.entity == entity.name);
    let menu = all.filter(|one| one.is_on_record() == on_record && one.place != Place::Beside);
    menu.filter(|one| visitor.may(entity, one.name)).collect()
}

/// Where an operation is done.
fn place(operation: &Operation, id: Option<Uuid>) -> String {
    format!("{}/do/{}", home(operation.entity, id), operation.name)
}

/// The page of the record, or of the list, that an operation is on.
fn home(entity: &str, id: Option<Uuid>) -> String {
    id.map_or_else(|| format!("/{entity}"), |id| format!("/{entity}/{id}"))
}

/// A menu of them: an entry does the operation, or asks in a dialog for what it takes.
pub fn menu(visitor: &Visitor, operations: &[&'static Operation], id: Option<Uuid>) -> Markup {
    let look = &visitor.look;
    let label = |operation: &Operation| html! { (small("play")) span { (look.t(operation.label)) } };
    html! {
        @if !operations.is_empty() {
            button."btn out ops-at" type="button" popovertarget="ops-pop" aria-label=(look.t(words::ACTIONS)) {
                (small("ellipsis")) span.only-l { (look.t(words::ACTIONS)) }
            }
            div."pop menu" #ops-pop popover aria-label=(look.t(words::ACTIONS)) {
                @for operation in operations {
                    @if operation.place == Place::Page {
                        a href={ (home(operation.entity, id)) "/" (operation.name) } { (label(operation)) }
                    } @else if operation.place == Place::Beside {
                        form method="post" action={ (home(operation.entity, id)) "/" (operation.name) } data-once {
                            input type="hidden" name=(KEY) value=(visitor.key());
                            button type="submit" { (label(operation)) }
                        }
                    } @else if operation.input.is_empty() {
                        form method="post" action=(place(operation, id)) data-once {
                            input type="hidden" name=(KEY) value=(visitor.key());
                            button type="submit" { (label(operation)) }
                        }
                    } @else {
                        a href=(place(operation, id)) data-dialog { (label(operation)) }
                    }
                }
            }
        }
    }
}

/// What a form of an operation shows.
struct Shown<'a> {
    entity: Kind,
    operation: &'static Operation,
    id: Option<Uuid>,
    name: String,
    sent: Option<&'a Sent>,
    problem: Option<&'a Problem>,
}

/// The form of an operation on a record.
pub async fn form(visitor: Visitor, entity: Kind, operation: &'static Operation, Id(id): Id) -> Answer {
    asked(visitor, entity, operation, Some(id)).await
}

/// The form of an operation on a kind of record.
pub async fn form_of_all(visitor: Visitor, entity: Kind, operation: &'static Operation) -> Answer {
    asked(visitor, entity, operation, None).await
}

async fn asked(visitor: Visitor, entity: Kind, operation: &'static Operation, id: Option<Uuid>) -> Answer {
    visitor.permit(entity, operation.name)?;
    let name = name(&visitor, entity, id).await?;
    let shown = Shown { entity, operation, id, name, sent: None, problem: None };
    Ok(show(&visitor, StatusCode::OK, &shown))
}

async fn name(visitor: &Visitor, entity: Kind, id: Option<Uuid>) -> Result<String, Problem> {
    let Some(id) = id else { return Ok(visitor.look.t(entity.plural).to_owned()) };
    let plain = GetQuery::default();
    let get = engine::get(&visitor.ask.app.db, visitor.caller(), entity, id, &plain);
    let found = visitor.ask.run(get).await?;
    let record: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
    Ok(value::title(&visitor.look, entity, &record))
}

/// Does an operation on a record.
pub async fn on_record(
    visitor: Visitor,
    entity: Kind,
    operation: &'static Operation,
    Id(id): Id,
    sent: Sent,
) -> Answer {
    run(visitor, entity, operation, Some(id), sent).await
}

/// Does an operation on a kind of record.
pub async fn on_collection(
    visitor: Visitor,
    entity: Kind,
    operation: &'static Operation,
    sent: Sent,
) -> Answer {
    run(visitor, entity, operation, None, sent).await
}

/// Does the operation of this permission, on a record or on a whole kind, once, however often the form is sent: what it
/// tells; none where it was done before.
///
/// # Errors
/// Those of the operation.
pub async fn once(
    visitor: &Visitor,
    sent: &Sent,
    permission: &str,
    id: Option<Uuid>,
    input: Document,
) -> Result<Option<Document>, Problem> {
    let operation = operation::named(permission)?;
    let services = &visitor.ask.app.services;
    let work = execute_once(services, visitor.caller(), operation, id, input, sent.once.asks());
    visitor.ask.run(work).await.map(|done| match done {
        Done::Now(told) => Some(told),
        Done::Before(_) => None,
    })
}

async fn run(
    visitor: Visitor,
    entity: Kind,
    operation: &'static Operation,
    id: Option<Uuid>,
    sent: Sent,
) -> Answer {
    let done = async {
        let input = document(&visitor.look, operation.input, &sent)?;
        once(&visitor, &sent, &operation.permission(), id, input).await
    };
    match done.await {
        Ok(Some(told)) if operation.answers_secret => Ok(secret(&visitor, entity, operation, id, &told)),
        Ok(_) => Ok(go(&sent.back(&home(entity.name, id), operation.name))),
        Err(problem) => {
            let problem = told(problem)?;
            let name = name(&visitor, entity, id).await?;
            let shown = Shown { entity, operation, id, name, sent: Some(&sent), problem: Some(&problem) };
            Ok(show(&visitor, status(&problem), &shown))
        }
    }
}

/// What was sent for these fields, to be read as that of programs is.
///
/// # Errors
/// `invalid` with each document that is no JSON.
pub fn document(look: &Look, fields: &[Field], sent: &Sent) -> Result<Document, Problem> {
    let (mut document, mut errors) = (Document::new(), vec![]);
    for field in fields {
        let text = sent.text(field.name).trim();
        if text.is_empty() {
            continue;
        }
        match read(look, field, text) {
            Ok(value) => _ = document.insert(field.name.to_owned(), value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(document) } else { Err(Problem::invalid(errors)) }
}

/// The form: for a dialog where a part was asked, else as a page.
fn show(visitor: &Visitor, status: StatusCode, shown: &Shown<'_>) -> Response {
    let (look, label) = (&visitor.look, visitor.look.t(shown.operation.label));
    let (to, back) = (place(shown.operation, shown.id), home(shown.entity.name, shown.id));
    let plain = shown.problem.filter(|problem| problem.field_errors().is_empty());
    let inner = html! {
        input type="hidden" name=(KEY) value=(visitor.key());
        @if let Some(problem) = plain {
            div."note bad" role="alert" { (small("circle-alert")) span { (fields::said(look.lang, problem)) } }
        }
        (entries(look, shown.operation.input, shown.sent, shown.problem, "o-"))
    };
    let submit = html! { button."btn pri l" type="submit" { (label) } };
    if look.partial {
        let part = html! {
            form.ask method="post" action=(to) data-once novalidate aria-labelledby="dialog-title" {
                h2 #dialog-title { (label) " · " (shown.name) }
                (inner)
                div.ways { button."btn l" type="button" data-close { (look.t(words::CANCEL)) } (submit) }
            }
        };
        return answer(status, part);
    }
    let body = html! {
        form.list method="post" action=(to) data-once novalidate {
            div.sheet { div.form { section.card { header { h2 { (label) } } (inner) } } }
            div.actions { a."btn l" href=(back) { (look.t(words::CANCEL)) } span.grow {} (submit) }
        }
    };
    answer(status, sheet(visitor, shown.entity, label, &shown.name, &back, body))
}

fn sheet(visitor: &Visitor, entity: Kind, label: &str, name: &str, back: &str, body: Markup) -> Markup {
    let look = &visitor.look;
    let bar = html! {
        nav.crumb aria-label=(look.t(words::TO_LIST)) {
            (shell::way_back(look, back, nav::icon(entity), name))
            h1 { (label) }
        }
        span.grow {}
        (shell::me(visitor))
    };
    shell::page(visitor, &Sheet { title: label.to_owned(), bar, body, toast: None })
}

/// An entry for each field: what was typed, with what is wrong about it, else the usual. `prefix` tells the ids of two
/// forms of one page apart.
pub fn entries(
    look: &Look,
    described: &'static [Field],
    sent: Option<&Sent>,
    problem: Option<&Problem>,
    prefix: &str,
) -> Markup {
    let errors = problem.map_or(&[][..], Problem::field_errors);
    let usual = |field: &Field| {
        let default: Value = serde_json::from_str(field.default?).ok()?;
        Some(text(look, field, &default))
    };
    let input = |field: &'static Field| {
        let now = match sent {
            Some(sent) => sent.text(field.name).to_owned(),
            None => usual(field).unwrap_or_default(),
        };
        let named = sent.map(|sent| sent.text(&format!("{NAMED}{}", field.name))).unwrap_or_default();
        let wrong = errors.iter().find(|error| error.field == field.name);
        let wrong = wrong.map(|error| fields::wrong(look.lang, Some(field), error));
        let must = field.required && field.default.is_none();
        entry(look, &Entry { field, own: None, text: &now, named, wrong: wrong.as_deref(), must, prefix })
    };
    html! { div.ins { @for field in described { (input(field)) } } }
}

/// An answer that holds a secret: shown this once, kept nowhere, not even by the browser.
fn secret(
    visitor: &Visitor,
    entity: Kind,
    operation: &Operation,
    id: Option<Uuid>,
    told: &Document,
) -> Response {
    let (look, back) = (&visitor.look, home(entity.name, id));
    let label = look.t(operation.label);
    let body = html! {
        div.sheet { div.form {
            p."note warn" role="status" { (small("triangle-alert")) span { (look.t(words::SHOWN_ONCE)) } }
            section.card {
                header { h2 { (label) } }
                dl.facts {
                    @for (name, value) in told.iter().filter(|(_, value)| !value.is_null()) {
                        div.wide {
                            @let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                            dt { (entity.any_field(name).map_or(name.as_str(), |field| look.t(field.label))) }
                            dd.secret {
                                code.mono { (text) }
                                button."btn out" type="button" data-copy=(text) data-copied=(look.t(words::COPIED)) {
                                    (small("copy")) (look.t(words::COPY))
                                }
                            }
                        }
                    }
                }
            }
            div.ways { a."btn out l" href=(back) { (look.t(words::BACK)) } }
        } }
    };
    let markup = sheet(visitor, entity, label, look.t(entity.plural), &back, body);
    let mut response = answer(StatusCode::OK, markup);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
