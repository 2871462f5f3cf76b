//! Saved views as tabs above a list: what they ask for stands in the address, and what differs from it can be saved.

use maud::{Markup, html};
use model::{entity::Entity, query::Kept, registry};
use work::access::views::{View, default_of};

use super::{columns, exports, words};
use crate::{
    pages::{list::Shown, sent::KEY, visitor::Visitor},
    ui::{Url, small},
};

/// The address of a view: its id, and what it asks for.
pub fn place(entity: &Entity, view: &View) -> Url {
    let mut pairs = vec![("view".to_owned(), view.id.to_string())];
    pairs.extend(view.kept.pairs());
    Url::new(format!("/{}", entity.name), &pairs)
}

/// Where a bare address leads: to the view that the list begins with, if there is one.
pub fn begins(entity: &Entity, views: &[View]) -> Option<Url> {
    default_of(views).map(|view| place(entity, view))
}

/// Tabs, and the buttons beside them: save, the view's menu, columns, export.
pub fn tabs(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let (look, entity, url) = (&visitor.look, shown.entity, shown.url);
    let current = shown.views.iter().find(|view| url.get("view") == Some(view.id.to_string().as_str()));
    let asked = Kept::of(url.pairs());
    let plain = Url::new(format!("/{}", entity.name), &[]);
    // Where the list begins with a view, the way to all of them says so.
    let all = if default_of(shown.views).is_some() { plain.with("view", "all") } else { plain };
    let changed = current.map_or(asked != Kept::default(), |view| asked != view.kept);
    let may = |action: &str| registry::entity("saved_views").is_some_and(|views| visitor.may(views, action));
    html! {
        div.views {
            nav.tabs aria-label=(look.t(words::VIEWS)) {
                a href=(all) aria-current=[current.is_none().then_some("page")] { (look.t(words::ALL)) }
                @for view in shown.views {
                    a href=(place(entity, view)) aria-current=[current.is_some_and(|now| now.id == view.id).then_some("page")] {
                        @if view.is_default { (small("star")) }
                        (view.name)
                        @if view.shared { span.n { (look.t(words::SHARED)) } }
                    }
                }
            }
            span.grow {}
            @if changed {
                @if let Some(view) = current { a.btn href=(place(entity, view)) { (small("undo-2")) span.only-l { (look.t(words::RESET)) } } }
                @if may("create") { (save(visitor, shown, current.filter(|_| may("update")))) }
            }
            @if let Some(view) = current.filter(|_| may("update")) { (menu(visitor, entity, view, may("delete"))) }
            (columns::button(look, entity, shown.columns, url))
            @if visitor.may(entity, "export") { (export(visitor, shown)) }
        }
    }
}

/// The popover that saves what the list asks for: into the view it came from, or as a new one.
fn save(visitor: &Visitor, shown: &Shown<'_>, current: Option<&View>) -> Markup {
    let look = &visitor.look;
    html! {
        button."btn save-at" type="button" popovertarget="save-pop" aria-label=(look.t(words::SAVE_VIEW)) {
            (small("save")) span.only-l { (look.t(words::SAVE_VIEW)) }
        }
        div.pop #save-pop popover aria-label=(look.t(words::SAVE_VIEW)) {
            @if let Some(view) = current {
                form.fill method="post" action={ "/views/" (view.id) } hx-boost="false" data-once {
                    input type="hidden" name="at" value=(shown.url.clone().at_start());
                    input type="hidden" name="_version" value=(view.version);
                    button."btn out" type="submit" name="do" value="keep" { (look.t(words::SAVE_CHANGES)) ": " (view.name) }
                }
            }
            form.fill method="post" action="/views" hx-boost="false" data-once {
                input type="hidden" name=(KEY) value=(visitor.key());
                input type="hidden" name="entity" value=(shown.entity.name);
                input type="hidden" name="at" value=(shown.url.clone().at_start());
                label.entry {
                    span.label { (look.t(words::VIEW_NAME)) }
                    input.field type="text" name="name" required maxlength="200" autocomplete="off";
                }
                label.tick { input.check type="checkbox" name="shared" value="true"; (look.t(words::SHARE)) }
                label.tick { input.check type="checkbox" name="default" value="true"; (look.t(words::DEFAULT_ON)) }
                button."btn pri" type="submit" { (look.t(words::SAVE_VIEW)) }
            }
        }
    }
}

/// What can be done to a view.
fn menu(visitor: &Visitor, entity: &Entity, view: &View, deletes: bool) -> Markup {
    let look = &visitor.look;
    let at = place(entity, view);
    let (share, begin) = (
        if view.shared { (words::UNSHARE, "unshare") } else { (words::SHARE, "share") },
        if view.is_default { (words::DEFAULT_OFF, "plain") } else { (words::DEFAULT_ON, "default") },
    );
    html! {
        button."btn sq view-at" type="button" popovertarget="view-pop" aria-label={ (look.t(words::VIEW)) ": " (view.name) } {
            (small("ellipsis"))
        }
        div.pop #view-pop popover aria-label={ (look.t(words::VIEW)) ": " (view.name) } {
            form.fill method="post" action={ "/views/" (view.id) } hx-boost="false" data-once {
                input type="hidden" name="at" value=(at);
                input type="hidden" name="_version" value=(view.version);
                label.entry {
                    span.label { (look.t(words::VIEW_NAME)) }
                    input.field type="text" name="name" value=(view.name) required maxlength="200" autocomplete="off";
                }
                button."btn out" type="submit" name="do" value="rename" { (small("pencil")) (look.t(words::RENAME)) }
                button.btn type="submit" name="do" value=(begin.1) { (small("star")) (look.t(begin.0)) }
                button.btn type="submit" name="do" value=(share.1) { (small("users")) (look.t(share.0)) }
                @if deletes {
                    button."btn danger" type="submit" name="do" value="delete" { (small("trash-2")) (look.t(words::DELETE)) }
                }
            }
        }
    }
}

/// Exports what the list asks for.
fn export(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let look = &visitor.look;
    html! {
        button."btn export-at" type="button" popovertarget="export-pop" aria-label=(look.t(words::ASK_EXPORT)) {
            (small("download")) span.only-l { (look.t(words::ASK_EXPORT)) }
        }
        div.pop #export-pop popover aria-label=(look.t(words::ASK_EXPORT)) {
            form.fill method="post" action={ "/" (shown.entity.name) "/bulk" } hx-push-url="false" {
                input type="hidden" name=(KEY) value=(visitor.key());
                input type="hidden" name="at" value=(shown.url);
                (exports::formats(look))
                button."btn pri" type="submit" name="do" value="export-list" { (look.t(words::ASK_EXPORT)) }
            }
        }
    }
}
