//! Every record that a list holds, not only those of its page: shown first what would be done, then asked for as the API
//! does; a job does it, and its page tells how far it is and takes it back.

use maud::{Markup, html};
use model::{
    Document,
    entity::Entity,
    field::Field,
    problem::Problem,
    query::{Count, Kept, ListQuery},
};
use serde_json::{Value, json};
use store::engine;

use super::{
    bulk::{Step, close, step},
    words,
};
use crate::{
    pages::{
        list::{Shown, counted},
        operate,
        sent::{KEY, Sent},
        table::{records, view},
        visitor::Visitor,
    },
    ui::{Look, Url, small, value, value::Record},
};

/// Records shown as they would become.
const SAMPLE: u16 = 5;

/// The box that stands for every record of the list, where it has more than its page.
pub fn offer(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let page = shown.page;
    let more = page.next.is_some() || page.prev.is_some();
    let may = visitor.caller().grants.scope("bulk_changes.request").is_some();
    html! {
        @if more && may {
            label.all {
                input.check type="checkbox" name="all" value="1";
                span { (visitor.look.t(words::ALL)) " " span.num { (counted(page.count, shown.records.len())) } }
            }
        }
    }
}

/// What the form asks for every record of the list: shown first, done once that is confirmed.
pub async fn change(
    visitor: &Visitor,
    entity: &'static Entity,
    sent: &Sent,
    at: &Url,
) -> Result<Markup, Problem> {
    let step = step(visitor, entity, sent)?;
    if sent.text("confirmed") == "1" {
        return request(visitor, entity, sent, at, &step).await;
    }
    let look = &visitor.look;
    let asked = at.clone().at_start().without("view").without("columns");
    let mut query = ListQuery::parse(entity, asked.pairs())?;
    let fields: Vec<_> = entity.field(entity.title).into_iter().chain(step.field()).collect();
    query.view = view(&visitor.look, entity, &fields);
    query.limit = SAMPLE;
    // A ranked search shows a part of what matches; all of it is changed.
    query.count = if query.search.is_some() { Count::Exact } else { Count::Capped };
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let sample = records(&page.data)?;
    let count = counted(page.count, sample.len());
    Ok(html! {
        div."toast stay sure" role="alertdialog" aria-labelledby="sure-what" {
            strong #sure-what { (look.t(step.label())) " · " span.num { (count) } " " (look.t(entity.plural)) }
            ul {
                @for record in &sample { li { (line(look, entity, record, &step)) } }
                @if page.next.is_some() { li { "…" } }
            }
            p.muted { (look.t(words::ALL_HELP)) }
            form.do method="post" action={ "/" (entity.name) "/bulk" } hx-push-url="false" {
                (again(visitor, sent, at, &step))
                button."btn pri" type="submit" { (look.t(words::ALL_DO)) }
                (close(visitor))
            }
        }
    })
}

/// What the form said, to be said again.
fn again(visitor: &Visitor, sent: &Sent, at: &Url, step: &Step) -> Markup {
    let field = step.field().map(|field| field.name);
    let named = field.map(|name| format!("{}{name}", crate::pages::form::NAMED));
    let said = field.into_iter().chain(named.as_deref());
    html! {
        input type="hidden" name=(KEY) value=(visitor.key());
        input type="hidden" name="at" value=(at);
        input type="hidden" name="all" value="1";
        input type="hidden" name="confirmed" value="1";
        input type="hidden" name="do" value=(sent.text("do"));
        @for name in said {
            @for text in sent.all(name) { input type="hidden" name=(name) value=(text); }
        }
    }
}

/// A record as it is and as it would be.
fn line(look: &Look, entity: &'static Entity, record: &Record, step: &Step) -> Markup {
    html! {
        b { (value::title(look, entity, record)) }
        @if let Some((field, to)) = &step.set {
            ": " (value::cell(look, field, record)) " → " (shown(look, field, to))
        }
    }
}

/// A value that is not yet any record's.
fn shown(look: &Look, field: &'static Field, to: &Value) -> Markup {
    // What a link names is told by whoever typed it; its id says nothing.
    if field.link().is_some() && !to.is_null() {
        return html! { (look.t(words::ALL_NEW)) };
    }
    value::cell(look, field, &Document::from_iter([(field.name.to_owned(), to.clone())]))
}

async fn request(
    visitor: &Visitor,
    entity: &'static Entity,
    sent: &Sent,
    at: &Url,
    step: &Step,
) -> Result<Markup, Problem> {
    let set = step.set.iter().map(|(field, value)| (field.name.to_owned(), value.clone()));
    let input = Document::from_iter([
        ("entity".to_owned(), json!(entity.name)),
        ("action".to_owned(), json!(step.action.name())),
        ("filter".to_owned(), Value::Object(Kept::of(at.pairs()).filter)),
        ("changes".to_owned(), Value::Object(set.collect())),
    ]);
    let told = operate::once(visitor, sent, "bulk_changes.request", None, input).await?;
    let id = told.as_ref().and_then(|told| told.get("bulk_change_id")?.as_str());
    let place = id.map_or_else(|| "/bulk_changes".to_owned(), |id| format!("/bulk_changes/{id}"));
    let look = &visitor.look;
    Ok(html! {
        div.toast data-toast {
            (small("circle-check"))
            span { (look.t(words::ALL_ASKED)) }
            a.way href=(place) hx-boost="false" { (look.t(words::ALL_FOLLOW)) }
        }
    })
}
