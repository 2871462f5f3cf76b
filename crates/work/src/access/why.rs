//! "Why can this person see this": by which roles, how far, and along which path to the record's owner; or why not.
//!
//! The grants come from where every request gets them, and whether they reach the record is asked with the engine's own
//! conditions: there is no second rule that could say something else.

use model::{
    access::roles::fits_code,
    caller::{Actor, Caller, RecordScope},
    entity::Entity,
    problem::{FieldError, Problem},
    query::GetQuery,
    registry, value,
};
use serde_json::{Value, json};
use store::{Db, engine, engine::Reach, sql, sql::Query};
use uuid::Uuid;

use super::{roles::permissions, standing};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// About whom.
    pub user: Uuid,
    /// The (plural) name of the kind of record.
    pub entity: String,
    /// About which record; none asks about the permission alone.
    pub record: Option<Uuid>,
    /// To do what: `view`, `update`, an operation.
    pub action: String,
}

/// The answer: `{allowed, reason, explanation, permission, scope, roles, path, owner, teams}`.
///
/// # Errors
/// `forbidden` without `roles.view`; `not_found` for a user or record that the asker may not see; `invalid`.
pub async fn why(db: &Db, asker: &Caller, question: &Question) -> Result<Value, Problem> {
    asker.permit("roles.view")?;
    let (entity, permission) = asked(question)?;
    let users = registry::described("users")?;
    engine::get(db, asker, users, question.user, &GetQuery::default()).await?;
    if let Some(record) = question.record {
        engine::get(db, asker, entity, record, &GetQuery::default()).await?;
    }
    let subject =
        standing::of(db, &Caller::system(asker.tenant, asker.request), Actor::User(question.user)).await?;
    let reach = match (&subject, question.record) {
        (Some(subject), Some(record)) => engine::reach(db, subject, entity, &question.action, record).await?,
        _ => None,
    };
    let scope = subject.as_ref().and_then(|subject| effective(subject, entity, &permission));
    let verdict = Verdict::of(subject.as_ref(), scope, question.record.map(|_| reach.as_ref()));
    let (roles, named) = facts(db, asker, question.user, &permission, reach.as_ref()).await?;
    let path: Vec<Value> = reach.iter().flat_map(|reach| &reach.path).map(step).collect();
    Ok(json!({
        "allowed": verdict.allowed(),
        "reason": verdict.code(),
        "explanation": verdict.told(&permission),
        "permission": permission,
        "scope": scope.map(RecordScope::name),
        "roles": roles,
        "path": path,
        "owner": named["owner"],
        "teams": named["teams"],
    }))
}

fn step((entity, id): &(&str, Uuid)) -> Value {
    json!({ "entity": entity, "id": id })
}

/// The entity and the permission that are asked about.
fn asked(question: &Question) -> Result<(&'static Entity, String), Problem> {
    let names = registry::ENTITIES.iter().map(|entity| entity.name);
    let Some(entity) = registry::entity(&question.entity) else {
        let meant = value::nearest(&question.entity, names);
        let message = format!("There is no kind of record `{}`.", question.entity);
        let error = FieldError::new("entity", &value::codes::NOT_A_CHOICE, message);
        return Err(Problem::invalid(vec![error.value(question.entity.clone()).suggest(meant)]));
    };
    let permission = entity.permission(&question.action);
    let all = permissions();
    if all.iter().any(|known| known.code() == permission) {
        return Ok((entity, permission));
    }
    let pattern = format!("{}.*", entity.name);
    let actions: Vec<&str> =
        all.iter().filter(|known| fits_code(&pattern, &known.code())).map(|known| known.action).collect();
    let meant = value::nearest(&question.action, actions.iter().copied());
    let message =
        format!("{} know no action `{}`: {}.", entity.plural.en, question.action, actions.join(", "));
    let error = FieldError::new("action", &value::codes::NOT_A_CHOICE, message);
    Err(Problem::invalid(vec![error.value(question.action.clone()).suggest(meant)]))
}

/// How far the permission reaches; of what concerns one person alone, never beyond their own.
fn effective(subject: &Caller, entity: &Entity, permission: &str) -> Option<RecordScope> {
    let scope = subject.grants.scope(permission)?;
    Some(if entity.personal.is_some() { RecordScope::Own } else { scope })
}

/// Why, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Inactive,
    NoPermission,
    NotSeen,
    OutOfReach,
    Permitted(RecordScope),
    All,
    Team,
    Own,
    Shared,
}

impl Verdict {
    /// `record` is how a record stands to the person, where one is asked about.
    fn of(subject: Option<&Caller>, scope: Option<RecordScope>, record: Option<Option<&Reach>>) -> Self {
        let Some(subject) = subject else { return Self::Inactive };
        let Some(scope) = scope else { return Self::NoPermission };
        match record {
            None => Self::Permitted(scope),
            Some(Some(reach)) if reach.seen && reach.permitted => match scope {
                RecordScope::All => Self::All,
                _ if reach.owner == subject.actor.id() => Self::Own,
                _ if reach.owner.is_none() => Self::Shared,
                _ => Self::Team,
            },
            Some(Some(reach)) if reach.seen => Self::OutOfReach,
            Some(_) => Self::NotSeen,
        }
    }

    fn allowed(self) -> bool {
        matches!(self, Self::Permitted(_) | Self::All | Self::Team | Self::Own | Self::Shared)
    }

    fn code(self) -> &'static str {
        match self {
            Self::Inactive => "account_inactive",
            Self::NoPermission => "no_permission",
            Self::NotSeen => "not_seen",
            Self::OutOfReach => "out_of_reach",
            Self::Permitted(_) => "permitted",
            Self::All => "all",
            Self::Team => "team",
            Self::Own => "own",
            Self::Shared => "shared",
        }
    }

    fn told(self, permission: &str) -> String {
        match self {
            Self::Inactive => "The account is deactivated, so it may do nothing.".to_owned(),
            Self::NoPermission => format!("None of the user's roles has `{permission}`."),
            Self::NotSeen => {
                "The user does not see this record: its owner is neither the user nor in one of their teams."
                    .to_owned()
            }
            Self::OutOfReach => format!("The user sees this record, but `{permission}` does not reach it."),
            Self::Permitted(scope) => {
                format!("`{permission}` is held, for records of reach `{}`.", scope.name())
            }
            Self::All => format!("`{permission}` is held for all records."),
            Self::Team => format!(
                "`{permission}` is held for the records of the user's teams, and the owner is in one of them."
            ),
            Self::Own => format!("`{permission}` is held, and the user owns the record."),
            Self::Shared => format!("`{permission}` is held, and the record is everybody's."),
        }
    }
}

/// The roles that give the permission, the owner by name, and the teams that the person shares with them.
async fn facts(
    db: &Db,
    asker: &Caller,
    user: Uuid,
    permission: &str,
    reach: Option<&Reach>,
) -> Result<(Vec<Value>, Value), Problem> {
    let tenant = asker.tenant;
    let roles = Query::fixed(
        sql!(
            "select r.id, r.code, r.name, p.record_scope from user_roles u
             join roles r on r.tenant_id = $1 and r.id = u.role_id and r.archived_at is null
             join role_permissions p on p.tenant_id = $1 and p.role_id = r.id and p.permission_code = $3
             where u.tenant_id = $1 and u.user_id = $2 order by r.code"
        ),
        vec![tenant.into(), user.into(), permission.to_owned().into()],
    );
    let owner = reach.and_then(|reach| reach.owner);
    let people = Query::fixed(
        sql!("select id, name from users where tenant_id = $1 and id = $2"),
        vec![tenant.into(), owner.into()],
    );
    let teams = Query::fixed(
        sql!(
            "select t.id, t.code, t.name from teams t
             join team_members mine on mine.tenant_id = $1 and mine.team_id = t.id and mine.user_id = $2
             join team_members theirs on theirs.tenant_id = $1 and theirs.team_id = t.id and theirs.user_id = $3
             where t.tenant_id = $1 order by t.code"
        ),
        vec![tenant.into(), user.into(), owner.into()],
    );
    let mut answers = db.flight(asker).add(roles).add(people).add(teams).go().await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let roles = next()
        .iter()
        .map(|row| {
            json!({ "id": row.get::<_, Uuid>(0), "code": row.get::<_, &str>(1), "name": row.get::<_, &str>(2),
                    "record_scope": row.get::<_, &str>(3) })
        })
        .collect();
    let owner: Option<Value> =
        next().first().map(|row| json!({ "id": row.get::<_, Uuid>(0), "name": row.get::<_, &str>(1) }));
    let teams: Vec<Value> = next()
        .iter()
        .map(|row| {
            json!({ "id": row.get::<_, Uuid>(0), "code": row.get::<_, &str>(1), "name": row.get::<_, &str>(2) })
        })
        .collect();
    Ok((roles, json!({ "owner": owner, "teams": teams })))
}
