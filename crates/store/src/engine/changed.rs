//! A record that changed since it was read: theirs, mine and before, per field.

use model::{
    Document,
    entity::Entity,
    problem::{Problem, codes},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::load::Loaded;
use crate::TenantTx;

/// The problem of a write that names a version which is no longer the current one; `None` when it is current, or
/// nothing was named.
///
/// # Errors
/// What the database says.
pub async fn since(
    tx: &mut TenantTx,
    entity: &'static Entity,
    loaded: &Loaded,
    mine: &Document,
    if_match: Option<i32>,
) -> Result<Option<Problem>, Problem> {
    let (Some(read), Some(current)) = (if_match, loaded.record.version) else { return Ok(None) };
    if read == current {
        return Ok(None);
    }
    let theirs = loaded.document()?;
    let before = before(tx, entity, loaded.record.id, read, current).await?;
    Ok(Some(problem(entity, &theirs, mine, before.as_ref(), current)))
}

/// The problem, without asking what stood there before.
pub fn problem(
    entity: &Entity,
    theirs: &Document,
    mine: &Document,
    before: Option<&Document>,
    version: i32,
) -> Problem {
    let mut fields = Map::new();
    for (name, mine) in mine.iter().filter(|(name, _)| *name != "id") {
        let theirs = theirs.get(name).cloned().unwrap_or_default();
        if theirs != *mine {
            let mut values = json!({ "theirs": theirs, "mine": mine });
            // What nobody touched since stood there before as it stands now.
            if let (Some(before), Value::Object(values)) = (before, &mut values) {
                values.insert("before".to_owned(), before.get(name).cloned().unwrap_or(theirs));
            }
            fields.insert(name.clone(), values);
        }
    }
    let detail =
        format!("This {} was changed by someone else in the meantime.", entity.label.en.to_lowercase());
    Problem::new(&codes::CHANGED, detail)
        .hint("Look at what they changed, then send your change again with the new version.")
        .facts(json!({ "version": version, "fields": fields }))
}

/// The values that fields had at version `read`, of those that changed since; `None` where the audit trail does
/// not know every change of the record.
async fn before(
    tx: &mut TenantTx,
    entity: &'static Entity,
    id: Uuid,
    read: i32,
    current: i32,
) -> Result<Option<Document>, Problem> {
    let tenant = tx.tenant();
    let sql = crate::sql!(
        "select old_values, count(*) over () from audit_logs
         where tenant_id = $1 and entity = $2 and entity_id = $3 and action in ('update', 'archive', 'restore')
         order by id desc limit $4"
    );
    let changes = i64::from(current.saturating_sub(read));
    let rows = tx.query(sql, &[&tenant, &entity.name, &id, &changes.clamp(0, 1_000)]).await?;
    let mut before = Document::new();
    for row in &rows {
        let known: i64 = row.try_get(1).map_err(Problem::internal)?;
        if known != i64::from(current) - 1 {
            return Ok(None);
        }
        // From the newest to the oldest: the oldest value stays.
        if let Some(Value::Object(old)) = row.try_get(0).map_err(Problem::internal)? {
            before.extend(old.into_iter().map(|(name, value)| {
                let value = canonical(entity, &name, value);
                (name, value)
            }));
        }
    }
    Ok(i64::try_from(rows.len()).is_ok_and(|known| known == changes && changes > 0).then_some(before))
}

/// A value of the audit trail, which has numbers and times as PostgreSQL's own JSON.
pub(super) fn canonical(entity: &Entity, name: &str, value: Value) -> Value {
    let Some(field) = entity.any_field(name) else { return value };
    let text = match &value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return value,
    };
    model::value::parse_text(field, &text, &model::value::Format::canonical()).unwrap_or(value)
}
