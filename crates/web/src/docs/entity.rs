//! The page of one entity: addresses, fields, operations.

use maud::{Markup, html};
use model::{
    entity::Entity,
    field::{Field, Kind, Write},
    value::Author,
};
use work::operation::Operation;

use super::{nothing, prose};
use crate::routes::{Access, Action, Route, routes};

pub fn body(entity: &'static Entity) -> Markup {
    let own: Vec<&Route> = routes()
        .iter()
        .filter(|route| !route.is_page() && route.entity().is_some_and(|e| e.name == entity.name))
        .collect();
    let operations = own.iter().filter_map(|route| match route.action {
        Action::Operate(_, operation) => Some((*route, operation)),
        _ => None,
    });
    html! {
        h1 { (entity.plural.en) }
        p { (prose(entity.about)) }
        h2 id="addresses" { "Addresses" }
        div.scroll { table {
            thead { tr { th { "Address" } th { "Permission" } } }
            @for route in &own {
                tr { td { span.method { (route.method) } code { (route.path) } } td { (permission(route)) } }
            }
        } }
        h2 id="fields" { "Fields" }
        (fields(entity.fields.iter().chain(entity.standard())))
        @for (route, operation) in operations { (described(route, operation)) }
    }
}

fn described(route: &Route, operation: &Operation) -> Markup {
    html! {
        h2 id=(operation.name) { (operation.label.en) }
        p { span.method { (route.method) } code { (route.path) } }
        p { (prose(operation.about)) }
        @if operation.input.is_empty() { (nothing()) } @else { (fields(operation.input.iter())) }
        @for code in operation.refusals {
            p { code { (code.code) } " " (prose(code.about)) }
        }
    }
}

fn permission(route: &Route) -> Markup {
    match route.access() {
        Access::Permission(permission) => html! { code { (permission) } },
        Access::AnyOf(permissions) => html! { @for permission in permissions { code { (permission) } " " } },
        Access::Signed | Access::Person | Access::Public | Access::Secret => nothing(),
    }
}

fn fields(fields: impl Iterator<Item = &'static Field>) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "Field" } th { "Holds" } th { "Notes" } } }
            @for field in fields.filter(|field| Author::Staff.sees(field)) {
                tr { td { code { (field.name) } } td { (kind(field.kind)) } td { (notes(field)) } }
            }
        } }
    }
}

fn notes(field: &Field) -> Markup {
    let mut words = vec![];
    words.extend(field.required.then_some("required"));
    words.extend(match field.write {
        Write::Always => None,
        Write::Once => Some("written once"),
        Write::Import | Write::Never => Some("kept by the program"),
    });
    words.extend(field.sortable.then_some("sortable"));
    words.extend((field.indexed && !field.sortable).then_some("indexed"));
    html! {
        (field.label.en) "." @if !field.help.is_empty() { " " (prose(field.help)) }
        @if !words.is_empty() { " " em { (words.join(", ")) "." } }
        @if let Some(default) = field.default { " Default " code { (default) } "." }
        @if !field.example.is_empty() { " E.g. " code { (field.example) } }
    }
}

fn kind(kind: Kind) -> Markup {
    let word = match kind {
        Kind::Text { max } | Kind::Paragraph { max } => return html! { "text of up to " (max) },
        Kind::Integer { min, max } => return html! { "whole number " (min) "–" (max) },
        Kind::Link(other) => return html! { "id of one of " a href={ "/api/docs/" (other) } { (other) } },
        Kind::Choice(choices) => {
            return html! { @for choice in choices { code { (choice.value) } " " } };
        }
        Kind::Code => "code",
        Kind::Email => "e-mail address",
        Kind::Phone => "telephone number",
        Kind::Url => "web address",
        Kind::Quantity => "quantity, 3 decimals",
        Kind::Money => "money, 2 decimals",
        Kind::UnitPrice => "unit price, 6 decimals",
        Kind::Percent => "percent or rate, 6 decimals",
        Kind::Bool => "true or false",
        Kind::Date => "day",
        Kind::Timestamp => "time",
        Kind::Country => "country code",
        Kind::Currency => "currency code",
        Kind::Tags => "words",
        Kind::Json => "JSON",
        Kind::Ip => "network address",
        Kind::Id => "id",
    };
    html! { (word) }
}
