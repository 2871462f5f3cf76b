//! Toasts: what was done, told in a corner, with a way to take it back.

use maud::{Markup, html};

use super::{Look, icon::small, words};

/// A way to take back what was done: a form that posts there.
pub struct Undo {
    /// Where it posts.
    pub action: String,
    /// What makes it be done once.
    pub key: String,
}

/// A toast that goes by itself.
pub fn toast(look: &Look, text: &str, undo: Option<&Undo>) -> Markup {
    html! {
        div.toast data-toast {
            (small("circle-check"))
            span { (text) }
            @if let Some(undo) = undo {
                form method="post" action=(undo.action) {
                    input type="hidden" name="_key" value=(undo.key);
                    button type="submit" { (look.t(words::UNDO)) }
                }
            }
        }
    }
}
