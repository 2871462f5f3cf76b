//! The saved views of one kind of record that a person finds above its list: their own, and those that everybody shares.

use model::{caller::Caller, entity::Entity, problem::Problem, query::Kept};
use serde_json::Value;
use store::{Db, sql, sql::Query};
use uuid::Uuid;

/// A saved view.
#[derive(Clone, Debug)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Everybody's; else the caller's own.
    pub shared: bool,
    /// The list begins with it.
    pub is_default: bool,
    /// Its version, for `If-Match`.
    pub version: i32,
    /// What it asks for.
    pub kept: Kept,
}

/// The caller's own views of these records, then the shared ones, each by position and name. None where they may not view
/// saved views.
///
/// # Errors
/// `unavailable`.
pub async fn views(db: &Db, caller: &Caller, entity: &Entity) -> Result<Vec<View>, Problem> {
    if caller.permit("saved_views.view").is_err() {
        return Ok(vec![]);
    }
    let find = Query::fixed(
        sql!(
            "select id, name, user_id is null, is_default, version, filter, sort, columns from saved_views
             where tenant_id = $1 and entity = $2 and (user_id is null or user_id = $3) and archived_at is null
             order by user_id nulls last, position, name limit 100"
        ),
        vec![caller.tenant.into(), entity.name.into(), caller.actor.user().into()],
    );
    let rows = db.read(caller, find).await?;
    let view = |row: &store::sql::Row| {
        let filter: Value = row.get(5);
        View {
            id: row.get(0),
            name: row.get(1),
            shared: row.get(2),
            is_default: row.get(3),
            version: row.get(4),
            kept: Kept {
                filter: filter.as_object().cloned().unwrap_or_default(),
                sort: row.get(6),
                columns: row.get(7),
            },
        }
    };
    Ok(rows.iter().map(view).collect())
}

/// The view that a list begins with: the caller's own default, else the shared one.
pub fn default_of(views: &[View]) -> Option<&View> {
    views.iter().find(|view| view.is_default)
}

/// A view of the caller's own, or a shared one, of this name that lies in the archive; its name is taken there.
///
/// # Errors
/// `unavailable`.
pub async fn archived(
    db: &Db,
    caller: &Caller,
    entity: &Entity,
    owner: Option<Uuid>,
    name: &str,
) -> Result<Option<Uuid>, Problem> {
    let find = Query::fixed(
        sql!(
            "select id from saved_views where tenant_id = $1 and entity = $2 and user_id is not distinct from $3 and name = $4
               and archived_at is not null"
        ),
        vec![caller.tenant.into(), entity.name.into(), owner.into(), name.to_owned().into()],
    );
    let rows = db.read(caller, find).await?;
    Ok(rows.first().map(|row| row.get(0)))
}
