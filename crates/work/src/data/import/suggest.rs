//! What a file holds: the data type whose fields explain its columns best.

use std::collections::HashMap;

use model::{
    field::Field,
    value::{Author, fold},
};
use tabular::SheetInfo;

use super::{
    mapping::{Class, Mapping},
    matcher::{map, targets, with_custom},
    types::{DATA_TYPES, DataType},
};

/// How well a mapping explains a file: the share of its columns that have a field, weighted by how sure they are,
/// more where the records can be told apart, less where a record could not be made.
fn worth(data_type: &DataType, mapping: &Mapping, file_name: &str) -> f64 {
    let filled = mapping.columns.iter().filter(|column| column.kind != "empty").count().max(1);
    let sure: f64 = mapping
        .columns
        .iter()
        .filter(|column| column.target.is_some() || mapping.is_joined(&column.header))
        .map(|column| if column.class == Class::Certain { 1.0 } else { 0.6 })
        .sum();
    let has = |path: String| mapping.targets().any(|target| target == path);
    let mut worth = sure / filled as f64;
    for (at, part) in data_type.parts.iter().enumerate() {
        let entity = part.description();
        let used = mapping
            .columns
            .iter()
            .any(|c| c.target.as_ref().is_some_and(|t| t.starts_with(&format!("{}.", part.entity))));
        if !used && at + 1 < data_type.parts.len() {
            continue;
        }
        let name = |field: &'static str| entity.field(field).and_then(Field::link_name).unwrap_or(field);
        let key = entity.upsert_key().map_or(&[][..], |key| key.fields);
        if at == 0
            && !key.is_empty()
            && key.iter().all(|field| has(format!("{}.{}", part.entity, name(field))))
        {
            worth += 0.15;
        }
        let missing = entity.fields.iter().filter(|field| {
            let given = part.of.iter().any(|(link, _)| *link == field.name)
                || part.sources(field.name).next().is_some();
            field.required
                && field.default.is_none()
                && Author::Import.sees(field)
                && !given
                && !has(format!("{}.{}", part.entity, name(field.name)))
        });
        worth -= 0.1 * missing.count() as f64;
    }
    let file = fold(file_name);
    let singular = data_type.parts.last().map_or("", |_| data_type.parts[0].description().singular);
    if [data_type.name, data_type.label.en, singular].iter().any(|name| file.contains(&fold(name))) {
        worth += 0.1;
    }
    worth
}

/// The mapping of the data type that explains the sheet best, the next best named in it; none where nothing does.
pub fn suggest(
    sheet: &SheetInfo,
    file_name: &str,
    custom: &[(String, String, String)],
    memory: impl Fn(&str) -> HashMap<String, String>,
) -> Option<Mapping> {
    let mut all: Vec<(f64, Mapping)> = DATA_TYPES
        .iter()
        .filter(|data_type| data_type.offered)
        .map(|data_type| {
            let targets = with_custom(targets(data_type), data_type, custom);
            let mapping = map(data_type, sheet, &targets, &memory(data_type.name), &[]);
            (worth(data_type, &mapping, file_name), mapping)
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let alternatives = all.iter().skip(1).take(3).map(|(_, mapping)| mapping.data_type.clone()).collect();
    let (worth, mut mapping) = all.into_iter().next()?;
    mapping.alternatives = alternatives;
    (worth > 0.3 && mapping.columns.iter().any(|column| column.target.is_some())).then_some(mapping)
}
