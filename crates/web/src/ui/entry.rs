//! Entries of forms: a label, the control that a field's kind asks for, help and what is wrong.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{
    field::{Field, Kind},
    value::currencies,
};
use serde_json::Value;

use super::{Look, small, words};

/// A field of the tenant's own: what differs from the field that has its kind.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    /// The name that the form posts.
    pub name: &'a str,
    /// What people read.
    pub label: &'a str,
    /// The values of a choice.
    pub options: &'a [&'a str],
}

/// What an entry shows.
pub struct Entry<'a> {
    /// The field.
    pub field: &'static Field,
    /// Where it is a field of the tenant's own.
    pub own: Option<Own<'a>>,
    /// The text in it.
    pub text: &'a str,
    /// Of a link, what the record that it names is called.
    pub named: &'a str,
    /// What is wrong with it.
    pub wrong: Option<&'a str>,
    /// It must be filled.
    pub must: bool,
    /// What ids of controls begin with, where a page holds several forms.
    pub prefix: &'a str,
}

impl Entry<'_> {
    /// The name that the form posts.
    fn name(&self) -> &str {
        self.own.map_or(self.field.name, |own| own.name)
    }
}

/// The text of a value in a form, such that reading it gives the value again.
pub fn text(look: &Look, field: &Field, value: &Value) -> String {
    match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Json, value) => serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()),
        (Kind::Tags, Value::Array(words)) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        (Kind::Timestamp, Value::String(text)) => text.parse::<Timestamp>().map_or_else(
            |_| text.clone(),
            |at| at.to_zoned(look.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        ),
        (Kind::Money | Kind::Quantity | Kind::UnitPrice | Kind::Percent, Value::String(text)) => {
            shorter(text, if field.kind == Kind::Money { 2 } else { 0 })
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// A number without the zeros at its end, `kept` decimals aside.
fn shorter(number: &str, kept: usize) -> String {
    let Some((whole, decimals)) = number.split_once('.') else { return number.to_owned() };
    let needed = decimals.trim_end_matches('0').len().max(kept.min(decimals.len()));
    if needed == 0 { whole.to_owned() } else { format!("{whole}.{}", &decimals[..needed]) }
}

/// Whether the entry takes the whole width of a form.
pub const fn is_wide(kind: Kind) -> bool {
    matches!(kind, Kind::Paragraph { .. } | Kind::Json | Kind::Tags)
}

/// The entry.
pub fn entry(look: &Look, entry: &Entry<'_>) -> Markup {
    let field = entry.field;
    let id = format!("{}{}", entry.prefix, entry.name());
    let help = match look.lang {
        super::Lang::En => field.help,
        super::Lang::Th => field.help_th,
    };
    let (help_id, wrong_id) = (format!("{id}-help"), format!("{id}-wrong"));
    let mut told = vec![];
    if !help.is_empty() {
        told.push(help_id.as_str());
    }
    if entry.wrong.is_some() {
        told.push(wrong_id.as_str());
    }
    let told = told.join(" ");
    let told = Some(told.as_str()).filter(|told| !told.is_empty());
    html! {
        div.entry.wide[is_wide(field.kind)] {
            label for=(id) {
                (entry.own.map_or_else(|| look.t(field.label), |own| own.label))
                @if entry.must { span.must aria-hidden="true" { " *" } span.sr { " (" (look.t(words::REQUIRED)) ")" } }
            }
            (control(look, entry, &id, told))
            @if !help.is_empty() { p.help id=(help_id) { (help) } }
            @if let Some(wrong) = entry.wrong { p.wrong id=(wrong_id) { (small("circle-alert")) span { (wrong) } } }
        }
    }
}

fn control(look: &Look, entry: &Entry<'_>, id: &str, told: Option<&str>) -> Markup {
    let (field, text, name) = (entry.field, entry.text, entry.name());
    let invalid = entry.wrong.map(|_| "true");
    let must = entry.must.then_some("true");
    let options = entry.own.map_or(&[][..], |own| own.options);
    let input = |kind: &str, mode: Option<&str>, step: Option<&str>| {
        html! {
            input.field id=(id) type=(kind) name=(name) value=(text) inputmode=[mode] step=[step] autocomplete="off"
                aria-invalid=[invalid] aria-describedby=[told] aria-required=[must];
        }
    };
    match field.kind {
        _ if !options.is_empty() => html! {
            select.field id=(id) name=(name) aria-invalid=[invalid] aria-describedby=[told] aria-required=[must] {
                @if !entry.must || text.is_empty() { option value="" { (look.t(words::CHOOSE)) } }
                @for option in options { option value=(option) selected[*option == text] { (option) } }
                // What is no choice any more stays until another is chosen.
                @if !text.is_empty() && !options.contains(&text) { option value=(text) selected { (text) } }
            }
        },
        Kind::Choice(choices) => html! {
            select.field id=(id) name=(name) aria-invalid=[invalid] aria-describedby=[told] aria-required=[must] {
                @if !entry.must || text.is_empty() { option value="" { (look.t(words::CHOOSE)) } }
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == text] { (look.t(choice.label)) }
                }
            }
        },
        Kind::Bool => html! {
            select.field id=(id) name=(name) aria-invalid=[invalid] aria-describedby=[told] {
                @if !entry.must && field.default.is_none() { option value="" { "–" } }
                option value="true" selected[text == "true"] { (look.t(words::YES)) }
                option value="false" selected[text == "false"] { (look.t(words::NO)) }
            }
        },
        Kind::Paragraph { .. } => html! {
            textarea.field id=(id) name=(name) rows="3" aria-invalid=[invalid] aria-describedby=[told] { (text) }
        },
        Kind::Json => html! {
            textarea.field.mono id=(id) name=(name) rows="3" spellcheck="false" aria-invalid=[invalid]
                aria-describedby=[told] { (text) }
        },
        Kind::Link(target) => html! {
            div.pick data-pick={ (look.at(target)) "/options" } {
                input.field id=(id) type="text" name={ "named." (name) } value=(entry.named) role="combobox" aria-expanded="false"
                    aria-controls={ (id) "-list" } aria-autocomplete="list" autocomplete="off" aria-invalid=[invalid]
                    aria-describedby=[told] aria-required=[must] placeholder=(look.t(words::SEARCH));
                (small("chevrons-up-down"))
                input type="hidden" name=(name) value=(text);
                ul id={ (id) "-list" } role="listbox" aria-label=(look.t(field.label)) hidden {}
            }
        },
        Kind::Currency => html! {
            select.field id=(id) name=(name) aria-invalid=[invalid] aria-describedby=[told] aria-required=[must] {
                @if !entry.must || text.is_empty() { option value="" { (look.t(words::CHOOSE)) } }
                @for code in currencies() { option value=(code) selected[*code == text] { (code) } }
            }
        },
        Kind::Date => input("date", None, None),
        Kind::Timestamp => input("datetime-local", None, Some("1")),
        Kind::Integer { .. } => input("text", Some("numeric"), None),
        Kind::Money | Kind::Quantity | Kind::UnitPrice | Kind::Percent => {
            input("text", Some("decimal"), None)
        }
        // Checked by the one reader of values, not by the browser, so that all errors are told at once.
        Kind::Email => input("text", Some("email"), None),
        Kind::Phone => input("tel", Some("tel"), None),
        Kind::Url => input("text", Some("url"), None),
        _ => input("text", None, None),
    }
}
