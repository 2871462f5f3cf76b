//! What the steps of an import share: where it stands among them, its counts, notes.

use maud::{Markup, html};
use model::{field::Text, problem::Problem};
use work::import::{Counts, Finding, Report};

use super::words;
use crate::{
    pages::fields,
    ui::{Lang, Look, number, small},
};

/// The steps, in order.
const STEPS: [Text; 5] =
    [words::STEP_UPLOAD, words::STEP_MAP, words::STEP_CHECK, words::STEP_APPROVE, words::STEP_DONE];

/// At which step an import of this status stands, from 1; 6 behind the last.
fn step(status: &str) -> usize {
    match status {
        "received" | "detected" | "mapped" => 2,
        "staged" => 3,
        "validated" | "awaiting_approval" => 4,
        "committing" => 5,
        _ => 6,
    }
}

/// Where an import stands.
pub fn steps(look: &Look, status: &str) -> Markup {
    let at = step(status);
    html! {
        ol.steps aria-label=(look.t(words::STATUS)) {
            @for (place, label) in STEPS.iter().enumerate().map(|(place, label)| (place + 1, label)) {
                li class=(if place < at { "done" } else { "" }) aria-current=[(place == at).then_some("step")] {
                    span.no { @if place < at { (small("check")) } @else { (place) } }
                    span.label { (look.t(*label)) }
                }
            }
        }
    }
}

/// The names of an import's files.
pub fn title(report: &Report) -> String {
    let mut names: Vec<&str> = report.files.iter().map(|file| file.file.as_str()).collect();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} + {}", rest.len()),
    }
}

/// A whole number as people read it.
pub fn count(number: u64) -> String {
    number::grouped(&number.to_string(), 0)
}

/// The counts of the rows: what would become of them, or became.
pub fn counts(look: &Look, counts: &Counts, done: bool) -> Markup {
    let (made, changed) =
        if done { (words::DID_CREATE, words::DID_UPDATE) } else { (words::CREATED, words::UPDATED) };
    let card = |label: Text, number: u64, class: &str| {
        html! { div class={ "tally " (if number > 0 { class } else { "" }) } { span { (look.t(label)) } b { (count(number)) } } }
    };
    html! {
        div.tallies {
            (card(words::ROWS, counts.rows, ""))
            (card(made, counts.created, ""))
            (card(changed, counts.updated, ""))
            (card(words::UNCHANGED, counts.unchanged, ""))
            (card(words::SKIPPED_ROWS, counts.skipped, "warn"))
            (card(words::FAILED, counts.failed, "bad"))
        }
    }
}

/// What is wrong with a value, and its mend where the message does not end with it; in Thai by its code.
pub fn finding(look: &Look, finding: &Finding) -> Markup {
    let told = finding.message.ends_with(&finding.mend);
    let said = (look.lang == Lang::Th).then(|| fields::of_code(&finding.code)).flatten();
    html! {
        @if let Some(column) = &finding.column { b { (column) } ": " }
        @match said {
            Some(said) => {
                (said)
                @if let Some(value) = finding.value.as_ref().and_then(|value| value.as_str()) { " “" (value) "”" }
            },
            None => {
                (finding.message)
                @if !told { " " span.muted { (finding.mend) } }
            },
        }
    }
}

/// What was refused, in the words of the problem and of each field.
pub fn refused(look: &Look, problem: &Problem) -> Markup {
    html! {
        div.note.bad role="alert" {
            (small("circle-alert"))
            div {
                (fields::said(look.lang, problem))
                @if !problem.field_errors().is_empty() {
                    ul { @for error in problem.field_errors() { li { (error.message) } } }
                }
            }
        }
    }
}
