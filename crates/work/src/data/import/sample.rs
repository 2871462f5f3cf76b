//! Sample files: the columns of a data type with what each takes, and a row to begin with.
//!
//! The row of what columns take is known by its cells ([`tabular::HELP`]) and left out where it is still there when the
//! file comes back. The sample's own record is made of the examples that the descriptions hold, and links name the record
//! of the other sample: samples of all kinds fit each other.

use model::{
    Document,
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    value::{Author, Format, Mode, fold, parse_text, validate},
};

use uuid::Uuid;

use super::{
    matcher::{Target, targets},
    types::{DataType, Part, Role},
};
use crate::export::{self, Layout};

/// Fields with what a file says of them.
type Made = Vec<(&'static Field, String)>;

/// Most choices that are listed.
const LISTED: usize = 12;

/// A column of a sample.
struct Column {
    header: String,
    help: String,
    value: String,
}

/// The sample file of a data type.
///
/// # Errors
/// Defects.
pub fn sample(kind: &DataType, layout: Layout) -> Result<Vec<u8>, Problem> {
    let (columns, whole) = columns(kind);
    let row = |cell: fn(&Column) -> &String| {
        columns.iter().map(|column| Some(cell(column).clone())).collect::<Vec<_>>()
    };
    let headers = columns.iter().map(|column| column.header.clone()).collect();
    let mut rows = vec![row(|column| &column.help)];
    rows.extend(whole.then(|| row(|column| &column.value)));
    export::texts(layout, kind.name, headers, &rows)
}

/// The columns, and whether their values make a record.
fn columns(kind: &DataType) -> (Vec<Column>, bool) {
    let all = targets(kind);
    let (mut columns, mut whole) = (vec![], true);
    for (at, part) in kind.parts.iter().enumerate() {
        let record = example(part);
        whole &= record.is_some();
        let record = record.unwrap_or_default();
        for target in all.iter().filter(|target| target.part == at) {
            let Some(field) = target.field else { continue };
            let value = record.iter().find(|(of, _)| of.name == field.name).map(|(_, text)| text.clone());
            // An empty cell is no value, where no column at all is the usual one.
            if value.is_none() && field.required && field.default.is_none() && !is_needed(part, field) {
                continue;
            }
            columns.push(Column {
                header: header(part, target, field, &all),
                help: help(part, field),
                value: value.unwrap_or_default(),
            });
        }
    }
    (columns, whole)
}

/// The field's label, with the name of its record in front where other fields are called so too; else its path.
fn header(part: &Part, target: &Target, field: &Field, all: &[Target]) -> String {
    let label = field.label.en;
    let of_record = format!("{} {}", part.description().label.en, label.to_lowercase());
    let clear = |name: &str| {
        let folded = fold(name);
        target.is_spelled(&folded)
            && all.iter().all(|other| other.path == target.path || !other.is_spelled(&folded))
    };
    [label.to_owned(), of_record].into_iter().find(|name| clear(name)).unwrap_or_else(|| target.path.clone())
}

/// What a column takes: whether it must be filled, the kind of its values, what they mean, an example.
fn help(part: &Part, field: &Field) -> String {
    let needed = if is_needed(part, field) { "Required." } else { "Optional." };
    let mut said = vec![tabular::HELP.trim_end().to_owned(), needed.to_owned(), takes(field)];
    if !field.help.is_empty() {
        said.push(field.help.to_owned());
    }
    if !field.example.is_empty() && field.link().is_none() {
        said.push(format!("Example: {}", field.example));
    }
    said.join(" ")
}

fn is_needed(part: &Part, field: &Field) -> bool {
    field.required && field.default.is_none() && part.sources(field.name).next().is_none()
}

/// The kind of a field's values, in a sentence.
fn takes(field: &Field) -> String {
    match field.kind {
        Kind::Text { max } => format!("Text of up to {max} characters."),
        Kind::Paragraph { .. } => "Text of several lines.".into(),
        Kind::Code => "A code of up to 64 characters.".into(),
        Kind::Email => "An e-mail address.".into(),
        Kind::Phone => "A telephone number.".into(),
        Kind::Url => "A web address.".into(),
        Kind::Integer { .. } => "A whole number.".into(),
        Kind::Quantity | Kind::Money | Kind::UnitPrice => "A number such as 1234.50.".into(),
        Kind::Percent => "A percentage such as 7.5.".into(),
        Kind::Bool => "Yes or no.".into(),
        Kind::Date => "A day such as 2026-01-31.".into(),
        Kind::Timestamp => "A moment such as 2026-01-31 09:30.".into(),
        Kind::Country => "A country, by name or code such as TH.".into(),
        Kind::Currency => "A currency such as USD.".into(),
        Kind::Tags => "Words with commas between them.".into(),
        Kind::Ip => "A network address.".into(),
        Kind::Id => "An id.".into(),
        Kind::Json => "A JSON document.".into(),
        Kind::Choice(choices) => {
            let listed: Vec<&str> = choices.iter().take(LISTED).map(|choice| choice.value).collect();
            let more = if choices.len() > LISTED { " …" } else { "" };
            format!("One of: {}{more}.", listed.join(", "))
        }
        Kind::Link(to) => {
            let entity = model::registry::entity(to);
            let by: Vec<String> = entity
                .into_iter()
                .flat_map(|entity| entity.named_by.iter().filter_map(|name| entity.field(name)))
                .map(|field| field.label.en.to_lowercase())
                .collect();
            let one = entity.map_or(to, |entity| entity.label.en).to_lowercase();
            format!("Names a {one} by {}.", if by.is_empty() { "id".to_owned() } else { by.join(" or ") })
        }
    }
}

/// The record of a sample: the fields that it needs, and of the others what makes it richer without making it wrong. None
/// where no file can say what it needs, as records that have nothing but an id to be named by.
fn example(part: &Part) -> Option<Made> {
    let entity = part.description();
    if entity.fields.iter().any(|field| is_needed(part, field) && field.kind == Kind::Id) {
        return None;
    }
    let taken = |field: &&'static Field| part.takes(field);
    let (needed, others): (Vec<_>, Vec<_>) =
        entity.fields.iter().filter(taken).partition(|field| is_needed(part, field));
    let mut made = needed.into_iter().map(|field| Some((field, text(field)?))).collect::<Option<Made>>()?;
    let mut wrong = faults(entity, &made);
    for field in others {
        // The lines make a document's amounts.
        let summed = part.role == Role::Root && matches!(field.kind, Kind::Money);
        let Some(value) = text(field).filter(|_| !summed) else { continue };
        made.push((field, value));
        let now = faults(entity, &made);
        // A link that nothing asks for would need another record to be there.
        if now < wrong || now == wrong && field.link().is_none() {
            wrong = now;
        } else {
            made.pop();
        }
    }
    Some(made)
}

/// The example of a field as a file writes it; a link names the record of the other kind's sample. Lines of documents
/// have amounts of their own only where the file states them.
fn text(field: &'static Field) -> Option<String> {
    let Some(to) = field.link() else {
        return Some(field.example.to_owned()).filter(|example| !example.is_empty());
    };
    let entity = model::registry::entity(to)?;
    let named = entity.named_by.iter().filter_map(|name| entity.field(name));
    named.map(|field| field.example.to_owned()).find(|example| !example.is_empty())
}

fn faults(entity: &'static Entity, made: &[(&'static Field, String)]) -> usize {
    let format = Format::canonical();
    let value = |field: &'static Field, text: &str| match field.link() {
        Some(_) => Some(Uuid::nil().to_string().into()),
        None => parse_text(field, text, &format).ok(),
    };
    let record: Document =
        made.iter().filter_map(|(field, text)| Some((field.name.to_owned(), value(field, text)?))).collect();
    validate(entity, record, Mode::Create, Author::Import).err().map_or(0, |errors| errors.len())
}
