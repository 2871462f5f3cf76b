//! Chips: one of a field's choices, with the tone that its stored value has.

use maud::{Markup, html};
use model::field::Choice;

use super::{Look, icon::small};

/// What a state means to whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be: quiet.
    Well,
    /// Somebody should look.
    Warn,
    /// Something went wrong.
    Bad,
    /// Under way.
    Info,
    /// Neither good nor bad.
    Plain,
}

/// Stored values and what they mean, the same in every entity.
const TONES: &[(Tone, &[&str])] = &[
    (
        Tone::Well,
        &[
            "active", "approved", "completed", "delivered", "done", "full", "healthy", "paid", "passed",
            "processed", "sent", "succeeded", "success", "verified", "accepted",
        ],
    ),
    (
        Tone::Warn,
        &[
            "awaiting_approval", "expired", "on_hold", "overdue", "partial", "partially_paid", "paused",
            "pending_approval", "retrying", "watch", "waiting", "needs_review", "completed_with_errors",
            "warning", "manual_review",
        ],
    ),
    (
        Tone::Bad,
        &[
            "at_risk", "blocked", "bounced", "dead", "disabled", "error", "failed", "locked", "refused",
            "rejected", "revoked", "suspended", "void", "urgent",
        ],
    ),
    (
        Tone::Info,
        &[
            "committing", "confirmed", "in_progress", "in_transit", "issued", "open", "packed", "picking",
            "processing", "ready", "running", "scheduled", "shipped", "target", "validated", "validating",
            "assigned", "high",
        ],
    ),
];

/// What a stored value means.
pub fn tone(value: &str) -> Tone {
    let value = value.to_ascii_lowercase();
    let found = TONES.iter().find(|(_, values)| values.contains(&value.as_str()));
    found.map_or(Tone::Plain, |(tone, _)| *tone)
}

/// One of the choices, as people read it.
pub fn choice(look: &Look, choices: &[Choice], value: &str) -> Markup {
    let label = choices.iter().find(|choice| choice.value == value);
    toned(label.map_or(value, |choice| look.t(choice.label)), tone(value))
}

/// A text with a tone.
pub fn toned(text: &str, tone: Tone) -> Markup {
    let class = match tone {
        Tone::Well => return html! { span.chip.quiet { (small("circle-check")) (text) } },
        Tone::Warn => "chip warn",
        Tone::Bad => "chip bad",
        Tone::Info => "chip info",
        Tone::Plain => "chip",
    };
    html! { span class=(class) { span.dot {} (text) } }
}
