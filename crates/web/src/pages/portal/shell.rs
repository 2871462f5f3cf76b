//! What stands around a page of the portal: a bar with the company's name and color and a few entries, on phones a bar at the
//! bottom, and the tabs of the entry.

use maud::{Markup, html};

use super::menu::{Section, sections};
use crate::{
    pages::{
        shell::{Page, person_menu, toasts},
        visitor::Visitor,
    },
    ui::{avatar, icon, person, words},
};

/// The body of a whole page.
pub fn shell(visitor: &Visitor, page: &Page) -> Markup {
    let (look, head) = (&visitor.look, &visitor.head);
    let sections = sections(visitor);
    let home = look.place("/");
    let at_home = look.asked.split('?').next() == Some(home.as_str());
    let customer = head.customer.as_deref().unwrap_or(&head.name);
    html! {
        a.skip href="#main" { (look.t(words::SKIP)) }
        div.portal {
            header.top {
                a.org href=(home) {
                    (avatar::sized(&head.company, "big"))
                    b { (head.company) }
                }
                nav.only-l aria-label=(look.t(words::MAIN_MENU)) { (entries(visitor, &sections, at_home)) }
                span.grow {}
                button.me.org-at type="button" popovertarget="org-pop" {
                    span.sr { (look.t(words::YOUR_MENU)) }
                    span.only-l { (customer) }
                    (person(&head.name))
                }
            }
            main.page #main tabindex="-1" {
                header.bar { (page.bar) }
                (tabs(visitor, &sections))
                (page.body)
                (person_menu(visitor))
            }
            nav.tabbar aria-label=(look.t(words::TAB_BAR)) { (entries(visitor, &sections, at_home)) }
        }
        (toasts(page))
    }
}

/// Home, and the first page of each section.
fn entries(visitor: &Visitor, sections: &[Section], at_home: bool) -> Markup {
    let look = &visitor.look;
    let entry = |href: &str, sign: &str, label: &str, here: bool| {
        html! { a.nav href=(href) aria-current=[here.then_some("page")] { (icon(sign)) (label) } }
    };
    html! {
        (entry(&look.place("/"), "house", look.t(words::HOME), at_home))
        @for section in sections {
            @let here = section.tabs.iter().any(|tab| tab.is_here(&look.asked));
            @let first = section.tabs.first().map_or_else(|| look.place("/"), |tab| tab.path.clone());
            (entry(&first, section.icon, look.t(section.label), here))
        }
    }
}

/// The pages of the entry that the visitor is at, where this is one of them and there are others.
fn tabs(visitor: &Visitor, sections: &[Section]) -> Markup {
    let look = &visitor.look;
    let here = sections.iter().find(|section| section.tabs.iter().any(|tab| tab.is_page(&look.asked)));
    html! {
        @if let Some(section) = here.filter(|section| section.tabs.len() > 1) {
            nav."tabs kinds" aria-label=(look.t(section.label)) {
                @for tab in &section.tabs {
                    a href=(tab.path) aria-current=[tab.is_page(&look.asked).then_some("page")] { (look.t(tab.label)) }
                }
            }
        }
    }
}
