//! Lists: a plan made of the query and the caller, run in one flight.

use std::time::Duration;

use model::{
    caller::{Caller, Scope},
    entity::{Child, Entity},
    problem::{Problem, codes},
    query::{COUNT_CAP, Count, Cursor, Filter, Found, ListQuery, Start, Target, Test, indexed_names},
    registry,
};
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    condition::{self, is_quick},
    custom,
    keyset::Order,
    page::{self, Counted, Page},
    projection,
    search::{OF_A_LIST, Search},
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::{Db, sql::Query};

/// How long a list with a filter that no index answers may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// A list, planned: pure, nothing has been asked of the database yet.
#[derive(Debug)]
pub struct Plan {
    /// Gives the records of the page, and one more if there is a further one, all in one row.
    pub rows: Query,
    /// Counts the matching records, where that was asked and the row does not tell it.
    pub count: Option<Query>,
    /// No index answers one of the filters.
    pub slow: bool,
    order: Order,
    found: Found,
    seal: String,
}

/// One page of the records of an entity that the caller sees.
///
/// # Errors
/// `forbidden` without the permission to view; `unknown_field`, `bad_cursor`; `too_slow`.
pub async fn list(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    query: &ListQuery,
) -> Result<Page, Problem> {
    let sight = Sight::of(caller, entity, "view")?;
    run(db, caller, entity, &sight, query, None).await
}

/// One page of the records that point at one of `parent`, which must be visible itself.
///
/// # Errors
/// `not_found` where the parent is not there or not to be seen; else as [`list`].
pub async fn children(
    db: &Db,
    caller: &Caller,
    parent: &'static Entity,
    id: Uuid,
    child: &'static Child,
    query: &ListQuery,
) -> Result<Page, Problem> {
    let Some(parent_sight) = Sight::view(caller, parent) else {
        return Err(Problem::not_found(parent.singular));
    };
    let entity = registry::described(child.entity)?;
    let link = entity
        .field(child.field)
        .ok_or_else(|| Problem::internal(format!("{} have no field {}", child.entity, child.field)))?;
    let sight = Sight::of(caller, entity, "view")?;
    let mut query = query.clone();
    query.filters.push(Filter { target: Target::Own(link), test: Test::Eq(json!(id)) });
    let mut w = Writer::new(caller.tenant);
    w.put("select from ").name(parent.name).put(" t where ").tenant(Alias::MAIN).put(" and t.id = ").bind(id);
    parent_sight.and(&mut w, parent, Alias::MAIN)?;
    run(db, caller, entity, &sight, &query, Some((parent, w.repeated()))).await
}

/// A list as its plan, in PostgreSQL's JSON; and whether it runs under a time limit.
///
/// # Errors
/// As [`list`].
pub fn explain(
    caller: &Caller,
    entity: &'static Entity,
    query: &ListQuery,
    found: Found,
) -> Result<(Query, bool), Problem> {
    let plan = Plan::new(caller, entity, &Sight::of(caller, entity, "view")?, query, found)?;
    let text = format!("explain (format json) {}", plan.rows.text());
    Ok((Query { text: text.into(), ..plan.rows }, plan.slow))
}

async fn run(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    sight: &Sight,
    query: &ListQuery,
    parent: Option<(&'static Entity, Query)>,
) -> Result<Page, Problem> {
    if query.asks_custom() {
        // To a portal a tenant has no fields of its own.
        let known = match caller.scope {
            Scope::Portal => vec![],
            _ => custom::fields(db, caller, entity).await?,
        };
        query.check_custom(entity, &known.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>())?;
    }
    let first = Plan::new(caller, entity, sight, query, Found::Exactly)?;
    let page = fly(db, caller, entity, query, first, parent).await?;
    let typed = query.search.as_deref().filter(|_| page.len == 0 && query.start == Start::First);
    match typed {
        // Nothing is written like that: look for what resembles it.
        Some(typed) if !Search::new(typed).is_short() => {
            let second = Plan::new(caller, entity, sight, query, Found::Roughly)?;
            fly(db, caller, entity, query, second, None).await
        }
        _ => Ok(page),
    }
}

async fn fly(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    query: &ListQuery,
    plan: Plan,
    parent: Option<(&'static Entity, Query)>,
) -> Result<Page, Problem> {
    let Plan { rows, count, slow, order, found, seal } = plan;
    let mut flight = db.flight(caller);
    if slow {
        flight = flight.timeout(TIME_LIMIT);
    }
    let prepares = query.search.as_ref().and_then(|_| Search::preparation(found));
    let skipped = usize::from(prepares.is_some());
    let checks = parent.is_some();
    let mut parent_name = None;
    if let Some((parent, exists)) = parent {
        parent_name = Some(parent.singular);
        flight = flight.add(exists);
    }
    for query in prepares.into_iter().chain([rows]).chain(count) {
        flight = flight.add(query);
    }
    let mut answers = flight.go().await.map_err(|problem| too_slow(problem, entity))?.into_iter();
    if checks && answers.next().is_none_or(|rows| rows.is_empty()) {
        return Err(Problem::not_found(parent_name.unwrap_or_default()));
    }
    let mut answers = answers.skip(skipped);
    let rows = answers.next().unwrap_or_default();
    let row = rows.first().ok_or_else(|| Problem::internal("a page is no row"))?;
    let counted = answers.next();
    let counted = counted.as_deref().and_then(<[Row]>::first).map(|row| row.try_get(0)).transpose();
    let count = match (query.count, counted.map_err(Problem::internal)?) {
        (Count::Exact, Some(count)) => Some(Counted::Exactly(count)),
        (Count::Capped, Some(count)) => Some(Counted::capped(count, COUNT_CAP)),
        (Count::Capped, None) => ranked(row, query.start == Start::First)?,
        _ => None,
    };
    page(query, &order, found, &seal, row, count)
}

impl Plan {
    /// Plans a list.
    ///
    /// # Errors
    /// `unknown_field` for fields that this caller may not read; `forbidden` for filters over links whose
    /// records the caller may not see; `bad_cursor`.
    pub fn new(
        caller: &Caller,
        entity: &'static Entity,
        sight: &Sight,
        query: &ListQuery,
        found: Found,
    ) -> Result<Self, Problem> {
        projection::known(caller, entity, &query.view, &query.filters, &query.sort)?;
        let order = Order::of(query, matches!(query.start, Start::Before(_)));
        let seal = query.seal(entity, caller);
        let cursor = match &query.start {
            Start::First => None,
            Start::After(text) | Start::Before(text) => Some(Cursor::open(text, &seal, order.keys().len())?),
        };
        let found = cursor.as_ref().map_or(found, |cursor| cursor.found);
        let search = query.search.as_deref().map(Search::new);
        let common = |w: &mut Writer| -> Result<(), Problem> {
            condition::common(w, caller, entity, sight, query.archived, &query.filters)
        };
        // The pages of a ranked search show a bounded number of matches: nothing else is counted, and with them.
        let counts_ranked = query.count == Count::Capped && search.is_some() && order.ranks();
        let plain = sight.is_all() && query.filters.is_empty();
        let matching = |w: &mut Writer| -> Result<(), Problem> {
            w.name(entity.name).put(" t where ");
            common(w)?;
            if let Some(search) = &search {
                search.and(w, entity, found);
            }
            Ok(())
        };
        let source = |w: &mut Writer| -> Result<(), Problem> {
            match &search {
                Some(search) if order.ranks() => {
                    w.put("(select t.*, ");
                    search.rank(w, entity, found);
                    w.put(" as rank, ").put(if counts_ranked { "count(*) over ()" } else { "0" });
                    w.put(" as matches from ").name(entity.name).put(" t where ").tenant(Alias::MAIN);
                    w.put(" and t.id in (");
                    search.candidates(w, entity, found, OF_A_LIST, (plain, &common))?;
                    w.put(")) t where true");
                    Ok(())
                }
                _ => matching(w),
            }
        };

        let limit = usize::from(query.limit);
        let mut w = Writer::new(caller.tenant);
        w.put("select string_agg(p.record, ','), count(*), (array_agg(octet_length(p.record)))[");
        w.number(if order.is_backwards() { 1 } else { limit + 1 }).put("]");
        order.edges(&mut w, limit);
        w.put(if counts_ranked { ", max(p.matches) as matches" } else { "" });
        w.put(" from (select row_to_json(r)::text as record, t.id");
        order.columns(&mut w);
        w.put(if counts_ranked { ", t.matches from " } else { " from " });
        order.page(&mut w, cursor.as_ref(), limit + 1, &source)?;
        w.put(" t");
        projection::joins(&mut w, caller, entity, &query.view)?;
        order.shown(&mut w);
        w.put(") p");
        let count = match query.count {
            Count::Exact => {
                let mut w = Writer::new(caller.tenant);
                w.put("select count(*) from ");
                matching(&mut w)?;
                Some(w.planned())
            }
            Count::Capped if !counts_ranked => {
                let mut w = Writer::new(caller.tenant);
                w.put("select count(*) from (select from ");
                matching(&mut w)?;
                w.put(" limit ").number(usize::try_from(COUNT_CAP).unwrap_or_default() + 1).put(") c");
                Some(w.planned())
            }
            _ => None,
        };
        let slow = query.filters.iter().any(|filter| !is_quick(entity, filter));
        Ok(Self { rows: w.planned(), count, slow, order, found, seal })
    }
}

/// How many matches of a search were ranked; where so many are enough, others were not looked for.
fn ranked(row: &Row, is_first: bool) -> Result<Option<Counted>, Problem> {
    let matches: Option<i64> = row.try_get("matches").map_err(Problem::internal)?;
    Ok(match matches {
        Some(matches) => Some(Counted::capped(matches, OF_A_LIST.enough.try_into().unwrap_or(i64::MAX) - 1)),
        None => is_first.then_some(Counted::Exactly(0)),
    })
}

/// The page of an answered row: its records one behind the other; how many; how long the one is that only tells of
/// a further page, which is the last, or read backwards the first; then what the cursors are made of.
fn page(
    query: &ListQuery,
    order: &Order,
    found: Found,
    seal: &str,
    row: &Row,
    count: Option<Counted>,
) -> Result<Page, Problem> {
    let records: Option<&str> = row.try_get(0).map_err(Problem::internal)?;
    let answered: i64 = row.try_get(1).map_err(Problem::internal)?;
    let answered = usize::try_from(answered).map_err(Problem::internal)?;
    let len = answered.min(query.limit.into());
    let (more, is_empty) = (answered > len, len == 0);
    let mut records = records.unwrap_or_default();
    if more {
        let beyond: i32 = row.try_get(2).map_err(Problem::internal)?;
        let cut = usize::try_from(beyond).map_err(Problem::internal)? + 1;
        let kept = match order.is_backwards() {
            true => records.get(cut..),
            false => records.len().checked_sub(cut).and_then(|end| records.get(..end)),
        };
        records =
            kept.ok_or_else(|| Problem::internal("the record beyond a page is longer than the page"))?;
    }
    let (has_prev, has_next) = match order.is_backwards() {
        true => (more, true),
        false => (query.start != Start::First, more),
    };
    let [prev, next] = [(has_prev, 0), (has_next, 1)].map(|(there, edge)| match there && !is_empty {
        true => order.edge_of(row, 3, edge).map(|(id, keys)| Some(Cursor { found, keys, id }.seal(seal))),
        false => Ok(None),
    });
    let mut data = String::with_capacity(records.len() + page::ENVELOPE);
    data.push('[');
    data.push_str(records);
    data.push(']');
    Ok(Page { data, len, next: next?, prev: prev?, count })
}

/// A list that ran into its limit is told by which fields it can be narrowed.
fn too_slow(problem: Problem, entity: &Entity) -> Problem {
    if *problem.code() != codes::TOO_SLOW {
        return problem;
    }
    let hint = format!("Narrow it by {}.", indexed_names(entity).join(", "));
    problem.hint(hint)
}
