//! Signing in and out by a form.

use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::Response,
};
use maud::{Markup, html};
use model::{caller::Scope, problem::Problem};
use work::access::sign_in::{self, CODE_REFUSED, CODE_REQUIRED, Credentials, Kind, Secret, Which, sessions};

use super::{Answer, fields, go, html as answer, sent::Sent, shell, visitor::Guest};
use crate::{
    ask::Ask,
    auth::{check_origin, cookie_cleared, cookie_set, cookie_shown, tenant},
    input::Params,
    refusal::status,
    ui::{Look, small, url::local, words},
};

/// What the form shows.
#[derive(Default)]
struct Shown<'a> {
    company: &'a str,
    email: &'a str,
    password: &'a str,
    next: &'a str,
    /// The company is known by the host.
    known: bool,
    /// The password was right: the second step is asked for.
    second: bool,
    problem: Option<&'a Problem>,
    note: Option<&'a str>,
}

/// The form.
pub async fn form(guest: Guest, Params(params): Params) -> Answer {
    let value = |name: &str| params.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    let look = &guest.look;
    let next = value("next").and_then(local).unwrap_or_default();
    let note = match value("done") {
        Some("password") => Some(look.t(words::PASSWORD_SET)),
        Some("out") => Some(look.t(words::SIGNED_OUT)),
        // Somebody whose cookie is good for nothing any more.
        _ if !next.is_empty() && has_cookie(&guest) => Some(look.t(words::SIGN_IN_AGAIN)),
        _ => None,
    };
    let known = tenant(&guest.call.app.db, None, &guest.call.headers).await?.is_some();
    let company = value("tenant").unwrap_or_default();
    let shown = Shown { company, next, known, note, ..Shown::default() };
    Ok(answer(StatusCode::OK, page(look, &shown)))
}

fn has_cookie(guest: &Guest) -> bool {
    cookie_shown(&guest.call.headers, &guest.call.app.services.url).is_some()
}

/// Signs in and goes where the person wanted to go.
pub async fn enter(guest: Guest, sent: Sent) -> Answer {
    let (services, headers, look) = (&guest.call.app.services, &guest.call.headers, &guest.look);
    check_origin(&Method::POST, headers, &services.url)?;
    let slug = Some(sent.text("tenant").trim()).filter(|slug| !slug.is_empty());
    let company = tenant(&guest.call.app.db, slug, headers).await?;
    let code = Some(sent.text("code").trim()).filter(|code| !code.is_empty());
    let credentials = Credentials {
        side: guest.side(),
        email: sent.text("email").trim().to_owned(),
        password: sent.text("password").to_owned(),
        code: code.map(str::to_owned),
        kind: Kind::Cookie,
    };
    let (next, home) = (local(sent.text("next")).unwrap_or_default(), look.place("/"));
    let former = cookie_shown(headers, &services.url).and_then(Secret::read);
    match sign_in::sign_in(services, company, &credentials, former.as_ref(), &guest.call.visit).await {
        Ok(done) => {
            let mut response = go(if next.is_empty() { &home } else { next });
            if let Some(cookie) = cookie_set(&done.begun.secret.text, &services.url) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(problem) => {
            let second = *problem.code() == CODE_REQUIRED || *problem.code() == CODE_REFUSED;
            let shown = Shown {
                company: sent.text("tenant"),
                email: sent.text("email"),
                password: if second { sent.text("password") } else { "" },
                next,
                known: slug.is_none() && company.is_some(),
                second,
                problem: Some(&problem).filter(|problem| *problem.code() != CODE_REQUIRED),
                note: None,
            };
            Ok(refused(&problem, page(look, &shown)))
        }
    }
}

/// The form again, under the problem's status. Nobody is told to send a token here.
fn refused(problem: &Problem, markup: Markup) -> Response {
    let status = status(problem);
    // A browser asks for a password of its own where it is told 401.
    let status = if status == StatusCode::UNAUTHORIZED { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    let mut response = answer(status, markup);
    // The form of the second step bears the password along.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Signs out.
pub async fn leave(ask: Ask) -> Answer {
    let session = ask.person()?;
    let end = sessions::end(&ask.app.db, &ask.caller, Which::One(session), "sign_out");
    ask.run(end).await?;
    let portal = ask.caller.scope == Scope::Portal;
    let mut response = go(if portal { "/portal/sign-in?done=out" } else { "/sign-in?done=out" });
    if let Some(cookie) = cookie_cleared(&ask.app.services.url) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn page(look: &Look, shown: &Shown<'_>) -> Markup {
    let (title, other, other_side) = match look.portal {
        false => (look.t(words::SIGN_IN_TITLE), "/portal/sign-in", look.t(words::TO_PORTAL)),
        true => (look.t(words::SIGN_IN_PORTAL_TITLE), "/sign-in", look.t(words::TO_STAFF)),
    };
    let body = html! {
        h1 { (title) }
        @if let Some(note) = shown.note { p.note.ok role="status" { (small("circle-check")) (note) } }
        @if let Some(problem) = shown.problem {
            p.note.bad role="alert" { (small("circle-alert")) span { (fields::said(look.lang, problem)) } }
        }
        form method="post" action=(look.place("/sign-in")) {
            input type="hidden" name="next" value=(shown.next);
            @if shown.second {
                input type="hidden" name="tenant" value=(shown.company);
                input type="hidden" name="email" value=(shown.email);
                input type="hidden" name="password" value=(shown.password);
                div.entry {
                    label for="code" { (look.t(words::CODE)) }
                    input.field.l #code name="code" type="text" inputmode="text" autocomplete="one-time-code" autofocus
                        aria-describedby="code-help";
                    p.help #code-help { (look.t(words::CODE_HELP)) }
                }
            } @else {
                @if !shown.known {
                    div.entry {
                        label for="tenant" { (look.t(words::COMPANY)) }
                        input.field.l #tenant name="tenant" type="text" value=(shown.company) autocomplete="organization"
                            autocapitalize="none" spellcheck="false" aria-describedby="tenant-help";
                        p.help #tenant-help { (look.t(words::COMPANY_HELP)) }
                    }
                }
                div.entry {
                    label for="email" { (look.t(words::EMAIL)) }
                    input.field.l #email name="email" type="text" inputmode="email" value=(shown.email)
                        autocomplete="username" autocapitalize="none" spellcheck="false";
                }
                div.entry {
                    label for="password" { (look.t(words::PASSWORD)) }
                    input.field.l #password name="password" type="password" autocomplete="current-password";
                }
            }
            button."btn pri l wide" type="submit" { (look.t(words::SIGN_IN)) }
        }
        div.links {
            a href=(look.place("/forgot")) { (look.t(words::FORGOT)) }
            a href=(other) { (other_side) }
        }
    };
    shell::door(look, title, body)
}
