//! The parameters of a list and of a record, one by one.

use super::{
    Archived, Count, GetQuery, LONGEST_SEARCH, ListQuery, MOST, SearchQuery, Start, Target, View, filter,
    names::{self, bad, unknown},
    sort,
};
use crate::{
    entity::Entity,
    problem::{FieldError, Problem, codes},
};

/// The parameters of a list.
static PARAMETERS: [&str; 10] =
    ["filter", "q", "sort", "limit", "after", "before", "fields", "expand", "count", "archived"];
/// Most links expanded at once.
const MOST_LINKS: usize = 10;

impl ListQuery {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// `unknown_field` for a parameter, field, operator or link that does not exist, with the nearest name;
    /// `invalid` and `bad_request` for values that cannot be read.
    pub fn parse(entity: &'static Entity, pairs: &[(String, String)]) -> Result<Self, Problem> {
        let mut query = Self::default();
        for (name, value) in pairs {
            let value = value.as_str();
            match name.as_str() {
                filter if filter.starts_with("filter[") => {
                    query.filters.push(filter::parse(entity, name, value)?);
                }
                "q" => query.search = search(entity, value)?,
                "sort" => query.sort = sort::parse(entity, value)?,
                "limit" => query.limit = limit(value)?,
                "after" => query.start = begin(&query.start, name, value, Start::After)?,
                "before" => query.start = begin(&query.start, name, value, Start::Before)?,
                "count" => {
                    query.count = one_of(
                        name,
                        value,
                        &[("none", Count::None), ("capped", Count::Capped), ("exact", Count::Exact)],
                    )?;
                }
                "archived" => {
                    let modes =
                        [("without", Archived::Without), ("with", Archived::With), ("only", Archived::Only)];
                    query.archived = one_of(name, value, &modes)?;
                }
                other if query.view.take(entity, other, value)? => {}
                other => return Err(unknown_parameter(other, &PARAMETERS)),
            }
        }
        Ok(query)
    }

    /// Whether it looks at custom fields, whose keys only the tenant's own list knows.
    pub fn asks_custom(&self) -> bool {
        self.filters.iter().any(|filter| matches!(filter.target, Target::Custom(_)))
    }

    /// Refuses a filter over a custom field that the tenant does not have; `known` are the keys of those it has.
    ///
    /// # Errors
    /// `unknown_field` with the nearest name.
    pub fn check_custom(&self, entity: &Entity, known: &[&str]) -> Result<(), Problem> {
        filter::unknown_custom(entity, &self.filters, known).map_or(Ok(()), Err)
    }
}

impl SearchQuery {
    /// Reads the parameters of a request; `offered` are the kinds of record that the caller can search.
    ///
    /// # Errors
    /// `unknown_field` for a parameter or a kind of record that is not offered, with the nearest name; `bad_request` for
    /// values that cannot be read.
    pub fn parse(
        offered: &[&'static Entity],
        most: usize,
        pairs: &[(String, String)],
    ) -> Result<Self, Problem> {
        let mut query = Self { text: String::new(), limit: 10, entities: offered.to_vec() };
        for (name, value) in pairs {
            match name.as_str() {
                "q" => query.text = text(value)?.to_owned(),
                "limit" => match value.trim().parse() {
                    Ok(limit) if (1..=most).contains(&limit) => query.limit = limit,
                    _ => {
                        return Err(bad(name, value, format!("`limit` is a whole number from 1 to {most}.")));
                    }
                },
                "entities" => {
                    let kinds = value.split(',').map(|one| kind(offered, one.trim()));
                    query.entities = kinds.collect::<Result<_, _>>()?;
                }
                other => return Err(unknown_parameter(other, &["q", "limit", "entities"])),
            }
        }
        match query.text.is_empty() {
            true => Err(bad("q", "", "Give `q`, what to look for.".to_owned())),
            false => Ok(query),
        }
    }
}

/// The kind of record of this name.
fn kind(offered: &[&'static Entity], name: &str) -> Result<&'static Entity, Problem> {
    offered.iter().copied().find(|entity| entity.name == name).ok_or_else(|| {
        let names: Vec<_> = offered.iter().map(|entity| entity.name).collect();
        unknown("entities", format!("`{name}` cannot be searched."), name, &names)
    })
}

impl GetQuery {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// As [`ListQuery::parse`].
    pub fn parse(entity: &'static Entity, pairs: &[(String, String)]) -> Result<Self, Problem> {
        let mut query = Self::default();
        for (name, value) in pairs {
            if !query.view.take(entity, name, value)? {
                return Err(unknown_parameter(name, &["fields", "expand"]));
            }
        }
        Ok(query)
    }
}

impl View {
    /// Reads `fields` and `expand`; whether `name` was one of them.
    fn take(&mut self, entity: &'static Entity, name: &str, value: &str) -> Result<bool, Problem> {
        let parts = value.split(',').map(str::trim);
        if matches!(name, "fields" | "expand") && parts.clone().any(str::is_empty) {
            return Err(names_nothing(name, value));
        }
        match name {
            "fields" => {
                let mut fields = vec![];
                for part in parts.filter(|part| *part != "attributes" || !entity.custom_fields) {
                    fields.push(names::field(entity, part, name)?);
                }
                self.attributes = value.split(',').any(|part| part.trim() == "attributes");
                self.fields = Some(fields);
            }
            "expand" => {
                for part in parts {
                    let link = names::link(entity, part, name)?;
                    if self.expand.iter().all(|known| known.name != link.name) {
                        self.expand.push(link);
                    }
                }
                if self.expand.len() > MOST_LINKS {
                    return Err(bad(
                        name,
                        value,
                        format!("At most {MOST_LINKS} links can be expanded at once."),
                    ));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The problem of a list of names with an empty one.
pub(super) fn names_nothing(name: &str, value: &str) -> Problem {
    bad(name, value, format!("`{name}` is a list of names with commas between; leave it out to name none."))
}

/// The problem of a parameter that an address does not know.
pub fn unknown_parameter(name: &str, known: &[&str]) -> Problem {
    unknown(name, format!("There is no parameter `{name}`."), name, known)
}

fn search(entity: &Entity, text: &str) -> Result<Option<String>, Problem> {
    if !entity.searchable {
        let detail = format!("{} cannot be searched with `q`.", entity.plural.en);
        return Err(Problem::new(&codes::UNKNOWN_FIELD, detail)
            .hint("Use a filter, as in `filter[name][contains]=…`."));
    }
    Ok(Some(self::text(text)?.to_owned()).filter(|text| !text.is_empty()))
}

/// What is looked for.
fn text(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    if text.chars().count() > LONGEST_SEARCH {
        return Err(bad("q", text, format!("A search takes at most {LONGEST_SEARCH} characters.")));
    }
    if text.contains('\0') {
        return Err(bad("q", "", "A search cannot hold the character U+0000.".to_owned()));
    }
    Ok(text)
}

pub(super) fn limit(text: &str) -> Result<u16, Problem> {
    match text.trim().parse() {
        Ok(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        _ => Err(bad("limit", text, format!("`limit` is a whole number from 1 to {MOST}."))),
    }
}

fn begin(now: &Start, name: &str, text: &str, start: fn(String) -> Start) -> Result<Start, Problem> {
    match now {
        _ if text.is_empty() => Ok(now.clone()),
        Start::First => Ok(start(text.to_owned())),
        _ => {
            let message = "`after` and `before` cannot both be given, nor one of them twice.";
            let error = FieldError::new(name, &codes::BAD_CURSOR, message).value(text);
            Err(Problem::new(&codes::BAD_CURSOR, message).errors(vec![error]))
        }
    }
}

fn one_of<T: Copy>(name: &str, text: &str, choices: &[(&'static str, T)]) -> Result<T, Problem> {
    choices.iter().find(|(choice, _)| *choice == text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
        bad(name, text, format!("`{name}` is one of {}.", names.join(", ")))
    })
}
