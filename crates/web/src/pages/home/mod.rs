//! `GET /`: what is going on, as each person arranged it. `POST /home` arranges it.

pub mod figures;
pub mod lists;
mod words;

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{field::Text, problem::Problem};
use store::TenantTx;
use work::insight::home::{self, Placed, Size};

use super::{
    Answer, go, html as answer,
    sent::Sent,
    shell::{self, Page as Sheet},
    visitor::Visitor,
};
use crate::{
    input::Params,
    ui::{icon, small, toast::toast, words as texts},
};

/// A widget that there is.
struct Widget {
    name: &'static str,
    label: Text,
    size: Size,
}

/// Every widget, in the order and size in which nobody arranged them.
const WIDGETS: &[Widget] = &[
    Widget { name: "month", label: texts::INVOICED, size: Size::Small },
    Widget { name: "to_ship", label: texts::TO_SHIP, size: Size::Small },
    Widget { name: "to_approve", label: texts::TO_APPROVE, size: Size::Small },
    Widget { name: "overdue", label: texts::OVERDUE, size: Size::Small },
    Widget { name: "revenue", label: texts::INVOICED_BY_MONTH, size: Size::Medium },
    Widget { name: "attention", label: texts::ATTENTION, size: Size::Medium },
    Widget { name: "imports", label: Text::of("Imports", "การนำเข้า"), size: Size::Large },
];

/// The page, or its widgets alone.
pub async fn home(visitor: Visitor, Params(params): Params) -> Answer {
    let edits = visitor.ask.session.is_some() && params.iter().any(|(name, _)| name == "edit");
    let done = params.iter().find(|(name, _)| name == "done").map(|(_, done)| done.as_str());
    let look = &visitor.look;
    let placed = complete(visitor.ask.run(home::arranged(&visitor.ask.app.db, visitor.caller())).await?);
    let region = region(&visitor, &placed, edits).await?;
    if look.partial {
        return Ok(answer(StatusCode::OK, region));
    }
    let body = html! {
        div."scroll dash-bg" tabindex="0" role="region" aria-label=(look.t(texts::HOME)) { (region) }
    };
    let told = match done {
        Some("reset") => Some(words::RESET_DONE),
        Some("everybody") => Some(words::FOR_EVERYBODY),
        _ => None,
    };
    let toast = told.map(|told| toast(look, look.t(told), None));
    let sheet = Sheet { title: look.t(texts::HOME).to_owned(), bar: bar(&visitor, edits), body, toast };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

fn bar(visitor: &Visitor, edits: bool) -> Markup {
    let look = &visitor.look;
    let button = |what: &str, sign: &str, label: Text| {
        html! {
            form method="post" action="/home" data-once {
                button.btn type="submit" name="do" value=(what) aria-label=(look.t(label)) {
                    (small(sign)) span.only-l { (look.t(label)) }
                }
            }
        }
    };
    html! {
        div.crumb { (icon("layout-dashboard")) h1 { (look.t(texts::HOME)) } }
        span.grow {}
        (shell::me(visitor))
        @if edits {
            @if visitor.caller().grants.scope("tenant_settings.update").is_some() { (button("everybody", "users", words::EVERYBODY)) }
            (button("reset", "undo-2", words::RESET))
            a."btn pri" href="/" { (look.t(words::DONE)) }
        } @else if visitor.ask.session.is_some() {
            a."btn out" href="/?edit=1" aria-label=(look.t(words::ARRANGE)) { (small("layout-dashboard")) span.only-l { (look.t(words::ARRANGE)) } }
        }
    }
}

/// The widgets that were arranged, then those that are newer than that.
fn complete(mut placed: Vec<Placed>) -> Vec<Placed> {
    placed.retain(|placed| WIDGETS.iter().any(|widget| widget.name == placed.widget));
    for widget in WIDGETS {
        if placed.iter().all(|one| one.widget != widget.name) {
            placed.push(Placed { widget: widget.name.to_owned(), size: widget.size, visible: true });
        }
    }
    placed
}

/// Moves, sizes, hides or shows a widget of one's own page; takes the arrangement back, or gives it to everybody.
pub async fn arrange(visitor: Visitor, sent: Sent) -> Answer {
    visitor.ask.person()?;
    let what = sent.text("do");
    match what {
        "reset" => {
            write(&visitor, async |tx| home::reset(tx).await).await?;
            return Ok(go("/?edit=1&done=reset"));
        }
        "everybody" => {
            write(&visitor, async |tx| home::arrange(tx, true, complete).await).await?;
            return Ok(go("/?edit=1&done=everybody"));
        }
        _ => {}
    }
    let changed = |placed| change(complete(placed), what, &sent);
    let placed = write(&visitor, async |tx| home::arrange(tx, false, changed).await).await?;
    if !visitor.look.partial {
        return Ok(go("/?edit=1"));
    }
    let region = region(&visitor, &placed, true).await?;
    Ok(answer(StatusCode::OK, region))
}

/// The widgets after what was sent was done to one of them.
fn change(mut placed: Vec<Placed>, what: &str, sent: &Sent) -> Vec<Placed> {
    let Some(at) = placed.iter().position(|one| one.widget == sent.text("widget")) else { return placed };
    match what {
        "back" => shift(&mut placed, at, false),
        "forward" => shift(&mut placed, at, true),
        "size" => placed[at].size = placed[at].size.next(),
        "hide" => placed[at].visible = false,
        "show" => placed[at].visible = true,
        "place" => before(&mut placed, at, sent.text("before")),
        _ => {}
    }
    placed
}

async fn write<T>(
    visitor: &Visitor,
    work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let ask = &visitor.ask;
    let whole = async {
        let mut tx = ask.app.db.begin(&ask.caller).await?;
        let done = work(&mut tx).await?;
        tx.commit().await.map(|()| done)
    };
    ask.run(whole).await
}

/// Changes places with the next widget that is shown.
fn shift(placed: &mut [Placed], at: usize, forward: bool) {
    let shown = |at: &usize| placed[*at].visible;
    let other = if forward { (at + 1..placed.len()).find(shown) } else { (0..at).rev().find(shown) };
    if let Some(other) = other {
        placed.swap(at, other);
    }
}

/// Puts a widget before another; at the end where none is named.
fn before(placed: &mut Vec<Placed>, at: usize, other: &str) {
    let moved = placed.remove(at);
    let to = placed.iter().position(|one| one.widget == other).unwrap_or(placed.len());
    placed.insert(to, moved);
}

/// The widgets that are shown, and where they are arranged also the hidden ones.
async fn region(visitor: &Visitor, placed: &[Placed], edits: bool) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let asks = |name: &str| placed.iter().any(|one| one.visible && one.widget == name);
    let invoiced = if asks("month") || asks("revenue") { figures::invoiced(visitor).await? } else { None };
    let mut shown = vec![];
    let mut hidden = vec![];
    for one in placed {
        let Some(widget) = WIDGETS.iter().find(|widget| widget.name == one.widget) else { continue };
        if !one.visible {
            hidden.push(widget);
            continue;
        }
        let nothing = html! {};
        let body = match (widget.name, &invoiced) {
            ("month", Some(invoiced)) => Some((nothing, figures::this_month(look, invoiced))),
            ("revenue", Some(invoiced)) => Some(figures::revenue(look, invoiced)),
            ("month" | "revenue", None) => None,
            ("attention", _) => Some((nothing, lists::attention(visitor).await?)),
            ("imports", _) => lists::imports(visitor).await?,
            (name, _) => figures::kpi(visitor, name).await?.map(|body| (nothing, body)),
        };
        if let Some((extra, body)) = body {
            shown.push((widget, one.size, extra, body));
        }
    }
    Ok(html! {
        div #home {
            @if edits { p.arrange-help { (look.t(words::ARRANGE_HELP)) } }
            @if shown.is_empty() { div.empty { (icon("layout-dashboard")) p { (look.t(words::NONE_SHOWN)) } } }
            div.dash.edits[edits] { @for (widget, size, extra, body) in &shown { (card(visitor, widget, *size, extra, body, edits)) } }
            @if edits && !hidden.is_empty() {
                div.hidden-ones {
                    h2 { (look.t(words::HIDDEN)) }
                    @for widget in hidden {
                        (form(widget.name, html! {
                            button."btn out" type="submit" name="do" value="show" {
                                (small("plus")) span.sr { (look.t(words::SHOW)) ": " } (look.t(widget.label))
                            }
                        }))
                    }
                }
            }
        }
    })
}

/// A form that arranges one widget.
fn form(name: &str, buttons: Markup) -> Markup {
    html! {
        form method="post" action="/home" hx-post="/home" hx-target="#home" hx-swap="outerMorph" {
            input type="hidden" name="widget" value=(name);
            (buttons)
        }
    }
}

fn card(
    visitor: &Visitor,
    widget: &Widget,
    size: Size,
    extra: &Markup,
    body: &Markup,
    edits: bool,
) -> Markup {
    let (look, name, label) = (&visitor.look, widget.name, visitor.look.t(widget.label));
    let class = match size {
        Size::Small => "w3",
        Size::Medium => "w6",
        Size::Large => "w12",
    };
    let button = |what: &str, sign: &str, told: Text| {
        html! {
            button."btn sq" id={ "w-" (name) "-" (what) } type="submit" name="do" value=(what)
                aria-label={ (look.t(told)) ": " (label) } { (small(sign)) }
        }
    };
    html! {
        section class={ "card wid " (class) } id={ "w-" (name) } aria-labelledby={ "w-" (name) "-title" }
            data-widget=[edits.then_some(name)] draggable=[edits.then_some("true")] {
            header {
                @if edits { (small("grip-vertical")) }
                h2 id={ "w-" (name) "-title" } { (label) }
                @if edits {
                    (form(name, html! {
                        (button("back", "chevron-left", words::BACK))
                        (button("forward", "chevron-right", words::FORWARD))
                        (button("size", "maximize-2", words::SIZE))
                        (button("hide", "eye-off", words::HIDE))
                        input type="hidden" name="before" value="";
                        button type="submit" name="do" value="place" hidden {}
                    }))
                } @else { (extra) }
            }
            (body)
        }
    }
}
