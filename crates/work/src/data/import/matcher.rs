//! Finds the field of each column, and the data type of a file, by headers and by what the values look like.
//!
//! The ladder: a header the tenant mapped before; a header that reads the same as a field's name, label or other
//! spelling; one that reads nearly so, among fields whose kind fits the values. Columns and fields are paired best
//! first, each once. What stays a tie is proposed and not taken.

use std::collections::HashMap;

use model::{
    field::{Field, Kind},
    value::fold,
};
use tabular::{Column, ColumnKind, SheetInfo};

use super::{
    error_file::ADDED,
    kept::is_kept,
    kinds::{fits, flag, kind_name, of_kind},
    mapping::{CellFormat, Class, ColumnMapping, Mapping},
    names,
    tongues::{self, Told},
    transform::Transform,
    types::{DataType, Part, Role},
};

/// A field that a column may give.
#[derive(Clone, Debug)]
pub struct Target {
    /// `customers.code`; `.attributes.KEY` for a tenant's own field, `.id` for the record's id.
    pub path: String,
    /// Which part, by place.
    pub part: usize,
    /// The field; none for ids and the tenant's own fields.
    pub field: Option<&'static Field>,
    /// Spellings that name it, folded.
    exact: Vec<String>,
    /// Spellings put together from the entity's name and the field's.
    composed: Vec<String>,
}

impl Target {
    /// The spellings that name it, folded.
    #[cfg(test)]
    pub fn spellings(&self) -> impl Iterator<Item = &String> {
        self.exact.iter().chain(&self.composed)
    }

    /// Whether a folded header names it for certain.
    pub fn is_spelled(&self, header: &str) -> bool {
        self.exact.iter().chain(&self.composed).any(|name| name == header)
    }

    /// The path without its part.
    pub fn name(&self) -> &str {
        self.path.split_once('.').map_or("", |(_, name)| name)
    }
}

/// Every field that a column of a file of this type may give.
pub fn targets(data_type: &DataType) -> Vec<Target> {
    let mut all = vec![];
    for (at, part) in data_type.parts.iter().enumerate() {
        let entity = part.description();
        let path = |name: &str| format!("{}.{name}", part.entity);
        let mut exact = vec![fold(&path("id"))];
        if part.entity == data_type.name {
            exact.push("id".into());
        }
        all.push(Target { path: path("id"), part: at, field: None, exact, composed: vec![] });
        for field in entity.fields.iter().filter(|field| part.takes(field)) {
            let name = field.link_name().unwrap_or(field.name);
            all.push(Target {
                path: path(name),
                part: at,
                field: Some(field),
                exact: exact_names(part, field),
                composed: composed_names(part, field),
            });
        }
    }
    all
}

/// With the tenant's own fields: `(entity, key, label)`.
pub fn with_custom(
    mut targets: Vec<Target>,
    data_type: &DataType,
    custom: &[(String, String, String)],
) -> Vec<Target> {
    for (entity, key, label) in custom {
        if let Some((part, _)) = data_type.part(entity) {
            let path = format!("{entity}.attributes.{key}");
            let exact = vec![fold(key), fold(label), fold(&path)];
            targets.push(Target { path, part, field: None, exact, composed: vec![] });
        }
    }
    targets
}

fn exact_names(part: &Part, field: &Field) -> Vec<String> {
    let own = part
        .synonyms
        .iter()
        .filter(|(name, _)| *name == field.name)
        .flat_map(|(_, names)| names.iter().copied());
    let name = field.link_name().unwrap_or(field.name);
    let path = format!("{}.{name}", part.entity);
    let names = [name, field.label.en, field.label.th, path.as_str()];
    names
        .into_iter()
        .chain(field.synonyms.iter().copied())
        .chain(own)
        .map(fold)
        .filter(|name| !name.is_empty())
        .collect()
}

/// `customer code`, `Customer ID`, `CustomerNo` for the key of customers; `Supplier ID` for a link to suppliers.
fn composed_names(part: &Part, field: &Field) -> Vec<String> {
    const OF_KEYS: [&str; 7] = ["id", "code", "no", "number", "#", "key", "ref"];
    let entity = part.description();
    let mut names = vec![];
    for owner in [entity.singular, entity.label.en] {
        names.push(format!("{owner} {}", field.name));
        names.push(format!("{owner} {}", field.label.en));
        if matches!(field.kind, Kind::Code) && entity.named_by.first() == Some(&field.name) {
            names.extend(OF_KEYS.iter().map(|word| format!("{owner} {word}")));
        }
    }
    if let Some(link) = field.link_name() {
        names.extend(OF_KEYS.iter().chain(&["name"]).map(|word| format!("{link} {word}")));
    }
    names.iter().map(|name| fold(name)).collect()
}

/// One possible pair of column and field.
struct Pair {
    column: usize,
    target: usize,
    score: f64,
    class: Class,
    reason: String,
    transform: Option<Transform>,
}

/// Maps the columns of a sheet. `memory` holds the tenant's earlier choices by folded header, `of_lines` the columns
/// that differ among the rows of one document and so cannot tell of the document itself.
pub fn map(
    data_type: &DataType,
    sheet: &SheetInfo,
    targets: &[Target],
    memory: &HashMap<String, String>,
    of_lines: &[usize],
) -> Mapping {
    let mut pairs: Vec<Pair> = vec![];
    for (at, column) in sheet.columns.iter().enumerate().filter(|(at, _)| !is_of_error_file(sheet, *at)) {
        let header = Header::of(column);
        for (to, target) in targets.iter().enumerate() {
            if let Some((score, class, reason, transform)) = read(column, &header, target, memory) {
                // Of fields that read alike the one of the earlier part is meant.
                let score = score - to as f64 * 1e-6 - target.part as f64 * 1e-3;
                pairs.push(Pair { column: at, target: to, score, class, reason, transform });
            }
        }
    }
    // A column that differs among the rows of one document is the lines', if they have such a field.
    let of_line = |pair: &Pair| {
        data_type.parts[targets[pair.target].part].role == Role::Child && pair.class > Class::Weak
    };
    let lines: Vec<usize> = pairs.iter().filter(|pair| of_line(pair)).map(|pair| pair.column).collect();
    pairs.retain(|pair| {
        let of_root = data_type.parts[targets[pair.target].part].role == Role::Root;
        !(of_root && lines.contains(&pair.column) && of_lines.contains(&sheet.columns[pair.column].index))
    });
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.column.cmp(&b.column)));
    let mut chosen: Vec<Option<&Pair>> = vec![None; sheet.columns.len()];
    let mut given: HashMap<usize, usize> = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.class > Class::Weak) {
        if chosen[pair.column].is_none() && !given.contains_key(&pair.target) && !is_tie(pair, &pairs) {
            chosen[pair.column] = Some(pair);
            given.insert(pair.target, pair.column);
        }
    }
    let columns = sheet.columns.iter().enumerate().map(|(at, column)| {
        let proposals = pairs
            .iter()
            .filter(|pair| pair.column == at)
            .take(3)
            .map(|pair| targets[pair.target].path.clone());
        if is_of_error_file(sheet, at) {
            let reason = "It comes from an error file.".into();
            return ignored_column(column, Class::Certain, reason);
        }
        let twin = chosen[at].is_none().then(|| twin(sheet, at)).flatten();
        let (target, class, reason, transform) = match (chosen[at], twin) {
            (Some(pair), _) => (
                Some(targets[pair.target].path.clone()),
                pair.class,
                pair.reason.clone(),
                pair.transform.clone(),
            ),
            (None, Some(first)) => {
                let reason = format!("Repeats column {}; the first one is read.", first + 1);
                (None, Class::Certain, reason, None)
            }
            (None, None) => (None, Class::Weak, ignored(data_type, column), None),
        };
        ColumnMapping {
            index: column.index,
            header: column.key.clone(),
            kind: kind_name(column).into(),
            target,
            class,
            reason,
            format: CellFormat::of(column.kind),
            steps: transform.into_iter().collect(),
            proposals: proposals.collect(),
            samples: column.samples.clone(),
        }
    });
    let mut mapping = Mapping {
        data_type: data_type.name.into(),
        alternatives: vec![],
        columns: columns.collect(),
        made: vec![],
        key: vec![],
        template: None,
    };
    names::join(data_type, &mut mapping);
    mapping
}

/// A column that gives no field.
pub fn ignored_column(column: &Column, class: Class, reason: String) -> ColumnMapping {
    ColumnMapping {
        index: column.index,
        header: column.key.clone(),
        kind: kind_name(column).into(),
        target: None,
        class,
        reason,
        format: CellFormat::of(column.kind),
        steps: vec![],
        proposals: vec![],
        samples: column.samples.clone(),
    }
}

/// Whether a column is one of those that an error file has behind the original's.
fn is_of_error_file(sheet: &SheetInfo, at: usize) -> bool {
    let headers: Vec<&str> = sheet.columns.iter().map(|column| column.header.as_str()).collect();
    headers.ends_with(&ADDED) && at + ADDED.len() >= headers.len()
}

/// Two fields that fit a column just as well, or two columns that fit a field so, when they read only nearly alike.
fn is_tie(pair: &Pair, pairs: &[Pair]) -> bool {
    pair.class < Class::Certain
        && pairs.iter().any(|other| {
            (other.column == pair.column) != (other.target == pair.target)
                && (other.score - pair.score).abs() < 0.02
        })
}

/// The earlier column with the same header and the same first values.
fn twin(sheet: &SheetInfo, at: usize) -> Option<usize> {
    let header = fold(&sheet.columns[at].header);
    (0..at).find(|first| {
        fold(&sheet.columns[*first].header) == header
            && sheet.first_rows.iter().all(|row| row.get(*first) == row.get(at))
    })
}

fn ignored(data_type: &DataType, column: &Column) -> String {
    if is_kept(data_type, column) {
        "The program keeps this itself.".into()
    } else {
        format!("{} have no such field; the column is ignored.", data_type.label.en)
    }
}

/// A header, made ready once for all fields.
struct Header {
    folded: String,
    /// What it says in English, and that folded.
    told: Option<(Told, String)>,
}

impl Header {
    fn of(column: &Column) -> Self {
        let told = tongues::english(&column.header).map(|told| (told, fold(told.english)));
        Self { folded: fold(&column.header), told }
    }
}

/// A pair by the header as it stands or, where that says less, by what it says in English.
fn read(
    column: &Column,
    header: &Header,
    target: &Target,
    memory: &HashMap<String, String>,
) -> Option<(f64, Class, String, Option<Transform>)> {
    let plain = score(column, &header.folded, target, memory);
    let told = header
        .told
        .as_ref()
        .and_then(|(told, english)| Some((told, score(column, english, target, memory)?)))
        // Nearly alike in translation is a guess upon a guess.
        .filter(|(_, (_, class, ..))| *class == Class::Certain);
    match (plain, told) {
        (plain, Some((told, (score, class, _, transform))))
            if plain.as_ref().is_none_or(|plain| plain.0 < score - 0.01) =>
        {
            let reason = format!("{} for “{}”.", told.language, told.english);
            Some((score - 0.01, class, reason, transform))
        }
        (plain, _) => plain,
    }
}

/// The least likeness of spellings that is worth a proposal, 0 to 1.
const NEAREST: f64 = 0.6;
/// Letters of the longest header that is compared for likeness; the work grows with them.
const LONGEST: usize = 100;

fn score(
    column: &Column,
    header: &str,
    target: &Target,
    memory: &HashMap<String, String>,
) -> Option<(f64, Class, String, Option<Transform>)> {
    if memory.get(header).is_some_and(|path| *path == target.path) {
        return Some((1.2, Class::Certain, "Your company mapped this header so before.".into(), None));
    }
    if let Some(flag) = target.field.and_then(|field| flag(field, header, column)) {
        let reason = match &flag {
            Transform::Flag { yes, no } => format!("Yes becomes {yes}, no becomes {no}."),
            _ => String::new(),
        };
        return Some((1.1, Class::Certain, reason, Some(flag)));
    }
    let transform = target.field.and_then(|field| of_kind(field, column));
    let ids =
        !column.samples.is_empty() && column.samples.iter().all(|s| uuid::Uuid::try_parse(s.trim()).is_ok());
    if target.name() == "id" {
        let named = target.exact.iter().any(|name| name == header);
        return (ids && named).then(|| (1.15, Class::Certain, "The values are ids of records.".into(), None));
    }
    if column.header.trim_end().ends_with('?') && target.field.is_some_and(|field| field.kind != Kind::Bool) {
        // It asks for yes or no.
        return None;
    }
    if target.exact.iter().any(|name| name == header) {
        return Some((1.0, Class::Certain, "The header names the field.".into(), transform));
    }
    let fits = target.field.is_some_and(|field| fits(field, column));
    if target.composed.iter().any(|name| name == header) {
        return Some((0.95, Class::Certain, "The header names the record and the field.".into(), transform));
    }
    if !fits || column.kind == ColumnKind::Empty {
        return None;
    }
    let letters = header.chars().take(LONGEST + 1).count();
    if !(3..=LONGEST).contains(&letters) {
        return None;
    }
    let near = target
        .exact
        .iter()
        .chain(&target.composed)
        .filter_map(|name| {
            let other = name.chars().count();
            let (shorter, longer) = (letters.min(other) as f64, letters.max(other) as f64);
            // So much longer or shorter it cannot read nearly alike.
            (shorter >= NEAREST * longer).then(|| 1.0 - strsim::osa_distance(header, name) as f64 / longer)
        })
        .max_by(f64::total_cmp)?;
    let class = if near >= 0.85 { Class::Likely } else { Class::Weak };
    (near >= NEAREST).then(|| {
        (near * 0.8, class, "The header reads nearly like the field's, and the values fit.".into(), transform)
    })
}
