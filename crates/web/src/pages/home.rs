//! `GET /`: what is going on, from the records that the visitor sees. Each widget leads to the list behind it.

use axum::http::StatusCode;
use jiff::civil::Date;
use maud::{Markup, html};
use model::{entity::Entity, problem::Problem, query::ListQuery, registry};
use serde_json::Value;
use store::engine::{self, Asked, Figure};

use super::{
    Answer, html as answer, nav,
    shell::{self, Page as Sheet},
    table::{records, view},
    visitor::Visitor,
};
use crate::ui::{
    Look, Url, chart,
    chart::{Lines, Point},
    icon, number, small, time,
    value::{self, Record},
    words,
};

/// A list behind a widget: an address, whose parameters are the query.
struct Behind {
    entity: &'static Entity,
    url: Url,
    query: ListQuery,
}

impl Behind {
    /// The list of these parameters; `None` where the visitor may not view it.
    fn of(visitor: &Visitor, name: &str, pairs: &[(&str, &str)]) -> Result<Option<Self>, Problem> {
        let Some(entity) = registry::entity(name).filter(|entity| visitor.may(entity, "view")) else {
            return Ok(None);
        };
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let query = ListQuery::parse(entity, &pairs)?;
        Ok(Some(Self { entity, url: Url::new(format!("/{name}"), &pairs), query }))
    }

    async fn figures(
        &self,
        visitor: &Visitor,
        sum: Option<&str>,
        month: Option<&str>,
    ) -> Result<Vec<Figure>, Problem> {
        let field = |name: Option<&str>| name.and_then(|name| self.entity.any_field(name));
        let by_month = field(month).map(|field| (field, visitor.head.time_zone.as_str()));
        let asked = Asked { entity: self.entity, of: &self.query, sum: field(sum), by_month };
        visitor.ask.run(engine::figures(&visitor.ask.app.db, visitor.caller(), &asked)).await
    }
}

/// The page.
pub async fn home(visitor: Visitor) -> Answer {
    let look = &visitor.look;
    let mut widgets: Vec<Markup> = vec![];
    let invoiced = invoiced(&visitor).await?;
    if let Some(invoiced) = &invoiced {
        widgets.push(this_month(look, invoiced));
    }
    for (label, name, pairs, sum) in KPIS {
        if let Some(behind) = Behind::of(&visitor, name, pairs)? {
            let figures = behind.figures(&visitor, *sum, None).await?;
            widgets.push(kpi(look, look.t(*label), &behind, &figures, sum.is_some()));
        }
    }
    if let Some(invoiced) = &invoiced {
        widgets.push(revenue(look, invoiced));
    }
    widgets.extend(attention(&visitor).await?);
    widgets.extend(imports(&visitor).await?);
    let body = html! {
        div."scroll dash-bg" tabindex="0" role="region" aria-label=(look.t(words::HOME)) {
            @if widgets.is_empty() { div.empty { (icon("layout-dashboard")) p { (look.t(words::LIST_EMPTY)) } } }
            div.dash { @for widget in &widgets { (widget) } }
        }
    };
    let bar = html! {
        div.crumb { (icon("layout-dashboard")) h1 { (look.t(words::HOME)) } }
        span.grow {}
        (shell::me(&visitor))
    };
    let sheet = Sheet { title: look.t(words::HOME).to_owned(), bar, body, toast: None };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

type Kpi = (model::field::Text, &'static str, &'static [(&'static str, &'static str)], Option<&'static str>);

/// Figures that are lists: label, kind of record, which of them, and what is added up.
const KPIS: &[Kpi] = &[
    (
        words::TO_SHIP,
        "orders",
        &[("filter[status]", "confirmed"), ("filter[fulfilment_state][in]", "none,partial")],
        None,
    ),
    (words::TO_APPROVE, "orders", &[("filter[status]", "pending_approval")], None),
    (words::OVERDUE, "invoices", &[("filter[status]", "OVERDUE")], Some("outstanding")),
];

/// Invoices of the last 24 months in the tenant's currency: the month's first day and the sum.
struct Invoiced {
    url: Url,
    currency: String,
    months: Vec<(Date, f64)>,
}

async fn invoiced(visitor: &Visitor) -> Result<Option<Invoiced>, Problem> {
    let today = visitor.look.now.to_zoned(visitor.look.zone.clone()).date();
    let first = (0..23)
        .fold(today.first_of_month(), |month, _| month.yesterday().map_or(month, Date::first_of_month));
    let from = first.to_string();
    let pairs = [
        ("filter[issued_on][gte]", from.as_str()),
        ("filter[status][in]", "ISSUED,PARTIALLY_PAID,PAID,OVERDUE"),
    ];
    let Some(behind) = Behind::of(visitor, "invoices", &pairs)? else { return Ok(None) };
    let figures = behind.figures(visitor, Some("total"), Some("issued_on")).await?;
    let currency = visitor.head.currency.clone();
    let mut months = vec![];
    let mut month = first;
    while month <= today {
        let name = month.strftime("%Y-%m").to_string();
        let ours = |figure: &&Figure| {
            figure.month.as_deref() == Some(name.as_str()) && figure.currency.as_deref() == Some(&currency)
        };
        let sum = figures.iter().find(ours).and_then(|figure| figure.sum.parse().ok());
        months.push((month, sum.unwrap_or(0.0)));
        month = match month.last_of_month().tomorrow() {
            Ok(next) => next,
            Err(_) => break,
        };
    }
    Ok(Some(Invoiced { url: behind.url, currency, months }))
}

fn widget(id: &str, class: &str, title: &str, extra: Markup, body: Markup) -> Markup {
    html! {
        section class={ "card wid " (class) } aria-labelledby={ (id) "-title" } {
            header { h2 id={ (id) "-title" } { (title) } (extra) }
            (body)
        }
    }
}

/// This month beside the one before: whether it is more is told by the arrow, whether that is good by the color.
fn this_month(look: &Look, invoiced: &Invoiced) -> Markup {
    let sums: Vec<f64> = invoiced.months.iter().rev().take(12).rev().map(|(_, sum)| *sum).collect();
    let (now, before) = match sums.as_slice() {
        [.., before, now] => (*now, *before),
        _ => (0.0, 0.0),
    };
    let change = if before > 0.0 { Some((now / before - 1.0) * 100.0) } else { None };
    let body = html! {
        a.kpi href=(invoiced.url) {
            b { (number::brief_amount(now, &invoiced.currency, look.lang)) }
            span.row {
                @if let Some(change) = change {
                    span class=(if change >= 0.0 { "up" } else { "down" }) {
                        (small(if change >= 0.0 { "trending-up" } else { "trending-down" }))
                        (format!("{:.0}%", change.abs()))
                    }
                }
                (look.t(words::THAN_LAST_MONTH))
            }
            (chart::spark(&sums))
        }
    };
    widget("month", "w3", look.t(words::INVOICED), html! {}, body)
}

fn kpi(look: &Look, label: &str, behind: &Behind, figures: &[Figure], sums: bool) -> Markup {
    let count: i64 = figures.iter().map(|figure| figure.count).sum();
    let ours = figures.iter().find(|figure| figure.currency.as_deref() == Some(&look.currency));
    let sum: f64 = ours.and_then(|figure| figure.sum.parse().ok()).unwrap_or(0.0);
    let kind = look.t(if count == 1 { behind.entity.label } else { behind.entity.plural }).to_lowercase();
    let count = number::grouped(&count.to_string(), 0);
    let body = html! {
        a.kpi href=(behind.url) {
            @if sums {
                b { (number::brief_amount(sum, &look.currency, look.lang)) }
                span.row { (count) " " (kind) }
            } @else {
                b { (count) }
                span.row { (kind) }
            }
        }
    };
    widget(&label.replace(' ', "-").to_lowercase(), "w3", label, html! {}, body)
}

fn revenue(look: &Look, invoiced: &Invoiced) -> Markup {
    let (before, now) = invoiced.months.split_at(invoiced.months.len().saturating_sub(12));
    let told = |sum: f64| number::brief_amount(sum, &invoiced.currency, look.lang);
    let point = |(at, (month, sum)): (usize, &(Date, f64))| {
        let before = before.get(at).map_or(0.0, |(_, sum)| *sum);
        Point {
            label: time::month(look.lang, month.month()).to_owned(),
            now: *sum,
            before,
            told: (told(*sum), told(before)),
        }
    };
    let points: Vec<Point> = now.iter().enumerate().map(point).collect();
    let names = (look.t(words::LAST_12_MONTHS), look.t(words::YEAR_BEFORE));
    let legend = html! { div.legend { span { i {} (names.0) } span { i.d {} (names.1) } } };
    let title = look.t(words::INVOICED_BY_MONTH);
    widget(
        "revenue",
        "w7",
        title,
        legend,
        chart::lines(&Lines { caption: title, names, points: &points, axis: &told }),
    )
}

/// Records that wait: their kind, which of them, the link and the field that stand beside each.
type Waiting = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

/// What somebody should look at: the oldest overdue invoices, orders that wait, webhooks that failed.
async fn attention(visitor: &Visitor) -> Result<Option<Markup>, Problem> {
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
        query.view = view(entity, &fields);
        let list = engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query);
        let page = visitor.ask.run(list).await?;
        for record in records(&page.data)? {
            lines.push(line(look, entity, &record, entity.any_field(link), entity.any_field(beside)));
        }
    }
    let body = html! {
        @if lines.is_empty() { p."muted none" { (look.t(words::ALL_WELL)) } }
        ul.lines { @for line in &lines { (line) } }
    };
    Ok(Some(widget("attention", "w5", look.t(words::ATTENTION), html! {}, body)))
}

fn line(
    look: &Look,
    entity: &'static Entity,
    record: &Record,
    link: Option<&'static model::field::Field>,
    beside: Option<&'static model::field::Field>,
) -> Markup {
    let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
    let state = entity.field("status").filter(|_| record.contains_key("status"));
    html! {
        li {
            a href={ (nav::place(entity)) "/" (id) } {
                (small(nav::icon(entity)))
                span.what {
                    (value::title(look, entity, record))
                    @if let Some(link) = link { span.muted { " · " (value::cell(look, link, record)) } }
                }
            }
            @if let Some(state) = state { (value::cell(look, state, record)) }
            @if let Some(beside) = beside { span."muted num" { (value::cell(look, beside, record)) } }
        }
    }
}

/// The latest imports.
async fn imports(visitor: &Visitor) -> Result<Option<Markup>, Problem> {
    let look = &visitor.look;
    let Some(behind) =
        Behind::of(visitor, "import_batches", &[("filter[parent_id][is_null]", "true"), ("limit", "5")])?
    else {
        return Ok(None);
    };
    let entity = behind.entity;
    let fields: Vec<_> = ["status", "created_at"].iter().filter_map(|name| entity.any_field(name)).collect();
    let mut query = behind.query.clone();
    query.view = view(entity, &fields);
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let records = records(&page.data)?;
    let extra =
        html! { a.btn href=(nav::place(entity)) { (look.t(words::OPEN_LIST)) (small("chevron-right")) } };
    let body = html! {
        @if records.is_empty() { p."muted none" { (look.t(words::LIST_EMPTY)) } }
        ul.lines {
            @for record in &records { (line(look, entity, record, None, entity.any_field("created_at"))) }
        }
    };
    Ok(Some(widget("imports", "w12", look.t(entity.plural), extra, body)))
}
