//! The steps behind the check: what would become of each row, and what became of it.

use maud::{Markup, html};
use model::problem::Problem;
use work::import::{self, FileReport, Report, Tally};

use super::{grid, parts, wizard::Body, words};
use crate::{
    imports::imports_something,
    pages::visitor::Visitor,
    ui::{Look, small},
};

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
            (corrected(look, report))
            (wrong(look, report, blocked))
            (grid::rows(visitor, report, params, true).await?)
        },
        actions: html! {
            @if imports_something(visitor.caller()) {
                a."btn" href={ (place) "?step=map" } { (look.t(words::CHECK_AGAIN)) }
                form method="post" action={ (place) "/cancel" } data-once { button."btn" type="submit" { (look.t(words::STOP)) } }
            }
            span.grow {}
            @if !commits {
                span.muted { (look.t(words::MAY_NOT)) }
            } @else if report.needs_second_person {
                span.muted { (look.t(words::SECOND_PERSON)) }
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
            (grid::rows(visitor, report, params, false).await?)
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

/// How many cells people corrected.
fn corrected(look: &Look, report: &Report) -> Markup {
    let cells: i64 = report.files.iter().map(|file| file.fixed).sum();
    html! {
        @if cells > 0 {
            div.pad { p.note role="status" { (small("pencil")) span { (look.t(words::CELLS_CORRECTED)) ": " span.num { (cells) } } } }
        }
    }
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
                            @if let Some(example) = &tally.example { (parts::finding(look, example)) } @else { (tally.code) }
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
