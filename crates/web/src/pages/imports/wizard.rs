//! `GET /admin/imports/{id}`: an import at the step where it stands.

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use model::{
    Document,
    problem::{Problem, codes},
    query::GetQuery,
    registry,
};
use serde_json::Value;
use store::engine;
use uuid::Uuid;
use work::import::{self, Report};

use super::{check, map, parts, words};
use crate::{
    assets::{GRID_CSS, GRID_JS},
    imports::imports_something,
    input::{Id, Params},
    pages::{
        Answer, html as answer,
        shell::{self, Page},
        visitor::Visitor,
    },
    refusal::status,
    ui::{Look, icon, small},
};

/// What stands under the steps, and the buttons at its foot.
pub struct Body {
    /// What is to be seen.
    pub body: Markup,
    /// What can be done.
    pub actions: Markup,
}

/// The page, or its changing part alone.
pub async fn show(visitor: Visitor, Id(id): Id, Params(params): Params) -> Answer {
    page(&visitor, id, &params, None).await
}

/// The page, with what was refused.
pub async fn page(
    visitor: &Visitor,
    id: Uuid,
    params: &[(String, String)],
    problem: Option<&Problem>,
) -> Answer {
    visitor.caller().permit("import_batches.view")?;
    let (db, caller, look) = (&visitor.ask.app.db, visitor.caller(), &visitor.look);
    // In this order: where nothing is under way any more, the report tells the end.
    let progress = visitor.ask.run(import::progress(db, caller, id)).await?;
    let report = visitor.ask.run(import::report(db, caller, id)).await?;
    let maps =
        progress.is_none() && matches!(report.status, "validated" | "awaiting_approval") && asks_map(params);
    let shown = match &progress {
        Some(progress) => under_way(look, &report, progress),
        None => standing(visitor, &report, params).await?,
    };
    let place = format!("/admin/imports/{}", report.batch);
    let of = source(visitor, &report).await?;
    let region = html! {
        div.wizard #import hx-get=[progress.is_some().then_some(&place)] hx-trigger=[progress.is_some().then_some("load delay:800ms")]
            hx-swap="outerHTML" {
            header.wizard-top { (parts::steps(look, if maps { "mapped" } else { report.status })) }
            div.scroll tabindex="0" role="region" aria-label=(parts::title(&report)) {
                @if let Some(problem) = problem { div.pad { (parts::refused(look, problem)) } }
                @if let Some(of) = of { (of) }
                (shown.body)
            }
            footer.actions { (shown.actions) }
        }
    };
    if look.partial {
        return Ok(answer(StatusCode::OK, region));
    }
    let bar = html! {
        div.crumb {
            (icon("upload"))
            a href="/admin/imports" { (look.t(words::TITLE)) }
            span.sep { "/" }
            h1 { (parts::title(&report)) }
        }
        span.grow {}
        (shell::me(visitor))
    };
    let status = problem.map_or(StatusCode::OK, status);
    let body = html! {
        link rel="stylesheet" href=(GRID_CSS);
        (region)
        script src=(GRID_JS) type="module" {}
    };
    let sheet = Page { title: parts::title(&report), bar, body, toast: None };
    let response: Response = answer(status, shell::page(visitor, &sheet));
    Ok(response)
}

/// The data source that an import came of, and what one has to know of its files; for who may see it.
async fn source(visitor: &Visitor, report: &Report) -> Result<Option<Markup>, Problem> {
    let (Some(id), Ok(_)) = (report.data_source_id, visitor.caller().permit("data_sources.view")) else {
        return Ok(None);
    };
    let (db, entity, all) = (&visitor.ask.app.db, registry::described("data_sources")?, GetQuery::default());
    let found = match visitor.ask.run(engine::get(db, visitor.caller(), entity, id, &all)).await {
        Ok(found) => found,
        Err(problem) if problem.code() == &codes::NOT_FOUND => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let record: Document = serde_json::from_str(&found.json).map_err(Problem::internal)?;
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(Some(html! {
        div.pad {
            p.note {
                (small("database"))
                span {
                    (visitor.look.t(words::SOURCE)) ": "
                    a href={ "/data_sources/" (id) } { (text("name")) }
                    @if !text("quirks").is_empty() { " · " (text("quirks")) }
                }
            }
        }
    }))
}

/// Whether somebody goes back to the mapping.
fn asks_map(params: &[(String, String)]) -> bool {
    params.iter().any(|(name, value)| name == "step" && value == "map")
}

async fn standing(visitor: &Visitor, report: &Report, params: &[(String, String)]) -> Result<Body, Problem> {
    match report.status {
        "received" | "detected" | "mapped" => Ok(map::body(visitor, report)),
        "validated" | "awaiting_approval" if asks_map(params) => Ok(map::body(visitor, report)),
        "validated" | "awaiting_approval" => check::body(visitor, report, params).await,
        "staged" | "committing" => Ok(interrupted(visitor, report)),
        _ => check::ended(visitor, report, params).await,
    }
}

/// Work that goes on in the background, as far as it is.
fn under_way(look: &Look, report: &Report, progress: &Value) -> Body {
    let number = |name: &str| progress.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (done, total) = (number("done"), number("total"));
    let phase = match progress.get("phase").and_then(Value::as_str) {
        Some("staging" | "starting") => words::STAGING,
        Some("validating") => words::VALIDATING,
        Some("committing") => words::COMMITTING,
        Some("undoing") => words::UNDOING,
        _ => words::WAITING,
    };
    let share = (done.min(total) * 100).checked_div(total).unwrap_or_default();
    let place = format!("/admin/imports/{}", report.batch);
    Body {
        body: html! {
            div.under-way {
                b { (look.t(phase)) }
                svg.progress viewBox="0 0 100 4" preserveAspectRatio="none" role="progressbar" aria-label=(look.t(phase))
                    aria-valuenow=(share) aria-valuemin="0" aria-valuemax="100" {
                    rect.track width="100%" height="4" {}
                    rect.fill width={ (share) "%" } height="4" {}
                }
                p { @if total > 0 { span.num { (parts::count(done)) " / " (parts::count(total)) } } }
                p { (look.t(words::LEAVE_PAGE)) }
            }
        },
        actions: html! {
            span.grow {}
            form method="post" action={ (place) "/cancel" } data-once {
                button."btn out" type="submit" { (small("x")) (look.t(words::STOP)) }
            }
        },
    }
}

fn interrupted(visitor: &Visitor, report: &Report) -> Body {
    let (look, place) = (&visitor.look, format!("/admin/imports/{}", report.batch));
    Body {
        body: html! { div.pad { p.note.warn role="status" { (small("triangle-alert")) span { (look.t(words::INTERRUPTED)) } } } },
        actions: html! {
            span.grow {}
            @if imports_something(visitor.caller()) {
                form method="post" action={ (place) "/cancel" } data-once { button."btn out" type="submit" { (look.t(words::STOP)) } }
                form method="post" action={ (place) "/resume" } data-once { button."btn pri" type="submit" { (look.t(words::GO_ON)) } }
            }
        },
    }
}
