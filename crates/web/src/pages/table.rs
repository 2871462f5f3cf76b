//! Records as a table; on phones as cards of two lines.

use maud::{Markup, html};
use model::{
    entity::Entity,
    field::{Field, Kind},
    query::{Key, ListQuery, SortKey, View},
};
use serde_json::Value;

use super::{
    groups::is_shown,
    lists::{cell::is_written, words as list_words},
};
use crate::ui::{
    Look, Url, avatar, small,
    value::{self, Record},
    words,
};

/// A record that was read from a page's JSON.
///
/// # Errors
/// Where the JSON is none, which is a defect.
pub fn records(data: &str) -> Result<Vec<Record>, model::problem::Problem> {
    serde_json::from_str(data).map_err(model::problem::Problem::internal)
}

/// The columns of an entity's list: what names a record first, then what the description lists.
pub fn columns(look: &Look, entity: &'static Entity) -> Vec<&'static Field> {
    let listed = || entity.fields.iter().filter(|field| field.listed && is_shown(look, field));
    let first = entity.field(entity.title).or_else(|| listed().next());
    let mut columns: Vec<&Field> = first.into_iter().collect();
    columns.extend(listed().filter(|field| first.is_none_or(|first| first.name != field.name)));
    columns
}

/// What is read of each record: the columns, what names it, and what it takes to show amounts and links.
pub fn view(look: &Look, entity: &'static Entity, columns: &[&'static Field]) -> View {
    let mut fields = columns.to_vec();
    // What has no name is told by its description.
    let told = if entity.title == "id" { &["description"][..] } else { &[] };
    let also = entity.named_by.iter().chain(told).filter_map(|name| entity.field(name));
    let also =
        also.chain(entity.field("currency")).chain(entity.standard().filter(|f| f.name == "archived_at"));
    for field in also {
        if fields.iter().all(|known| known.name != field.name) {
            fields.push(field);
        }
    }
    fields.retain(|field| look.reads(field));
    let expand = columns.iter().copied().filter(|field| field.link().is_some()).take(10).collect();
    View { fields: Some(fields), attributes: false, expand }
}

/// A table of records.
pub struct Table<'a> {
    /// The kind of record.
    pub entity: &'static Entity,
    /// The columns, what names a record first.
    pub columns: &'a [&'static Field],
    /// The records.
    pub records: &'a [Record],
    /// What was asked, and where: column heads lead to the same in another order.
    pub sorted: Option<(&'a ListQuery, &'a Url)>,
    /// Boxes before the rows select them for the bar of the list.
    pub picks: bool,
    /// A button of each row shows the record beside the list.
    pub peeks: bool,
    /// Cells are written in where they stand.
    pub writes: bool,
}

/// The table.
pub fn table(look: &Look, table: &Table<'_>) -> Markup {
    let places = places(table.columns);
    html! {
        table."grid-t rec".picks[table.picks] {
            thead { tr {
                @if table.picks {
                    th.ck scope="col" { input.check type="checkbox" data-pick-all aria-label=(look.t(list_words::PICK_ALL)); }
                }
                @for field in table.columns { (head(look, field, table.sorted)) }
            } }
            tbody { @for record in table.records { (row(look, table, &places, record)) } }
        }
    }
}

fn head(look: &Look, field: &'static Field, sorted: Option<(&ListQuery, &Url)>) -> Markup {
    let label = look.t(field.label);
    let class = value::is_number(field.kind).then_some("num");
    let Some((query, url)) = sorted.filter(|_| field.sortable) else {
        return html! { th scope="col" class=[class] { (label) } };
    };
    let by = |key: &SortKey| matches!(key.key, Key::Field(by) if by.name == field.name);
    let now = query.sort.first().filter(|key| by(key)).map(|key| key.descending);
    let (told, sign) = match now {
        Some(true) => (Some("descending"), Some("arrow-down")),
        Some(false) => (Some("ascending"), Some("arrow-up")),
        None => (None, None),
    };
    let next = if now == Some(false) { format!("-{}", field.name) } else { field.name.to_owned() };
    let href = url.clone().at_start().with("sort", next);
    html! {
        th scope="col" class=[class] aria-sort=[told] {
            a href=(href) { (label) @if let Some(sign) = sign { (small(sign)) } }
        }
    }
}

fn row(look: &Look, table: &Table<'_>, places: &[&'static str], record: &Record) -> Markup {
    let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
    let href = format!("{}/{id}", look.at(table.entity.name));
    let gone = record.get("archived_at").is_some_and(|at| !at.is_null());
    let name = value::title(look, table.entity, record);
    html! {
        tr id={ "r-" (id) } data-href=(href) {
            @if table.picks {
                td.ck {
                    label {
                        input.check id={ "k-" (id) } type="checkbox" name="id" value=(id) form="bulk"
                            aria-label={ (look.t(list_words::PICK)) ": " (name) };
                    }
                }
            }
            @for (at, (field, place)) in table.columns.iter().zip(places).enumerate() {
                @if at == 0 {
                    td.c-n {
                        a.main href=(href) hx-boost="false" {
                            @if table.entity.title != "id" && !look.portal { (avatar::thing(&name)) }
                            span.gone[gone] lang=[value::thai(&name)] { (first(look, table.entity, field, record, &name)) }
                        }
                        @if gone { " " span.chip { (look.t(words::ARCHIVED)) } }
                        @if table.peeks {
                            button."btn sq peek-at" type="button" data-peek aria-label={ (look.t(list_words::PEEK)) ": " (name) } {
                                (small("panel-right"))
                            }
                        }
                    }
                } @else {
                    @let written = table.writes && !gone && is_written(look, table.entity, field);
                    td class={ (place) @if value::is_number(field.kind) { " num" } } data-cell=[written.then_some(field.name)]
                        tabindex=[written.then_some("-1")] title=[written.then(|| look.t(list_words::CELL_HINT))] {
                        (value::cell(look, field, record))
                    }
                }
            }
        }
    }
}

/// The text of the first column: the title, or a record without one by its first value.
fn first(look: &Look, entity: &Entity, field: &'static Field, record: &Record, name: &str) -> Markup {
    match entity.title == "id" && !record.get(field.name).is_none_or(Value::is_null) {
        true => value::cell(look, field, record),
        false => html! { (name) },
    }
}

/// Where each column stands on a card of two lines: its state, its amount, and when or where.
fn places(columns: &[&'static Field]) -> Vec<&'static str> {
    let mut places = vec![""; columns.len()];
    let mut take = |place: &'static str, fits: &dyn Fn(&Field) -> bool| {
        if places.contains(&place) {
            return;
        }
        let free =
            columns.iter().enumerate().skip(1).find(|(at, field)| places[*at].is_empty() && fits(field));
        if let Some((at, _)) = free {
            places[at] = place;
        }
    };
    take("c-s", &|field| matches!(field.kind, Kind::Choice(_)) && field.name == "status");
    take("c-s", &|field| matches!(field.kind, Kind::Choice(_)));
    take("c-v", &|field| matches!(field.kind, Kind::Money));
    take("c-w", &|field| matches!(field.kind, Kind::Timestamp | Kind::Date));
    take("c-v", &|field| value::is_number(field.kind));
    take("c-w", &|field| matches!(field.kind, Kind::Text { .. } | Kind::Code | Kind::Link(_)));
    take("c-s", &|_| true);
    places
}
