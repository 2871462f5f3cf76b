//! `GET /admin/imports`: where files are dropped in, and the imports so far.

use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use maud::{Markup, html};
use model::{
    field::Kind,
    problem::Problem,
    query::{ListQuery, Start},
    registry,
};
use serde_json::Value;
use store::engine;
use work::{
    import::{self, DATA_TYPES, DataType},
    sources::{self, Offered},
};

use super::{parts, words};
use crate::{
    imports::imports_something,
    input::Params,
    pages::{
        Answer, html as answer,
        shell::{self, Page},
        table::records,
        visitor::Visitor,
    },
    refusal::status,
    ui::{Look, Url, chip, icon, small, time, value::Record},
};

/// The page.
pub async fn list(visitor: Visitor, Params(params): Params) -> Answer {
    page(&visitor, &params, None).await
}

/// The page, with what was refused of an upload.
pub async fn page(visitor: &Visitor, params: &[(String, String)], problem: Option<&Problem>) -> Answer {
    let entity = registry::described("import_batches")?;
    let url = Url::new("/admin/imports", params);
    let mut asked = vec![("filter[parent_id][is_null]".to_owned(), "true".to_owned())];
    asked.extend(params.iter().filter(|(name, _)| name == "after" || name == "before").cloned());
    let query = ListQuery::parse(entity, &asked)?;
    let found = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let batches = records(&found.data)?;
    let (templates, offered) = if imports_something(visitor.caller()) {
        let (db, caller) = (&visitor.ask.app.db, visitor.caller());
        let templates = visitor.ask.run(import::template_names(db, caller)).await?;
        (templates, visitor.ask.run(sources::offered(db, caller)).await?)
    } else {
        (vec![], vec![])
    };
    let chosen = params.iter().find(|(name, _)| name == "source").map(|(_, source)| source.as_str());
    let look = &visitor.look;
    let Kind::Choice(statuses) = entity.field("status").map_or(Kind::Id, |field| field.kind) else {
        return Err(Problem::internal("the status of an import is no choice").into());
    };
    let first = query.start == Start::First;
    let body: Markup = html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(words::TITLE)) {
            div.imports {
                @if let Some(problem) = problem { (parts::refused(look, problem)) }
                @if imports_something(visitor.caller()) { (drop(visitor, &templates, &offered, chosen)) }
                @if batches.is_empty() {
                    div.empty { (icon("upload")) p { (look.t(words::NONE_YET)) } }
                } @else {
                    table.plain {
                        thead { tr {
                            th { (look.t(words::FILE)) }
                            th { (look.t(words::STATUS)) }
                            th { (look.t(words::WHEN)) }
                        } }
                        tbody { @for batch in &batches { (row(look, batch, statuses)) } }
                    }
                }
                @if let Some(next) = &found.next {
                    a."btn out" href=(url.at_start().with("after", next)) { (small("arrow-down")) (look.t(words::MORE_ROWS)) }
                } @else if !first {
                    a."btn out" href="/admin/imports" { (small("arrow-up")) (look.t(words::TITLE)) }
                }
            }
        }
    };
    let bar = html! {
        div.crumb { (icon("upload")) h1 { (look.t(words::TITLE)) } }
        span.grow {}
        (shell::me(visitor))
    };
    let status = problem.map_or(StatusCode::OK, status);
    let page = Page { title: look.t(words::TITLE).to_owned(), bar, body, toast: None };
    let response: Response = answer(status, shell::page(visitor, &page));
    Ok(response)
}

/// Where files are dropped in, or chosen.
fn drop(visitor: &Visitor, templates: &[String], offered: &[Offered], chosen: Option<&str>) -> Markup {
    let look = &visitor.look;
    let mine = |kind: &&DataType| {
        kind.offered && kind.parts.last().is_some_and(|part| visitor.may(part.description(), "import"))
    };
    html! {
        form.drop method="post" action="/admin/imports" enctype="multipart/form-data" data-drop data-once {
            (icon("file-spreadsheet"))
            b { (look.t(words::DROP_LEAD)) }
            p #drop-help { (look.t(words::DROP_HELP)) }
            div.do {
                label."btn pri" {
                    (small("upload")) (look.t(words::CHOOSE_FILES))
                    input.sr type="file" name="file" multiple required aria-describedby="drop-help";
                }
                @if !offered.is_empty() {
                    label.holds {
                        span.sr { (look.t(words::SOURCE)) }
                        select.field name="data_source" {
                            option value="" { (look.t(words::NO_SOURCE)) }
                            @for one in offered {
                                option value=(one.id) selected[chosen == Some(one.id.to_string().as_str())] {
                                    (one.name)
                                    @match one.due.as_deref() {
                                        Some("overdue") => { " · " (look.t(words::OVERDUE)) }
                                        Some(_) => { " · " (look.t(words::DUE)) }
                                        None => {}
                                    }
                                }
                            }
                        }
                    }
                }
                label.holds {
                    span.sr { (look.t(words::HOLDS)) }
                    select.field name="data_type" {
                        option value="" { (look.t(words::FIND_OUT)) }
                        @for kind in DATA_TYPES.iter().filter(|kind| kind.offered) {
                            option value=(kind.name) { (look.t(kind.label)) }
                        }
                    }
                }
                label.holds {
                    span.sr { (look.t(words::TEMPLATE)) }
                    select.field name="template" {
                        option value="" { (look.t(words::FITTING)) }
                        option value="none" { (look.t(words::NO_TEMPLATE)) }
                        @for name in templates { option value=(name) { (name) } }
                    }
                }
                button."btn out" type="submit" { (look.t(words::UPLOAD)) }
            }
            p.names aria-live="polite" {}
        }
        details.card.samples {
            summary { (small("file-spreadsheet")) (look.t(words::SAMPLES)) }
            div.pad {
                p.muted { (look.t(words::SAMPLES_HELP)) }
                ul {
                    @for kind in DATA_TYPES.iter().filter(mine) {
                        li {
                            (look.t(kind.label)) " "
                            @for (format, name) in [("xlsx", "Excel"), ("csv", "CSV")] {
                                a href={ "/api/v1/imports/sample?data_type=" (kind.name) "&format=" (format) } download
                                    hx-boost="false" aria-label={ (look.t(kind.label)) ", " (name) } { (name) } " "
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(look: &Look, batch: &Record, statuses: &'static [model::field::Choice]) -> Markup {
    let text = |name: &str| batch.get(name).and_then(Value::as_str).unwrap_or_default();
    let href = format!("/admin/imports/{}", text("id"));
    let at = text("created_at").parse::<Timestamp>().ok();
    html! {
        tr data-href=(href) {
            td { a.name href=(href) { (small("file-spreadsheet")) (text("file_name")) } }
            td { (chip::choice(look, statuses, text("status"))) }
            td { @if let Some(at) = at { (time::ago(look, at)) } }
        }
    }
}
