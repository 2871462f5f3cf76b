//! Columns that the program keeps itself: no file gives them, and still they tell what a file holds.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use model::value::fold;
use tabular::Column;

use super::{
    tongues,
    types::{DATA_TYPES, DataType, Part},
};

/// By data type, how headers name what the program keeps itself of its records, folded.
static KEPT: LazyLock<HashMap<&str, HashSet<String>>> = LazyLock::new(|| {
    let of_part = |part: &Part| {
        let entity = part.description();
        let fields = entity.fields.iter().chain(entity.standard()).filter(|field| !part.takes(field));
        let names = fields.flat_map(|field| {
            [field.name, field.label.en, field.label.th].into_iter().chain(field.synonyms.iter().copied())
        });
        names.map(fold).filter(|name| !name.is_empty()).collect::<Vec<_>>()
    };
    DATA_TYPES.iter().map(|kind| (kind.name, kind.parts.iter().flat_map(of_part).collect())).collect()
});

/// Whether a column holds what the program keeps itself of such records.
pub fn is_kept(data_type: &DataType, column: &Column) -> bool {
    KEPT.get(data_type.name).is_some_and(|names| {
        names.contains(&fold(&column.header))
            || tongues::english(&column.header).is_some_and(|told| names.contains(&fold(told.english)))
    })
}
