//! A record as a customer reads it: what is known of it, and what it consists of, on one page that can be printed.

use maud::{Markup, html};
use model::{
    entity::{Child, Entity, Writes},
    field::{Field, Text},
    problem::Problem,
    registry,
};
use serde_json::Value;
use store::engine;
use uuid::Uuid;

use super::words;
use crate::{
    pages::{
        found,
        groups::{grouped, is_shown},
        list::can_create,
        record::{add, facts, listed, post, related_columns},
        table::{self, Table, table},
        visitor::Visitor,
    },
    portal::{is_part, whole},
    ui::{
        Look, Url, small,
        value::{self, Record},
        words as texts,
    },
};

/// Most parts that are shown with what they belong to; of more there are pages of their own.
const PARTS: u16 = 200;
/// Fewer facts than these make no group of their own.
const FEW: usize = 3;

/// What is filled of the record, and its parts.
///
/// # Errors
/// As of a list.
pub async fn overview(
    visitor: &Visitor,
    entity: &'static Entity,
    id: Uuid,
    record: &Record,
) -> Result<Markup, Problem> {
    let look = &visitor.look;
    // Name and state stand at the head, the currency beside each amount.
    let told = [entity.title, "status", "currency"];
    let filled = |name: &str| record.get(name).is_some_and(|value| !value.is_null()) && !told.contains(&name);
    let part = entity.children.iter().find(|child| is_part(child.name));
    let parts = match part.and_then(|child| Some((child, registry::entity(child.entity)?))) {
        Some((child, other)) if visitor.may(other, "view") => {
            Some(parts(visitor, entity, id, child, other).await?)
        }
        _ => None,
    };
    Ok(html! {
        div.rec-body {
            div tabindex="0" role="region" aria-label=(look.t(texts::DETAILS)) {
                (letterhead(visitor, record))
                @let groups = calm(grouped(entity, |field| is_shown(look, field) && filled(field.name)));
                @for (label, fields) in groups.iter().take(1) { (facts(look, *label, fields, record)) }
                @if let Some(parts) = parts { (parts) }
                @for (label, fields) in groups.iter().skip(1) { (facts(look, *label, fields, record)) }
            }
        }
    })
}

/// The groups with those of one or two facts in the first one.
fn calm(groups: Vec<(Text, Vec<&'static Field>)>) -> Vec<(Text, Vec<&'static Field>)> {
    let mut calm: Vec<(Text, Vec<&'static Field>)> = vec![];
    for (label, fields) in groups {
        match calm.first_mut() {
            Some((_, first)) if fields.len() < FEW => first.extend(fields),
            _ => calm.push((label, fields)),
        }
    }
    calm
}

/// From whom a document is and to whom, as it stands on paper.
fn letterhead(visitor: &Visitor, record: &Record) -> Markup {
    let look = &visitor.look;
    let Some(customer) = record.get("customer").and_then(Value::as_object) else { return html! {} };
    let text = |name: &str| found::text(customer, name);
    let place = [text("postal_code"), text("city"), text("state"), text("country")];
    html! {
        div.paper {
            p { b { (visitor.head.company) } }
            p {
                (look.t(words::BILL_TO)) " " b lang=[value::thai(text("name"))] { (text("name")) }
                @if !text("address").is_empty() { br; (text("address")) }
                br; (place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

/// What the record consists of, as a table, and the way to add to it.
async fn parts(
    visitor: &Visitor,
    entity: &'static Entity,
    id: Uuid,
    child: &'static Child,
    other: &'static Entity,
) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let url = Url::new(format!("{}/{id}", look.at(entity.name)), &[]);
    let mut query = listed(look, other, child, &url)?;
    query.limit = PARTS;
    let children = engine::children(&visitor.ask.app.db, visitor.caller(), entity, id, child, &query);
    let page = visitor.ask.run(children).await?;
    let mut records = table::records(&page.data)?;
    // As they stand in the document, whose numbers of lines say nothing more.
    records.sort_by_key(|record| record.get("position").and_then(Value::as_i64));
    let columns = related_columns(look, other, child).into_iter();
    let columns: Vec<_> =
        columns.filter(|field| field.name != child.field && field.name != "position").collect();
    let add = add(visitor, child, other, id);
    Ok(html! {
        section."card parts" {
            header { h2 { (look.t(other.plural)) } span.grow {} @if let Some(add) = add { (add) } }
            @if records.is_empty() { p."muted none" { (look.t(texts::LIST_EMPTY)) } } @else {
                div.across tabindex="0" role="region" aria-label=(look.t(other.plural)) {
                    (table(look, &Table {
                        entity: other,
                        columns: &columns,
                        records: &records,
                        sorted: None,
                        picks: false,
                        peeks: false,
                        writes: false,
                    }))
                }
            }
            @if page.next.is_some() {
                p.none { a.link href={ (look.at(other.name)) "?filter[" (child.field) "]=" (id) } { (look.t(words::SEE_ALL)) } }
            }
        }
    })
}

/// What is above a record: the list of its kind, or the record that it is a part of; nothing above the customer's own.
pub fn up(look: &Look, entity: &'static Entity, record: &Record) -> Option<(String, &'static Entity)> {
    match whole(entity) {
        Some((holder, link)) => {
            Some((format!("{}/{}", look.at(holder.name), found::text(record, link)), holder))
        }
        None => Some((look.at(entity.name), entity)).filter(|_| entity.name != "customers"),
    }
}

/// What can be done with the record that the staff has other ways for.
///
/// # Errors
/// As of a list.
pub async fn buttons(visitor: &Visitor, entity: &'static Entity, id: Uuid) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let path = format!("{}/{id}", look.at(entity.name));
    let may = |name: &str| registry::entity(name).is_some_and(|entity| can_create(visitor, entity));
    let list = match entity.name == "skus" && may("product_lists") && may("product_list_items") {
        true => Some(kept_in(visitor, id).await?),
        false => None,
    };
    Ok(html! {
        @if entity.children.iter().any(|child| child.name == "lines") {
            button."btn out" type="button" data-print { (small("printer")) span { (look.t(words::PRINT)) } }
        }
        @if let Some(list) = list { a."btn out" href=(list) { (small("plus")) span { (look.t(words::ADD_TO_LIST)) } } }
        // What has no archive is taken away.
        @if entity.writes == Writes::All && !entity.archives && visitor.may(entity, "delete") {
            (post(&format!("{path}/archive"), "trash-2", look.t(words::REMOVE), &visitor.key(), "btn"))
        }
    })
}

/// The form that puts a SKU into a list of products, into the one there is, or first the form of such a list.
async fn kept_in(visitor: &Visitor, sku: Uuid) -> Result<Url, Problem> {
    let look = &visitor.look;
    let lists = found::list(visitor, "product_lists", &[("limit", "2")]).await?.records;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    if lists.is_empty() {
        let name = [pair("name", look.t(words::FAVOURITES))];
        return Ok(Url::new(look.place("/product_lists/new"), &name));
    }
    let mut pairs = vec![pair("sku_id", &sku.to_string())];
    if let [only] = lists.as_slice() {
        pairs.push(pair("product_list_id", found::text(only, "id")));
    }
    Ok(Url::new(look.place("/product_list_items/new"), &pairs))
}
