//! `/admin/tenants`: what operators see of each company and do with it as a whole. Counts and sizes, never rows.

use axum::{
    http::{Method, StatusCode, header},
    response::Response,
    routing::MethodRouter,
};
use maud::{Markup, html};
use model::{
    Document,
    field::{Field, Text},
    problem::Problem,
};
use uuid::Uuid;
use work::access::platform::{
    Change,
    figures::{self, Figures, Tenant},
    permit,
};

use super::words;
use crate::{
    App,
    input::{Id, Params},
    once::Once,
    pages::{
        Answer, fields,
        found::{further, nothing},
        go, html as answer, operate,
        sent::{KEY, Sent},
        shell::{self, Page},
        told,
        visitor::Visitor,
    },
    platform::{self, Platform},
    refusal::status,
    router::mount,
    routes::{Access, Route},
    ui::{Look, Url, chip, icon, number, small, time, toast::toast, words as texts},
};

/// Tenants of one page.
const PAGE: i64 = 50;

/// A page of operators, or what a form of one posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenants {
    /// Every tenant.
    All,
    /// The form of a new one.
    New,
    /// Makes one.
    Make,
    /// One of them.
    One,
    /// Changes its state.
    Turn(Change),
    /// Removes it.
    Delete,
}

impl Tenants {
    /// Every one, with method and address.
    pub const ALL: [(Self, Method, &'static str); 8] = [
        (Self::All, Method::GET, "/admin/tenants"),
        (Self::New, Method::GET, "/admin/tenants/new"),
        (Self::Make, Method::POST, "/admin/tenants"),
        (Self::One, Method::GET, "/admin/tenants/{id}"),
        (Self::Turn(Change::Suspend), Method::POST, "/admin/tenants/{id}/suspend"),
        (Self::Turn(Change::Resume), Method::POST, "/admin/tenants/{id}/resume"),
        (Self::Turn(Change::Close), Method::POST, "/admin/tenants/{id}/close"),
        (Self::Delete, Method::POST, "/admin/tenants/{id}/delete"),
    ];

    /// Who may come: whoever may do the same through the API.
    pub fn access(self) -> Access {
        match self {
            Self::All => Platform::List,
            Self::One => Platform::Get,
            Self::New | Self::Make => Platform::Create,
            Self::Turn(to) => Platform::Change(to),
            Self::Delete => Platform::Delete,
        }
        .access()
    }
}

/// The handler of one of them.
pub fn endpoint(route: &'static Route, tenants: Tenants) -> MethodRouter<App> {
    match tenants {
        Tenants::All => mount(route, all),
        Tenants::New => mount(route, new),
        Tenants::Make => mount(route, make),
        Tenants::One => mount(route, one),
        Tenants::Turn(to) => mount(route, move |visitor, id, sent| turn(visitor, id, sent, to)),
        Tenants::Delete => mount(route, delete),
    }
}

/// What an operator does with a company.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Turn(Change),
    Delete,
}

impl Act {
    /// What may be done with a company that stands so.
    fn on(status: &str) -> &'static [Self] {
        match status {
            "active" => &[Self::Turn(Change::Suspend), Self::Turn(Change::Close)],
            "suspended" => &[Self::Turn(Change::Resume), Self::Turn(Change::Close)],
            _ => &[Self::Delete],
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Turn(to) => to.verb(),
            Self::Delete => "delete",
        }
    }

    const fn texts(self) -> (Text, Text) {
        match self {
            Self::Turn(Change::Suspend) => (words::SUSPEND, words::SUSPEND_LEAD),
            Self::Turn(Change::Resume) => (words::RESUME, words::RESUME_LEAD),
            Self::Turn(Change::Close) => (words::CLOSE, words::CLOSE_LEAD),
            Self::Delete => (words::DELETE, words::DELETE_LEAD),
        }
    }

    const fn asks(self) -> &'static [Field] {
        match self {
            Self::Turn(_) => platform::CHANGE,
            Self::Delete => platform::DELETE,
        }
    }
}

/// What was sent and refused.
struct Refused<'a> {
    sent: &'a Sent,
    problem: &'a Problem,
}

async fn all(visitor: Visitor, Params(params): Params) -> Answer {
    let url = Url::new("/admin/tenants", &params);
    let (ask, look) = (&visitor.ask, &visitor.look);
    let tenants = ask.run(figures::list(&ask.app.db, &ask.caller, url.get("after"), PAGE)).await?;
    let next = tenants.last().filter(|_| tenants.len() as i64 == PAGE).map(|last| last.slug.clone());
    let body = html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(words::TENANTS)) {
            div.imports {
                @if tenants.is_empty() { (nothing(look, "building-2", words::NO_TENANTS)) } @else { (table(look, &tenants)) }
                (further(look, &url, next.as_ref()))
            }
        }
    };
    let bar = html! {
        div.crumb { (icon("building-2")) h1 { (look.t(words::TENANTS)) } }
        span.grow {}
        (shell::me(&visitor))
        @if manages(&visitor) {
            a."btn pri" href="/admin/tenants/new" { (small("plus")) (look.t(words::NEW_TENANT)) }
        }
    };
    let done = url.get("done").map(|_| toast(look, look.t(words::TURNED), None));
    let page = Page { title: look.t(words::TENANTS).to_owned(), bar, body, toast: done };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &page)))
}

fn manages(visitor: &Visitor) -> bool {
    visitor.caller().grants.scope("platform.manage").is_some()
}

fn table(look: &Look, tenants: &[Tenant]) -> Markup {
    let count = |count: i64| number::grouped(&count.to_string(), 0);
    html! {
        table.plain {
            thead { tr {
                th scope="col" { (look.t(words::COMPANY)) }
                th scope="col" { (look.t(words::STATUS)) }
                th."num only-l" scope="col" { (look.t(words::PEOPLE)) }
                th.num scope="col" { (look.t(words::ROWS)) }
                th."num only-l" scope="col" { (look.t(words::SIZE)) }
                th."num only-l" scope="col" { (look.t(words::JOBS_FAILED)) }
                th.only-l scope="col" { (look.t(words::LAST_ACTIVE)) }
            } }
            tbody {
                @for tenant in tenants {
                    tr {
                        td { a.name href={ "/admin/tenants/" (tenant.id) } { (tenant.name) } " " span.muted { (tenant.slug) } }
                        td { (standing(look, tenant)) }
                        td."num only-l" { @if let Some(told) = &tenant.figures { (count(told.users)) } }
                        td.num { @if let Some(told) = &tenant.figures { (count(told.table_rows)) } }
                        td."num only-l" { @if let Some(told) = &tenant.figures { (number::bytes(told.table_bytes + told.file_bytes)) } }
                        td."num only-l" { (count(tenant.jobs_failed)) }
                        td.only-l { @if let Some(at) = tenant.figures.and_then(|told| told.last_activity_at) { (time::ago(look, at)) } }
                    }
                }
            }
        }
    }
}

/// How a company stands.
fn standing(look: &Look, tenant: &Tenant) -> Markup {
    let label = match (tenant.under_way.as_deref(), tenant.status.as_str()) {
        (Some("delete"), _) => words::BEING_DELETED,
        (Some(_), _) => words::BEING_IMPORTED,
        (None, "active") => words::ACTIVE,
        (None, "suspended") => words::SUSPENDED,
        (None, _) => words::CLOSED,
    };
    let tone = if tenant.under_way.is_some() { chip::Tone::Info } else { chip::tone(&tenant.status) };
    chip::toned(look.t(label), tone)
}

async fn new(visitor: Visitor) -> Answer {
    permit(visitor.caller(), "manage")?;
    Ok(form(&visitor, None))
}

async fn make(visitor: Visitor, sent: Sent) -> Answer {
    let done = async {
        let body = operate::document(&visitor.look, platform::CREATE, &sent)?;
        platform::make(&visitor.ask, body, sent.once.clone()).await
    };
    match done.await {
        Ok(made) => {
            let place = made.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
            let id = place.and_then(|place| place.rsplit('/').next()).unwrap_or_default();
            Ok(go(&format!("/admin/tenants/{id}?done=made")))
        }
        Err(problem) => {
            let problem = told(problem)?;
            Ok(form(&visitor, Some(&Refused { sent: &sent, problem: &problem })))
        }
    }
}

/// The form of a new company.
fn form(visitor: &Visitor, refused: Option<&Refused<'_>>) -> Response {
    let look = &visitor.look;
    let body = html! {
        form.list method="post" action="/admin/tenants" data-once novalidate {
            input type="hidden" name=(KEY) value=(visitor.key());
            div.sheet { div.form { section.card {
                header { h2 { (look.t(words::NEW_TENANT)) } }
                (inside(look, platform::CREATE, refused, "t-"))
            } } }
            div.actions {
                a."btn l" href="/admin/tenants" { (look.t(texts::CANCEL)) }
                span.grow {}
                button."btn pri l" type="submit" { (look.t(texts::CREATE)) }
            }
        }
    };
    let code = refused.map_or(StatusCode::OK, |refused| status(refused.problem));
    let title = look.t(words::NEW_TENANT);
    answer(code, shell::page(visitor, &sheet(visitor, title, "/admin/tenants", look.t(words::TENANTS), body)))
}

fn inside(look: &Look, described: &'static [Field], refused: Option<&Refused<'_>>, prefix: &str) -> Markup {
    let plain = refused.map(|refused| refused.problem).filter(|problem| problem.field_errors().is_empty());
    html! {
        @if let Some(problem) = plain {
            div.pad { div."note bad" role="alert" { (small("circle-alert")) span { (fields::said(look.lang, problem)) } } }
        }
        (operate::entries(look, described, refused.map(|it| it.sent), refused.map(|it| it.problem), prefix))
    }
}

fn sheet(visitor: &Visitor, title: &str, back: &str, up: &str, body: Markup) -> Page {
    let look = &visitor.look;
    let bar = html! {
        nav.crumb aria-label=(look.t(texts::TO_LIST)) {
            (shell::way_back(look, back, "building-2", up))
            h1 { (title) }
        }
        span.grow {}
        (shell::me(visitor))
    };
    Page { title: title.to_owned(), bar, body, toast: None }
}

async fn one(visitor: Visitor, Id(id): Id, Params(params): Params) -> Answer {
    let done = params.iter().any(|(name, _)| name == "done");
    shown(&visitor, id, done, None).await
}

async fn turn(visitor: Visitor, Id(id): Id, sent: Sent, to: Change) -> Answer {
    let effect = async |body, once: Once| platform::turn(&visitor.ask, id, to, body, once).await;
    act(&visitor, id, &sent, Act::Turn(to), effect).await
}

async fn delete(visitor: Visitor, Id(id): Id, sent: Sent) -> Answer {
    let effect = async |body, once: Once| platform::delete(&visitor.ask, id, body, once).await;
    act(&visitor, id, &sent, Act::Delete, effect).await
}

async fn act(
    visitor: &Visitor,
    id: Uuid,
    sent: &Sent,
    act: Act,
    effect: impl AsyncFnOnce(Document, Once) -> Result<Response, Problem>,
) -> Answer {
    let done = async {
        let body = operate::document(&visitor.look, act.asks(), sent)?;
        effect(body, sent.once.clone()).await
    };
    match done.await {
        Ok(_) => Ok(go(&format!("/admin/tenants/{id}?done={}", act.verb()))),
        Err(problem) => {
            let problem = told(problem)?;
            shown(visitor, id, false, Some((act, &Refused { sent, problem: &problem }))).await
        }
    }
}

async fn shown(visitor: &Visitor, id: Uuid, done: bool, refused: Option<(Act, &Refused<'_>)>) -> Answer {
    let (ask, look) = (&visitor.ask, &visitor.look);
    let tenant = ask.run(figures::get(&ask.app.db, &ask.caller, id)).await?;
    // What is under way goes its way first.
    let acts = if tenant.under_way.is_some() || !manages(visitor) { &[] } else { Act::on(&tenant.status) };
    let body = html! {
        div.sheet { div.form {
            section.card {
                header { h2 { (tenant.name) } p.muted { (tenant.slug) } }
                dl.facts {
                    (fact(look, words::STATUS, &standing(look, &tenant)))
                    (fact(look, words::SINCE, &time::ago(look, tenant.status_since)))
                    @if let Some(reason) = &tenant.status_reason { (fact(look, platform::CHANGE[0].label, &html! { (reason) })) }
                    (fact(look, words::MADE, &html! { (time::moment(look, tenant.created_at)) }))
                    (fact(look, words::REGION, &html! { (tenant.time_zone) " · " (tenant.currency) " · " (tenant.locale) }))
                    (fact(look, words::IMPORTS, &html! { (tenant.imports_this_month) }))
                    (fact(look, words::JOBS, &html! { (tenant.jobs_waiting) }))
                    (fact(look, words::JOBS_FAILED, &html! { (tenant.jobs_failed) }))
                }
            }
            (held(look, tenant.figures.as_ref()))
            @for act in acts { (ask_for(visitor, id, *act, refused.filter(|(of, _)| of == act).map(|(_, refused)| refused))) }
            // What was asked of a company that stands another way by now.
            @if let Some((act, refused)) = refused.filter(|(act, _)| !acts.contains(act)) {
                (inside(look, &[], Some(refused), act.verb()))
            }
        } }
    };
    let code = refused.map_or(StatusCode::OK, |(_, refused)| status(refused.problem));
    let mut page = sheet(visitor, &tenant.name, "/admin/tenants", look.t(words::TENANTS), body);
    page.toast = done.then(|| toast(look, look.t(words::TURNED), None));
    Ok(answer(code, shell::page(visitor, &page)))
}

fn fact(look: &Look, label: Text, value: &Markup) -> Markup {
    html! { div { dt { (look.t(label)) } dd { (value) } } }
}

/// What it holds, as counted last.
fn held(look: &Look, figures: Option<&Figures>) -> Markup {
    let count = |count: i64| html! { (number::grouped(&count.to_string(), 0)) };
    html! {
        section.card {
            header { h2 { (look.t(words::SIZE)) } }
            @match figures {
                None => div.ins { p."entry wide muted" { (look.t(words::NOT_COUNTED)) } },
                Some(told) => dl.facts {
                    (fact(look, words::PEOPLE, &count(told.users)))
                    (fact(look, words::PORTAL_PEOPLE, &count(told.portal_users)))
                    (fact(look, words::CUSTOMERS, &count(told.customers)))
                    (fact(look, words::ORDERS, &count(told.orders)))
                    (fact(look, words::ROWS, &html! { (count(told.table_rows)) " · " (number::bytes(told.table_bytes)) }))
                    (fact(look, words::FILES, &html! { (count(told.files)) " · " (number::bytes(told.file_bytes)) }))
                    @if let Some(at) = told.last_activity_at { (fact(look, words::LAST_ACTIVE, &time::ago(look, at))) }
                    (fact(look, words::COUNTED, &time::ago(look, told.counted_at)))
                },
            }
        }
    }
}

/// What may be done, with what it asks for.
fn ask_for(visitor: &Visitor, id: Uuid, act: Act, refused: Option<&Refused<'_>>) -> Markup {
    let look = &visitor.look;
    let (label, lead) = act.texts();
    let grave = !matches!(act, Act::Turn(Change::Resume));
    html! {
        form.card.settings method="post" action={ "/admin/tenants/" (id) "/" (act.verb()) } data-once novalidate {
            input type="hidden" name=(KEY) value=(visitor.key());
            header { h2 { (look.t(label)) } p.muted { (look.t(lead)) } }
            (inside(look, act.asks(), refused, &format!("{}-", act.verb())))
            div.ways { button.btn.out.danger[grave] type="submit" { (look.t(label)) } }
        }
    }
}
