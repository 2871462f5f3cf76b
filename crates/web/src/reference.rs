//! The reference page `docs/operations.md`, written from the list of operations.

use std::fmt::Write as _;

use model::problem::Code;
use work::{
    access::platform,
    operation::{Operation, operations},
};

use crate::{
    problems,
    routes::{Action, Route, routes},
};

/// The page as Markdown.
pub fn operations_page() -> String {
    let mut page = String::from(HEAD);
    for operation in operations() {
        if let Some(route) = routes().iter().find(|route| runs(route, operation)) {
            describe(&mut page, route, operation);
        }
    }
    page.push_str("\n## Problems of sign-in\n\n");
    refusals(&mut page, problems::SIGN_IN);
    page.push_str("\n## Problems of rights\n\n");
    refusals(&mut page, problems::RIGHTS);
    page.push_str("\n## Problems of tenants as a whole\n\n");
    refusals(&mut page, platform::REFUSALS);
    page
}

const HEAD: &str = "<!-- Written from the operations in crates/work; run `TENANTRY_REWRITE=1 cargo test -p web --test api` after a change. -->

# Operations

What can be done beyond create, read, update and delete. An operation happens whole or not at all. Besides its own
refusals it answers with those of [problems](problems.md).
";

fn runs(route: &Route, operation: &Operation) -> bool {
    matches!(route.action, Action::Operate(_, other) if other.permission() == operation.permission())
}

fn describe(page: &mut String, route: &Route, operation: &Operation) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "\n## {}\n\n`{route:?}`, permission `{}`. {}\n",
        operation.label.en,
        operation.permission(),
        operation.about
    );
    if !operation.input.is_empty() {
        page.push_str("| field | needed | what it is |\n|---|---|---|\n");
    }
    for field in operation.input {
        let needed = match (field.required, field.default) {
            (true, _) => "yes".to_owned(),
            (false, Some(default)) => format!("else `{default}`"),
            (false, None) => "no".to_owned(),
        };
        let _ = writeln!(page, "| `{}` | {needed} | {}. {} |", field.name, field.label.en, field.help);
    }
    if !operation.refusals.is_empty() {
        page.push('\n');
    }
    refusals(page, operation.refusals);
}

fn refusals(page: &mut String, codes: &[&Code]) {
    for code in codes {
        let _ = writeln!(page, "* `{}` ({}): {}. {}", code.code, code.status.http(), code.title, code.about);
    }
}
