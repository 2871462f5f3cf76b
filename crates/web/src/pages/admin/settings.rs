//! `/admin/settings`: what the company decides for itself, a form per group, made from the description of the group.

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use model::{
    Document,
    field::{Field, Kind},
    problem::Problem,
    value::validate_input,
};
use serde_json::{Map, Value};
use work::settings::{self, Described, Settings};

use super::words;
use crate::{
    input::Params,
    pages::{
        Answer, fields,
        form::{meanwhile, read},
        go, html as answer,
        sent::{Sent, VERSION},
        shell::{self, Page},
        told,
        visitor::Visitor,
    },
    refusal::status,
    ui::{
        Look,
        entry::{Entry, entry, text},
        icon, small,
        toast::toast,
        value, words as texts,
    },
};

/// What begins the name of a text as it was when the form was shown.
const WAS: &str = "was.";
/// The button that gives a setting its default back.
const RESET: &str = "reset";

/// A form that was refused.
struct Refused<'a> {
    group: &'static str,
    sent: &'a Sent,
    problem: &'a Problem,
}

/// The page.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    let saved = params.iter().any(|(name, done)| name == "done" && done == "saved");
    shown(&visitor, None, saved).await
}

/// Saves a group, or gives one of its settings the default back.
pub async fn save(visitor: Visitor, group: &'static Described, sent: Sent) -> Answer {
    let saved = async {
        let patch = patch(&visitor.look, group, &sent)?;
        let ask = &visitor.ask;
        let work = async {
            let mut tx = ask.app.db.begin(&ask.caller).await?;
            let settings = settings::write(&mut tx, group, patch, sent.version()).await?;
            tx.commit().await.map(|()| settings)
        };
        ask.run(work).await
    };
    match saved.await {
        Ok(_) => Ok(go(&format!("/admin/settings?done=saved#{}", group.name))),
        Err(problem) => {
            let problem = told(problem)?;
            shown(&visitor, Some(&Refused { group: group.name, sent: &sent, problem: &problem }), false).await
        }
    }
}

/// What differs from what was shown.
fn patch(look: &Look, group: &'static Described, sent: &Sent) -> Result<Document, Problem> {
    let reset = sent.text(RESET);
    if group.fields.iter().any(|field| field.name == reset) {
        return Ok(Document::from_iter([(reset.to_owned(), Value::Null)]));
    }
    let (mut patch, mut errors) = (Document::new(), vec![]);
    for field in group.fields {
        let Some(text) = sent.get(field.name).map(str::trim) else { continue };
        if sent.get(&format!("{WAS}{}", field.name)).map(str::trim) == Some(text) {
            continue;
        }
        match read(look, field, text) {
            Ok(value) => _ = patch.insert(field.name.to_owned(), value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(patch) } else { Err(Problem::invalid(errors)) }
}

async fn shown(visitor: &Visitor, refused: Option<&Refused<'_>>, saved: bool) -> Answer {
    let (ask, look) = (&visitor.ask, &visitor.look);
    let all = ask.run(settings::all(&ask.app.db, &ask.caller)).await?;
    let writes = ask.caller.grants.scope("tenant_settings.update").is_some();
    let body = html! {
        div.sheet { div.with-index {
            nav.index-of aria-label=(look.t(words::SETTINGS)) {
                @for settings in &all { a.nav href={ "#" (settings.group.name) } { (look.t(settings.group.label)) } }
            }
            div.form {
                @for settings in &all {
                    (group(look, settings, refused.filter(|refused| refused.group == settings.group.name), writes))
                }
            }
        } }
    };
    let bar = html! {
        div.crumb { (icon("settings")) h1 { (look.t(words::SETTINGS)) } }
        span.grow {}
        (shell::me(visitor))
    };
    let toast = saved.then(|| toast(look, look.t(words::SETTINGS_SAVED), None));
    let page = Page { title: look.t(words::SETTINGS).to_owned(), bar, body, toast };
    let status = refused.map_or(StatusCode::OK, |refused| status(refused.problem));
    let response: Response = answer(status, shell::page(visitor, &page));
    Ok(response)
}

fn group(look: &Look, settings: &Settings, refused: Option<&Refused<'_>>, writes: bool) -> Markup {
    let group = settings.group;
    let theirs = refused.and_then(|refused| refused.problem.get_facts()?["fields"].as_object());
    // Sent again, it goes over the version that stands against it now.
    html! {
        form.card.settings #(group.name) method="post" action={ "/admin/settings/" (group.name) } data-once novalidate {
            input type="hidden" name=(VERSION) value=(settings.version);
            // Enter saves; the first button would give a default back.
            button type="submit" hidden {}
            header { h2 { (look.t(group.label)) } p.muted { (look.t(group.about)) } }
            @if let Some(refused) = refused { (why(look, group, refused, theirs)) }
            div.ins { @for field in group.fields { (setting(look, settings, field, refused, writes)) } }
            @if writes {
                div.ways {
                    button."btn out" type="submit" {
                        (look.t(if theirs.is_some() { texts::CHANGES_OVER } else { texts::SAVE }))
                    }
                }
            }
        }
    }
}

fn why(
    look: &Look,
    group: &'static Described,
    refused: &Refused<'_>,
    theirs: Option<&Map<String, Value>>,
) -> Markup {
    let field = |name: &str| group.fields.iter().find(|field| field.name == name);
    match theirs {
        Some(theirs) => html! {
            div.pad { (meanwhile(look, look.t(words::SETTINGS_CHANGED), &field, theirs)) }
        },
        None => html! {
            div.pad { div."note bad" role="alert" {
                (small("circle-alert"))
                span { (if refused.problem.field_errors().is_empty() { fields::said(look.lang, refused.problem) } else { look.t(texts::FIELDS_WRONG).to_owned() }) }
            } }
        },
    }
}

/// An entry, what it is by default, and the way back to that.
fn setting(
    look: &Look,
    settings: &Settings,
    field: &'static Field,
    refused: Option<&Refused<'_>>,
    writes: bool,
) -> Markup {
    let now = text(look, field, settings.values.get(field.name).unwrap_or(&Value::Null));
    let typed = refused.and_then(|refused| refused.sent.get(field.name)).unwrap_or(&now);
    let errors = refused.map_or(&[][..], |refused| refused.problem.field_errors());
    let wrong = errors.iter().find(|error| error.field == field.name);
    let wrong = wrong.map(|error| fields::wrong(look.lang, Some(field), error));
    let prefix = format!("s-{}-", settings.group.name);
    let stated = settings.stated.contains_key(field.name);
    html! {
        div.setting.wide[crate::ui::entry::is_wide(field.kind)] {
            input type="hidden" name={ (WAS) (field.name) } value=(now);
            (entry(look, &Entry { field, own: None, text: typed, named: "", wrong: wrong.as_deref(), must: false, prefix: &prefix }))
            p.help {
                (look.t(words::DEFAULT)) ": " (usual(look, field))
                @if stated {
                    " · " (look.t(words::STATED))
                    @if writes {
                        " " button.link type="submit" name=(RESET) value=(field.name)
                            aria-label={ (look.t(words::RESET)) ": " (look.t(field.label)) } { (look.t(words::RESET)) }
                    }
                }
            }
        }
    }
}

/// The default, as people read it.
fn usual(look: &Look, field: &'static Field) -> Markup {
    let defaults = validate_input(std::slice::from_ref(field), Document::new()).unwrap_or_default();
    let empty = defaults.get(field.name).is_none_or(|value| {
        value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_str() == Some("")
    });
    match (empty, field.kind) {
        (true, _) => value::none(),
        (false, Kind::Bool) => {
            let yes = defaults.get(field.name) == Some(&Value::Bool(true));
            html! { (look.t(if yes { texts::YES } else { texts::NO })) }
        }
        (false, _) => value::full(look, field, &defaults),
    }
}
