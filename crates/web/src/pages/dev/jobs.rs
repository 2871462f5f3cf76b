//! `GET /dev`: background jobs by state and kind, what became of them, and trying again.

use maud::{Markup, html};
use model::{
    field::{Kind, Text},
    registry,
};
use work::jobs::{Tally, tally};

use super::{
    Dev,
    parts::{act, ago, page as sheet, state},
    words,
};
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{further, list, nothing, text},
        visitor::Visitor,
    },
    ui::{Look, Url, number, value::Record},
};

/// The page, or its changing part alone.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    visitor.caller().permit(Dev::Jobs.permission())?;
    let url = Url::new("/dev", &params);
    let value = |name: &str| url.get(name).unwrap_or_default().to_owned();
    let (status, of, after) = (value("status"), value("type"), value("after"));
    let tallies = visitor.ask.run(tally(&visitor.ask.app.db, visitor.caller())).await?;
    let asked =
        [("filter[status]", status.as_str()), ("filter[type]", &of), ("after", &after), ("limit", "50")];
    let found = list(&visitor, "jobs", &asked).await?;
    let look = &visitor.look;
    let moving = tallies.iter().any(|one| matches!(one.status.as_str(), "pending" | "processing"));
    let place = url.clone().without("done").to_string();
    let region = html! {
        div.stack #jobs hx-get=[moving.then_some(&place)] hx-trigger=[moving.then_some("load delay:3s")] hx-swap="outerMorph" {
            (states(look, &tallies, &url))
            (kinds(look, &tallies, &url))
            @if found.records.is_empty() {
                (nothing(look, "circle-check", if status == "failed" { words::NONE_DEAD } else { words::NONE_YET }))
            } @else {
                (table(&visitor, &found.records)?)
                (further(look, &url, found.next.as_ref()))
            }
        }
    };
    sheet(&visitor, Dev::Jobs, &url, region)
}

/// A card per state, which leads to the jobs in it.
fn states(look: &Look, tallies: &[Tally], url: &Url) -> Markup {
    let Some(Kind::Choice(choices)) =
        registry::described("jobs").ok().and_then(|jobs| jobs.field("status")).map(|one| one.kind)
    else {
        return html! {};
    };
    let count = |status: &str| -> i64 {
        let of = url.get("type");
        let fits =
            |one: &&Tally| of.is_none_or(|of| one.kind == of) && (status.is_empty() || one.status == status);
        tallies.iter().filter(fits).map(|one| one.count).sum()
    };
    let now = url.get("status").unwrap_or_default();
    let plain = url.clone().without("done").at_start();
    let card = |status: &'static str, label: Text| {
        let place = if status.is_empty() {
            plain.clone().without("status")
        } else {
            plain.clone().with("status", status)
        };
        let label = if status == "failed" { words::DEAD } else { label };
        let bad = status == "failed" && count(status) > 0;
        html! {
            a.tally.bad[bad] href=(place) aria-current=[(now == status).then_some("true")] {
                span { (look.t(label)) }
                b { (number::grouped(&count(status).to_string(), 0)) }
            }
        }
    };
    html! {
        nav.tallies aria-label=(look.t(words::STATUS)) {
            (card("", words::ALL))
            @for choice in choices { (card(choice.value, choice.label)) }
        }
    }
}

/// The kinds of jobs there are, as filters.
fn kinds(look: &Look, tallies: &[Tally], url: &Url) -> Markup {
    let plain = url.clone().without("done").at_start();
    let mut kinds: Vec<&str> = tallies.iter().map(|one| one.kind.as_str()).collect();
    kinds.dedup();
    let count = |of: &str| -> i64 { tallies.iter().filter(|one| one.kind == of).map(|one| one.count).sum() };
    html! {
        @if !kinds.is_empty() {
            nav."tabs wrap" aria-label=(look.t(words::KIND)) {
                a href=(plain.clone().without("type")) aria-current=[url.get("type").is_none().then_some("true")] { (look.t(words::ALL)) }
                @for of in kinds {
                    a href=(plain.clone().with("type", of)) aria-current=[(url.get("type") == Some(of)).then_some("true")] {
                        (of) span.n { (number::grouped(&count(of).to_string(), 0)) }
                    }
                }
            }
        }
    }
}

fn table(visitor: &Visitor, jobs: &[Record]) -> Result<Markup, model::problem::Problem> {
    let (look, entity) = (&visitor.look, registry::described("jobs")?);
    let whole = |job: &Record, name: &str| job.get(name).map(ToString::to_string).unwrap_or_default();
    Ok(html! {
        table.plain {
            thead { tr {
                th scope="col" { (look.t(words::KIND)) }
                th scope="col" { (look.t(words::STATUS)) }
                th.only-l scope="col" { (look.t(words::ATTEMPTS)) }
                th.only-l scope="col" { (look.t(words::WHEN)) }
                th scope="col" { span.sr { (look.t(words::MORE)) } }
            } }
            tbody {
                @for job in jobs {
                    @let status = text(job, "status");
                    tr id={ "j-" (text(job, "id")) } {
                        td {
                            a.name href={ "/jobs/" (text(job, "id")) "?show=runs" } { (text(job, "type")) }
                            @if !text(job, "error").is_empty() { p.muted.clip { (text(job, "error")) } }
                        }
                        td { (state(look, entity, job, "status")) }
                        td.only-l { (whole(job, "attempts")) " / " (whole(job, "max_attempts")) }
                        td.only-l { (ago(look, job, if text(job, "completed_at").is_empty() { "run_at" } else { "completed_at" })) }
                        td.r {
                            @if matches!(status, "failed" | "cancelled") {
                                (act(visitor, job, ("jobs", "retry"), "refresh-cw", crate::ui::words::RETRY))
                            } @else if matches!(status, "pending" | "processing") {
                                (act(visitor, job, ("jobs", "cancel"), "x", words::CANCEL))
                            }
                        }
                    }
                }
            }
        }
    })
}
