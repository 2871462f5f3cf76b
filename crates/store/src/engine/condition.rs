//! Filters as conditions of SQL.

use model::{
    caller::Caller,
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    query::{Archived, Filter, Target, Test, has_index, linked},
};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    sight::Sight,
    values::arg,
    writer::{Alias, Writer},
};

/// The fewest characters that a trigram index can look for.
pub const TRIGRAM: usize = 3;

/// Writes the conditions that hold of every record of a list, beside its search and page: tenant, sight,
/// archive mode, filters.
///
/// # Errors
/// `forbidden` for a filter over a link whose records the caller may not see.
pub fn common(
    w: &mut Writer,
    caller: &Caller,
    entity: &'static Entity,
    sight: &Sight,
    archived: Archived,
    filters: &[Filter],
) -> Result<(), Problem> {
    w.tenant(Alias::MAIN);
    match archived {
        _ if !entity.archives => {}
        Archived::Without => _ = w.put(" and t.archived_at is null"),
        Archived::Only => _ = w.put(" and t.archived_at is not null"),
        Archived::With => {}
    }
    sight.and(w, entity, Alias::MAIN)?;
    for filter in filters {
        w.put(" and ");
        match &filter.target {
            Target::Own(field) => own(w, entity, Alias::MAIN, field, &filter.test)?,
            Target::Custom(key) => custom(w, key, &filter.test),
            Target::Linked { link, field } => {
                let target = linked(link)?;
                let sight = Sight::of(caller, target, "view")?;
                let there = Alias("l", None);
                w.put("exists (select from ").name(target.name).put(" l where ").tenant(there);
                w.put(" and l.id = ").column(Alias::MAIN, link.name).put(" and ");
                own(w, target, there, field, &filter.test)?;
                sight.and(w, target, there)?;
                w.put(")");
            }
        }
    }
    Ok(())
}

/// Whether an index answers the filter; the others run under a time limit.
pub fn is_quick(entity: &Entity, filter: &Filter) -> bool {
    let Target::Own(field) = &filter.target else { return false };
    has_index(field)
        && match &filter.test {
            Test::Ne(_) | Test::IsNull(_) | Test::Like(_) => false,
            Test::Contains(text) => by_trigrams(entity, field, text),
            _ => true,
        }
}

/// `search_text` of a searchable entity holds its indexed texts, so its index narrows a search in one of them.
fn by_trigrams(entity: &Entity, field: &Field, text: &str) -> bool {
    let is_text = matches!(
        field.kind,
        Kind::Text { .. } | Kind::Paragraph { .. } | Kind::Code | Kind::Email | Kind::Phone | Kind::Url
    );
    entity.searchable && field.indexed && is_text && text.chars().count() >= TRIGRAM
}

/// A value as a parameter; normalised where a column of its own holds it so. Choices and truth values stand in the text:
/// there are few of each, and a plan that is kept knows how common this one is.
fn bind(w: &mut Writer, field: &Field, value: &Value) -> Result<(), Problem> {
    match (field.kind, value) {
        (Kind::Choice(choices), Value::String(text)) => {
            let plain = |value: &str| value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if let Some(choice) = choices.iter().find(|choice| choice.value == text && plain(choice.value)) {
                w.literal(choice.value);
                return Ok(());
            }
        }
        (Kind::Bool, Value::Bool(value)) => {
            w.put(if *value { "true" } else { "false" });
            return Ok(());
        }
        _ => {}
    }
    let arg = match value {
        Value::String(text) if field.key.is_some() => text.trim().to_lowercase().into(),
        value => arg(field.kind, value)
            .ok_or_else(|| Problem::internal(format!("a value of `{}` is not canonical", field.name)))?,
    };
    w.bind(arg);
    Ok(())
}

fn own(
    w: &mut Writer,
    entity: &Entity,
    alias: Alias,
    field: &'static Field,
    test: &Test,
) -> Result<(), Problem> {
    let left = |w: &mut Writer| _ = w.column(alias, field.key.unwrap_or(field.name));
    let compare = |w: &mut Writer, operator: &'static str, value: &Value| {
        left(w);
        w.put(operator);
        bind(w, field, value)
    };
    match test {
        Test::Eq(value) => compare(w, " = ", value)?,
        Test::Ne(value) => compare(w, " is distinct from ", value)?,
        Test::Lt(value) => compare(w, " < ", value)?,
        Test::Lte(value) => compare(w, " <= ", value)?,
        Test::Gt(value) => compare(w, " > ", value)?,
        Test::Gte(value) => compare(w, " >= ", value)?,
        Test::Between(low, high) => {
            compare(w, " >= ", low)?;
            w.put(" and ");
            compare(w, " <= ", high)?;
        }
        Test::In(values) => {
            left(w);
            for (number, value) in values.iter().enumerate() {
                w.put(if number == 0 { " in (" } else { ", " });
                bind(w, field, value)?;
            }
            w.put(")");
        }
        Test::IsNull(is) => {
            w.column(alias, field.name).put(if *is { " is null" } else { " is not null" });
        }
        Test::Like(pattern) => _ = w.column(alias, field.name).put(" like ").bind(pattern.clone()),
        Test::Contains(word) if field.kind == Kind::Tags => {
            w.column(alias, field.name).put(" @> ").bind(vec![word.trim().to_owned()]);
        }
        Test::Contains(text) => {
            if by_trigrams(entity, field, text) {
                w.alias(alias).put(".search_text like ").bind(containing(&text.to_lowercase())).put(" and ");
            }
            w.column(alias, field.name).put(" ilike ").bind(containing(text));
        }
    }
    Ok(())
}

/// The pattern of texts that contain this one.
pub fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A custom field: equal as text; less and greater as a number where the value looked for is one.
fn custom(w: &mut Writer, key: &str, test: &Test) {
    fn value(w: &mut Writer, key: &str) {
        w.put("(t.attributes ->> ").bind(key.to_owned()).put(")");
    }
    fn compare(w: &mut Writer, key: &str, operator: &'static str, wanted: &Value) {
        let text = wanted.as_str().unwrap_or_default();
        match text.parse::<Decimal>() {
            // The value may be text in another record; a cast of that would fail the whole list.
            Ok(number) => {
                w.put("case when ");
                value(w, key);
                w.put(" ~ '^-?[0-9]{1,28}(\\.[0-9]{1,28})?$' then ");
                value(w, key);
                w.put("::numeric end").put(operator).bind(number);
            }
            Err(_) => {
                value(w, key);
                w.put(" collate \"C\"").put(operator).bind(text.to_owned());
            }
        }
    }
    match test {
        Test::Eq(wanted) | Test::Ne(wanted) => {
            value(w, key);
            w.put(if matches!(test, Test::Eq(_)) { " = " } else { " is distinct from " });
            w.bind(wanted.as_str().unwrap_or_default().to_owned());
        }
        Test::Lt(wanted) => compare(w, key, " < ", wanted),
        Test::Lte(wanted) => compare(w, key, " <= ", wanted),
        Test::Gt(wanted) => compare(w, key, " > ", wanted),
        Test::Gte(wanted) => compare(w, key, " >= ", wanted),
        Test::Between(low, high) => {
            compare(w, key, " >= ", low);
            w.put(" and ");
            compare(w, key, " <= ", high);
        }
        Test::In(values) => {
            let texts: Vec<String> = values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect();
            value(w, key);
            w.put(" = any(").bind(texts).put(")");
        }
        Test::IsNull(is) => {
            value(w, key);
            w.put(if *is { " is null" } else { " is not null" });
        }
        Test::Like(pattern) => {
            value(w, key);
            w.put(" like ").bind(pattern.clone());
        }
        Test::Contains(text) => {
            value(w, key);
            w.put(" ilike ").bind(containing(text));
        }
    }
}
