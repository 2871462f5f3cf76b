//! Which records of a list, in which order and with which columns, as tables keep it: of saved views and of exports.

use serde_json::{Map, Value, json};

use super::ListQuery;
use crate::{
    Document,
    entity::Entity,
    field::{Field, Read},
    problem::{FieldError, Problem},
    value::{codes, nearest},
};

/// What a list asks for, apart from its page: the fields `filter`, `sort` and `columns` of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// Parameters that narrow the list, by name: `{"filter[status]": "ACTIVE", "q": "blue"}`; an array where a parameter is
    /// given more than once.
    pub filter: Document,
    /// Sort keys in order, as `sort` has them: `["-created_at", "name"]`.
    pub sort: Vec<String>,
    /// Names of fields in order; the usual ones where empty.
    pub columns: Vec<String>,
}

impl Kept {
    /// What the parameters of an address ask for; those of the page it stands at are left out.
    pub fn of(pairs: &[(String, String)]) -> Self {
        let list = |text: &str| {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let mut kept = Self::default();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "sort" => kept.sort = list(value),
                "columns" => kept.columns = list(value),
                name if narrows(name) => match kept.filter.get_mut(name) {
                    None => _ = kept.filter.insert(name.to_owned(), json!(value)),
                    Some(Value::Array(values)) => values.push(json!(value)),
                    Some(one) => *one = json!([one.take(), value]),
                },
                _ => {}
            }
        }
        kept
    }

    /// What a record keeps; what cannot be read there asks for nothing.
    pub fn read(record: &Map<String, Value>) -> Self {
        let texts = |name: &str| {
            let words = record.get(name).and_then(Value::as_array).into_iter().flatten();
            words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        let filter = record.get("filter").and_then(Value::as_object).cloned().unwrap_or_default();
        Self { filter, sort: texts("sort"), columns: texts("columns") }
    }

    /// The fields as a record has them.
    pub fn document(&self) -> Document {
        let fields =
            [("filter", json!(self.filter)), ("sort", json!(self.sort)), ("columns", json!(self.columns))];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The parameters of the address that asks for it.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut pairs = vec![];
        for (name, value) in &self.filter {
            match value {
                Value::Array(values) => pairs.extend(values.iter().map(|value| (name.clone(), text(value)))),
                value => pairs.push((name.clone(), text(value))),
            }
        }
        for (name, words) in [("sort", &self.sort), ("columns", &self.columns)] {
            if !words.is_empty() {
                pairs.push((name.to_owned(), words.join(",")));
            }
        }
        pairs
    }

    /// The list that it asks for.
    ///
    /// # Errors
    /// `invalid` naming a parameter that narrows nothing; else as [`ListQuery::parse`].
    pub fn query(&self, entity: &'static Entity) -> Result<ListQuery, Problem> {
        if let Some(name) = self.filter.keys().find(|name| !narrows(name)) {
            let message = format!(
                "`{name}` does not narrow a list. Name parameters of a list: `filter[status]`, `q`, `archived`."
            );
            return Err(Problem::invalid(vec![
                FieldError::new("filter", &codes::UNKNOWN_FIELD, message).value(name.clone()),
            ]));
        }
        let pairs = self.pairs();
        let asked: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "columns").collect();
        ListQuery::parse(entity, &asked)
    }

    /// The columns, in their order; none means the usual ones.
    ///
    /// # Errors
    /// `invalid` naming each that is no field which people may read.
    pub fn fields(&self, entity: &'static Entity) -> Result<Vec<&'static Field>, Problem> {
        let readable = |field: &&'static Field| field.read != Read::Nobody;
        let names = || entity.fields.iter().chain(entity.standard()).filter(readable).map(|field| field.name);
        let (mut fields, mut errors) = (vec![], vec![]);
        for name in &self.columns {
            match entity.any_field(name).filter(|field| field.read != Read::Nobody) {
                Some(field) => fields.push(field),
                None => {
                    let message = format!("{} have no field `{name}`.", entity.plural.en);
                    let error = FieldError::new("columns", &codes::UNKNOWN_FIELD, message);
                    errors.push(error.value(name.clone()).suggest(nearest(name, names())));
                }
            }
        }
        if errors.is_empty() { Ok(fields) } else { Err(Problem::invalid(errors)) }
    }
}

/// Whether a parameter says which records a list holds.
fn narrows(name: &str) -> bool {
    name.starts_with("filter[") || matches!(name, "q" | "archived")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    fn pairs(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_address_and_what_is_kept_of_it_ask_for_the_same() {
        let asked = pairs(&[
            ("filter[name][contains]", "blue"),
            ("filter[name][contains]", "heron"),
            ("q", "x"),
            ("sort", "-created_at,name"),
            ("columns", "name,city"),
            ("after", "cursor"),
        ]);
        let kept = Kept::of(&asked);
        assert_eq!(kept.filter["filter[name][contains]"], json!(["blue", "heron"]));
        assert_eq!(kept.pairs(), asked[..5]);
        assert_eq!(Kept::read(&kept.document()), kept);
    }

    #[test]
    fn what_no_list_knows_is_named() {
        let customers = registry::entity("customers").unwrap();
        let of = |texts: &[(&str, &str)]| Kept::of(&pairs(texts));
        assert!(of(&[("filter[status]", "ACTIVE"), ("sort", "name")]).query(customers).is_ok());
        assert!(of(&[("filter[stattus]", "ACTIVE")]).query(customers).is_err());
        let foreign = json!({ "limit": "3" });
        let foreign = Kept { filter: foreign.as_object().unwrap().clone(), ..Kept::default() };
        assert_eq!(foreign.query(customers).unwrap_err().field_errors()[0].field, "filter");
        let wrong = of(&[("columns", "name,citty")]).fields(customers).unwrap_err();
        assert_eq!(wrong.field_errors()[0].suggestion.as_deref(), Some("city"));
    }
}
