//! The grid of a checked file's rows, those with errors first of all: cells are corrected in place, all of a kind at once, and
//! rows left out.
//!
//! Everything is done by plain forms; `assets/parts/grid.js` adds that a cell itself is written in.

use std::collections::BTreeMap;

use maud::{Markup, html};
use model::problem::Problem;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use work::import::{self, Alike, FileReport, Finding, Report, RowFilter};

use super::{parts, words};
use crate::{
    imports::imports_something,
    pages::visitor::Visitor,
    ui::{Look, Url, chip, icon, small},
};

/// A staged row as the engine tells it.
#[derive(Deserialize)]
struct Row {
    batch: Uuid,
    row: Option<i64>,
    status: String,
    action: Option<String>,
    cells: Vec<Value>,
    fixed: BTreeMap<usize, String>,
    own: usize,
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
}

impl Row {
    /// What a cell holds, corrected or not.
    fn cell(&self, place: usize) -> &str {
        let corrected = self.fixed.get(&place).map(String::as_str);
        corrected.or_else(|| self.cells.get(place)?.as_str()).unwrap_or_default()
    }

    /// What is wrong with the row, each with the cell it is about; what it only inherits from others where there is
    /// nothing else.
    fn wrong(&self, file: &FileReport) -> Vec<(&Finding, Option<usize>)> {
        let inherited =
            |finding: &Finding| matches!(finding.code.as_str(), "belongs_to_failed" | "line_failed");
        let mut all: Vec<(&Finding, Option<usize>)> = vec![];
        for (at, finding) in self.errors.iter().enumerate() {
            let one = (finding, self.place(file, finding, at < self.own));
            if !all.contains(&one) {
                all.push(one);
            }
        }
        if all.iter().any(|(finding, _)| !inherited(finding)) {
            all.retain(|(finding, _)| !inherited(finding));
        }
        all
    }

    /// The cell that a finding is about. One of a record that several rows tell is about the rows that say so.
    fn place(&self, file: &FileReport, finding: &Finding, own: bool) -> Option<usize> {
        let header = finding.column.as_deref()?;
        let mut columns = file.mapping.iter().flat_map(|mapping| &mapping.columns);
        let place = columns.find(|column| column.header == header)?.index;
        let said = finding.value.as_ref().and_then(Value::as_str).unwrap_or_default();
        (own || said.trim() == self.cell(place).trim()).then_some(place)
    }
}

/// What every row of the grid is shown by.
struct Grid<'a> {
    look: &'a Look,
    report: &'a Report,
    /// Where forms post.
    post: String,
    /// The tab and the page that one comes back to.
    at: Vec<(&'static str, String)>,
    /// Cells may be corrected.
    open: bool,
    alike: BTreeMap<Alike, i64>,
    widest: usize,
}

/// The rows; `open` where the set may be corrected.
///
/// # Errors
/// Problems of the database.
pub async fn rows(
    visitor: &Visitor,
    report: &Report,
    params: &[(String, String)],
    open: bool,
) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let url = Url::new(format!("/admin/imports/{}", report.batch), params);
    let shown = match url.get("show") {
        Some(shown @ ("failed" | "create" | "update" | "fixed" | "all")) => shown,
        _ if report.counts.failed > 0 => "failed",
        _ => "all",
    };
    let after = url.get("after").and_then(|after| Uuid::try_parse(after).ok());
    let filter = RowFilter {
        status: (shown == "failed").then(|| "failed".to_owned()),
        action: matches!(shown, "create" | "update").then(|| shown.to_owned()),
        fixed: shown == "fixed",
        after,
        limit: Some(50),
    };
    let (db, caller) = (&visitor.ask.app.db, visitor.caller());
    let page = visitor.ask.run(import::rows(db, caller, report.batch, &filter)).await?;
    let found: Vec<Row> = serde_json::from_str(&page.data).map_err(Problem::internal)?;
    let open = open && imports_something(caller);
    let kinds: Vec<Alike> = if open { kinds(report, &found) } else { vec![] };
    let counts = visitor.ask.run(import::alike(db, caller, report.batch, &kinds)).await?;
    let mut at = vec![("show", shown.to_owned())];
    at.extend(after.map(|after| ("after", after.to_string())));
    let grid = Grid {
        look,
        report,
        post: format!("/admin/imports/{}/fix", report.batch),
        at,
        open,
        alike: kinds.into_iter().zip(counts).collect(),
        widest: found.iter().map(|row| row.cells.len()).max().unwrap_or_default().min(30),
    };
    let corrected = report.files.iter().map(|file| file.fixed.unsigned_abs()).sum::<u64>();
    let tabs = [
        ("failed", words::SHOW_PROBLEMS, report.counts.failed),
        ("fixed", words::SHOW_FIXED, corrected + report.counts.skipped),
        ("create", words::SHOW_CREATE, report.counts.created),
        ("update", words::SHOW_UPDATE, report.counts.updated),
        ("all", words::SHOW_ALL, report.counts.rows),
    ];
    let bare = url.clone().without("after");
    Ok(html! {
        section.card.grid-card #rows {
            nav.tabs {
                @for (name, label, count) in tabs.iter().filter(|(name, _, count)| *name != "fixed" || *count > 0) {
                    a.tab href={ (bare.clone().with("show", *name)) "#rows" } aria-current=[(*name == shown).then_some("true")] {
                        (look.t(*label)) " " span.num { (parts::count(*count)) }
                    }
                }
            }
            @if found.is_empty() {
                div.empty { (icon("circle-check")) p { (look.t(words::NO_SUCH_ROWS)) } }
            } @else {
                @if grid.open && shown == "failed" { p.grid-keys { (look.t(words::GRID_KEYS)) } }
                @if grid.open {
                    form.fix #fix hidden method="post" action=(grid.post) { (stays(&grid)) }
                }
                div.wide-scroll tabindex="0" role="region" aria-label=(look.t(words::ROWS)) { (table(&grid, &found)) }
                @if let Some(next) = page.next {
                    a."btn out more" href={ (bare.with("after", next.to_string())) "#rows" } { (look.t(words::MORE_ROWS)) (small("arrow-right")) }
                }
            }
        }
    })
}

/// The kinds of wrong cells on the page.
fn kinds(report: &Report, rows: &[Row]) -> Vec<Alike> {
    let mut all: Vec<Alike> = vec![];
    for row in rows {
        let Some(file) = report.files.iter().find(|file| file.batch == row.batch) else { continue };
        let wrong = row.wrong(file).into_iter();
        all.extend(wrong.filter_map(|(finding, place)| Some(kind(row, place?, finding))));
    }
    all.sort();
    all.dedup();
    all
}

fn kind(row: &Row, place: usize, finding: &Finding) -> Alike {
    Alike {
        batch: row.batch,
        place,
        header: finding.column.clone().unwrap_or_default(),
        code: finding.code.clone(),
        holds: row.cell(place).to_owned(),
    }
}

/// The headers of a file.
fn headers(file: &FileReport) -> Vec<&str> {
    file.mapping.iter().flat_map(|mapping| &mapping.columns).map(|column| column.header.as_str()).collect()
}

fn table(grid: &Grid<'_>, found: &[Row]) -> Markup {
    let look = grid.look;
    let mut batch = None;
    html! {
        table."rows" role="grid" aria-label=(look.t(words::ROWS)) {
            // Several files have several heads.
            @for row in found {
                @let file = grid.report.files.iter().find(|file| file.batch == row.batch);
                @if batch != Some(row.batch) {
                    @let heads = file.map(headers).unwrap_or_default();
                    thead { tr {
                        th.r scope="col" { "#" }
                        th scope="col" { (look.t(words::STATUS)) }
                        @for at in 0..grid.widest { th scope="col" { (heads.get(at).copied().unwrap_or("·")) } }
                    } }
                    @let _ = batch.replace(row.batch);
                }
                @if let Some(file) = file { tbody { (line(grid, file, row)) } }
            }
        }
    }
}

fn line(grid: &Grid<'_>, file: &FileReport, row: &Row) -> Markup {
    let look = grid.look;
    let state = match (row.status.as_str(), row.action.as_deref()) {
        ("failed", _) => chip::toned(look.t(words::FAILED), chip::Tone::Bad),
        ("skipped", _) => chip::toned(look.t(words::SKIPPED_ROWS), chip::Tone::Warn),
        (_, Some("update")) => chip::toned(look.t(words::UPDATED), chip::Tone::Info),
        (_, Some("unchanged")) => chip::toned(look.t(words::UNCHANGED), chip::Tone::Plain),
        _ => chip::toned(look.t(words::CREATED), chip::Tone::Well),
    };
    let wrong = row.wrong(file);
    let open = grid.open && row.row.is_some();
    let heads = headers(file);
    html! {
        tr data-batch=[open.then_some(row.batch)] data-row=[row.row.filter(|_| open)] {
            td."r num muted" { @if let Some(number) = row.row { (number) } }
            td { (state) }
            @for at in 0..grid.widest {
                @let finding = wrong.iter().find(|(_, place)| *place == Some(at)).map(|(finding, _)| *finding);
                @let header = heads.get(at).copied();
                (cell(grid, row, (at, header.unwrap_or_default()), finding, open && header.is_some() && row.status != "skipped"))
            }
        }
        @if !wrong.is_empty() || !row.warnings.is_empty() || open && (!row.fixed.is_empty() || row.status == "skipped") {
            tr.says {
                td {}
                td colspan=(grid.widest + 1) {
                    @for (finding, place) in &wrong {
                        div.say {
                            (small("circle-alert"))
                            span { (parts::finding(look, finding)) }
                            @if let (true, Some(place)) = (open, place) { (correct(grid, row, *place, finding)) }
                        }
                    }
                    @for finding in &row.warnings { div.say.warn { (small("triangle-alert")) span { (parts::finding(look, finding)) } } }
                    @if open {
                        @let heads = headers(file);
                        @for (place, value) in &row.fixed {
                            div.say.did {
                                (small("pencil"))
                                span {
                                    b { (heads.get(*place).copied().unwrap_or_default()) } ": “" (value) "” · "
                                    (look.t(words::FILE_SAID)) " “" (row.cells.get(*place).and_then(Value::as_str).unwrap_or_default()) "”"
                                }
                                (form(grid, row, Some(*place), &html! { button."btn out" type="submit" name="do" value="back" { (look.t(words::PUT_BACK)) } }))
                            }
                        }
                        @let (way, label) = if row.status == "skipped" { ("unskip", words::TAKE_ROW_BACK) } else { ("skip", words::LEAVE_ROW_OUT) };
                        (form(grid, row, None, &html! { button.btn type="submit" name="do" value=(way) { (look.t(label)) } }))
                    }
                }
            }
        }
    }
}

/// A cell. A wrong one that may be written in is a button; the script turns it, and every other one, into an entry.
fn cell(
    grid: &Grid<'_>,
    row: &Row,
    (at, header): (usize, &str),
    wrong: Option<&Finding>,
    open: bool,
) -> Markup {
    let (look, text) = (grid.look, row.cell(at));
    let id = format!("c-{}-{}-{at}", row.batch, row.row.unwrap_or_default());
    let own = open && wrong.is_none();
    let corrected = row.fixed.contains_key(&at);
    let message = wrong.map(|finding| finding.message.as_str());
    html! {
        td.bad[wrong.is_some()].fixed[corrected] title=[message] data-place=[open.then_some(at)] id=[own.then_some(&id)] tabindex=[own.then_some(-1)]
            data-label=[open.then(|| format!("{}: {header}", look.t(words::NEW_VALUE)))] {
            @if let (true, Some(finding)) = (open, wrong) {
                @let alike = grid.alike.get(&kind(row, at, finding)).copied().unwrap_or_default();
                button.cell #(id) type="button" data-code=(finding.code) data-holds=(text)
                    data-all=[(alike > 1).then(|| format!("{} {alike}", look.t(words::ALL_LIKE_THIS)))] {
                    @if text.is_empty() { span.muted { (look.t(words::EMPTY)) } } @else { (text) }
                }
            } @else { (text) }
        }
    }
}

/// How a wrong cell is corrected without a script, and by what was probably meant.
fn correct(grid: &Grid<'_>, row: &Row, place: usize, finding: &Finding) -> Markup {
    let look = grid.look;
    let alike = grid.alike.get(&kind(row, place, finding)).copied().unwrap_or_default();
    let label = format!("{}: {}", look.t(words::NEW_VALUE), finding.column.as_deref().unwrap_or_default());
    let all = |what: &str| {
        html! {
            @if alike > 1 { button.btn type="submit" name="do" value=(what) { (look.t(words::ALL_LIKE_THIS)) " " (alike) } }
        }
    };
    let hidden = html! {
        input type="hidden" name="code" value=(finding.code);
        input type="hidden" name="holds" value=(row.cell(place));
        @if let Some(suggestion) = &finding.suggestion { input type="hidden" name="suggestion" value=(suggestion); }
    };
    html! {
        (form(grid, row, Some(place), &html! {
            (hidden)
            @if let Some(suggestion) = &finding.suggestion {
                button."btn out" type="submit" name="do" value="suggested" { (small("sparkles")) (look.t(words::USE)) " “" (suggestion) "”" }
                (all("suggested_alike"))
            }
        }))
        details {
            summary { (look.t(words::CORRECT)) }
            (form(grid, row, Some(place), &html! {
                (hidden)
                input.field name="value" value=(row.cell(place)) aria-label=(label) autocomplete="off" maxlength="32767";
                button."btn out" type="submit" name="do" value="cell" { (look.t(words::SAVE)) }
                (all("alike"))
            }))
        }
    }
}

/// What every correction sends too: where on the page one is.
fn stays(grid: &Grid<'_>) -> Markup {
    html! { @for (name, value) in &grid.at { input type="hidden" name=(name) value=(value); } }
}

fn form(grid: &Grid<'_>, row: &Row, place: Option<usize>, inner: &Markup) -> Markup {
    html! {
        form.fix method="post" action=(grid.post) {
            (stays(grid))
            input type="hidden" name="batch" value=(row.batch);
            input type="hidden" name="row" value=(row.row.unwrap_or_default());
            @if let Some(place) = place { input type="hidden" name="place" value=(place); }
            (inner)
        }
    }
}
