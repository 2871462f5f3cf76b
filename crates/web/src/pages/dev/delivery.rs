//! `GET /dev/deliveries/{id}`: one event on its way to one endpoint: what was sent, what came back, each time.

use maud::{Markup, html};
use model::{problem::Problem, query::GetQuery, registry};
use serde_json::Value;
use store::engine;

use super::{
    Dev,
    parts::{act, ago, document, page as sheet, state},
    words,
};
use crate::{
    input::{Id, Params},
    pages::{
        Answer,
        found::{list, nothing, text},
        visitor::Visitor,
    },
    ui::{Url, small, value::Record},
};

/// The page.
pub async fn page(visitor: Visitor, Id(id): Id, Params(params): Params) -> Answer {
    let entity = registry::described("webhook_deliveries")?;
    let wanted = [("expand".to_owned(), "subscription,event".to_owned())];
    let query = GetQuery::parse(entity, &wanted)?;
    let get = engine::get(&visitor.ask.app.db, visitor.caller(), entity, id, &query);
    let found = visitor.ask.run(get).await?;
    let delivery: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
    let of = id.to_string();
    let attempts =
        list(&visitor, "webhook_attempts", &[("filter[delivery_id]", of.as_str()), ("limit", "50")]).await?;
    let look = &visitor.look;
    let there = |link: &str| delivery.get(link).and_then(Value::as_object).cloned().unwrap_or_default();
    let (event, endpoint) = (there("event"), there("subscription"));
    let body = event.get("payload").cloned().unwrap_or_default();
    let region = html! {
        div.stack {
            section.card {
                header {
                    h2 { (text(&event, "type")) " → " (text(&endpoint, "name")) }
                    (state(look, entity, &delivery, "state"))
                    span.grow {}
                    (act(&visitor, &delivery, ("webhook_deliveries", "resend"), "refresh-cw", words::RESEND))
                }
                dl.facts {
                    div { dt { (look.t(words::WHEN)) } dd { (ago(look, &delivery, "created_at")) } }
                    div { dt { (look.t(words::ADDRESS)) } dd { (text(&endpoint, "url")) } }
                    @if !text(&delivery, "last_error").is_empty() {
                        div.wide { dt { (look.t(words::ERROR)) } dd { (text(&delivery, "last_error")) } }
                    }
                }
                div.docs { (document(look, words::BODY, &body)) }
            }
            h2 { (look.t(words::ATTEMPTS)) }
            @if attempts.records.is_empty() { (nothing(look, "send", words::NO_ATTEMPTS)) }
            @for attempt in &attempts.records { (self::attempt(&visitor, attempt)?) }
        }
    };
    sheet(&visitor, Dev::Webhooks, &Url::new(format!("/dev/deliveries/{id}"), &params), region)
}

/// One try: what was sent, and what came back.
fn attempt(visitor: &Visitor, attempt: &Record) -> Result<Markup, Problem> {
    let (look, entity) = (&visitor.look, registry::described("webhook_attempts")?);
    let whole = |name: &str| attempt.get(name).filter(|value| !value.is_null()).map(ToString::to_string);
    let part = |name: &str| attempt.get(name).cloned().unwrap_or_default();
    Ok(html! {
        section.card {
            header {
                h3 { (look.t(words::ATTEMPT)) " " (whole("attempt").unwrap_or_default()) }
                (state(look, entity, attempt, "outcome"))
                @if let Some(status) = whole("response_status") { span.mono { (status) } }
                span.grow {}
                span.muted { (whole("duration_ms").unwrap_or_default()) " ms · " (ago(look, attempt, "started_at")) }
            }
            @if !text(attempt, "error").is_empty() { p."note bad" { (small("circle-alert")) span { (text(attempt, "error")) } } }
            div.docs {
                p.muted { (look.t(words::REQUEST)) ": " (text(attempt, "url")) }
                (document(look, words::HEADERS, &part("request_headers")))
                p.muted { (look.t(words::ANSWER)) }
                (document(look, words::HEADERS, &part("response_headers")))
                (document(look, words::BODY, &part("response_body")))
            }
        }
    })
}
