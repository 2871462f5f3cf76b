//! Running an operation: rights, the record, the input, then the effect with its event and the kept answer in one transaction.

use model::{Document, caller::Caller, problem::Problem, value};
use store::engine;
use uuid::Uuid;

use super::{Operation, Target};
use crate::{
    jobs::Services,
    once::{self, Begun, Done, Kept, Once, sound},
};

/// Runs an operation in a transaction of its own and gives its answer.
///
/// # Errors
/// `not_found` for a record the caller may not see, `forbidden` without the permission, `invalid` for a bad
/// input, a refusal of the operation; nothing is changed then.
pub async fn execute(
    services: &Services,
    caller: &Caller,
    operation: &Operation,
    id: Option<Uuid>,
    input: Document,
) -> Result<Document, Problem> {
    execute_once(services, caller, operation, id, input, None).await?.now()
}

/// Runs an operation as [`execute`] does, unless it was done before under the same key. The answer is kept with the
/// effect, unless it holds a secret.
///
/// # Errors
/// As [`execute`] and [`Once::before`].
pub async fn execute_once(
    services: &Services,
    caller: &Caller,
    operation: &Operation,
    id: Option<Uuid>,
    input: Document,
    once: Option<&Once>,
) -> Result<Done<Document>, Problem> {
    let entity = operation.described()?;
    let (db, permission) = (&services.db, operation.permission());
    let once = once.filter(|_| !operation.answers_secret);
    let mut tx = match once::begin(db, caller, &permission, once).await? {
        Begun::First(tx) => tx,
        Begun::Before(kept) => return Ok(Done::Before(kept)),
    };
    if operation.system_scope {
        let reached = match id {
            Some(id) => engine::reached(&mut tx, entity, operation.name, id).await,
            None => caller.permit(&permission).map(drop),
        };
        sound(tx, reached).await?.0.rollback().await?;
        tx = match once::begin(db, &caller.program(), &permission, once).await? {
            Begun::First(tx) => tx,
            Begun::Before(kept) => return Ok(Done::Before(kept)),
        };
    }
    let done = async {
        match (operation.target, id) {
            (Target::Record(run), Some(id)) => {
                engine::hold(&mut tx, entity, operation.name, id).await?;
                run(&mut tx, services, (entity, id), checked(operation, input)?).await
            }
            (Target::Collection(run), None) => {
                tx.caller().permit(&permission)?;
                run(&mut tx, services, checked(operation, input)?).await
            }
            _ => Err(Problem::not_found(entity.singular)),
        }
    }
    .await;
    let (mut tx, outcome) = sound(tx, done).await?;
    if outcome.happened {
        tx.emit(operation.told(entity, id, &outcome.answer));
    }
    if let Some(once) = once {
        let body = serde_json::to_vec(&outcome.answer).map_err(Problem::internal)?;
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        once.keep(&mut tx, &Kept { status: 200, headers, body: Some(body) }).await?;
    }
    tx.commit().await?;
    Ok(Done::Now(outcome.answer))
}

/// The input with each field read and defaults filled in, or all that is wrong with it.
fn checked(operation: &Operation, input: Document) -> Result<Document, Problem> {
    value::validate_input(operation.input, input).map_err(Problem::invalid)
}
