//! Icons, drawn from the one sprite. They say nothing to screen readers: the text beside them does.

use maud::{Markup, html};

use crate::assets::ICONS_SVG;

/// An icon of 16 pixels.
pub fn icon(name: &str) -> Markup {
    html! { svg.ico aria-hidden="true" { use href={ (ICONS_SVG) "#" (name) } {} } }
}

/// An icon of 14 pixels, for buttons and chips.
pub fn small(name: &str) -> Markup {
    html! { svg.ico.s aria-hidden="true" { use href={ (ICONS_SVG) "#" (name) } {} } }
}
