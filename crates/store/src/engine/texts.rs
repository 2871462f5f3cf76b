//! Records as rows of texts, for exports: read by keyset, links as the name or code of the record they name.

use model::{
    caller::{Caller, RecordScope},
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    registry,
};
use uuid::Uuid;

use super::{
    projection::readable,
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

/// The columns of an entity that the caller may read: the id, the fields in the order of the description, then the
/// tenant's own fields of these keys.
pub fn text_columns(caller: &Caller, entity: &'static Entity, own: &[String]) -> Vec<TextColumn> {
    let fields = entity.fields.iter().filter(|field| readable(caller.scope, field)).map(|field| TextColumn {
        name: field.link_name().unwrap_or(field.name).to_owned(),
        source: Source::Field(field),
    });
    let own = own.iter().map(|key| TextColumn { name: key.clone(), source: Source::Attribute });
    std::iter::once(TextColumn { name: "id".into(), source: Source::Id }).chain(fields).chain(own).collect()
}

/// Up to `limit` records with an id above `after` that the caller may export, archived ones left out: each with its
/// id and a text for each column.
///
/// # Errors
/// `forbidden` without the entity's `export`.
pub async fn texts(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    columns: &[TextColumn],
    after: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, Vec<Option<String>>)>, Problem> {
    let sight = Sight::of(caller, entity, "export")?;
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
    w.put("] from ").name(entity.name).put(" t");
    for (alias, linked, field) in joins {
        w.put(" left join ").name(linked.name).put(" ").alias(alias).put(" on ").tenant(alias).put(" and ");
        w.column(alias, "id").put(" = ").column(Alias::MAIN, field.name);
    }
    w.put(" where ").tenant(Alias::MAIN).put(" and t.id > ").bind(after);
    if entity.versioned && entity.archives {
        w.put(" and t.archived_at is null");
    }
    sight.and(&mut w, entity, Alias::MAIN)?;
    w.put(" order by t.id limit ").bind(limit);
    let rows = db.read(caller, w.repeated()).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
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
