//! Who is asking: tenant, actor, permissions.

use axum::{http::StatusCode, response::Response};
use serde_json::{Map, Value, json};
use work::tenants;

use crate::{answer, ask::Ask, refusal::Refusal};

/// The caller, as the program sees it.
pub async fn me(ask: Ask) -> Result<Response, Refusal> {
    let tenant = ask.run(tenants::own(&ask.app.db, &ask.caller)).await?;
    let grants = ask.caller.grants.iter();
    let permissions: Map<String, Value> =
        grants.map(|(name, scope)| (name.to_owned(), scope.name().into())).collect();
    let me = json!({ "tenant": tenant, "actor": ask.caller.actor.to_string(), "permissions": permissions });
    Ok(answer::document(StatusCode::OK, &me))
}
