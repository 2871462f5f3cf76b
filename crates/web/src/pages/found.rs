//! Records on pages that are not the list of their kind: found as the API lists them, shown in a form of the page's own.

use maud::{Markup, html};
use model::{field::Text, problem::Problem, query::ListQuery, registry};
use serde_json::Value;
use store::engine;

use super::{table::records, visitor::Visitor};
use crate::ui::{Look, Url, icon, small, value::Record, words};

/// Records as the API lists them.
pub struct Found {
    /// The records, links expanded.
    pub records: Vec<Record>,
    /// The cursor of those behind.
    pub next: Option<String>,
}

/// A list of records by the parameters of an address; none where the visitor may not view them.
///
/// # Errors
/// As of a list.
pub async fn list(visitor: &Visitor, name: &str, pairs: &[(&str, &str)]) -> Result<Found, Problem> {
    let entity = registry::described(name)?;
    if !visitor.may(entity, "view") {
        return Ok(Found { records: vec![], next: None });
    }
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let query = ListQuery::parse(entity, &pairs)?;
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    Ok(Found { records: records(&page.data)?, next: page.next })
}

/// A text of a record; empty where there is none.
pub fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Nothing to show.
pub fn nothing(look: &Look, sign: &str, told: Text) -> Markup {
    html! { div.empty { (icon(sign)) p { (look.t(told)) } } }
}

/// The way to those behind.
pub fn further(look: &Look, url: &Url, next: Option<&String>) -> Markup {
    html! {
        @if let Some(next) = next {
            a."btn out" href=(url.clone().without("done").at_start().with("after", next)) {
                (small("arrow-down")) (look.t(words::NEXT_PAGE))
            }
        }
    }
}
