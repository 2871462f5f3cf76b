//! `GET /dev/webhooks`: endpoints of other software, how they are doing, and what they were told.

use maud::{Markup, html};
use model::{entity::Entity, field::Text, registry};
use serde_json::Value;

use super::{
    Dev,
    parts::{act, ago, back, page as sheet, state},
    words,
};
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{Found, further, list, nothing, text},
        sent::{KEY, NEXT},
        visitor::Visitor,
    },
    ui::{Url, small, value::Record, words as texts},
};

/// The page.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    visitor.caller().permit(Dev::Webhooks.permission())?;
    let url = Url::new("/dev/webhooks", &params);
    let value = |name: &str| url.get(name).unwrap_or_default().to_owned();
    let (of, status, after) = (value("endpoint"), value("state"), value("after"));
    let endpoints = list(&visitor, "webhook_subscriptions", &[("sort", "name"), ("limit", "100")]).await?;
    let failures = list(&visitor, "webhook_failures", &[("limit", "100")]).await?;
    let asked = [
        ("filter[subscription_id]", of.as_str()),
        ("filter[state]", &status),
        ("after", &after),
        ("expand", "subscription,event"),
        ("limit", "30"),
    ];
    let deliveries = list(&visitor, "webhook_deliveries", &asked).await?;
    let look = &visitor.look;
    let subscriptions = registry::described("webhook_subscriptions")?;
    let region = html! {
        div.stack {
            section.card {
                header {
                    h2 { (look.t(words::ENDPOINTS)) }
                    span.grow {}
                    @if visitor.may(subscriptions, "create") {
                        a."btn out" href="/webhook_subscriptions/new" { (small("plus")) (look.t(texts::NEW)) }
                    }
                }
                @if endpoints.records.is_empty() { (nothing(look, "send", words::NONE_YET)) }
                @else { (self::endpoints(&visitor, subscriptions, &endpoints.records, &failures.records)) }
            }
            section.card {
                header { h2 { (look.t(words::DELIVERIES)) } }
                (states(&visitor, &url))
                @if deliveries.records.is_empty() { (nothing(look, "send", words::NONE_YET)) }
                @else { (self::deliveries(&visitor, &url, &deliveries)?) }
            }
        }
    };
    sheet(&visitor, Dev::Webhooks, &url, region)
}

fn endpoints(visitor: &Visitor, entity: &Entity, endpoints: &[Record], failures: &[Record]) -> Markup {
    let look = &visitor.look;
    let may = |operation: &str| visitor.may(entity, operation);
    html! {
        table.plain {
            thead { tr {
                th scope="col" { (look.t(words::ADDRESS)) }
                th scope="col" { (look.t(words::STATUS)) }
                th scope="col" { span.sr { (look.t(words::MORE)) } }
            } }
            tbody {
                @for endpoint in endpoints {
                    @let id = text(endpoint, "id");
                    @let failing = failures.iter().find(|one| text(one, "subscription_id") == id);
                    tr {
                        td {
                            a.name href={ "/webhook_subscriptions/" (id) } { (text(endpoint, "name")) }
                            p.muted.clip { (text(endpoint, "url")) }
                            @if let Some(failing) = failing {
                                p.muted.clip { (look.t(words::FAILING_SINCE)) " " (ago(look, failing, "first_failed_at")) ": " (text(failing, "last_error")) }
                            }
                        }
                        td { (state(look, entity, endpoint, "status")) }
                        td.r {
                            @if let Some(failing) = failing.filter(|_| may("replay")) {
                                form method="post" action={ "/webhook_subscriptions/" (id) "/do/replay" } data-once {
                                    input type="hidden" name=(KEY) value=(visitor.key());
                                    input type="hidden" name=(NEXT) value=(back(look));
                                    input type="hidden" name="since" value=(text(failing, "first_failed_at"));
                                    button."btn out" type="submit" { (small("refresh-cw")) (look.t(words::REPLAY_FAILED)) }
                                }
                            }
                            (act(visitor, endpoint, ("webhook_subscriptions", "test"), "play", words::TEST))
                            @if may("replay") {
                                a.btn href={ "/webhook_subscriptions/" (id) "/do/replay" } data-dialog { (small("history")) (look.t(words::REPLAY)) }
                            }
                            @if text(endpoint, "status") == "disabled" {
                                (act(visitor, endpoint, ("webhook_subscriptions", "enable"), "play", words::RESUME))
                            } @else {
                                (act(visitor, endpoint, ("webhook_subscriptions", "disable"), "pause", words::PAUSE))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn states(visitor: &Visitor, url: &Url) -> Markup {
    let look = &visitor.look;
    let plain = url.clone().without("done").at_start();
    let now = url.get("state").unwrap_or_default();
    let tab = |state: &str, label: Text| {
        let place = if state.is_empty() {
            plain.clone().without("state")
        } else {
            plain.clone().with("state", state)
        };
        html! { a href=(place) aria-current=[(now == state).then_some("true")] { (look.t(label)) } }
    };
    let choices = match registry::described("webhook_deliveries")
        .ok()
        .and_then(|one| one.field("state"))
        .map(|field| field.kind)
    {
        Some(model::field::Kind::Choice(choices)) => choices,
        _ => &[],
    };
    html! {
        nav."tabs wrap pad" aria-label=(look.t(words::STATUS)) {
            (tab("", words::ALL))
            @for choice in choices { (tab(choice.value, choice.label)) }
        }
    }
}

fn deliveries(visitor: &Visitor, url: &Url, found: &Found) -> Result<Markup, model::problem::Problem> {
    let (look, entity) = (&visitor.look, registry::described("webhook_deliveries")?);
    let linked = |record: &Record, link: &str, name: &str| {
        record
            .get(link)
            .and_then(|there| there.get(name))
            .and_then(Value::as_str)
            .unwrap_or("·····")
            .to_owned()
    };
    Ok(html! {
        table.plain {
            thead { tr {
                th scope="col" { (look.t(words::EVENT)) }
                th.only-l scope="col" { (look.t(words::ENDPOINTS)) }
                th scope="col" { (look.t(words::STATUS)) }
                th.only-l scope="col" { (look.t(words::WHEN)) }
                th scope="col" { span.sr { (look.t(words::MORE)) } }
            } }
            tbody {
                @for delivery in &found.records {
                    tr {
                        td {
                            a.name href={ "/dev/deliveries/" (text(delivery, "id")) } { (linked(delivery, "event", "type")) }
                            @if !text(delivery, "last_error").is_empty() { p.muted.clip { (text(delivery, "last_error")) } }
                        }
                        td.only-l {
                            a href=(url.clone().at_start().without("done").with("endpoint", text(delivery, "subscription_id"))) {
                                (linked(delivery, "subscription", "name"))
                            }
                        }
                        td {
                            (state(look, entity, delivery, "state"))
                            @if let Some(status) = delivery.get("last_status").filter(|status| !status.is_null()) { " " span.muted { (status) } }
                        }
                        td.only-l { (ago(look, delivery, "created_at")) }
                        td.r { (act(visitor, delivery, ("webhook_deliveries", "resend"), "refresh-cw", words::RESEND)) }
                    }
                }
            }
        }
        (further(look, url, found.next.as_ref()))
    })
}
