//! Tenants as a whole, for operators: users and tokens of the system tenant with permissions `platform.*`.

use axum::{
    http::{Method, StatusCode},
    response::Response,
    routing::MethodRouter,
};
use futures_util::future::BoxFuture;
use model::{
    Document,
    access::roles::PLATFORM,
    field::{self, Field},
    problem::{FieldError, Problem, codes},
    value,
};
use serde_json::{Value, json};
use uuid::Uuid;
use work::{
    access::platform::{self, Change, FirstAdmin, delete, figures},
    tenants::NewTenant,
};

use crate::{
    App, answer,
    ask::Ask,
    input::{Id, Params, Posted},
    once::{Once, Start},
    refusal::Refusal,
    router::mount,
    routes::{Access, BASE, Route},
};

type Answer = Result<Response, Refusal>;

/// What operators do with tenants as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Every tenant with its figures.
    List,
    /// One tenant with its figures.
    Get,
    /// A new tenant.
    Create,
    /// Another state of a tenant.
    Change(Change),
    /// Removes a closed tenant without remains.
    Delete,
}

impl Platform {
    /// Every one, with method and address below `/api/v1/platform/tenants`.
    pub const ALL: [(Self, Method, &'static str); 7] = [
        (Self::List, Method::GET, ""),
        (Self::Create, Method::POST, ""),
        (Self::Get, Method::GET, "/{id}"),
        (Self::Change(Change::Suspend), Method::POST, "/{id}/suspend"),
        (Self::Change(Change::Resume), Method::POST, "/{id}/resume"),
        (Self::Change(Change::Close), Method::POST, "/{id}/close"),
        (Self::Delete, Method::POST, "/{id}/delete"),
    ];

    /// Who may come: of the system tenant alone, whatever a company's roles say.
    pub(crate) fn access(self) -> Access {
        let action = if matches!(self, Self::List | Self::Get) { "view" } else { "manage" };
        Access::Permission(format!("{PLATFORM}.{action}"))
    }
}

/// What a new tenant is made of.
pub const CREATE: &[Field] = &[
    field::text("slug", "Slug")
        .th("ชื่อในที่อยู่เว็บ")
        .required()
        .help("Its name in addresses: lower-case letters, digits and hyphens.")
        .example("well-crafted"),
    field::text("name", "Name").th("ชื่อ").required().help("What people read.").example("Well Crafted"),
    field::text("time_zone", "Time zone")
        .th("เขตเวลา")
        .default("\"UTC\"")
        .help("IANA.")
        .example("America/New_York"),
    field::text("currency", "Currency").th("สกุลเงิน").default("\"USD\"").help("ISO 4217.").example("USD"),
    field::text("locale", "Language").th("ภาษา").default("\"en\"").help("`en` or `th`.").example("en"),
    field::country("country", "Country").th("ประเทศ").help("ISO 3166.").example("US"),
    field::email("admin_email", "E-mail of the first admin")
        .th("อีเมลของผู้ดูแลคนแรก")
        .help("Who is invited to look after the tenant's people; nobody where empty.")
        .example("maria@example.com"),
    field::text("admin_name", "Name of the first admin")
        .th("ชื่อผู้ดูแลคนแรก")
        .help("Their address where empty.")
        .example("Maria Anders"),
    field::json("settings", "Settings")
        .th("การตั้งค่า")
        .help("Settings other than the defaults, by their groups, as `GET /api/v1/settings` shows them."),
];

/// What is said when a tenant's state changes.
pub const CHANGE: &[Field] = &[field::text("reason", "Reason")
    .th("เหตุผล")
    .help("Kept with the tenant and in both audits.")
    .example("Unpaid")];

/// What a deletion asks for.
pub const DELETE: &[Field] = &[field::text("slug", "Slug")
    .th("ชื่อในที่อยู่เว็บ")
    .required()
    .help("The tenant's slug, written out: a deletion cannot be taken back.")
    .example("well-crafted")];

/// The handler of an address.
pub fn endpoint(route: &Route, platform: Platform) -> MethodRouter<App> {
    match platform {
        Platform::List => mount(route, list),
        Platform::Get => mount(route, get),
        Platform::Create => mount(route, create),
        Platform::Change(to) => mount(route, move |ask, id, body| change(ask, id, body, to)),
        Platform::Delete => mount(route, remove),
    }
}

async fn list(ask: Ask, Params(params): Params) -> Answer {
    let (mut after, mut limit) = (None, 50);
    for (name, value) in &params {
        let bad = |mend: &str| {
            let message = format!("`{name}` {mend}.");
            Problem::new(&codes::BAD_REQUEST, message.clone())
                .errors(vec![FieldError::new(name, &codes::BAD_REQUEST, message).value(value.as_str())])
        };
        match name.as_str() {
            "after" => after = Some(value.as_str()),
            "limit" => match value.parse() {
                Ok(number @ 1..=figures::PAGE) => limit = number,
                _ => return Err(bad("is a whole number from 1 to 200").into()),
            },
            _ => return Err(bad("is no parameter; there are after and limit").into()),
        }
    }
    let tenants = ask.run(figures::list(&ask.app.db, &ask.caller, after, limit)).await?;
    let full = tenants.len() as i64 == limit;
    let next = tenants.last().filter(|_| full).map(|tenant| tenant.slug.clone());
    let page = json!({ "data": tenants, "page": { "next": next, "prev": null, "count": null } });
    Ok(answer::document(StatusCode::OK, &page))
}

async fn get(ask: Ask, Id(id): Id) -> Answer {
    let tenant = ask.run(figures::get(&ask.app.db, &ask.caller, id)).await?;
    Ok(answer::document(StatusCode::OK, &json!(tenant)))
}

async fn create(ask: Ask, Posted { body, once }: Posted) -> Answer {
    Ok(make(&ask, body, once).await?)
}

/// Makes a tenant.
///
/// # Errors
/// `invalid` with every bad field; those of [`platform::create`].
pub async fn make(ask: &Ask, body: Document, once: Once) -> Result<Response, Problem> {
    platform::permit(&ask.caller, "manage")?;
    let text = |name: &str, or: &str| body.get(name).and_then(Value::as_str).unwrap_or(or).to_owned();
    let new = NewTenant {
        slug: text("slug", ""),
        name: text("name", ""),
        time_zone: text("time_zone", "UTC"),
        currency: text("currency", "USD"),
        locale: text("locale", "en"),
        country: body.get("country").and_then(Value::as_str).map(str::to_owned),
    };
    let email = text("admin_email", "");
    let nothing = Document::new();
    let settings = body.get("settings").and_then(Value::as_object).cloned().unwrap_or(nothing);
    let admin = (!email.is_empty()).then(|| FirstAdmin { name: text("admin_name", &email), email });
    // All bad fields at once: those that are no text, and those that make no tenant.
    let mut errors = value::validate_input(CREATE, body).err().unwrap_or_default();
    let told: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
    errors.extend(new.faults(&ask.app.db).into_iter().filter(|error| !told.contains(&error.field)));
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let effect = async {
        let id = ask
            .run(platform::create(&ask.app.services, &ask.caller, &new, admin.as_ref(), &settings))
            .await?;
        let tenant = ask.run(figures::get(&ask.app.db, &ask.caller, id)).await?;
        Ok(answer::placed(StatusCode::CREATED, &json!(tenant), &format!("{BASE}/platform/tenants/{id}")))
    };
    done_once(ask, once, Box::pin(effect)).await
}

async fn change(ask: Ask, Id(id): Id, Posted { body, once }: Posted, to: Change) -> Answer {
    Ok(turn(&ask, id, to, body, once).await?)
}

/// Changes a tenant's state.
///
/// # Errors
/// Those of [`platform::change`].
pub async fn turn(ask: &Ask, id: Uuid, to: Change, body: Document, once: Once) -> Result<Response, Problem> {
    platform::permit(&ask.caller, "manage")?;
    let read = checked(CHANGE, body)?;
    let reason = read.get("reason").and_then(Value::as_str);
    let effect = async {
        ask.run(platform::change(&ask.app.db, &ask.caller, id, to, reason)).await?;
        let tenant = ask.run(figures::get(&ask.app.db, &ask.caller, id)).await?;
        Ok(answer::document(StatusCode::OK, &json!(tenant)))
    };
    done_once(ask, once, Box::pin(effect)).await
}

async fn remove(ask: Ask, Id(id): Id, Posted { body, once }: Posted) -> Answer {
    Ok(delete(&ask, id, body, once).await?)
}

/// Begins to remove a tenant; a background job of the system tenant does the rest.
///
/// # Errors
/// `invalid` where the slug is another one; those of [`delete::enqueue`].
pub async fn delete(ask: &Ask, id: Uuid, body: Document, once: Once) -> Result<Response, Problem> {
    platform::permit(&ask.caller, "manage")?;
    let read = checked(DELETE, body)?;
    let effect = async {
        let tenant = ask.run(figures::get(&ask.app.db, &ask.caller, id)).await?;
        if read.get("slug").and_then(Value::as_str) != Some(&tenant.slug) {
            let message = format!("Write the tenant's slug, {}, to delete it.", tenant.slug);
            return Err(Problem::invalid(vec![FieldError::new("slug", &codes::INVALID, message)]));
        }
        let job = ask.run(delete::enqueue(&ask.app.db, &ask.caller, id)).await?;
        Ok(answer::document(StatusCode::ACCEPTED, &json!({ "id": id, "under_way": "delete", "job": job })))
    };
    done_once(ask, once, Box::pin(effect)).await
}

/// Does it once. The effect is in another tenant's transaction, so it commits before the answer is kept: where the process
/// dies in between, the same request is done again, which changes no state twice and refuses a slug that is taken.
async fn done_once(
    ask: &Ask,
    once: Once,
    effect: BoxFuture<'_, Result<Response, Problem>>,
) -> Result<Response, Problem> {
    let tx = match once.begin(ask, "platform.manage").await? {
        Start::First(tx) => tx,
        Start::Again(answer) => return Ok(answer),
    };
    match effect.await {
        Ok(answer) => once.end(tx, answer).await,
        Err(problem) => {
            tx.rollback().await?;
            Err(problem)
        }
    }
}

fn checked(fields: &'static [Field], body: Document) -> Result<Document, Problem> {
    value::validate_input(fields, body).map_err(Problem::invalid)
}
