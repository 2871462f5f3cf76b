//! The committed description is the one the program gives.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::Value;
use web::{openapi, reference, routes};

/// `TENANTRY_REWRITE=1 cargo test -p web --test api` writes the files anew.
#[test]
fn the_committed_descriptions_are_current() {
    same("openapi.json", &openapi::text());
    same("operations.md", reference::operations_page().as_bytes());
}

fn same(name: &str, text: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if env::var_os("TENANTRY_REWRITE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read(&path).unwrap_or_default();
    assert!(committed == text, "docs/{name} is not current; run this test with TENANTRY_REWRITE=1");
}

#[test]
fn every_route_is_described_once_under_a_name_of_its_own() {
    let document = openapi::document();
    let mut names = BTreeSet::new();
    let programs = || routes().iter().filter(|route| !route.is_page());
    for route in programs() {
        let operation = &document["paths"][&route.path][route.method.as_str().to_lowercase()];
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{route:?} is not described"));
        assert!(names.insert(name.to_owned()), "{name} names two addresses");
    }
    let described: usize = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|methods| methods.as_object().unwrap().len())
        .sum();
    assert_eq!(described, programs().count());
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi::document();
    let mut references = vec![];
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

#[test]
fn every_create_shows_an_example_that_the_reader_of_values_takes() {
    use model::{
        entity::Writes,
        registry,
        value::{Author, Mode, validate},
    };
    let document = openapi::document();
    for entity in registry::ENTITIES.iter().filter(|entity| entity.writes == Writes::All) {
        let body = &document["paths"][format!("/api/v1/{}", entity.name)]["post"]["requestBody"]["content"];
        let example = body["application/json"]["example"].as_object().cloned().unwrap_or_default();
        if let Err(errors) = validate(entity, example, Mode::Create, Author::Staff) {
            panic!("the example of {}: {errors:?}", entity.name);
        }
    }
}
