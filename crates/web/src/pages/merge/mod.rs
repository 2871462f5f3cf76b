//! `/{entity}/{id}/merge`: another record of the same thing chosen, both side by side, and made one; and that taken back.

mod likely;
mod pair;
mod picked;
mod went;
pub mod words;

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{Document, entity::Entity, problem::Problem};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;
use work::{
    merging::{self, Compared},
    operation::named,
};

use self::pair::{Pair, choosing, pair, undone};
pub use work::merging::MERGE;

pub use self::{
    likely::{likely, warning},
    picked::{may, picked},
    went::went,
};
use super::{
    Answer, go, html as answer, nav, operate,
    record::everything,
    sent::Sent,
    shell::{self, Page as Sheet},
    told,
    visitor::Visitor,
};
use crate::{
    input::{Id, Params},
    refusal::status,
    ui::{
        value::{self, Record},
        words as texts,
    },
};

/// The entry of the other record.
pub const OTHER: &str = "loser_id";
/// What begins the name of the choice between two values of a field.
pub const CHOICE: &str = "f.";
/// The choice of the other record's value.
pub const TAKE: &str = "take";

/// The other record to choose, or both side by side.
pub async fn page(visitor: Visitor, entity: &'static Entity, Id(id): Id, Params(params): Params) -> Answer {
    visitor.permit(entity, merging::MERGE)?;
    let kept = record(&visitor, entity, id).await?;
    let stated = |name: &str| params.iter().find(|(given, _)| given == name).map(|(_, text)| text.trim());
    // Without the script the id itself is typed.
    let typed = stated(OTHER).filter(|text| !text.is_empty()).or(stated("named.loser_id"));
    match typed.and_then(|text| Uuid::try_parse(text).ok()) {
        Some(other) if other != id => side_by_side(&visitor, entity, (id, kept), other, None).await,
        other => {
            let note = other.map(|_| visitor.look.t(words::SAME_RECORD));
            let mut likely = likely(&visitor, entity, &kept, Some(id)).await?;
            likely.retain(|one| one.seen.is_some());
            let body =
                choosing(&visitor, named(&entity.permission(merging::MERGE))?, (entity, id), note, &likely);
            Ok(answer(StatusCode::OK, sheet(&visitor, entity, id, &kept, body)))
        }
    }
}

async fn side_by_side(
    visitor: &Visitor,
    entity: &'static Entity,
    (id, kept): (Uuid, Record),
    other_id: Uuid,
    refused: Option<&Problem>,
) -> Answer {
    let other = record(visitor, entity, other_id).await?;
    let compared = compare(visitor, entity, (&kept, id), (&other, other_id)).await?;
    let shown =
        Pair { entity, kept: &kept, id, other: &other, other_id, compared: &compared, problem: refused };
    let status = refused.map_or(StatusCode::OK, status);
    Ok(answer(status, sheet(visitor, entity, id, &kept, pair(visitor, &shown))))
}

async fn compare(
    visitor: &Visitor,
    entity: &'static Entity,
    kept: (&Record, Uuid),
    other: (&Record, Uuid),
) -> Result<Compared, Problem> {
    let work = merging::compared(&visitor.ask.app.db, visitor.caller(), entity, kept, other);
    visitor.ask.run(work).await
}

async fn record(visitor: &Visitor, entity: &'static Entity, id: Uuid) -> Result<Record, Problem> {
    let all = everything(&visitor.look, entity);
    let found = visitor.ask.run(engine::get(&visitor.ask.app.db, visitor.caller(), entity, id, &all)).await?;
    serde_json::from_str(&found.json).map_err(Problem::internal)
}

/// Makes the two one.
pub async fn merge(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    visitor.permit(entity, merging::MERGE)?;
    let kept = record(&visitor, entity, id).await?;
    let Some(other_id) = Uuid::try_parse(sent.text(OTHER)).ok().filter(|other| *other != id) else {
        return Ok(go(&format!("/{}/{id}/{}", entity.name, merging::MERGE)));
    };
    let other = record(&visitor, entity, other_id).await?;
    let compared = compare(&visitor, entity, (&kept, id), (&other, other_id)).await?;
    let taken = |name: &&String| sent.text(&format!("{CHOICE}{name}")) == TAKE;
    let take: Vec<&String> = compared.lines.iter().map(|line| &line.name).filter(taken).collect();
    let input = Document::from_iter([(OTHER.to_owned(), json!(other_id)), ("take".to_owned(), json!(take))]);
    match operate::once(&visitor, &sent, &entity.permission(merging::MERGE), Some(id), input).await {
        Ok(_) => Ok(go(&format!("/{}/{id}?done={}", entity.name, merging::MERGE))),
        Err(problem) => {
            let problem = told(problem)?;
            side_by_side(&visitor, entity, (id, kept), other_id, Some(&problem)).await
        }
    }
}

/// Takes the last merge into the record back; what could not go back is told.
pub async fn undo(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    let home = format!("/{}/{id}?done={}", entity.name, merging::UNDO);
    let done =
        operate::once(&visitor, &sent, &entity.permission(merging::UNDO), Some(id), Document::new()).await?;
    let Some(done) = done.filter(|done| some(done, "conflicts") || some(done, "fields_kept")) else {
        return Ok(go(&home));
    };
    let kept = record(&visitor, entity, id).await?;
    let given = done.get(OTHER).and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
    let other = record(&visitor, entity, given.unwrap_or(id)).await?;
    let body = undone(&visitor, entity, (&kept, &other), &done);
    Ok(answer(StatusCode::OK, sheet(&visitor, entity, id, &kept, body)))
}

fn some(done: &Document, name: &str) -> bool {
    match done.get(name) {
        Some(Value::Array(all)) => !all.is_empty(),
        Some(Value::Object(all)) => !all.is_empty(),
        _ => false,
    }
}

fn sheet(visitor: &Visitor, entity: &'static Entity, id: Uuid, kept: &Record, body: Markup) -> Markup {
    let look = &visitor.look;
    let name = value::title(look, entity, kept);
    let bar = html! {
        nav.crumb aria-label=(look.t(texts::TO_LIST)) {
            (shell::way_back(look, &format!("/{}/{id}", entity.name), nav::icon(entity), &name))
            h1 { (look.t(words::MERGE)) }
        }
        span.grow {}
        (shell::me(visitor))
    };
    let title = format!("{} · {name}", look.t(words::MERGE));
    shell::page(visitor, &Sheet { title, bar, body, toast: None })
}
