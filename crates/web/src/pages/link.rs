//! Passwords by a link: asking for one, and choosing a password behind it.

use axum::http::{Method, StatusCode};
use maud::{Markup, html};
use model::problem::Problem;
use work::access::sign_in::{self, Purpose, Side};

use super::{Answer, fields, go, html as answer, sent::Sent, shell, visitor::Guest};
use crate::{
    auth::{check_origin, tenant},
    input::Params,
    ui::{Look, small, words},
};

/// The form for who forgot the password.
pub async fn forgot(guest: Guest) -> Answer {
    let known = tenant(&guest.call.app.db, None, &guest.call.headers).await?.is_some();
    Ok(answer(StatusCode::OK, asking(&guest.look, known, None)))
}

/// Sends the link; the same is told whether the address is anybody's.
pub async fn send(guest: Guest, sent: Sent) -> Answer {
    let (call, look) = (&guest.call, &guest.look);
    check_origin(&Method::POST, &call.headers, &call.app.services.url)?;
    let slug = Some(sent.text("tenant").trim()).filter(|slug| !slug.is_empty());
    let company = tenant(&call.app.db, slug, &call.headers).await?;
    let email = sent.text("email").trim();
    sign_in::forgot(&call.app.services, company, guest.side(), email, &call.visit).await?;
    let known = slug.is_none() && company.is_some();
    Ok(answer(StatusCode::OK, asking(look, known, Some(look.t(words::FORGOT_SENT)))))
}

fn asking(look: &Look, known: bool, note: Option<&str>) -> Markup {
    let title = look.t(words::FORGOT_TITLE);
    let body = html! {
        div { h1 { (title) } p { (look.t(words::FORGOT_LEAD)) } }
        @match note {
            Some(note) => p.note.ok role="status" { (small("circle-check")) span { (note) } },
            None => form method="post" action=(look.place("/forgot")) {
                @if !known {
                    div.entry {
                        label for="tenant" { (look.t(words::COMPANY)) }
                        input.field.l #tenant name="tenant" type="text" autocomplete="organization" autocapitalize="none"
                            spellcheck="false" aria-describedby="tenant-help";
                        p.help #tenant-help { (look.t(words::COMPANY_HELP)) }
                    }
                }
                div.entry {
                    label for="email" { (look.t(words::EMAIL)) }
                    input.field.l #email name="email" type="text" inputmode="email" autocomplete="username"
                        autocapitalize="none" spellcheck="false";
                }
                button."btn pri l wide" type="submit" { (look.t(words::SEND_LINK)) }
            },
        }
        div.links { a href=(look.place("/sign-in")) { (look.t(words::BACK_TO_SIGN_IN)) } }
    };
    shell::door(look, title, body)
}

/// The form behind a link.
pub async fn form(guest: Guest, purpose: Purpose, Params(params): Params) -> Answer {
    let token = params.iter().find(|(name, _)| name == "token").map(|(_, token)| token.as_str());
    Ok(answer(StatusCode::OK, choosing(&guest.look, purpose, token.unwrap_or_default(), None)))
}

/// Chooses the password.
pub async fn redeem(guest: Guest, purpose: Purpose, sent: Sent) -> Answer {
    let (call, look) = (&guest.call, &guest.look);
    check_origin(&Method::POST, &call.headers, &call.app.services.url)?;
    let (token, password) = (sent.text("token"), sent.text("password"));
    match sign_in::redeem(&call.app.services, purpose, token, password, &call.visit).await {
        Ok(Side::Staff) => Ok(go("/sign-in?done=password")),
        Ok(Side::Portal) => Ok(go("/portal/sign-in?done=password")),
        Err(problem) => {
            Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, choosing(look, purpose, token, Some(&problem))))
        }
    }
}

fn choosing(look: &Look, purpose: Purpose, token: &str, problem: Option<&Problem>) -> Markup {
    let title = look.t(match purpose {
        Purpose::Invitation => words::ACCEPT_TITLE,
        Purpose::Reset => words::RESET_TITLE,
    });
    let wrong = problem.map(|problem| {
        let first = problem.field_errors().first();
        first.map_or_else(|| fields::said(look.lang, problem), |error| fields::wrong(look.lang, None, error))
    });
    let body = html! {
        h1 { (title) }
        @if let Some(wrong) = &wrong { p.note.bad #wrong role="alert" { (small("circle-alert")) span { (wrong) } } }
        form method="post" action=(purpose.path()) {
            input type="hidden" name="token" value=(token);
            div.entry {
                label for="password" { (look.t(words::NEW_PASSWORD)) }
                input.field.l #password name="password" type="password" autocomplete="new-password"
                    aria-describedby="password-help" aria-invalid=[wrong.as_ref().map(|_| "true")];
                p.help #password-help { (look.t(words::NEW_PASSWORD_HELP)) }
            }
            button."btn pri l wide" type="submit" { (look.t(words::SAVE_PASSWORD)) }
        }
        div.links { a href="/sign-in" { (look.t(words::BACK_TO_SIGN_IN)) } }
    };
    shell::door(look, title, body)
}
