//! The steps behind the check: what would become of each row, and what became of it.

use maud::{Markup, html};
use model::problem::Problem;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use work::import::{self, FileReport, Finding, Report, RowFilter, Tally};

use super::{parts, wizard::Body, words};
use crate::{
    imports::imports_something,
    pages::visitor::Visitor,
    ui::{Look, Url, chip, icon, small},
};

/// A staged row as the engine tells it.
#[derive(Deserialize)]
struct Row {
    row: Option<i64>,
    status: String,
    action: Option<String>,
    cells: Vec<Value>,
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
}

/// A checked import: counts, what is wrong, rows, and the approval.
///
/// # Errors
/// Problems of the database.
pub async fn body(visitor: &Visitor, report: &Report, params: &[(String, String)]) -> Result<Body, Problem> {
    let (look, place) = (&visitor.look, format!("/admin/imports/{}", report.batch));
    let failed = report.counts.failed;
    let blocked = failed > 0 && report.policy == "all_or_nothing";
    let writes = report.counts.created + report.counts.updated + report.counts.unchanged;
    let commits = visitor.caller().grants.scope("imports.commit").is_some();
    Ok(Body {
        body: html! {
            (parts::counts(look, &report.counts, false))
            (wrong(look, report, blocked))
            (rows(visitor, report, params).await?)
        },
        actions: html! {
            @if imports_something(visitor.caller()) {
                a."btn" href={ (place) "?step=map" } { (look.t(words::CHECK_AGAIN)) }
                form method="post" action={ (place) "/cancel" } data-once { button."btn" type="submit" { (look.t(words::STOP)) } }
            }
            span.grow {}
            @if !commits {
                span.muted { (look.t(words::MAY_NOT)) }
            } @else if !blocked && writes > 0 {
                form method="post" action={ (place) "/commit" } data-once {
                    button."btn pri" type="submit" { (small("check")) (look.t(words::APPROVE)) " (" (parts::count(writes)) ")" }
                }
            }
        },
    })
}

/// An import that has ended: what became of it, and the way back.
///
/// # Errors
/// Problems of the database.
pub async fn ended(visitor: &Visitor, report: &Report, params: &[(String, String)]) -> Result<Body, Problem> {
    let (look, place) = (&visitor.look, format!("/admin/imports/{}", report.batch));
    let wrote = report.counts.created + report.counts.updated > 0;
    let undoes = visitor.caller().grants.scope("imports.commit").is_some()
        && matches!(report.status, "completed" | "cancelled")
        && wrote;
    let mut entities: Vec<&str> = vec![];
    for part in report
        .files
        .iter()
        .filter_map(|file| import::data_type(file.data_type.as_deref()?))
        .flat_map(|kind| &kind.parts)
    {
        if !entities.contains(&part.entity) && visitor.may(part.description(), "view") {
            entities.push(part.entity);
        }
    }
    Ok(Body {
        body: html! {
            (parts::counts(look, &report.counts, true))
            @if let Some(error) = &report.error { div.pad { p.note.bad { (small("circle-alert")) span { (error) } } } }
            @if let Some(undone) = &report.undone {
                div.pad { p.note.ok role="status" {
                    (small("undo-2"))
                    span {
                        (parts::count(undone.removed)) " " (look.t(words::REMOVED)) ", "
                        (parts::count(undone.restored)) " " (look.t(words::RESTORED)) ", "
                        (parts::count(undone.conflicts)) " " (look.t(words::CONFLICTS))
                    }
                } }
            }
            (wrong(look, report, false))
            (rows(visitor, report, params).await?)
        },
        actions: html! {
            @for name in entities.iter().take(2) {
                a."btn" href={ "/" (name) } { (look.t(words::SEE)) " " (look.t(model::registry::entity(name).map_or(words::TITLE, |entity| entity.plural)).to_lowercase()) }
            }
            span.grow {}
            @if undoes {
                button."btn out" type="button" popovertarget="undo-ask" { (small("undo-2")) (look.t(words::UNDO)) }
                div.pop.ask #undo-ask popover {
                    p { (look.t(words::UNDO_ASK)) }
                    form method="post" action={ (place) "/undo" } data-once {
                        button."btn danger" type="submit" { (look.t(words::UNDO)) }
                    }
                }
            }
            a."btn pri" href="/admin/imports" { (small("upload")) (look.t(words::ANOTHER)) }
        },
    })
}

/// What is wrong, by kind, and the file with the rows.
fn wrong(look: &Look, report: &Report, blocked: bool) -> Markup {
    let errors: Vec<(&FileReport, &Tally)> =
        report.files.iter().flat_map(|file| file.errors.iter().map(move |tally| (file, tally))).collect();
    let warnings: Vec<(&FileReport, &Tally)> =
        report.files.iter().flat_map(|file| file.warnings.iter().map(move |tally| (file, tally))).collect();
    let several = report.files.len() > 1;
    html! {
        @if !errors.is_empty() {
            section.card.findings {
                header {
                    h2 { (look.t(words::WHAT_IS_WRONG)) }
                    span.grow {}
                    a."btn out" href={ "/api/v1/imports/" (report.batch) "/errors.csv" } download title=(look.t(words::ERROR_FILE_HELP)) {
                        (small("download")) (look.t(words::ERROR_FILE))
                    }
                }
                @if blocked { div.pad { p.note.warn { (small("triangle-alert")) span { (look.t(words::ALL_OR_NOTHING_NOTE)) } } } }
                (tallies(look, &errors, several))
            }
        }
        @if !warnings.is_empty() {
            section.card.findings {
                header { h2 { (look.t(words::WARNINGS)) } }
                (tallies(look, &warnings, several))
            }
        }
    }
}

fn tallies(look: &Look, found: &[(&FileReport, &Tally)], several: bool) -> Markup {
    html! {
        table.plain {
            thead { tr {
                th { (look.t(words::WHAT_IS_WRONG)) }
                th.r { (look.t(words::HOW_OFTEN)) }
                th.r { (look.t(words::FIRST_IN)) }
            } }
            tbody {
                @for (file, tally) in found {
                    tr {
                        td {
                            @if let Some(example) = &tally.example { (parts::finding(example)) } @else { (tally.code) }
                            @if several { " " span.muted { "(" (file.file) ")" } }
                        }
                        td."r num" { (tally.records) }
                        td."r num" { @if let Some(row) = tally.first_row { (row) } }
                    }
                }
            }
        }
    }
}

/// The rows themselves, those with errors first of all.
async fn rows(visitor: &Visitor, report: &Report, params: &[(String, String)]) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let url = Url::new(format!("/admin/imports/{}", report.batch), params);
    let shown = match url.get("show") {
        Some(shown @ ("failed" | "create" | "update" | "all")) => shown,
        _ if report.counts.failed > 0 => "failed",
        _ => "all",
    };
    let filter = RowFilter {
        status: (shown == "failed").then(|| "failed".to_owned()),
        action: matches!(shown, "create" | "update").then(|| shown.to_owned()),
        after: url.get("after").and_then(|after| Uuid::try_parse(after).ok()),
        limit: Some(50),
    };
    let page =
        visitor.ask.run(import::rows(&visitor.ask.app.db, visitor.caller(), report.batch, &filter)).await?;
    let found: Vec<Row> = serde_json::from_str(&page.data).map_err(Problem::internal)?;
    // Several files have several heads; the cells are then told by their letters alone.
    let headers: Vec<&str> = match report.files.as_slice() {
        [one] => one
            .mapping
            .iter()
            .flat_map(|mapping| &mapping.columns)
            .map(|column| column.header.as_str())
            .collect(),
        _ => vec![],
    };
    let widest = found.iter().map(|row| row.cells.len()).max().unwrap_or_default().min(30);
    let tabs = [
        ("failed", words::SHOW_PROBLEMS, report.counts.failed),
        ("create", words::SHOW_CREATE, report.counts.created),
        ("update", words::SHOW_UPDATE, report.counts.updated),
        ("all", words::SHOW_ALL, report.counts.rows),
    ];
    let bare = url.clone().without("after");
    Ok(html! {
        section.card.grid-card #rows {
            nav.tabs {
                @for (name, label, count) in tabs {
                    a.tab href={ (bare.clone().with("show", name)) "#rows" } aria-current=[(name == shown).then_some("true")] {
                        (look.t(label)) " " span.num { (parts::count(count)) }
                    }
                }
            }
            @if found.is_empty() {
                div.empty { (icon("circle-check")) p { (look.t(words::NO_SUCH_ROWS)) } }
            } @else {
                div.wide-scroll tabindex="0" role="region" aria-label=(look.t(words::ROWS)) {
                    table."rows" {
                        thead { tr {
                            th.r { "#" }
                            th { (look.t(words::STATUS)) }
                            @for at in 0..widest { th { (headers.get(at).copied().unwrap_or("·")) } }
                        } }
                        tbody { @for row in &found { (line(look, row, &headers, widest)) } }
                    }
                }
                @if let Some(next) = page.next {
                    a."btn out more" href={ (bare.with("after", next.to_string())) "#rows" } { (look.t(words::MORE_ROWS)) (small("arrow-right")) }
                }
            }
        }
    })
}

fn line(look: &Look, row: &Row, headers: &[&str], widest: usize) -> Markup {
    let state = match (row.status.as_str(), row.action.as_deref()) {
        ("failed", _) => chip::toned(look.t(words::FAILED), chip::Tone::Bad),
        ("skipped", _) => chip::toned(look.t(words::SKIPPED_ROWS), chip::Tone::Warn),
        (_, Some("update")) => chip::toned(look.t(words::UPDATED), chip::Tone::Info),
        (_, Some("unchanged")) => chip::toned(look.t(words::UNCHANGED), chip::Tone::Plain),
        _ => chip::toned(look.t(words::CREATED), chip::Tone::Well),
    };
    let of = |header: Option<&&str>| {
        row.errors.iter().find(|error| header.is_some() && error.column.as_deref() == header.copied())
    };
    html! {
        tr {
            td."r num muted" { @if let Some(number) = row.row { (number) } }
            td { (state) }
            @for at in 0..widest {
                @let wrong = of(headers.get(at));
                td.bad[wrong.is_some()] title=[wrong.map(|error| error.message.as_str())] {
                    (row.cells.get(at).and_then(Value::as_str).unwrap_or_default())
                }
            }
        }
        @if !row.errors.is_empty() || !row.warnings.is_empty() {
            tr.says {
                td {}
                td colspan=(widest + 1) {
                    @for finding in row.errors.iter().chain(&row.warnings) {
                        p { (small("circle-alert")) span { (parts::finding(finding)) } }
                    }
                }
            }
        }
    }
}
