//! `/exports`: the exports that somebody asked for, how far they are, and their files.

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{
    Document,
    data::EXPORT_JOBS_FORMAT,
    entity::Entity,
    field::Kind,
    problem::Problem,
    query::{Kept, ListQuery},
    registry,
};
use serde_json::{Value, json};
use store::engine;

use super::{
    bulk::{self, named},
    words,
};
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{further, nothing, text},
        go, html as answer, nav, operate,
        sent::{KEY, Sent},
        shell::{self, Page},
        table::records,
        visitor::Visitor,
    },
    ui::{Look, Url, chip, icon, number, small, time, toast::toast, value::Record},
};

/// The page, or its changing part alone.
pub async fn list(visitor: Visitor, Params(params): Params) -> Answer {
    let entity = named("export_jobs")?;
    let url = Url::new("/exports", &params);
    let paged = params.iter().filter(|(name, _)| name == "after" || name == "before").cloned();
    let query = ListQuery::parse(entity, &paged.collect::<Vec<_>>())?;
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let (look, exports) = (&visitor.look, records(&page.data)?);
    let Some(Kind::Choice(statuses)) = entity.field("status").map(|field| field.kind) else {
        return Err(Problem::internal("the status of an export is no choice").into());
    };
    let moving = exports.iter().any(|export| entity.under_way.contains(&text(export, "status")));
    let place = url.clone().without("done").to_string();
    let region = html! {
        div #exports hx-get=[moving.then_some(&place)] hx-trigger=[moving.then_some("load delay:1500ms")] hx-swap="outerMorph" {
            @if exports.is_empty() {
                (nothing(look, "download", words::NONE_YET))
            } @else {
                table.plain {
                    thead { tr {
                        th scope="col" { (look.t(words::KIND)) }
                        th scope="col" { (look.t(words::STATUS)) }
                        th.num scope="col" { (look.t(words::ROWS)) }
                        th.only-l scope="col" { (look.t(words::WHEN)) }
                        th.only-l scope="col" { (look.t(words::EXPIRES)) }
                        th scope="col" { span.sr { (look.t(words::DOWNLOAD)) } }
                    } }
                    tbody { @for export in &exports { (row(look, export, &chip::choice(look, statuses, text(export, "status")))) } }
                }
            }
            (further(look, &url, page.next.as_ref()))
        }
    };
    if look.partial {
        return Ok(answer(StatusCode::OK, region));
    }
    let body = html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(words::EXPORTS)) {
            div.imports { (ask(&visitor)) (region) }
        }
    };
    let bar = html! {
        div.crumb { (icon("download")) h1 { (look.t(words::EXPORTS)) } }
        span.grow {}
        (shell::me(&visitor))
    };
    let told =
        url.get("done").filter(|done| *done == "request").map(|_| toast(look, look.t(words::ASKED), None));
    let sheet = Page { title: look.t(words::EXPORTS).to_owned(), bar, body, toast: told };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

/// Asks for another one.
pub async fn ask_for(visitor: Visitor, sent: Sent) -> Answer {
    request(&visitor, named(sent.text("entity"))?, Kept::default(), &sent).await?;
    Ok(go("/exports?done=request"))
}

/// Asks for an export of the selected records, or of the whole list.
pub async fn of_list(
    visitor: &Visitor,
    entity: &'static Entity,
    sent: &Sent,
    at: &Url,
) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let mut kept = Kept::of(at.pairs());
    if sent.text("do") == "export" && !bulk::is_all(sent) {
        let ids = bulk::ids(sent);
        if ids.is_empty() {
            return Ok(bulk::nothing(visitor));
        }
        kept.filter = Document::from_iter([
            ("filter[id][in]".to_owned(), json!(ids.join(","))),
            ("archived".to_owned(), json!("with")),
        ]);
        if !entity.archives {
            kept.filter.shift_remove("archived");
        }
    }
    // What the title column is called stands in every list, chosen or not.
    if !kept.columns.is_empty() {
        kept.columns.retain(|name| name != entity.title);
        kept.columns.insert(0, entity.title.to_owned());
    }
    request(visitor, entity, kept, sent).await?;
    Ok(html! {
        div.toast data-toast {
            (small("circle-check"))
            span { (look.t(words::ASKED)) }
            a.way href="/exports" hx-boost="false" { (look.t(words::EXPORTS)) }
        }
    })
}

/// Asks for an export by the operation of the API.
pub async fn request(
    visitor: &Visitor,
    entity: &'static Entity,
    kept: Kept,
    sent: &Sent,
) -> Result<(), Problem> {
    let mut input = kept.document();
    input.insert("entity".to_owned(), json!(entity.name));
    if let Some(format) = sent.get("format") {
        input.insert("format".to_owned(), json!(format));
    }
    operate::once(visitor, sent, "export_jobs.request", None, input).await.map(drop)
}

fn ask(visitor: &Visitor) -> Markup {
    let look = &visitor.look;
    let kinds: Vec<&Entity> =
        registry::ENTITIES.iter().copied().filter(|entity| visitor.may(entity, "export")).collect();
    html! {
        @if !kinds.is_empty() && named("export_jobs").is_ok_and(|entity| visitor.may(entity, "request")) {
            form."card ask-export" method="post" action="/exports" data-once {
                p { (look.t(words::EXPORT_LEAD)) }
                div.row {
                    input type="hidden" name=(KEY) value=(visitor.key());
                    label {
                        span.sr { (look.t(words::KIND)) }
                        select.field name="entity" {
                            @for entity in kinds { option value=(entity.name) { (look.t(entity.plural)) } }
                        }
                    }
                    (formats(look))
                    button."btn pri" type="submit" { (small("download")) (look.t(words::ASK_EXPORT)) }
                }
            }
        }
    }
}

/// The choice of what the file is written as.
pub fn formats(look: &Look) -> Markup {
    html! {
        label {
            span.sr { (look.t(words::FORMAT)) }
            select.field name="format" {
                @for format in EXPORT_JOBS_FORMAT { option value=(format.value) { (look.t(format.label)) } }
            }
        }
    }
}

fn row(look: &Look, export: &Record, status: &Markup) -> Markup {
    let text = |name: &str| text(export, name);
    let entity = registry::entity(text("entity"));
    let moment = |name: &str| text(name).parse::<Timestamp>().ok();
    let narrowed = export.get("filter").and_then(Value::as_object).is_some_and(|filter| !filter.is_empty());
    let rows = export.get("row_count").and_then(Value::as_i64);
    let rows = rows.or_else(|| export.get("progress")?.get("rows")?.as_i64());
    html! {
        tr id={ "x-" (text("id")) } {
            td {
                span.name {
                    (small(entity.map_or("download", nav::icon)))
                    (entity.map_or_else(|| text("entity").to_owned(), |entity| look.t(entity.plural).to_owned()))
                }
                " " span.muted { (text("format")) }
                @if narrowed { " " span.chip { (look.t(words::NARROWED)) } }
                @if !text("error").is_empty() { p.muted { (text("error")) } }
            }
            td { (status) }
            td.num { @if let Some(rows) = rows { (number::grouped(&rows.to_string(), 0)) } }
            td.only-l { @if let Some(at) = moment("created_at") { (time::ago(look, at)) } }
            td.only-l { @if let Some(at) = moment("expires_at") { (time::moment(look, at)) } }
            td {
                @if text("status") == "completed" {
                    a."btn out" href={ "/api/v1/export_jobs/" (text("id")) "/file" } download aria-label=(look.t(words::DOWNLOAD)) {
                        (small("download")) span.only-l { (look.t(words::DOWNLOAD)) }
                    }
                }
            }
        }
    }
}
