//! What stands around a page: the sidebar on the canvas, the tab bar of phones, the menu of the person, toasts.

use maud::{DOCTYPE, Markup, html};
use model::registry;

use super::{nav, portal, visitor::Visitor};
use crate::{
    assets::{self, APP_CSS, APP_JS, FAVICON_SVG, HTMX_JS, INTER_WOFF2, PORTAL_CSS, PORTAL_JS, THAI_WOFF2},
    ui::{
        Lang, Look, Theme, avatar, icon,
        look::{KEYS, OFF},
        person, small, words,
    },
};

/// What a page is made of.
pub struct Page {
    /// Its title.
    pub title: String,
    /// The line at its top: crumbs and buttons.
    pub bar: Markup,
    /// The rest.
    pub body: Markup,
    /// A toast to begin with.
    pub toast: Option<Markup>,
}

/// A whole page, of the staff or of the portal.
pub fn page(visitor: &Visitor, page: &Page) -> Markup {
    let look = &visitor.look;
    let title = format!("{} · {}", page.title, visitor.head.company);
    if look.portal {
        return document(look, &title, portal::shell(visitor, page));
    }
    document(
        look,
        &title,
        html! {
            a.skip href="#main" { (look.t(words::SKIP)) }
            div.app {
                (sidebar(visitor))
                main.page #main tabindex="-1" {
                    header.bar { (page.bar) }
                    (page.body)
                    (person_menu(visitor))
                }
                (tab_bar(visitor))
            }
            (dialogs(look))
            (toasts(page))
        },
    )
}

/// Where toasts are told.
pub fn toasts(page: &Page) -> Markup {
    html! { div.toasts #toasts role="status" aria-live="polite" { @if let Some(toast) = &page.toast { (toast) } } }
}

/// A page without the shell, for whoever is not signed in.
pub fn door(look: &Look, title: &str, body: Markup) -> Markup {
    document(
        look,
        &format!("{title} · Tenantry"),
        html! {
            div.door {
                main {
                    div.mark { img src=(FAVICON_SVG) alt=""; "Tenantry" }
                    (body)
                }
                footer { (languages(look)) }
            }
        },
    )
}

fn document(look: &Look, title: &str, body: Markup) -> Markup {
    let theme = Some(look.theme).filter(|theme| *theme != Theme::System);
    html! {
        (DOCTYPE)
        html lang=(look.lang.code()) data-theme=[theme.map(Theme::code)] data-keys=[(!look.keys).then_some(OFF)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                meta name="description" content="Tenantry: sales and operations";
                meta name="htmx-config" content="{\"includeIndicatorCSS\":false}";
                link rel="icon" href=(FAVICON_SVG);
                link rel="preload" href=(INTER_WOFF2) as="font" type="font/woff2" crossorigin;
                @if look.lang == Lang::Th {
                    link rel="preload" href=(THAI_WOFF2) as="font" type="font/woff2" crossorigin;
                }
                link rel="stylesheet" href=(APP_CSS);
                @if look.portal { link rel="stylesheet" href=(PORTAL_CSS); }
                link rel="stylesheet" href=(assets::hue(look.hue));
                script src=(HTMX_JS) defer {}
                script src=(APP_JS) type="module" {}
                @if look.portal { script src=(PORTAL_JS) type="module" {} }
            }
            body {
                @if look.in_clear { p."note warn clear" role="alert" { (small("triangle-alert")) (look.t(words::IN_CLEAR)) } }
                (body)
            }
        }
    }
}

fn sidebar(visitor: &Visitor) -> Markup {
    let look = &visitor.look;
    let here = first_part(&look.asked);
    let sections = nav::sections(visitor);
    html! {
        nav.side aria-label=(look.t(words::MAIN_MENU)) {
            button.org.org-at type="button" popovertarget="org-pop" {
                (avatar::sized(&visitor.head.company, "big"))
                span.name { (visitor.head.company) }
                span.grow {}
                (small("chevrons-up-down"))
            }
            button.find type="button" data-palette {
                (small("search"))
                (look.t(words::SEARCH_OR_JUMP))
                span.grow {}
                kbd { "Ctrl K" }
            }
            (entry("/", "layout-dashboard", look.t(words::HOME), here.is_empty()))
            @for (at, (label, entities)) in sections.iter().enumerate() {
                details open[at < 3 || entities.iter().any(|entity| is_here(entity, visitor))] {
                    summary { (look.t(*label)) (small("chevron-right")) }
                    div {
                        @for entity in entities {
                            (entry(&nav::place(look, entity), nav::icon(entity), look.t(entity.plural), is_here(entity, visitor)))
                        }
                    }
                }
            }
            span.grow {}
            @for place in nav::places(visitor) {
                (entry(place.path, place.icon, look.t(place.label), is_under(&look.asked, place.path)))
            }
            (entry("/records", "layers", look.t(words::ALL_RECORDS), here == "records"))
        }
    }
}

/// Whether an address is that of a page, or of one under it.
fn is_under(asked: &str, path: &str) -> bool {
    let rest = asked.split('?').next().unwrap_or_default().strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the page is about this kind of record.
fn is_here(entity: &model::entity::Entity, visitor: &Visitor) -> bool {
    let asked = &visitor.look.asked;
    first_part(asked) == entity.name || is_under(asked, &nav::place(&visitor.look, entity))
}

fn tab_bar(visitor: &Visitor) -> Markup {
    let look = &visitor.look;
    let here = first_part(&look.asked);
    let tabs = nav::TABS.iter().filter_map(|name| registry::entity(name));
    let tabs: Vec<_> = tabs.filter(|entity| visitor.may(entity, "view")).collect();
    let tab = |href: &str, sign: &str, label: &str, current: bool| {
        html! { a href=(href) aria-current=[current.then_some("page")] { (icon(sign)) (label) } }
    };
    html! {
        nav.tabbar aria-label=(look.t(words::TAB_BAR)) {
            (tab("/", "layout-dashboard", look.t(words::HOME), here.is_empty()))
            @for entity in tabs {
                (tab(&format!("/{}", entity.name), nav::icon(entity), look.t(entity.plural), entity.name == here))
            }
            a href="/records" data-palette aria-current=[(here == "records").then_some("page")] {
                (icon("menu")) (look.t(words::MORE))
            }
        }
    }
}

/// An entry of the sidebar and of the page of all records.
pub fn entry(href: &str, sign: &str, label: &str, current: bool) -> Markup {
    html! { a.nav href=(href) aria-current=[current.then_some("page")] { (icon(sign)) (label) } }
}

/// What one chooses for oneself, and the way out.
pub fn person_menu(visitor: &Visitor) -> Markup {
    let look = &visitor.look;
    let theme = |theme: Theme, label| {
        html! { button type="submit" name="theme" value=(theme.code()) aria-pressed=(look.theme == theme) { (look.t(label)) } }
    };
    html! {
        div.pop.menu #org-pop popover aria-label=(look.t(words::YOUR_MENU)) {
            div.head {
                span.who { (person(&visitor.head.name)) b { (visitor.head.name) } }
                @if let Some(email) = &visitor.head.email { small { (email) } }
            }
            hr;
            p.cap { (look.t(words::THEME)) }
            form.set method="post" action="/preferences" {
                input type="hidden" name="next" value=(look.asked);
                (theme(Theme::System, words::SYSTEM)) (theme(Theme::Light, words::LIGHT)) (theme(Theme::Dark, words::DARK))
            }
            p.cap { (look.t(words::LANGUAGE)) }
            form.set method="post" action="/preferences" {
                input type="hidden" name="next" value=(look.asked);
                (language_buttons(look))
            }
            p.cap { (look.t(words::SINGLE_KEYS)) }
            form.set method="post" action="/preferences" {
                input type="hidden" name="next" value=(look.asked);
                @for (value, label, on) in [("on", words::ON, true), (OFF, words::OFF, false)] {
                    button type="submit" name=(KEYS) value=(value) aria-pressed=(look.keys == on) { (look.t(label)) }
                }
            }
            hr;
            @if visitor.head.email.is_some() {
                a href=(look.place("/profile")) { (icon("user-round")) (look.t(words::PROFILE)) }
            }
            form method="post" action="/sign-out" {
                button type="submit" { (icon("log-out")) (look.t(words::SIGN_OUT)) }
            }
        }
    }
}

/// The command palette, the dialog that operations ask in, and the sheet of keys.
fn dialogs(look: &Look) -> Markup {
    let keys: [(&[&str], _); 11] = [
        (&["Ctrl", "K"], words::KEY_PALETTE),
        (&["/"], words::KEY_SEARCH),
        (&["F"], words::KEY_FILTER),
        (&["C"], words::KEY_CREATE),
        (&["E"], words::KEY_EDIT),
        (&["J", "K"], words::KEY_MOVE),
        (&["X"], words::KEY_SELECT),
        (&["Space"], words::KEY_PEEK),
        (&["Enter"], words::KEY_OPEN),
        (&["G", "D C O I"], words::KEY_GO),
        (&["?"], words::KEY_SHEET),
    ];
    html! {
        dialog.pal #palette aria-label=(look.t(words::SEARCH_OR_JUMP)) {
            input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
                aria-label=(look.t(words::SEARCH_OR_JUMP)) placeholder=(look.t(words::SEARCH_OR_JUMP)) autocomplete="off";
            ul #palette-list role="listbox" aria-label=(look.t(words::SEARCH_OR_JUMP)) {}
        }
        dialog #dialog aria-labelledby="dialog-title" {}
        dialog.keys #keys aria-labelledby="keys-title" {
            h2 #keys-title { (look.t(words::SHORTCUTS)) }
            dl {
                @for (pressed, label) in keys {
                    div { dt { (look.t(label)) } dd { @for key in pressed { kbd { (key) } " " } } }
                }
            }
        }
    }
}

fn languages(look: &Look) -> Markup {
    html! {
        form method="post" action="/preferences" {
            input type="hidden" name="next" value=(look.asked);
            (language_buttons(look))
        }
    }
}

fn language_buttons(look: &Look) -> Markup {
    html! {
        @for (lang, name) in Lang::ALL {
            button type="submit" name="lang" value=(lang.code()) lang=(lang.code()) aria-pressed=(look.lang == lang) { (name) }
        }
    }
}

/// The first part of the crumbs: the list, by name on large screens, by an arrow on phones.
pub fn way_back(look: &Look, href: &str, sign: &str, label: &str) -> Markup {
    html! {
        a."btn sq only-s" href=(href) aria-label={ (look.t(words::TO_LIST)) ": " (label) } { (icon("chevron-left")) }
        span.only-l { (icon(sign)) }
        a.only-l href=(href) { (label) }
        span."sep only-l" aria-hidden="true" { "/" }
    }
}

/// The bell with what is unread, and the button of the person's menu on phones, where there is no sidebar.
pub fn me(visitor: &Visitor) -> Markup {
    let (look, unread) = (&visitor.look, visitor.head.unread);
    // The portal's top bar has the person, and tells nothing.
    if look.portal {
        return html! {};
    }
    let told = if unread > 0 {
        format!("{}: {unread}", look.t(words::NOTICES))
    } else {
        look.t(words::NOTICES).to_owned()
    };
    html! {
        @if visitor.head.email.is_some() {
            button."btn sq bell" type="button" popovertarget="bell-pop" aria-label=(told) hx-get="/notices" hx-trigger="click"
                hx-target="#bell-pop" {
                (icon("bell"))
                @if unread > 0 { span.n { (if unread > 99 { "99+".to_owned() } else { unread.to_string() }) } }
            }
            div.pop #bell-pop popover aria-label=(look.t(words::NOTICES)) {
                a.nav href="/notices" { (look.t(words::NOTICES)) }
            }
        }
        button."btn sq only-s" type="button" popovertarget="org-pop" aria-label=(visitor.look.t(words::YOUR_MENU)) {
            (person(&visitor.head.name))
        }
    }
}

/// The first part of a path: the kind of record that it is about.
pub fn first_part(asked: &str) -> &str {
    let path = asked.split('?').next().unwrap_or_default();
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}
