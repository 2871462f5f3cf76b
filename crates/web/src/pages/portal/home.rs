//! `GET /portal`: what is open between the customer and the company: orders, invoices, deliveries.

use axum::http::StatusCode;
use futures_util::future::{try_join, try_join_all};
use maud::{Markup, html};
use model::{field::Text, problem::Problem};
use store::engine;

use super::words;
use crate::{
    pages::{
        Answer,
        home::{figures::Behind, lists::line},
        html as answer, nav,
        shell::{self, Page as Sheet},
        table::{records, view},
        visitor::Visitor,
    },
    ui::{Look, number, small, words as texts},
};

type Pairs = &'static [(&'static str, &'static str)];

const OPEN_ORDERS: Pairs = &[("filter[status][in]", "pending_approval,confirmed")];
const DUE: Pairs = &[
    ("filter[kind]", "invoice"),
    ("filter[status][in]", "ISSUED,PARTIALLY_PAID,OVERDUE"),
    ("sort", "due_on"),
];
const OVERDUE: Pairs = &[("filter[status]", "OVERDUE"), ("sort", "due_on")];
const UNDER_WAY: Pairs = &[("filter[status]", "shipped")];
/// Lines of a card.
const LINES: u16 = 5;

/// A figure: what it is called, the kind of record, which of them, and what is added up.
type Kpi = (Text, &'static str, Pairs, Option<&'static str>);

const KPIS: [Kpi; 4] = [
    (words::OPEN_ORDERS, "orders", OPEN_ORDERS, None),
    (words::AMOUNT_DUE, "invoices", DUE, Some("outstanding")),
    (words::OVERDUE, "invoices", OVERDUE, Some("outstanding")),
    (words::DELIVERIES, "shipments", UNDER_WAY, None),
];

/// A card of records: what it is called, the kind, which of them, what stands beside each, and what is told of none.
type Card = (Text, &'static str, Pairs, &'static [&'static str], Text);

const CARDS: [Card; 3] = [
    (words::DUE_SOON, "invoices", DUE, &["due_on", "outstanding"], words::EVERYTHING_PAID),
    (words::LAST_ORDERS, "orders", &[("sort", "-ordered_at")], &["ordered_at", "total"], words::NO_ORDERS),
    (words::DELIVERIES, "shipments", UNDER_WAY, &["shipped_at", "tracking_number"], words::NO_DELIVERIES),
];

/// The page.
pub async fn home(visitor: Visitor) -> Answer {
    let look = &visitor.look;
    let figures = try_join_all(KPIS.iter().map(|kpi| figure(&visitor, kpi)));
    let cards = try_join_all(CARDS.iter().map(|one| card(&visitor, one)));
    let (figures, cards) = try_join(figures, cards).await?;
    let name = visitor.head.customer.clone().unwrap_or_default();
    let body = html! {
        div."scroll dash-bg" tabindex="0" role="region" aria-label=(look.t(texts::HOME)) {
            div.dash #home {
                @for figure in figures.iter().flatten() { (figure) }
                @for card in cards.iter().flatten() { (card) }
            }
        }
    };
    let bar = html! { div.crumb { h1 { (name) } } };
    let sheet = Sheet { title: look.t(texts::HOME).to_owned(), bar, body, toast: None };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

/// How many there are, or what they come to in each currency; none where the visitor may not view them.
async fn figure(visitor: &Visitor, kpi: &Kpi) -> Result<Option<Markup>, Problem> {
    let (label, name, pairs, sum) = kpi;
    let Some(behind) = Behind::of(visitor, name, pairs)? else { return Ok(None) };
    let figures = behind.figures(visitor, *sum, None).await?;
    let look = &visitor.look;
    let count: i64 = figures.iter().map(|figure| figure.count).sum();
    let kind = look.t(if count == 1 { behind.entity.label } else { behind.entity.plural }).to_lowercase();
    let counted = number::grouped(&count.to_string(), 0);
    let amount = |sum: &str, currency: Option<&str>| number::amount(sum, currency.unwrap_or(&look.currency));
    Ok(Some(html! {
        section."card wid w3" {
            header { h2 { (look.t(*label)) } }
            a.kpi href=(behind.url) {
                @match sum {
                    Some(_) if figures.is_empty() => b { (amount("0.00", None)) },
                    Some(_) => @for figure in &figures { b { (amount(&figure.sum, figure.currency.as_deref())) } },
                    None => b { (counted) },
                }
                span.row { @if sum.is_some() { (counted) " " } (kind) }
            }
        }
    }))
}

/// The first few records of a list, and the way to all of it.
async fn card(visitor: &Visitor, card: &Card) -> Result<Option<Markup>, Problem> {
    let (label, name, pairs, beside, none) = card;
    let look = &visitor.look;
    let Some(behind) = Behind::of(visitor, name, pairs)? else { return Ok(None) };
    let entity = behind.entity;
    let beside: Vec<_> = beside.iter().filter_map(|name| entity.any_field(name)).collect();
    let fields: Vec<_> = beside.iter().copied().chain(entity.any_field("status")).collect();
    let mut query = behind.query.clone();
    (query.view, query.limit) = (view(look, entity, &fields), LINES);
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let records = records(&page.data)?;
    Ok(Some(html! {
        section."card wid w6" {
            header { h2 { (look.t(*label)) } (all(look, &nav::place(look, entity), look.t(entity.plural))) }
            @if records.is_empty() { p."muted none" { (look.t(*none)) } }
            ul.lines { @for record in &records { (line(look, entity, record, None, &beside)) } }
        }
    }))
}

fn all(look: &Look, href: &str, kind: &str) -> Markup {
    html! { a.btn href=(href) aria-label={ (look.t(words::SEE_ALL)) ": " (kind) } { (look.t(words::SEE_ALL)) (small("chevron-right")) } }
}
