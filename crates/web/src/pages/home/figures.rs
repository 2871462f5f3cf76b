//! Widgets that are figures, and the chart: each leads to the list behind it.

use jiff::civil::Date;
use maud::{Markup, html};
use model::{entity::Entity, problem::Problem, query::ListQuery, registry};
use store::engine::{self, Asked, Figure};

use crate::{
    pages::visitor::Visitor,
    ui::{
        Look, Url, chart,
        chart::{Lines, Point},
        number, small, time, words,
    },
};

/// A list behind a widget: an address, whose parameters are the query.
pub struct Behind {
    /// The kind of record.
    pub entity: &'static Entity,
    /// Its address.
    pub url: Url,
    /// Which records.
    pub query: ListQuery,
}

impl Behind {
    /// The list of these parameters; `None` where the visitor may not view it.
    pub fn of(visitor: &Visitor, name: &str, pairs: &[(&str, &str)]) -> Result<Option<Self>, Problem> {
        let Some(entity) = registry::entity(name).filter(|entity| visitor.may(entity, "view")) else {
            return Ok(None);
        };
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let query = ListQuery::parse(entity, &pairs)?;
        Ok(Some(Self { entity, url: Url::new(visitor.look.at(name), &pairs), query }))
    }

    /// How many there are, and what they come to, by currency.
    ///
    /// # Errors
    /// As of figures.
    pub async fn figures(
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

/// A figure that is a list: its widget, the kind of record, which of them, and what is added up.
type Kpi = (&'static str, &'static str, &'static [(&'static str, &'static str)], Option<&'static str>);

const KPIS: &[Kpi] = &[
    (
        "to_ship",
        "orders",
        &[("filter[status]", "confirmed"), ("filter[fulfilment_state][in]", "none,partial")],
        None,
    ),
    ("to_approve", "orders", &[("filter[status]", "pending_approval")], None),
    ("overdue", "invoices", &[("filter[status]", "OVERDUE")], Some("outstanding")),
];

/// Invoices of the last 24 months in the tenant's currency: the month's first day and the sum.
pub(super) struct Invoiced {
    url: Url,
    currency: String,
    months: Vec<(Date, f64)>,
}

/// What was invoiced, month by month; none where the visitor may not view invoices.
///
/// # Errors
/// As of figures.
pub(super) async fn invoiced(visitor: &Visitor) -> Result<Option<Invoiced>, Problem> {
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

/// This month beside the one before: whether it is more is told by the arrow, whether that is good by the color.
pub(super) fn this_month(look: &Look, invoiced: &Invoiced) -> Markup {
    let sums: Vec<f64> = invoiced.months.iter().rev().take(12).rev().map(|(_, sum)| *sum).collect();
    let (now, before) = match sums.as_slice() {
        [.., before, now] => (*now, *before),
        _ => (0.0, 0.0),
    };
    let change = if before > 0.0 { Some((now / before - 1.0) * 100.0) } else { None };
    html! {
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
    }
}

/// A figure of a list: how many there are, or what they come to.
///
/// # Errors
/// As of a list; none where the visitor may not view it.
pub(super) async fn kpi(visitor: &Visitor, name: &str) -> Result<Option<Markup>, Problem> {
    let Some((_, entity, pairs, sum)) = KPIS.iter().find(|(kpi, ..)| *kpi == name) else { return Ok(None) };
    let Some(behind) = Behind::of(visitor, entity, pairs)? else { return Ok(None) };
    let figures = behind.figures(visitor, *sum, None).await?;
    Ok(Some(figure(&visitor.look, &behind, &figures, sum.is_some())))
}

fn figure(look: &Look, behind: &Behind, figures: &[Figure], sums: bool) -> Markup {
    let count: i64 = figures.iter().map(|figure| figure.count).sum();
    let ours = figures.iter().find(|figure| figure.currency.as_deref() == Some(&look.currency));
    let sum: f64 = ours.and_then(|figure| figure.sum.parse().ok()).unwrap_or(0.0);
    let kind = look.t(if count == 1 { behind.entity.label } else { behind.entity.plural }).to_lowercase();
    let count = number::grouped(&count.to_string(), 0);
    html! {
        a.kpi href=(behind.url) {
            @if sums {
                b { (number::brief_amount(sum, &look.currency, look.lang)) }
                span.row { (count) " " (kind) }
            } @else {
                b { (count) }
                span.row { (kind) }
            }
        }
    }
}

/// Month by month beside the year before: the legend, and the chart.
pub(super) fn revenue(look: &Look, invoiced: &Invoiced) -> (Markup, Markup) {
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
    let caption = look.t(words::INVOICED_BY_MONTH);
    (legend, chart::lines(&Lines { caption, names, points: &points, axis: &told }))
}
