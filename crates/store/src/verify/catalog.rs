//! Do the descriptions and the database agree? Columns, types, defaults, keys, choices, links, rules, indexes and
//! classes, each both ways.

mod facts;

use std::collections::BTreeSet;

use model::{
    entity::{Entity, Writes},
    field::{Choice, Field, Kind, NOW},
    problem::Problem,
    registry::{ENTITIES, NOT_ENTITIES},
    value::{Format, parse_text},
};
use serde_json::{Value, json};
use tokio_postgres::GenericClient;

use self::facts::{Column, Constraint, Table};
use super::Finding;

/// Everything in which an entity's description and its table differ, and every table that is neither described nor
/// listed as no entity.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn drift(client: &impl GenericClient) -> Result<Vec<Finding>, Problem> {
    let tables = facts::read(client).await?;
    let mut drift = Drift { findings: vec![], subject: String::new() };
    for entity in ENTITIES.iter() {
        drift.subject = entity.name.to_owned();
        match tables.get(entity.name) {
            Some(table) => drift.compare(entity, table),
            None => drift.found("has a description and no table"),
        }
    }
    for name in tables.keys() {
        let known =
            ENTITIES.iter().any(|e| e.name == name) || NOT_ENTITIES.iter().any(|(table, _)| table == name);
        if !known {
            drift.subject.clone_from(name);
            drift.found("has a table and no description");
        }
    }
    for (name, _) in NOT_ENTITIES.iter().filter(|(name, _)| !tables.contains_key(*name)) {
        drift.subject = (*name).to_owned();
        drift.found("is listed as no entity and has no table");
    }
    Ok(drift.findings)
}

struct Drift {
    findings: Vec<Finding>,
    subject: String,
}

impl Drift {
    fn found(&mut self, detail: impl Into<String>) {
        self.findings.push(Finding { rule: "drift", subject: self.subject.clone(), detail: detail.into() });
    }

    fn compare(&mut self, entity: &Entity, table: &Table) {
        if table.class != entity.class.name() {
            self.found(format!("is of class {} and described as {}", table.class, entity.class.name()));
        }
        self.columns(entity, table);
        for field in entity.fields.iter().chain(entity.standard()) {
            match table.column(field.name) {
                Some(column) => self.field(entity, field, column, table),
                None => self.found(format!("{} has a description and no column", field.name)),
            }
        }
        self.keys(entity, table);
        self.links(entity, table);
        self.rules(entity, table);
        let trigram =
            |index: &facts::Index| index.columns.last().is_some_and(|column| column == "search_text");
        if entity.searchable && !table.indexes.iter().any(trigram) {
            self.found("is searchable and search_text has no index");
        }
    }

    /// Every column is described, standard, internal, or one of those that the engine knows.
    fn columns(&mut self, entity: &Entity, table: &Table) {
        for column in &table.columns {
            let name = column.name.as_str();
            let known = match name {
                "tenant_id" => true,
                "attributes" => entity.custom_fields,
                "search_text" => entity.searchable && column.generated,
                _ => {
                    entity.any_field(name).is_some()
                        || entity.internal.contains(&name)
                        || (column.generated && entity.fields.iter().any(|field| field.key == Some(name)))
                }
            };
            if !known {
                self.found(format!("{name} has a column and no description"));
            }
        }
        let engine = [("attributes", entity.custom_fields), ("search_text", entity.searchable)];
        let wanted = engine.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name);
        let keys = entity.fields.iter().filter_map(|field| field.key);
        for name in wanted.chain(keys).chain(entity.internal.iter().copied()) {
            if table.column(name).is_none() {
                self.found(format!("{name} is described and has no column"));
            }
        }
    }

    fn field(&mut self, entity: &Entity, field: &Field, column: &Column, table: &Table) {
        let name = field.name;
        if column.sql_type != field.kind.sql_type() {
            self.found(format!("{name} is {} and described as {}", column.sql_type, field.kind.sql_type()));
        }
        if entity.field(name).is_some() && !column.generated {
            let needed = field.required || field.default.is_some();
            if column.not_null != needed {
                let (is, said) =
                    if needed { ("may be null", "required") } else { ("is not null", "optional") };
                self.found(format!("{name} {is} and is described as {said}"));
            }
            self.default(field, column.default.as_deref());
        }
        let choices = format!("{}_{name}_choice", entity.name);
        let allowed = table.constraints.iter().find(|constraint| constraint.name == choices).map(quoted);
        let described = if let Kind::Choice(choices) = field.kind { Some(values(choices)) } else { None };
        if allowed != described {
            self.found(format!("{name} allows {allowed:?} and is described as {described:?}"));
        }
        self.indexes(field, column, table);
    }

    fn default(&mut self, field: &Field, expression: Option<&str>) {
        let same = match (expression, field.default) {
            (None, None) => true,
            (Some("now()"), Some(default)) => default == NOW,
            (Some(expression), Some(default)) => literal(field, expression)
                .is_some_and(|value| Ok(value) == serde_json::from_str(default).map_err(|_| ())),
            _ => false,
        };
        if !same {
            let described = field.default.unwrap_or("none");
            self.found(format!("{} has the default {expression:?}, described as {described}", field.name));
        }
    }

    /// The indexes that `sortable` and `indexed` promise.
    fn indexes(&mut self, field: &Field, column: &Column, table: &Table) {
        let compared = field.key.unwrap_or(field.name);
        let has = |wanted: &[&str], unique: bool| {
            table.indexes.iter().any(|index| {
                let whole =
                    index.condition.is_empty() || index.condition == format!("{compared} IS NOT NULL");
                let begins = index.columns.len() >= wanted.len()
                    && index.columns.iter().zip(wanted).all(|(a, b)| a == b);
                whole && begins && (!unique || (index.unique && index.columns.len() == wanted.len()))
            })
        };
        // A table partitioned by id has its key in the order of time.
        if field.indexed && field.name != "id" && !has(&["tenant_id", compared], false) {
            self.found(format!("{} is described as indexed and has no index", field.name));
        }
        if !field.sortable {
            return;
        }
        let name = field.name;
        let up = has(&["tenant_id", name, "id"], false) || has(&["tenant_id", name], true);
        let down = column.not_null
            || has(&["tenant_id", &format!("{name} desc nulls last"), "id desc nulls last"], false)
            || has(&["tenant_id", &format!("{name} desc nulls last"), "id desc"], false);
        if !up || !down {
            let way = if up { "downwards" } else { "upwards" };
            self.found(format!("{name} is described as sortable and has no index {way}"));
        }
    }

    /// The unique constraints, but those that only serve links (they contain `id`) and internal columns.
    fn keys(&mut self, entity: &Entity, table: &Table) {
        let column = |name: &&'static str| entity.field(name).and_then(|field| field.key).unwrap_or(name);
        let described: BTreeSet<(String, Vec<String>)> = entity
            .keys
            .iter()
            .map(|key| {
                (key.constraint.to_owned(), key.fields.iter().map(|name| column(name).to_owned()).collect())
            })
            .collect();
        let held: BTreeSet<(String, Vec<String>)> = table
            .of_kind('u')
            .map(|constraint| (constraint.name.clone(), constraint.columns[1..].to_vec()))
            .filter(|(_, columns)| {
                !columns.iter().any(|c| c == "id" || entity.internal.contains(&c.as_str()))
            })
            .collect();
        for (name, columns) in held.difference(&described) {
            self.found(format!("the key {name} of {} is not described so", columns.join(", ")));
        }
        for (name, columns) in described.difference(&held) {
            self.found(format!("the key {name} of {} is described and not held so", columns.join(", ")));
        }
    }

    /// Every link is a foreign key and every foreign key a link. Partitioned logs have none.
    fn links(&mut self, entity: &Entity, table: &Table) {
        let holds = |column: &str, target: &str| {
            table
                .of_kind('f')
                .any(|key| key.target.as_deref() == Some(target) && key.columns.iter().any(|c| c == column))
        };
        for field in entity.fields {
            let Some(target) = field.link() else { continue };
            let carried = field.carried.is_some_and(|link| {
                table
                    .of_kind('f')
                    .any(|key| [link, field.name].iter().all(|name| key.columns.iter().any(|c| c == name)))
            });
            if !table.partitioned && !carried && !holds(field.name, target) {
                self.found(format!(
                    "{} is described as a link to {target} and no foreign key says so",
                    field.name
                ));
            }
        }
        for key in table.of_kind('f').filter(|key| key.target.as_deref() != Some("tenants")) {
            let linked = key.columns.get(1).and_then(|column| entity.field(column)).and_then(Field::link);
            if linked != key.target.as_deref() {
                self.found(format!("the foreign key {} is not described as a link", key.name));
            }
        }
    }

    /// Rules of the database over callers' values are rules of the description, so that a form and an import tell them.
    fn rules(&mut self, entity: &Entity, table: &Table) {
        for check in entity.checks.iter().filter_map(|check| check.constraint) {
            if !table.of_kind('c').any(|constraint| constraint.name == check) {
                self.found(format!("the rule {check} is described and not held"));
            }
        }
        if entity.writes == Writes::None {
            return;
        }
        let bounded = |column: &String| {
            entity.internal.contains(&column.as_str())
                || entity.field(column).is_some_and(|field| {
                    field.non_negative
                        || matches!(field.kind, Kind::Integer { .. } | Kind::Currency | Kind::Choice(_))
                })
        };
        for constraint in table.of_kind('c') {
            let described =
                entity.checks.iter().any(|check| check.constraint == Some(constraint.name.as_str()));
            if !described && !constraint.columns.iter().all(bounded) {
                self.found(format!("the rule {} is held and not described", constraint.name));
            }
        }
    }
}

fn values(choices: &'static [Choice]) -> Vec<String> {
    choices.iter().map(|choice| choice.value.to_owned()).collect()
}

/// The texts in quotes of a constraint, in order.
fn quoted(constraint: &Constraint) -> Vec<String> {
    constraint.definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The canonical value of a default such as `'ACTIVE'::text`, `0` or `'{}'::text[]`.
fn literal(field: &Field, expression: &str) -> Option<Value> {
    let text = expression.split("::").next()?.trim_matches(['\'', '(', ')']);
    match field.kind {
        Kind::Tags => (text == "{}").then(|| json!([])),
        _ => parse_text(field, text, &Format::canonical()).ok(),
    }
}
