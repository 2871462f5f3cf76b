//! `GET /users/{id}/access`: why a person may do something with a record, or why not.

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{access::roles::fits_code, entity::Entity, field, problem::Problem, query::GetQuery, registry};
use serde_json::Value;
use store::engine;
use uuid::Uuid;
use work::access::{
    roles::permissions,
    why::{Question, why},
};

use super::words;
use crate::{
    input::{Id, Params},
    pages::{
        Answer, fields, html as answer, nav,
        shell::{self, Page},
        told,
        visitor::Visitor,
    },
    refusal::status,
    ui::{
        Look, small,
        value::{self, Record, title},
        words as texts,
    },
};

const RECORD: &str = "record";

/// What is asked, as far as it is.
struct Asked {
    user: Uuid,
    /// What the person is called.
    name: String,
    entity: Option<&'static Entity>,
    action: String,
    record: Option<Uuid>,
    /// What the record is called.
    named: String,
}

/// The page: the question, and its answer where a kind of record is named.
pub async fn page(visitor: Visitor, Id(user): Id, Params(params): Params) -> Answer {
    let text =
        |name: &str| params.iter().find(|(given, _)| given == name).map_or("", |(_, text)| text.trim());
    let users = registry::described("users")?;
    let entity = registry::entity(text("entity"));
    let mut asked = Asked {
        user,
        name: name(&visitor, users, user).await?,
        entity,
        action: Some(text("action")).filter(|action| !action.is_empty()).unwrap_or("view").to_owned(),
        record: Uuid::try_parse(text(RECORD)).ok(),
        named: String::new(),
    };
    // Another kind of record knows other actions.
    if let Some(entity) = entity
        && !actions(entity).contains(&asked.action.as_str())
    {
        "view".clone_into(&mut asked.action);
    }
    if let (Some(entity), Some(record)) = (entity, asked.record) {
        match name(&visitor, entity, record).await {
            Ok(name) => asked.named = name,
            // It was one of another kind.
            Err(_) => asked.record = None,
        }
    }
    let told = match entity {
        None => None,
        Some(entity) => {
            let question = Question {
                user,
                entity: entity.name.to_owned(),
                record: asked.record,
                action: asked.action.clone(),
            };
            let work = why(&visitor.ask.app.db, visitor.caller(), &question);
            Some(match visitor.ask.run(work).await {
                Ok(told) => Ok(told),
                Err(problem) => Err(told(problem)?),
            })
        }
    };
    let code = match &told {
        Some(Err(problem)) => status(problem),
        _ => StatusCode::OK,
    };
    Ok(answer(code, shown(&visitor, &asked, told.as_ref())))
}

async fn name(visitor: &Visitor, entity: &'static Entity, id: Uuid) -> Result<String, Problem> {
    let plain = GetQuery::default();
    let get = engine::get(&visitor.ask.app.db, visitor.caller(), entity, id, &plain);
    let found = visitor.ask.run(get).await?;
    let record: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
    Ok(title(&visitor.look, entity, &record))
}

/// What can be done with records of this kind.
fn actions(entity: &Entity) -> Vec<&'static str> {
    let pattern = format!("{}.*", entity.name);
    permissions()
        .iter()
        .filter(|known| fits_code(&pattern, &known.code()))
        .map(|known| known.action)
        .collect()
}

fn shown(visitor: &Visitor, asked: &Asked, told: Option<&Result<Value, Problem>>) -> Markup {
    let look = &visitor.look;
    let user = format!("/users/{}", asked.user);
    let bar = html! {
        nav.crumb aria-label=(look.t(texts::TO_LIST)) {
            (shell::way_back(look, &user, "users", &asked.name))
            h1 { (look.t(words::WHY)) }
        }
        span.grow {}
        (shell::me(visitor))
    };
    let body = html! {
        div.sheet { div.form {
            form.card method="get" action={ (user) "/access" } {
                header { h2 { (asked.name) } }
                div.ins {
                    p."entry wide muted" { (look.t(words::ABOUT_WHY)) }
                    div.entry {
                        label for="w-entity" { (look.t(words::KIND)) }
                        select.field #w-entity name="entity" {
                            @for entity in registry::ENTITIES.iter() {
                                option value=(entity.name) selected[asked.entity.is_some_and(|one| one.name == entity.name)] {
                                    (look.t(entity.plural))
                                }
                            }
                        }
                    }
                    @if let Some(entity) = asked.entity {
                        div.entry {
                            label for="w-action" { (look.t(words::ACTION)) }
                            select.field #w-action name="action" {
                                @for action in actions(entity) { option selected[action == asked.action] { (action) } }
                            }
                        }
                        (record(look, entity, asked))
                    }
                    div."entry wide" { div { button."btn pri" type="submit" { (look.t(words::CHECK)) } } }
                }
            }
            @match told {
                Some(Ok(told)) => (verdict(look, told)),
                Some(Err(problem)) => p."note bad" role="alert" { (small("circle-alert")) span { (fields::said(look.lang, problem)) } },
                None => {},
            }
        } }
    };
    let title = format!("{} · {}", look.t(words::WHY), asked.name);
    shell::page(visitor, &Page { title, bar, body, toast: None })
}

/// The record, chosen among those that the asker sees.
fn record(look: &Look, entity: &'static Entity, asked: &Asked) -> Markup {
    let id = asked.record.map(|id| id.to_string()).unwrap_or_default();
    html! {
        div.entry {
            label for="w-record" { (look.t(words::RECORD)) }
            div.pick data-pick={ "/" (entity.name) "/options" } {
                input.field #w-record type="text" value=(asked.named) role="combobox" aria-expanded="false" aria-controls="w-record-list"
                    aria-autocomplete="list" autocomplete="off" aria-describedby="w-record-help" placeholder=(look.t(texts::SEARCH));
                (small("chevrons-up-down"))
                input type="hidden" name=(RECORD) value=(id);
                ul #w-record-list role="listbox" aria-label=(look.t(words::RECORD)) hidden {}
            }
            p.help #w-record-help { (look.t(words::RECORD_HELP)) }
        }
    }
}

fn verdict(look: &Look, told: &Value) -> Markup {
    let allowed = told["allowed"] == true;
    let why = match told["reason"].as_str().unwrap_or_default() {
        "account_inactive" => words::WHY_INACTIVE,
        "no_permission" => words::WHY_NO_PERMISSION,
        "not_seen" => words::WHY_NOT_SEEN,
        "out_of_reach" => words::WHY_OUT_OF_REACH,
        "permitted" => words::WHY_PERMITTED,
        "all" => words::WHY_ALL,
        "team" => words::WHY_TEAM,
        "shared" => words::WHY_SHARED,
        _ => words::WHY_OWN,
    };
    let reach = |code: &Value| match code.as_str() {
        Some("all") => Some(look.t(words::REACH_ALL)),
        Some("team") => Some(look.t(words::REACH_TEAM)),
        Some("own") => Some(look.t(words::REACH_OWN)),
        _ => None,
    };
    let list = |name: &str| told[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let fact = |label: field::Text, body: Markup| html! { div.wide { dt { (look.t(label)) } dd { (body) } } };
    html! {
        section.card role="status" {
            header {
                h2 { @if allowed { span."chip ok" { (small("check")) (look.t(words::ALLOWED)) } } @else { span."chip bad" { (small("x")) (look.t(words::REFUSED)) } } }
                p { (look.t(why)) }
            }
            dl.facts {
                (fact(words::PERMISSION, html! { code.mono { (text(told, "permission")) } }))
                (fact(words::REACH, html! { @match reach(&told["scope"]) { Some(reach) => (reach), None => (value::none()) } }))
                (fact(words::ROLES, html! {
                    @if list("roles").is_empty() { span.muted { (look.t(words::NO_ROLE)) } }
                    @for role in list("roles") {
                        a.way href={ "/roles/" (text(&role, "id")) } { (text(&role, "name")) }
                        @if let Some(reach) = reach(&role["record_scope"]) { " " span.muted { "(" (reach) ")" } }
                        " "
                    }
                }))
                @if !list("path").is_empty() {
                    (fact(words::PATH, html! {
                        @for (at, step) in list("path").iter().enumerate() {
                            @if at > 0 { span.muted { " → " } }
                            @let entity = registry::entity(&text(step, "entity"));
                            a.way href={ "/" (text(step, "entity")) "/" (text(step, "id")) } {
                                @if let Some(entity) = entity { (small(nav::icon(entity))) (look.t(entity.label)) } @else { (text(step, "entity")) }
                            }
                        }
                    }))
                }
                @if told["owner"].is_object() {
                    (fact(words::OWNER, html! { a href={ "/users/" (text(&told["owner"], "id")) } { (text(&told["owner"], "name")) } }))
                }
                @if !list("teams").is_empty() {
                    (fact(words::TEAMS, html! { @for team in list("teams") { a.way href={ "/teams/" (text(&team, "id")) } { (text(&team, "name")) } " " } }))
                }
            }
        }
    }
}
