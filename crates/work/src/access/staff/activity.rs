//! What a user did of late: their devices, and their lines in the audit trail.

use model::{
    caller::Caller,
    problem::Problem,
    query::{Cursor, Found, GetQuery, PageQuery},
    registry,
};
use serde_json::{Value, json};
use store::{Db, engine, sql, sql::Query};
use uuid::Uuid;

/// Most devices that are told of.
const DEVICES: i64 = 20;

/// The user's latest sign-ins, and a page of what they did, newest first:
/// `{sessions: […], data: […], page: {next, prev, count}}`.
///
/// # Errors
/// `forbidden` without `audit_logs.view`; `not_found` for a user whom the caller may not see; `bad_cursor`.
pub async fn activity(db: &Db, caller: &Caller, user: Uuid, query: &PageQuery) -> Result<Value, Problem> {
    caller.permit("audit_logs.view")?;
    let users = registry::described("users")?;
    engine::get(db, caller, users, user, &GetQuery::default()).await?;
    let seal = format!("activity|{user}|{}", caller.actor);
    let after = query.after.as_deref().map(|text| Cursor::open(text, &seal, 0)).transpose()?;
    let lines = Query::fixed(
        sql!(
            "select id, json_build_object('id', id, 'at', replace((at at time zone 'UTC')::text, ' ', 'T') || 'Z', 'entity', entity,
               'entity_id', entity_id, 'action', action, 'ip', host(ip), 'request_id', request_id,
               'fields', array(select k from jsonb_object_keys(
                 case when jsonb_typeof(new_values) = 'object' then new_values else '{}' end) k order by k))::text
             from audit_logs where tenant_id = $1 and actor_id = $2 and ($3::uuid is null or id < $3)
             order by id desc limit $4"
        ),
        vec![
            caller.tenant.into(),
            user.into(),
            after.map(|cursor| cursor.id).into(),
            (i64::from(query.limit) + 1).into(),
        ],
    );
    let sessions = Query::fixed(
        sql!(
            "select json_build_object('id', id, 'signed_in_at', replace((created_at at time zone 'UTC')::text, ' ', 'T') || 'Z',
               'last_seen_at', replace((last_seen_at at time zone 'UTC')::text, ' ', 'T') || 'Z', 'agent', agent, 'ip', host(ip),
               'active', revoked_at is null and expires_at > $4)::text
             from sessions where tenant_id = $1 and user_id = $2 order by created_at desc, id desc limit $3"
        ),
        vec![caller.tenant.into(), user.into(), DEVICES.into(), db.world().now().into()],
    );
    let mut answers = db.flight(caller).add(lines).add(sessions).go().await?.into_iter();
    let mut lines = answers.next().unwrap_or_default();
    let more = lines.len() > usize::from(query.limit);
    lines.truncate(usize::from(query.limit));
    let next = lines
        .last()
        .filter(|_| more)
        .map(|row| Cursor { found: Found::Exactly, keys: vec![], id: row.get(0) }.seal(&seal));
    let read = |text: &str| serde_json::from_str::<Value>(text).map_err(Problem::internal);
    let data: Vec<Value> = lines.iter().map(|row| read(row.get(1))).collect::<Result<_, _>>()?;
    let sessions: Vec<Value> =
        answers.next().unwrap_or_default().iter().map(|row| read(row.get(0))).collect::<Result<_, _>>()?;
    Ok(json!({ "sessions": sessions, "data": data, "page": { "next": next, "prev": null, "count": null } }))
}
