//! What the forms of saved views post: kept as any record is, through the API's own writes.

use axum::http::StatusCode;
use model::{Document, entity::Entity, problem::Problem, query::Kept, registry};
use serde_json::{Value, json};
use store::engine::{Action, BulkRequest, Record};
use uuid::Uuid;
use work::access::views;

use crate::{
    answer, bulk,
    input::Id,
    once::Once,
    pages::{Answer, go, sent::Sent, visitor::Visitor},
    ui::{Url, url::local},
    writes,
};

fn described() -> Result<&'static Entity, Problem> {
    registry::described("saved_views")
}

/// The list's address that a form was sent from; somewhere else counts as none.
pub fn at(sent: &Sent) -> Url {
    Url::read(local(sent.text("at")).unwrap_or("/"))
}

/// Makes a view of what the list asks for.
pub async fn create(visitor: Visitor, sent: Sent) -> Answer {
    let entity = described()?;
    visitor.permit(entity, "create")?;
    let (url, name) = (at(&sent), sent.text("name").trim());
    // The views of a program's token are everybody's.
    let owner = visitor.caller().actor.user().filter(|_| sent.text("shared") != "true");
    let mut body = Kept::of(url.pairs()).document();
    body.insert("name".to_owned(), json!(name));
    let caller = visitor.caller();
    let of = registry::entity(sent.text("entity"));
    let former = match of {
        Some(of) => visitor.ask.run(views::archived(&visitor.ask.app.db, caller, of, owner, name)).await?,
        None => None,
    };
    let id = match former {
        // A name that was deleted is free again: its view comes back with what is asked now.
        Some(former) => {
            let told = |record: Record| answer::record(StatusCode::OK, record);
            writes::restore(&visitor.ask, entity, former, None, sent.once.clone(), told).await?;
            writes::update(&visitor.ask, entity, former, body, None).await?.id
        }
        None => {
            body.insert("entity".to_owned(), json!(sent.text("entity")));
            body.insert("user_id".to_owned(), json!(owner));
            let place =
                |record: Record| answer::placed(StatusCode::CREATED, &json!({}), &record.id.to_string());
            let made = writes::create(&visitor.ask, entity, body, sent.once.clone(), place).await?;
            let id = made.headers().get("location").and_then(|id| id.to_str().ok());
            id.and_then(|id| Uuid::try_parse(id).ok())
                .ok_or_else(|| Problem::internal("a view without an id"))?
        }
    };
    if sent.text("default") == "true"
        && let Some(of) = of
    {
        begin_with(&visitor, of, id, true).await?;
    }
    Ok(go(&url.with("view", id.to_string()).with("done", "view_saved").to_string()))
}

/// Changes a view: what it asks for, its name, whose it is, whether the list begins with it; or deletes it.
pub async fn change(visitor: Visitor, Id(id): Id, sent: Sent) -> Answer {
    let entity = described()?;
    let (ask, url) = (&visitor.ask, at(&sent));
    let of = url.path().trim_start_matches('/').to_owned();
    let saved = || go(&url.clone().with("view", id.to_string()).with("done", "view_saved").to_string());
    let mut body = Document::new();
    match sent.text("do") {
        "keep" => body = Kept::of(url.pairs()).document(),
        "rename" => _ = body.insert("name".to_owned(), json!(sent.text("name").trim())),
        "share" => _ = body.insert("user_id".to_owned(), Value::Null),
        "unshare" => _ = body.insert("user_id".to_owned(), json!(visitor.caller().actor.user())),
        how @ ("default" | "plain") => {
            if let Some(of) = registry::entity(&of) {
                begin_with(&visitor, of, id, how == "default").await?;
            }
            return Ok(saved());
        }
        "delete" => {
            writes::archive(ask, entity, id, sent.version()).await?;
            let list = Url::new(url.path(), &[]).with("view", "all").with("done", "view_deleted");
            return Ok(go(&list.to_string()));
        }
        _ => {}
    }
    writes::update(ask, entity, id, body, sent.version()).await?;
    Ok(saved())
}

/// Lets the list begin with this view, and with no other of the same owner; or with none. All at once.
async fn begin_with(visitor: &Visitor, of: &'static Entity, id: Uuid, begins: bool) -> Result<(), Problem> {
    let ask = &visitor.ask;
    let all = ask.run(views::views(&ask.app.db, visitor.caller(), of)).await?;
    let shared = all.iter().find(|view| view.id == id).is_some_and(|view| view.shared);
    let others = all.iter().filter(|view| view.id != id && view.is_default && view.shared == shared);
    let mut records = vec![(id, begins)];
    if begins {
        records.extend(others.map(|view| (view.id, false)));
    }
    let document = |(id, begins): (Uuid, bool)| {
        Document::from_iter([("id".to_owned(), json!(id)), ("is_default".to_owned(), json!(begins))])
    };
    let records = records.into_iter().map(document).collect();
    let request = BulkRequest { action: Action::Update, records, atomic: true };
    let told = |results| answer::json(StatusCode::OK, bulk::answer(results));
    writes::bulk(ask, described()?, request, Once::never(), told).await.map(drop)
}
