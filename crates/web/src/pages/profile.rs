//! `GET /profile`: one's name and language, where one is signed in, one's password and second step.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use maud::{Markup, html};
use model::problem::Problem;
use serde_json::Value;
use work::access::{
    me,
    sign_in::{self, Which, sessions},
};

use super::{
    Answer, fields, go, html as answer, preferences,
    sent::Sent,
    shell::{self, Page as Sheet},
    visitor::Visitor,
};
use crate::{
    input::{Id, Params},
    ui::{Lang, Look, icon, look::LANGUAGE, person, small, time, toast::toast, words},
};

/// What the page tells beside how things stand.
enum Told {
    Nothing,
    /// What was just done.
    Done(&'static str),
    /// Why it was refused.
    Refused(Problem),
    /// The secret of a second step that is being set up.
    Secret(String),
    /// Codes for when the device is lost: shown this once.
    Codes(Vec<String>),
}

/// The page.
pub async fn profile(visitor: Visitor, Params(params): Params) -> Answer {
    let done = params.iter().find(|(name, _)| name == "done").map(|(_, done)| done.as_str());
    let look = &visitor.look;
    let told = match done {
        Some("saved") => Told::Done(look.t(words::DONE_SAVED)),
        Some("password") => Told::Done(look.t(words::PASSWORD_CHANGED)),
        Some("session") => Told::Done(look.t(words::SESSION_ENDED)),
        Some("off") => Told::Done(look.t(words::SECOND_STEP_OFF)),
        _ => Told::Nothing,
    };
    shown(&visitor, StatusCode::OK, told).await
}

/// Changes one's own name and language. A browser that was told another language by hand forgets that.
pub async fn change(visitor: Visitor, sent: Sent) -> Answer {
    visitor.ask.person()?;
    let locale = Lang::read(sent.text("locale")).unwrap_or(visitor.look.lang);
    let fields = [("name", sent.text("name").trim()), ("locale", locale.code())];
    let fields = fields.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    let change = me::change(&visitor.ask.app.db, visitor.caller(), fields);
    match visitor.ask.run(change).await {
        Ok(()) => Ok(preferences::keeps(
            home(&visitor, "saved"),
            &visitor.ask.app.services.url,
            LANGUAGE,
            locale.code(),
        )),
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// The page again, with what was done.
fn home(visitor: &Visitor, done: &str) -> Response {
    go(&format!("{}?done={done}", visitor.look.place("/profile")))
}

/// Changes one's own password; everywhere else one is signed out.
pub async fn password(visitor: Visitor, sent: Sent) -> Answer {
    let ask = &visitor.ask;
    let session = ask.person()?;
    let (old, new) = (sent.text("old_password"), sent.text("new_password"));
    let change = sign_in::change(&ask.app.services, &ask.caller, session, old, new);
    match ask.run(change).await {
        Ok(_) => Ok(home(&visitor, "password")),
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// Ends one of one's sessions.
pub async fn end_session(visitor: Visitor, Id(id): Id) -> Answer {
    visitor.ask.person()?;
    let end = sessions::end(&visitor.ask.app.db, visitor.caller(), Which::One(id), "sessions_revoked");
    visitor.ask.run(end).await?;
    Ok(home(&visitor, "session"))
}

/// Makes a secret for the second step.
pub async fn set_up(visitor: Visitor, sent: Sent) -> Answer {
    visitor.ask.person()?;
    let setup = sign_in::setup(&visitor.ask.app.services, visitor.caller(), sent.text("password"));
    match visitor.ask.run(setup).await {
        Ok(setup) => shown(&visitor, StatusCode::OK, Told::Secret(setup.secret)).await,
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// Switches the second step on.
pub async fn confirm(visitor: Visitor, sent: Sent) -> Answer {
    visitor.ask.person()?;
    let enable = sign_in::enable(&visitor.ask.app.services, visitor.caller(), sent.text("code").trim());
    match visitor.ask.run(enable).await {
        Ok(codes) => shown(&visitor, StatusCode::OK, Told::Codes(codes)).await,
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// Switches the second step off.
pub async fn disable(visitor: Visitor, sent: Sent) -> Answer {
    visitor.ask.person()?;
    let disable = sign_in::disable(&visitor.ask.app.services, visitor.caller(), sent.text("password"));
    match visitor.ask.run(disable).await {
        Ok(()) => Ok(home(&visitor, "off")),
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// The page with what was refused. A wrong password answers 422: to 401 browsers ask for one themselves.
async fn refused(visitor: &Visitor, problem: Problem) -> Answer {
    match problem.code().status.http() {
        401 | 403 | 409 | 422 => {
            shown(visitor, StatusCode::UNPROCESSABLE_ENTITY, Told::Refused(problem)).await
        }
        _ => Err(problem.into()),
    }
}

async fn shown(visitor: &Visitor, status: StatusCode, told: Told) -> Answer {
    let (ask, look) = (&visitor.ask, &visitor.look);
    let session = ask.person()?;
    let me = ask.run(me::me(&ask.app.db, &ask.caller, ask.session)).await?;
    let list = ask.run(sessions::list(&ask.app.db, &ask.caller, Some(session))).await?;
    let body = html! {
        div.sheet { div.form {
            @match &told {
                Told::Refused(problem) => div."note bad" role="alert" {
                    (small("circle-alert")) span { (why(look, problem)) }
                },
                Told::Codes(codes) => section."note ok" role="status" {
                    (small("circle-check"))
                    div.errs {
                        b { (look.t(words::SECOND_STEP_ON)) " " (look.t(words::SHOWN_ONCE)) }
                        ul { @for code in codes { li.mono { (code) } } }
                    }
                },
                _ => {},
            }
            (person_card(visitor, look.t(words::SAVE)))
            (sessions_card(look, &list))
            (password_card(look))
            (second_step(look, me["person"]["second_step"] == true, &told))
        } }
    };
    let bar = html! {
        div.crumb { (icon("user-round")) h1 { (look.t(words::PROFILE)) } }
        span.grow {}
        span.who { (person(&visitor.head.name)) span { (visitor.head.name) } }
    };
    let done = if let Told::Done(text) = told { Some(toast(look, text, None)) } else { None };
    let sheet = Sheet { title: look.t(words::PROFILE).to_owned(), bar, body, toast: done };
    let mut response: Response = answer(status, shell::page(visitor, &sheet));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn why(look: &Look, problem: &Problem) -> String {
    let first = problem.field_errors().first();
    first.map_or_else(|| fields::said(look.lang, problem), |error| fields::wrong(look.lang, None, error))
}

fn person_card(visitor: &Visitor, save: &str) -> Markup {
    let (look, head) = (&visitor.look, &visitor.head);
    let locale = Lang::read(&head.locale).unwrap_or_default();
    html! {
        form.card method="post" action=(look.place("/profile")) data-once {
            header {
                h2 { (look.t(words::ABOUT_YOU)) }
                span.grow {}
                @if let Some(email) = &head.email { span.muted { (email) } }
            }
            div.ins {
                div.entry {
                    label for="p-name" { (look.t(words::NAME)) }
                    input.field id="p-name" name="name" type="text" value=(head.name) autocomplete="name" maxlength="200";
                }
                div.entry {
                    label for="p-locale" { (look.t(words::LANGUAGE)) }
                    select.field id="p-locale" name="locale" {
                        @for (lang, name) in Lang::ALL {
                            option value=(lang.code()) lang=(lang.code()) selected[lang == locale] { (name) }
                        }
                    }
                }
                div.entry.wide { div { button."btn out" type="submit" { (save) } } }
            }
        }
    }
}

fn sessions_card(look: &Look, list: &Value) -> Markup {
    let text = |session: &Value, name: &str| session[name].as_str().unwrap_or_default().to_owned();
    html! {
        section.card {
            header { h2 { (look.t(words::SESSIONS)) } }
            ul.lines {
                @for session in list["data"].as_array().into_iter().flatten() {
                    li {
                        (small("globe"))
                        span.what { (device(&text(session, "agent"))) " " span.muted { (text(session, "ip")) } }
                        span.grow {}
                        @if let Ok(at) = text(session, "last_seen_at").parse::<Timestamp>() { span.muted { (time::ago(look, at)) } }
                        @if session["current"] == true { span.chip.acc { (look.t(words::THIS_DEVICE)) } } @else {
                            form method="post" action={ (look.place("/profile/sessions/")) (text(session, "id")) } {
                                button.btn.danger type="submit" { (look.t(words::SIGN_OUT)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The browser and its system in a few words.
fn device(agent: &str) -> String {
    let browser = ["Edg", "Firefox", "Chrome", "Safari"].into_iter().find(|name| agent.contains(name));
    let system = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"]
        .into_iter()
        .find(|name| agent.contains(name));
    match (browser, system) {
        (Some(browser), Some(system)) => {
            format!("{} · {system}", if browser == "Edg" { "Edge" } else { browser })
        }
        _ => agent.chars().take(60).collect(),
    }
}

fn secret_input(name: &str, label: &str, kind: &str, autocomplete: &str) -> Markup {
    html! {
        div.entry {
            label for={ "p-" (name) } { (label) }
            input.field id={ "p-" (name) } name=(name) type=(kind) autocomplete=(autocomplete);
        }
    }
}

fn password_card(look: &Look) -> Markup {
    html! {
        form.card method="post" action=(look.place("/profile/password")) data-once {
            header { h2 { (look.t(words::PASSWORD)) } }
            div.ins {
                (secret_input("old_password", look.t(words::OLD_PASSWORD), "password", "current-password"))
                (secret_input("new_password", look.t(words::NEW_PASSWORD), "password", "new-password"))
                div.entry.wide { div { button."btn out" type="submit" { (look.t(words::SAVE_PASSWORD)) } } }
            }
        }
    }
}

fn second_step(look: &Look, is_on: bool, told: &Told) -> Markup {
    let (action, label) = match (told, is_on) {
        (Told::Secret(_), _) => ("/profile/second-step/confirm", words::SWITCH_ON),
        (_, true) => ("/profile/second-step/off", words::SWITCH_OFF),
        (_, false) => ("/profile/second-step", words::SET_UP),
    };
    html! {
        form.card method="post" action=(look.place(action)) data-once {
            header { h2 { (look.t(words::SECOND_STEP)) } }
            div.ins {
                @if let Told::Secret(secret) = told {
                    div.entry.wide {
                        p.help { (look.t(words::SECOND_STEP_HELP)) }
                        p.mono { (secret) }
                    }
                    (secret_input("code", look.t(words::CODE), "text", "one-time-code"))
                } @else {
                    (secret_input("password", look.t(words::PASSWORD), "password", "current-password"))
                }
                div.entry.wide { div { button."btn out" type="submit" { (look.t(label)) } } }
            }
        }
    }
}
