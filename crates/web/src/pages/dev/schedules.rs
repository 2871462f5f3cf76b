//! `GET /dev/schedules`: what is done again and again; run now, paused, resumed.

use maud::{Markup, html};
use model::registry;
use serde_json::Value;

use super::{
    Dev,
    parts::{act, ago, back, page as sheet},
    words,
};
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{further, list, nothing, text},
        sent::{KEY, NEXT},
        visitor::Visitor,
    },
    ui::{Url, small, value::Record},
};

/// The page.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    visitor.caller().permit(Dev::Schedules.permission())?;
    let url = Url::new("/dev/schedules", &params);
    let after = url.get("after").unwrap_or_default().to_owned();
    let found =
        list(&visitor, "job_schedules", &[("sort", "code"), ("after", &after), ("limit", "100")]).await?;
    let look = &visitor.look;
    let writes = visitor.may(registry::described("job_schedules")?, "update");
    let region = html! {
        @if found.records.is_empty() { (nothing(look, "clock", words::NONE_YET)) } @else {
            table.plain {
                thead { tr {
                    th scope="col" { (look.t(words::SCHEDULE)) }
                    th.only-l scope="col" { (look.t(words::KIND)) }
                    th.only-l scope="col" { (look.t(words::LAST_RUN)) }
                    th scope="col" { (look.t(words::NEXT_RUN)) }
                    th scope="col" { span.sr { (look.t(words::MORE)) } }
                } }
                tbody { @for schedule in &found.records { (row(&visitor, schedule, writes)) } }
            }
            (further(look, &url, found.next.as_ref()))
        }
    };
    sheet(&visitor, Dev::Schedules, &url, region)
}

fn row(visitor: &Visitor, schedule: &Record, writes: bool) -> Markup {
    let look = &visitor.look;
    let enabled = schedule.get("enabled") == Some(&Value::Bool(true));
    let id = text(schedule, "id");
    html! {
        tr id={ "s-" (id) } {
            td {
                a.name href={ "/job_schedules/" (id) } { (text(schedule, "code")) }
                p.muted { code.mono { (text(schedule, "cron")) } " · " (text(schedule, "time_zone")) }
            }
            td.only-l { (text(schedule, "type")) }
            td.only-l { (ago(look, schedule, "last_slot_at")) }
            td {
                @if enabled { (ago(look, schedule, "next_slot_at")) }
                @else { span."chip warn" { span.dot {} (look.t(words::PAUSED)) } }
            }
            td.r {
                (act(visitor, schedule, ("job_schedules", "run_now"), "play", words::RUN_NOW))
                @if writes {
                    // The record's own form, with the one field that changes.
                    form method="post" action={ "/job_schedules/" (id) } data-once {
                        input type="hidden" name=(KEY) value=(visitor.key());
                        input type="hidden" name=(NEXT) value=(back(look));
                        input type="hidden" name="was.enabled" value=(enabled);
                        input type="hidden" name="enabled" value=(!enabled);
                        button.btn type="submit" {
                            (small(if enabled { "pause" } else { "play" }))
                            (look.t(if enabled { words::PAUSE } else { words::RESUME }))
                        }
                    }
                }
            }
        }
    }
}
