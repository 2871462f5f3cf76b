//! What holds of the mapping of any file, whatever its headers and values: the fuzzer (`fuzz/`) and the tests ask the same.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use model::value::fold;
use tabular::{Hints, Limits, Member};
use work::import::{Asked, Class, DATA_TYPES, DataType, Knowledge, Mapping, look, targets};

/// Reads a text of cells parted by tabs as this data type (none: whichever it looks like) and maps its columns. `known`
/// says what the mapper knows of the tenant: by bits earlier choices, and fields of its own. Returns how many sheets have
/// a mapping.
pub fn map(path: &Path, kind: Option<&'static DataType>, known: u8) -> usize {
    let hints = Hints { delimiter: Some(b'\t'), ..Hints::default() };
    let Ok(members) = tabular::open(path, "file.txt", &Limits::default(), &hints) else { return 0 };
    let knowledge = knowledge(&members, kind, known);
    let asked = Asked { kind, ..Asked::default() };
    let Ok(found) = look(&members, &knowledge, &asked) else { return 0 };
    let again = look(&members, &knowledge, &asked).unwrap();
    let mut mappings = 0;
    for (found, again) in found.iter().zip(&again) {
        assert_eq!(found.mapping, again.mapping, "the same file is mapped the same");
        let Some(mapping) = &found.mapping else {
            assert!(kind.is_none(), "what a file holds was said");
            continue;
        };
        holds(mapping, &found.detection.headers, kind, &knowledge);
        mappings += 1;
    }
    mappings
}

/// What no mapping may miss.
fn holds(mapping: &Mapping, headers: &[String], asked: Option<&DataType>, knowledge: &Knowledge) {
    let kind = DATA_TYPES.iter().find(|kind| kind.name == mapping.data_type).unwrap();
    assert!(asked.map_or(kind.offered, |asked| asked.name == kind.name), "{}", kind.name);
    let mut fields: BTreeSet<String> = targets(kind).into_iter().map(|target| target.path).collect();
    fields.extend(knowledge.custom.iter().map(|(entity, key, _)| format!("{entity}.attributes.{key}")));

    let others: BTreeSet<&String> = mapping.alternatives.iter().collect();
    assert!(others.len() == mapping.alternatives.len() && !others.contains(&mapping.data_type), "{others:?}");
    assert!(others.iter().all(|name| DATA_TYPES.iter().any(|kind| kind.offered && kind.name == **name)));

    assert_eq!(mapping.columns.len(), headers.len(), "every column of the file has its line");
    let names: BTreeSet<&String> = mapping.columns.iter().map(|column| &column.header).collect();
    assert_eq!(names.len(), headers.len(), "a column is named by its header: {names:?}");
    let mut given = BTreeSet::new();
    for target in mapping.targets() {
        assert!(fields.contains(target), "{target} is no field of {}", kind.name);
        assert!(given.insert(target), "two columns give {target}");
    }
    for (at, column) in mapping.columns.iter().enumerate() {
        assert_eq!(column.index, at);
        assert!(
            column.target.is_none() || column.class > Class::Weak,
            "taken without being sure: {column:?}"
        );
        assert!(!column.reason.is_empty() && column.proposals.len() <= 3, "{column:?}");
        assert!(column.proposals.iter().all(|path| fields.contains(path)), "{column:?}");
    }
    for made in &mapping.made {
        assert!(made.from.iter().all(|header| names.contains(header)), "{made:?}");
        let given = |column: &&work::import::ColumnMapping| made.from.contains(&column.header);
        assert!(mapping.columns.iter().filter(given).all(|column| column.target.is_none()), "{made:?}");
    }
    let stored = serde_json::to_string(mapping).unwrap();
    assert!(!stored.contains("\\u0000"), "the database takes no text with a zero in it: {stored}");
    assert_eq!(*mapping, serde_json::from_str::<Mapping>(&stored).unwrap());
}

/// What the mapper may know: that a header gave some field before, and a field that is called as a header is.
fn knowledge(members: &[Member], kind: Option<&'static DataType>, known: u8) -> Knowledge {
    let kind = kind.unwrap_or(&DATA_TYPES[usize::from(known) % DATA_TYPES.len()]);
    let sheets = members.iter().filter_map(|member| member.sheets().ok()).flatten();
    let headers: Vec<&str> =
        sheets.flat_map(|sheet| &sheet.columns).map(|column| column.header.as_str()).collect();
    let fields = targets(kind);
    let before = headers.iter().enumerate().filter(|(at, _)| known >> (at % 8) & 1 == 1);
    let before = before.map(|(at, header)| {
        (fold(header), fields[(at * 7 + usize::from(known)) % fields.len()].path.clone())
    });
    let label = headers.get(usize::from(known) % headers.len().max(1)).unwrap_or(&"Rating").to_string();
    let own = (kind.parts[0].entity.to_owned(), "rating".to_owned(), label);
    Knowledge {
        custom: if known & 1 == 1 { vec![own] } else { vec![] },
        memory: HashMap::from([(kind.name.to_owned(), before.collect())]),
        ..Knowledge::default()
    }
}
