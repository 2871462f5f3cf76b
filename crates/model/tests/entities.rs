//! What must hold of every description.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    entity::{Entity, Writes},
    field::{Field, Kind, NOW, Read, Write},
    registry::{ENTITIES, NOT_ENTITIES, entity},
    value::{Author, Format, Mode, fold, parse_json, parse_text, validate},
};
use serde_json::{Value, json};

/// Every entity's own fields.
fn fields() -> impl Iterator<Item = (&'static Entity, &'static Field)> {
    ENTITIES.iter().flat_map(|entity| entity.fields.iter().map(move |field| (*entity, field)))
}

fn is_snake(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn names_are_told_apart() {
    let names: BTreeSet<&str> = ENTITIES.iter().map(|entity| entity.name).collect();
    let singulars: BTreeSet<&str> = ENTITIES.iter().map(|entity| entity.singular).collect();
    assert_eq!((names.len(), singulars.len()), (ENTITIES.len(), ENTITIES.len()));
    for entity in ENTITIES.iter() {
        assert!(is_snake(entity.name) && is_snake(entity.singular), "{}", entity.name);
        assert!(entity.name.ends_with('s') || entity.name == "inventory", "{} is not plural", entity.name);
        let own: BTreeSet<&str> = entity.fields.iter().map(|field| field.name).collect();
        assert_eq!(own.len(), entity.fields.len(), "{} names a field twice", entity.name);
        assert!(entity.fields.iter().all(|field| is_snake(field.name)));
        assert!(entity.standard().all(|field| entity.field(field.name).is_none()), "{}", entity.name);
        assert!(NOT_ENTITIES.iter().all(|(table, why)| *table != entity.name && !why.is_empty()));
    }
}

#[test]
fn people_read_every_label_in_both_languages() {
    let thai = |text: &str| text.chars().any(|c| ('\u{e00}'..='\u{e7f}').contains(&c));
    for entity in ENTITIES.iter() {
        // The trade says SKU in Thai too.
        assert!(thai(entity.label.th) || entity.name == "skus", "{}", entity.name);
        assert!(thai(entity.plural.th) || entity.name == "skus", "{}", entity.name);
        assert!(entity.about.ends_with('.'), "{}", entity.name);
    }
    for (entity, field) in fields() {
        assert!(!field.label.en.is_empty(), "{}.{}", entity.name, field.name);
        let known = thai(field.label.th) || ["SKU", "LINE ID"].contains(&field.label.th);
        assert!(known, "{}.{} has no Thai label", entity.name, field.name);
        if let Kind::Choice(choices) = field.kind {
            assert!(choices.iter().all(|c| !c.label.en.is_empty() && !c.label.th.is_empty()));
        }
    }
}

#[test]
fn examples_are_valid_and_required_fields_have_one() {
    for (entity, field) in fields() {
        let name = format!("{}.{}", entity.name, field.name);
        assert!(!field.required || !field.example.is_empty(), "{name} has no example");
        if !field.example.is_empty() {
            let read = parse_text(field, field.example, &Format::canonical());
            assert!(read.as_ref().is_ok_and(|value| !value.is_null()), "{name}: {read:?}");
        }
    }
}

#[test]
fn defaults_are_canonical() {
    for (entity, field) in fields() {
        let name = format!("{}.{}", entity.name, field.name);
        match field.default {
            Some(NOW) => assert_eq!(field.kind, Kind::Timestamp, "{name}"),
            Some(json) => {
                let value: Value = serde_json::from_str(json).unwrap();
                assert_eq!(parse_json(field, &value), Ok(value), "{name}");
                assert!(!field.required, "{name} is required and has a default");
            }
            None => {}
        }
    }
}

/// A header leads to one field of an entity, whichever spelling it has.
#[test]
fn spellings_lead_to_one_field() {
    for entity in ENTITIES.iter() {
        let mut leads: BTreeMap<String, &str> = BTreeMap::new();
        let own = |field: &'static Field| [field.name, field.label.en, field.label.th].into_iter();
        // A field's own name and labels win over what others are called too.
        let taken: BTreeMap<String, &str> =
            entity.fields.iter().flat_map(|field| own(field).map(|text| (fold(text), field.name))).collect();
        for field in entity.fields {
            let link = field.link_name().into_iter();
            let spellings = own(field).chain(link).chain(field.synonyms.iter().copied());
            for spelling in spellings.chain(field.flags.iter().map(|flag| flag.header)) {
                let folded = fold(spelling);
                assert!(!folded.is_empty());
                let other = *leads.entry(folded.clone()).or_insert(field.name);
                assert_eq!(other, field.name, "{}: {spelling}", entity.name);
                let owner = taken.get(&folded).copied().unwrap_or(field.name);
                assert_eq!(owner, field.name, "{}: {spelling}", entity.name);
            }
            let folded: BTreeSet<String> = field.synonyms.iter().map(|s| fold(s)).collect();
            assert_eq!(
                folded.len(),
                field.synonyms.len(),
                "{}.{} has a synonym twice",
                entity.name,
                field.name
            );
        }
    }
}

#[test]
fn a_choice_is_meant_by_one_spelling_only() {
    for (entity, field) in fields() {
        let Kind::Choice(choices) = field.kind else { continue };
        let mut means: BTreeMap<String, &str> = BTreeMap::new();
        for choice in choices {
            for spelling in [choice.value, choice.label.en, choice.label.th].iter().chain(choice.synonyms) {
                let other = *means.entry(fold(spelling)).or_insert(choice.value);
                assert_eq!(other, choice.value, "{}.{}: {spelling}", entity.name, field.name);
            }
        }
        for flag in field.flags {
            assert!([flag.yes, flag.no].iter().all(|value| choices.iter().any(|c| c.value == *value)));
        }
    }
}

#[test]
fn links_children_and_paths_lead_somewhere() {
    for (entity_, field) in fields() {
        let name = format!("{}.{}", entity_.name, field.name);
        if let Some(target) = field.link() {
            assert!(entity(target).is_some(), "{name} links to {target}");
            assert!(field.name.ends_with("_id"), "{name}");
        }
        if let Some(link) = field.carried {
            let target = entity_.field(link).and_then(Field::link).and_then(entity).unwrap();
            assert!(target.field(field.name).is_some(), "{name} is not carried by {link}");
        }
    }
    for parent in ENTITIES.iter() {
        for child in parent.children {
            let field = entity(child.entity).and_then(|e| e.field(child.field));
            assert_eq!(field.and_then(Field::link), Some(parent.name), "{}/{}", parent.name, child.name);
            assert!(field.is_some_and(|f| f.indexed), "{}/{} has no index", parent.name, child.name);
        }
        let mut at = *parent;
        // Users own themselves, and exports and bulk changes are of whoever asked: a user or a token.
        let actors = [("users", "id"), ("export_jobs", "requested_by"), ("bulk_changes", "requested_by")];
        let path =
            parent.owner.iter().enumerate().filter(|(_, name)| !actors.contains(&(parent.name, **name)));
        for (step, name) in path {
            let field = at.field(name).unwrap_or_else(|| panic!("{}: no {name}", parent.name));
            let target = field.link().unwrap();
            assert_eq!(target == "users", step + 1 == parent.owner.len(), "{}", parent.name);
            at = entity(target).unwrap();
        }
        let named = parent.named_by.iter().chain([&parent.title]).filter(|name| **name != "id");
        let keyed = parent.keys.iter().flat_map(|key| key.fields);
        let matched = parent.matched_by.iter().copied().flatten();
        for name in named.chain(keyed).chain(matched) {
            assert!(parent.field(name).is_some(), "{}: no {name}", parent.name);
        }
    }
}

#[test]
fn flags_agree_with_each_other() {
    for (entity, field) in fields() {
        let name = format!("{}.{}", entity.name, field.name);
        assert!(!field.sortable || field.indexed, "{name}");
        assert!(field.read != Read::Nobody || field.write == Write::Never, "{name}");
        assert!(field.read != Read::Nobody || !field.listed, "{name}");
        assert!(!field.required || field.write != Write::Never, "{name} is required and nobody states it");
        assert!(!entity.internal.contains(&field.name), "{name} is internal and described");
    }
}

/// Every writable entity takes its own examples, which is what sample files are made of.
#[test]
fn a_record_of_examples_is_valid() {
    for entity in ENTITIES.iter().filter(|entity| entity.writes == Writes::All) {
        // Where one of several must be given, the examples would give all.
        let one_of: &[&str] = match entity.name {
            "price_list_assignments" => &["customer_id"],
            "price_list_entries" => &["product_id", "category_id", "discount_percent"],
            "product_lists" => &["portal_user_id"],
            "company_list_shares" => &["team_id"],
            _ => &[],
        };
        let doc = entity
            .fields
            .iter()
            .filter(|field| Author::Staff.writes(field, Mode::Create) && !one_of.contains(&field.name))
            .map(|field| {
                let id = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";
                let text = if field.link().is_some() { id } else { field.example };
                (field.name.to_owned(), parse_text(field, text, &Format::canonical()).unwrap())
            })
            .collect();
        let done = validate(entity, doc, Mode::Create, Author::Staff);
        assert!(done.is_ok(), "{}: {:?}", entity.name, done.err());
    }
}

/// Rules over several fields speak where all they need is known, and only there.
#[test]
fn rules_over_several_fields_are_told() {
    let told = |name: &str, doc: Value| {
        let Value::Object(doc) = doc else { panic!("an object") };
        let errors = model::value::run_checks(entity(name).unwrap(), &doc);
        errors.into_iter().map(|e| (e.field, e.code.into_owned())).collect::<Vec<_>>()
    };
    let one = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    let fine: Vec<(String, String)> = vec![];
    for (name, doc, wanted) in [
        ("contacts", json!({"customer_id": null, "company_id": null}), one("customer_id", "inconsistent")),
        ("contacts", json!({"customer_id": null}), fine.clone()),
        ("contacts", json!({"customer_id": null, "company_id": "x"}), fine.clone()),
        (
            "price_list_entries",
            json!({"price": "1", "discount_percent": "5"}),
            one("discount_percent", "inconsistent"),
        ),
        (
            "price_list_entries",
            json!({"price": null, "discount_percent": null}),
            one("price", "inconsistent"),
        ),
        (
            "price_lists",
            json!({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}),
            one("valid_to", "inconsistent"),
        ),
        ("price_lists", json!({"valid_from": "2026-02-01", "valid_to": "2026-02-01"}), fine.clone()),
        ("price_lists", json!({"id": "a", "parent_id": "a"}), one("parent_id", "inconsistent")),
        ("skus", json!({"volume_ml": "0.000"}), one("volume_ml", "too_small")),
        ("inventory", json!({"reserved": "2.000", "on_hand": "1.000"}), one("reserved", "inconsistent")),
        ("inventory_movements", json!({"quantity": "0.000"}), one("quantity", "too_small")),
        ("orders", json!({"status": "confirmed", "number": null}), one("number", "required")),
        ("orders", json!({"status": "draft", "number": null}), fine.clone()),
        (
            "orders",
            json!({"status": "cancelled", "cancel_reason": null, "imported": false}),
            one("cancel_reason", "required"),
        ),
        ("orders", json!({"status": "cancelled", "cancel_reason": null, "imported": true}), fine),
    ] {
        assert_eq!(told(name, doc.clone()), wanted, "{name}: {doc}");
    }
}
