//! Every problem code and every code of a bad field.

use maud::{Markup, html};
use model::value::codes;

use super::prose;
use crate::problems;

pub fn body() -> Markup {
    html! {
        h1 { "Problems" }
        p { (prose("Refusals are `application/problem+json` (RFC 9457). `code` is stable; `detail` is for people; `errors` names each bad field.")) }
        @for code in problems::all() {
            h2 id=(code.code) { code { (code.code) } " " (code.status.http()) " " (code.title) }
            p { (prose(code.about)) }
        }
        h2 id="fields" { "Bad fields" }
        div.scroll { table {
            @for code in codes::ALL { tr { td { code { (code.code) } } td { (prose(code.about)) } } }
        } }
    }
}
