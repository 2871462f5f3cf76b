//! Widgets that are lists: what needs attention, and the latest imports.

use maud::{Markup, html};
use model::{entity::Entity, field::Field, problem::Problem};
use serde_json::Value;
use store::engine;

use super::figures::Behind;
use crate::{
    pages::{
        nav,
        table::{records, view},
        visitor::Visitor,
    },
    ui::{
        Look, small,
        value::{self, Record},
        words,
    },
};

/// Records that wait: their kind, which of them, the link and the field that stand beside each.
type Waiting = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

/// What somebody should look at: the oldest overdue invoices, orders that wait, webhooks that failed.
///
/// # Errors
/// As of a list.
pub(super) async fn attention(visitor: &Visitor) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let lists: [Waiting; 3] = [
        (
            "invoices",
            &[("filter[status]", "OVERDUE"), ("sort", "due_on"), ("limit", "3")],
            "customer_id",
            "due_on",
        ),
        ("orders", &[("filter[status]", "pending_approval"), ("limit", "3")], "customer_id", "total"),
        (
            "failed_webhooks",
            &[("filter[resolved_at][is_null]", "true"), ("limit", "2")],
            "source_id",
            "created_at",
        ),
    ];
    let mut lines: Vec<Markup> = vec![];
    for (name, pairs, link, beside) in lists {
        let Some(behind) = Behind::of(visitor, name, pairs)? else { continue };
        let entity = behind.entity;
        let fields: Vec<_> =
            [link, beside, "status"].iter().filter_map(|name| entity.any_field(name)).collect();
        let mut query = behind.query.clone();
        query.view = view(look, entity, &fields);
        let list = engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query);
        let page = visitor.ask.run(list).await?;
        for record in records(&page.data)? {
            let beside: Vec<_> = entity.any_field(beside).into_iter().collect();
            lines.push(line(look, entity, &record, entity.any_field(link), &beside));
        }
    }
    let body = html! {
        @if lines.is_empty() { p."muted none" { (look.t(words::ALL_WELL)) } }
        ul.lines { @for line in &lines { (line) } }
    };
    Ok(body)
}

/// A record on a line: its name, the record that a link of it names, its state, and what stands beside.
pub fn line(
    look: &Look,
    entity: &'static Entity,
    record: &Record,
    link: Option<&'static Field>,
    beside: &[&'static Field],
) -> Markup {
    let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
    let state = entity.field("status").filter(|_| record.contains_key("status"));
    html! {
        li {
            a href={ (nav::place(look, entity)) "/" (id) } {
                (small(nav::icon(entity)))
                span.what {
                    (value::title(look, entity, record))
                    @if let Some(link) = link { span.muted { " · " (value::cell(look, link, record)) } }
                }
            }
            @if let Some(state) = state { (value::cell(look, state, record)) }
            @for beside in beside { span."muted num" { (value::cell(look, beside, record)) } }
        }
    }
}

/// The latest imports: the way to all of them, and their lines.
///
/// # Errors
/// As of a list; none where the visitor may not view imports.
pub(super) async fn imports(visitor: &Visitor) -> Result<Option<(Markup, Markup)>, Problem> {
    let look = &visitor.look;
    let Some(behind) =
        Behind::of(visitor, "import_batches", &[("filter[parent_id][is_null]", "true"), ("limit", "5")])?
    else {
        return Ok(None);
    };
    let entity = behind.entity;
    let fields: Vec<_> = ["status", "created_at"].iter().filter_map(|name| entity.any_field(name)).collect();
    let mut query = behind.query.clone();
    query.view = view(look, entity, &fields);
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let records = records(&page.data)?;
    let extra = html! { a.btn href=(nav::place(look, entity)) { (look.t(words::OPEN_LIST)) (small("chevron-right")) } };
    let body = html! {
        @if records.is_empty() { p."muted none" { (look.t(words::LIST_EMPTY)) } }
        ul.lines {
            @for record in &records { (line(look, entity, record, None, &fields[1..])) }
        }
    };
    Ok(Some((extra, body)))
}
