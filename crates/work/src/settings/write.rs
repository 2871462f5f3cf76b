//! Settings as admins see and change them.

use model::{
    Document,
    caller::Caller,
    problem::{FieldError, Problem, codes},
    value,
};
use serde_json::{Map, Value, json};
use store::{Db, TenantTx, sql, sql::Query};

use super::{Described, GROUPS, security};

/// A group as it stands.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which group.
    pub group: &'static Described,
    /// How often it was changed: what ETag and `If-Match` compare.
    pub version: i32,
    /// What was stated; the rest has its default.
    pub stated: Document,
    /// What is in force.
    pub values: Document,
}

impl Settings {
    /// What was stored and can no longer be read counts as not stated, so that it can be seen and mended.
    fn new(group: &'static Described, version: i32, document: Option<Value>) -> Self {
        let stated = match document {
            Some(Value::Object(stated)) => stated,
            _ => Document::new(),
        };
        match group.values(stated.clone()) {
            Ok(values) => Self { group, version, stated, values },
            Err(_) => {
                let values = group.values(Document::new()).unwrap_or_default();
                Self { group, version, stated: Document::new(), values }
            }
        }
    }
}

/// Every group.
///
/// # Errors
/// `forbidden` without `tenant_settings.view`; `unavailable`.
pub async fn all(db: &Db, caller: &Caller) -> Result<Vec<Settings>, Problem> {
    caller.permit("tenant_settings.view")?;
    let find = Query::fixed(
        sql!("select setting_group, version, document from tenant_settings where tenant_id = $1"),
        vec![caller.tenant.into()],
    );
    let rows = db.read(caller, find).await?;
    let stored = |group: &Described| rows.iter().find(|row| row.get::<_, &str>(0) == group.name);
    Ok(GROUPS
        .iter()
        .map(|group| match stored(group) {
            Some(row) => Settings::new(group, row.get(1), row.get(2)),
            None => Settings::new(group, 0, None),
        })
        .collect())
}

/// One group.
///
/// # Errors
/// As [`all`].
pub async fn get(db: &Db, caller: &Caller, group: &'static Described) -> Result<Settings, Problem> {
    let all = all(db, caller).await?.into_iter();
    all.into_iter()
        .find(|one| one.group.name == group.name)
        .ok_or_else(|| Problem::not_found("group of settings"))
}

/// States settings of several groups at once, by the groups' names.
///
/// # Errors
/// `invalid` with all that is wrong at once, each field as `settings.GROUP.FIELD`; as [`write`].
pub async fn state(tx: &mut TenantTx, groups: &Document) -> Result<(), Problem> {
    let mut errors = vec![];
    for (name, patch) in groups {
        let field = format!("settings.{name}");
        let Some(group) = GROUPS.iter().find(|group| group.name == name) else {
            let near = value::nearest(name, GROUPS.iter().map(|group| group.name));
            let message = format!("There is no group of settings `{name}`.");
            errors.push(FieldError::new(&field, &value::codes::UNKNOWN_FIELD, message).suggest(near));
            continue;
        };
        let Value::Object(patch) = patch else {
            let message = format!("`{name}` takes an object of its settings.");
            errors.push(FieldError::new(&field, &value::codes::WRONG_TYPE, message));
            continue;
        };
        if let Err(problem) = write(tx, group, patch.clone(), None).await {
            if problem.field_errors().is_empty() {
                return Err(problem);
            }
            let named = |error: &FieldError| FieldError {
                field: format!("{field}.{}", error.field),
                ..error.clone()
            };
            errors.extend(problem.field_errors().iter().map(named));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}

/// Changes what `patch` names; null gives a setting its default back.
///
/// # Errors
/// `forbidden` without `tenant_settings.update`; `changed` where `if_match` is not the current version; `invalid` with all
/// that is wrong at once.
pub async fn write(
    tx: &mut TenantTx,
    group: &'static Described,
    patch: Document,
    if_match: Option<i32>,
) -> Result<Settings, Problem> {
    tx.caller().permit("tenant_settings.update")?;
    let tenant = tx.tenant();
    let row = tx
        .optional(
            sql!(
                "select version, document from tenant_settings where tenant_id = $1 and setting_group = $2
                 for no key update"
            ),
            &[&tenant, &group.name],
        )
        .await?;
    let now = match row {
        Some(row) => Settings::new(group, row.get(0), row.get(1)),
        None => Settings::new(group, 0, None),
    };
    if if_match.is_some_and(|read| read != now.version) {
        return Err(changed(&now, &patch));
    }
    let mut stated = now.stated.clone();
    for (name, value) in patch {
        match value {
            Value::Null if group.fields.iter().any(|field| field.name == name) => {
                _ = stated.shift_remove(&name)
            }
            value => _ = stated.insert(name, value),
        }
    }
    let values = group.values(stated.clone()).map_err(Problem::invalid)?;
    stated = values
        .iter()
        .filter(|(name, _)| stated.contains_key(*name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    if group.name == security::GROUP.name
        && let Some(client) = tx.caller().client
        && !security::admits(&values, client)
    {
        let message = format!("Your own address, {client}, is not in the list: you would lock yourself out.");
        let error = FieldError::new("ip_allow", &value::codes::INCONSISTENT, message);
        return Err(Problem::invalid(vec![error.value(values.get("ip_allow").cloned().unwrap_or_default())]));
    }
    if stated == now.stated {
        return Ok(Settings { values, ..now });
    }
    let row = tx
        .one(
            sql!(
                "insert into tenant_settings (tenant_id, id, setting_group, document, created_by) values ($1, $2, $3, $4, $5)
                 on conflict (tenant_id, setting_group) do update set document = excluded.document returning version"
            ),
            &[&tenant, &tx.id(), &group.name, &Value::Object(stated.clone()), &tx.actor().id()],
        )
        .await?;
    Ok(Settings { group, version: row.get(0), stated, values })
}

/// The problem of a change that was made on other values than those that stand.
fn changed(now: &Settings, mine: &Document) -> Problem {
    let mut fields = Map::new();
    for (name, mine) in mine.iter().filter(|(name, mine)| now.values.get(*name) != Some(*mine)) {
        fields.insert(name.clone(), json!({ "theirs": now.values.get(name), "mine": mine }));
    }
    Problem::new(&codes::CHANGED, "These settings were changed by someone else in the meantime.")
        .hint("Look at what they changed, then send your change again with the new version.")
        .facts(json!({ "version": now.version, "fields": fields }))
}
