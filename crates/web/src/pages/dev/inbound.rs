//! `GET /dev/inbound`: what came in from other software, and what of it failed and waits for somebody.

use maud::{Markup, html};
use model::{Document, problem::Problem, registry};
use serde_json::Value;
use uuid::Uuid;
use work::operation::{self, execute};

use super::{
    Dev,
    parts::{act, ago, document, page as sheet, state},
    words,
};
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{further, list, nothing, text},
        go,
        visitor::Visitor,
    },
    ui::{Url, small, value::Record},
};

/// Most events that are replayed at once.
const MOST: &str = "200";

/// The page.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    visitor.caller().permit(Dev::Inbound.permission())?;
    let url = Url::new("/dev/inbound", &params);
    let after = url.get("after").unwrap_or_default().to_owned();
    let failed = unresolved(&visitor, "50").await?;
    let logs =
        list(&visitor, "webhook_logs", &[("expand", "source"), ("after", &after), ("limit", "30")]).await?;
    let look = &visitor.look;
    let region = html! {
        div.stack {
            section.card {
                header {
                    h2 { (look.t(words::DEAD_LETTERS)) }
                    span.grow {}
                    @if !failed.is_empty() && visitor.may(registry::described("failed_webhooks")?, "replay") {
                        form method="post" action="/dev/inbound/replay" data-once {
                            button."btn out" type="submit" { (small("refresh-cw")) (look.t(words::REPLAY_ALL)) }
                        }
                    }
                }
                @if failed.is_empty() { p."muted none" { (look.t(words::NONE_DEAD)) } }
                @else { table.plain { tbody { @for one in &failed { (dead(&visitor, one)) } } } }
            }
            section.card {
                header { h2 { (look.t(words::LATEST)) } }
                @if logs.records.is_empty() { (nothing(look, "webhook", words::NONE_YET)) }
                @else { (table(&visitor, &logs.records)?) (further(look, &url, logs.next.as_ref())) }
            }
        }
    };
    sheet(&visitor, Dev::Inbound, &url, region)
}

/// Processes again whatever failed and was not mended: each by the operation of the API, for itself.
pub async fn replay_all(visitor: Visitor) -> Answer {
    visitor.caller().permit(Dev::ReplayAll.permission())?;
    let operation = operation::named("failed_webhooks.replay")?;
    let mut done = 0;
    for failed in unresolved(&visitor, MOST).await? {
        let Ok(id) = Uuid::try_parse(text(&failed, "id")) else { continue };
        let services = &visitor.ask.app.services;
        let work = execute(services, visitor.caller(), operation, Some(id), Document::new());
        // Somebody may have mended one meanwhile.
        if visitor.ask.run(work).await.is_ok() {
            done += 1;
        }
    }
    Ok(go(&format!("/dev/inbound?done={done}")))
}

async fn unresolved(visitor: &Visitor, most: &str) -> Result<Vec<Record>, Problem> {
    let asked = [("filter[resolved_at][is_null]", "true"), ("expand", "source"), ("limit", most)];
    Ok(list(visitor, "failed_webhooks", &asked).await?.records)
}

fn source(record: &Record) -> String {
    let name = record.get("source").and_then(|source| source.get("name")).and_then(Value::as_str);
    name.unwrap_or("·····").to_owned()
}

fn dead(visitor: &Visitor, failed: &Record) -> Markup {
    let look = &visitor.look;
    let id = text(failed, "id");
    let why = failed.get("error_details").and_then(|why| why.get("detail")).and_then(Value::as_str);
    let edits = visitor.caller().grants.scope("failed_webhooks.edit").is_some();
    html! {
        tr {
            td {
                a.name href={ "/failed_webhooks/" (id) } { (source(failed)) }
                p.muted { (why.unwrap_or_default()) }
                (document(look, words::BODY, failed.get("payload").unwrap_or(&Value::Null)))
            }
            td.only-l { (ago(look, failed, "created_at")) }
            td.r {
                @if edits {
                    a.btn href={ "/failed_webhooks/" (id) "/do/edit" } data-dialog { (small("pencil")) (look.t(crate::ui::words::EDIT)) }
                }
                (act(visitor, failed, ("failed_webhooks", "replay"), "refresh-cw", words::REPLAY_ONE))
            }
        }
    }
}

fn table(visitor: &Visitor, logs: &[Record]) -> Result<Markup, Problem> {
    let (look, entity) = (&visitor.look, registry::described("webhook_logs")?);
    Ok(html! {
        table.plain {
            thead { tr {
                th scope="col" { (look.t(words::SOURCE)) }
                th scope="col" { (look.t(words::STATUS)) }
                th.only-l scope="col" { (look.t(words::RECEIVED)) }
            } }
            tbody {
                @for log in logs {
                    tr {
                        td {
                            a.name href={ "/webhook_logs/" (text(log, "id")) } { (source(log)) }
                            " " span.muted { (text(log, "event_type")) }
                            @if !text(log, "error_message").is_empty() { p.muted { (text(log, "error_message")) } }
                            (document(look, words::BODY, log.get("payload").unwrap_or(&Value::Null)))
                        }
                        td { (state(look, entity, log, "status")) }
                        td.only-l { (ago(look, log, "received_at")) }
                    }
                }
            }
        }
    })
}
