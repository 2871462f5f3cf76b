//! Figures over the records of an entity that the caller sees: how many, and sums of a field, by month and currency.
//!
//! The condition of sight is that of lists, so that a figure and the list behind it are about the same records.

use std::time::Duration;

use model::{
    caller::Caller,
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    query::{Archived, ListQuery},
};

use super::{
    condition, projection,
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::{Db, sql::Query};

/// How long a figure may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// What is asked of an entity's records.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The kind of record.
    pub entity: &'static Entity,
    /// Which of them: filters and archive of a list.
    pub of: &'a ListQuery,
    /// The field that is added up.
    pub sum: Option<&'static Field>,
    /// The day or moment whose month figures are told by, and the IANA time zone of months.
    pub by_month: Option<(&'static Field, &'a str)>,
}

/// One line of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// `2026-01`, where that was asked.
    pub month: Option<String>,
    /// The currency of the records, where they have one.
    pub currency: Option<String>,
    /// How many records.
    pub count: i64,
    /// The sum as a canonical number; `0` where nothing is added up.
    pub sum: String,
}

/// The figures, months in order.
///
/// # Errors
/// `forbidden` without the permission to view; `too_slow`.
pub async fn figures(db: &Db, caller: &Caller, asked: &Asked<'_>) -> Result<Vec<Figure>, Problem> {
    let flight = db.flight(caller).timeout(TIME_LIMIT).add(statement(caller, asked)?);
    let rows = flight.go().await?.into_iter().next().unwrap_or_default();
    let figure = |row: &tokio_postgres::Row| {
        Ok(Figure {
            month: row.try_get(0).map_err(Problem::internal)?,
            currency: row.try_get(1).map_err(Problem::internal)?,
            count: row.try_get(2).map_err(Problem::internal)?,
            sum: row.try_get(3).map_err(Problem::internal)?,
        })
    };
    rows.iter().map(figure).collect()
}

fn statement(caller: &Caller, asked: &Asked<'_>) -> Result<Query, Problem> {
    let (entity, of) = (asked.entity, asked.of);
    let sight = Sight::of(caller, entity, "view")?;
    projection::known(caller, entity, &of.view, &of.filters, &of.sort)?;
    let mut w = Writer::new(caller.tenant);
    w.put("select ");
    match asked.by_month {
        None => _ = w.put("null::text"),
        Some((field, zone)) => {
            w.put("to_char(").column(Alias::MAIN, field.name);
            if matches!(field.kind, Kind::Timestamp) {
                w.put(" at time zone ").bind(zone.to_owned());
            }
            w.put(", 'YYYY-MM')");
        }
    }
    w.put(", ");
    match entity.field("currency") {
        Some(currency) => _ = w.column(Alias::MAIN, currency.name).put("::text"),
        None => _ = w.put("null::text"),
    }
    w.put(", count(*), ");
    match asked.sum {
        Some(field) => _ = w.put("coalesce(sum(").column(Alias::MAIN, field.name).put("), 0)::text"),
        None => _ = w.put("'0'::text"),
    }
    w.put(" from ").name(entity.name).put(" t where ");
    condition::common(&mut w, caller, entity, &sight, Archived::Without, &of.filters)?;
    w.put(" group by 1, 2 order by 1 nulls last, 3 desc");
    Ok(w.free())
}
