//! Records as rows of texts, for exports: a list's records in its order, read by keyset; links as the name or code of the
//! record they name.

use model::{
    caller::{Caller, RecordScope},
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    query::{Cursor, Found, ListQuery, SortKey},
    registry,
};

use super::{
    condition,
    keyset::Order,
    projection::{self, readable},
    search::Search,
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::Db;

/// One column of an export.
#[derive(Clone, Debug)]
pub struct TextColumn {
    /// What stands above it: a field's name, a link's name, the key of a field of the tenant's own.
    pub name: String,
    source: Source,
}

impl TextColumn {
    /// What its texts are: a link's are the name of a record.
    pub const fn kind(&self) -> Kind {
        match self.source {
            Source::Id => Kind::Id,
            Source::Field(field) => field.kind,
            Source::Attribute => Kind::Text { max: u32::MAX },
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Id,
    Field(&'static Field),
    /// Of the tenant's own.
    Attribute,
}

/// The columns of an entity that the caller may read: the id, the fields in the order of the description (of `only` these,
/// in their order, where it names any), then the tenant's own fields of these keys.
pub fn text_columns(
    caller: &Caller,
    entity: &'static Entity,
    only: &[&'static Field],
    own: &[String],
) -> Vec<TextColumn> {
    let all = entity.fields.iter();
    let fields: Vec<&'static Field> = if only.is_empty() { all.collect() } else { only.to_vec() };
    let fields = fields.into_iter().filter(|field| field.name != "id" && readable(caller.scope, field));
    let fields = fields.map(|field| TextColumn {
        name: field.link_name().unwrap_or(field.name).to_owned(),
        source: Source::Field(field),
    });
    let own = own.iter().map(|key| TextColumn { name: key.clone(), source: Source::Attribute });
    std::iter::once(TextColumn { name: "id".into(), source: Source::Id }).chain(fields).chain(own).collect()
}

/// Some records as rows of texts, and where they end.
pub struct Texts {
    /// A text for each column, of each record.
    pub rows: Vec<Vec<Option<String>>>,
    /// The last record, behind which the next ones stand; `None` where there are no more.
    pub last: Option<Cursor>,
}

/// Up to `limit` records of a list that the caller may export, in its order (that of creation where it names none), behind
/// the record of `after`.
///
/// # Errors
/// `forbidden` without the entity's `export`; as a list for what the query names.
pub async fn texts(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    columns: &[TextColumn],
    query: &ListQuery,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Texts, Problem> {
    let page = page(db, caller, entity, columns, query, (after, Found::Exactly), limit).await?;
    let search = query.search.as_deref().map(Search::new);
    match search {
        // Nothing is written like that: as in a list, what resembles it.
        Some(search) if after.is_none() && page.rows.is_empty() && !search.is_short() => {
            self::page(db, caller, entity, columns, query, (None, Found::Roughly), limit).await
        }
        _ => Ok(page),
    }
}

async fn page(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    columns: &[TextColumn],
    query: &ListQuery,
    (after, found): (Option<&Cursor>, Found),
    limit: usize,
) -> Result<Texts, Problem> {
    let sight = Sight::of(caller, entity, "export")?;
    projection::known(caller, entity, &query.view, &query.filters, &query.sort)?;
    let found = after.map_or(found, |cursor| cursor.found);
    let mut sorted = query.clone();
    if sorted.sort.is_empty() {
        sorted.sort.extend(entity.any_field("id").map(SortKey::ascending));
    }
    let order = Order::of(&sorted, false);
    let search = query.search.as_deref().map(Search::new);
    let source = |w: &mut Writer| -> Result<(), Problem> {
        w.name(entity.name).put(" t where ");
        condition::common(w, caller, entity, &sight, query.archived, &query.filters)?;
        if let Some(search) = &search {
            search.and(w, entity, found);
        }
        Ok(())
    };
    let mut w = Writer::new(caller.tenant);
    let mut joins = vec![];
    w.put("select t.id, array[");
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            w.put(", ");
        }
        match column.source {
            Source::Id => _ = w.put("t.id::text"),
            Source::Attribute => _ = w.put("t.attributes ->> ").bind(column.name.clone()).put("::text"),
            Source::Field(field) => match named(caller, field) {
                Some((linked, name)) => {
                    let alias = Alias("l", Some(at));
                    joins.push((alias, linked, field));
                    w.put("coalesce(")
                        .column(alias, name)
                        .put("::text, ")
                        .column(Alias::MAIN, field.name)
                        .put("::text)");
                }
                None => text(&mut w, field),
            },
        }
    }
    w.put("]");
    order.columns(&mut w);
    w.put(" from ");
    order.page(&mut w, after, limit, &source)?;
    w.put(" t");
    for (alias, linked, field) in joins {
        w.put(" left join ").name(linked.name).put(" ").alias(alias).put(" on ").tenant(alias).put(" and ");
        w.column(alias, "id").put(" = ").column(Alias::MAIN, field.name);
    }
    order.by(&mut w);
    let prepares = search.as_ref().and_then(|_| Search::preparation(found));
    let mut flight = db.flight(caller);
    for query in prepares.into_iter().chain([w.free()]) {
        flight = flight.add(query);
    }
    let rows = flight.go().await?.pop().unwrap_or_default();
    let last = match rows.last() {
        Some(row) if rows.len() == limit => Some(Cursor {
            found,
            keys: order.keys_of(row, 2)?,
            id: row.try_get(0).map_err(Problem::internal)?,
        }),
        _ => None,
    };
    Ok(Texts { rows: rows.iter().map(|row| row.get(1)).collect(), last })
}

/// The linked entity and the field that names one record of it alone; none where no field does, or the caller does
/// not see all of them: the id stands for the record then.
fn named(caller: &Caller, field: &Field) -> Option<(&'static Entity, &'static str)> {
    let entity = field.link().and_then(registry::entity)?;
    let sees = caller.permit(&entity.permission("view")).ok()? == RecordScope::All;
    let name = entity.named_by.iter().find(|name| entity.keys.iter().any(|key| key.fields == [**name]))?;
    let readable = entity.field(name).is_some_and(|named| readable(caller.scope, named));
    (sees && readable).then_some((entity, name))
}

fn text(w: &mut Writer, field: &'static Field) {
    match field.kind {
        Kind::Timestamp => {
            w.put("to_char(").column(Alias::MAIN, field.name);
            w.put(" at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        }
        Kind::Tags => _ = w.put("array_to_string(").column(Alias::MAIN, field.name).put(", ', ')"),
        _ => _ = w.column(Alias::MAIN, field.name).put("::text"),
    }
}
