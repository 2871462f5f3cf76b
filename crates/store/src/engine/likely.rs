//! Records that likely are the one somebody is about to make: of the same address, telephone or number, or of a name that
//! resembles.
//!
//! All records of the tenant are looked at, whoever asks; what the caller may not see is told without its name and id.

use std::{collections::HashMap, time::Duration};

use model::{
    Document,
    caller::{Caller, Scope},
    entity::Entity,
    field::{Field, Kind},
    problem::{Problem, codes},
    query::Found,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    condition::containing,
    search::Search,
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::Db;

/// Most that are told.
const MOST: usize = 5;
/// Most that are looked at by each value, by the name, and by the last digits of a telephone.
const BY_VALUE: usize = 20;
const BY_NAME: usize = 100;
const BY_DIGITS: usize = 1_000;
/// From how much of two names in common they resemble, 0 to 1: pairs of letters, as Dice counts them.
const RESEMBLES: f64 = 0.7;
/// The last digits by which a telephone is looked for.
const DIGITS: usize = 4;
/// Fewest last digits that two writings of one number have in common, with and without the country.
const LAST_DIGITS: usize = 8;
/// A warning is worth no longer wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// A record that likely is the same.
#[derive(Clone, Debug)]
pub struct Likely {
    /// Its id and what people call it; `None` where the caller may not see it.
    pub seen: Option<(Uuid, String)>,
    /// The fields in which the two agree or resemble.
    pub alike: Vec<&'static Field>,
}

/// A value by which a double is found.
struct Sign {
    field: &'static Field,
    text: String,
}

/// The records that likely are the one that `doc` describes, `but` aside, those that agree in most first.
///
/// # Errors
/// Problems of the database. What takes too long is left out.
pub async fn likely(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    doc: &Document,
    but: Option<Uuid>,
) -> Result<Vec<Likely>, Problem> {
    let signs: Vec<Sign> = entity.fields.iter().filter_map(|field| sign(entity, field, doc)).collect();
    if signs.is_empty() || caller.scope == Scope::Portal || !entity.archives {
        return Ok(vec![]);
    }
    let view = Sight::view(caller, entity);
    let mut flight = db.flight(caller).timeout(PATIENCE);
    if let Some(preparation) = Search::preparation(Found::Roughly) {
        flight = flight.add(preparation);
    }
    let mut w = Writer::new(caller.tenant);
    w.put("select t.id, ");
    match &view {
        Some(view) => {
            w.put("coalesce(");
            view.condition(&mut w, entity, Alias::MAIN)?;
            w.put(", false)");
        }
        None => _ = w.put("false"),
    }
    for sign in &signs {
        w.put(", ").column(Alias::MAIN, sign.field.name).put("::text");
    }
    w.put(", coalesce(").column(Alias::MAIN, entity.title).put("::text, '') from ").name(entity.name);
    w.put(" t where ").tenant(Alias::MAIN).put(" and t.id <> ").bind(but.unwrap_or_default());
    w.put(" and t.id in (");
    for (number, sign) in signs.iter().enumerate() {
        w.put(if number > 0 { " union (" } else { "(" });
        w.put("select t.id from ").name(entity.name).put(" t where ").tenant(Alias::MAIN);
        w.put(" and t.archived_at is null");
        sign.finds(&mut w, entity);
        w.put(")");
    }
    w.put(")");
    let rows = match flight.add(w.free()).go().await {
        Ok(answers) => answers.into_iter().next_back().unwrap_or_default(),
        Err(problem) if *problem.code() == codes::TOO_SLOW => return Ok(vec![]),
        Err(problem) => return Err(problem),
    };
    let mut found = vec![];
    for row in &rows {
        let value = |at| row.try_get::<_, Option<String>>(at).map_err(Problem::internal);
        let mut alike = vec![];
        for (number, sign) in signs.iter().enumerate() {
            if value(2 + number)?.is_some_and(|value| sign.agrees(&value)) {
                alike.push(sign.field);
            }
        }
        if alike.is_empty() {
            continue;
        }
        let seen: bool = row.try_get(1).map_err(Problem::internal)?;
        let title = value(2 + signs.len())?.unwrap_or_default();
        let id = row.try_get(0).map_err(Problem::internal)?;
        found.push(Likely { seen: seen.then_some((id, title)), alike });
    }
    found.sort_by_key(|one| std::cmp::Reverse((one.alike.len(), one.seen.is_some())));
    found.truncate(MOST);
    Ok(found)
}

/// The value of a field by which a double is known; none where the field says nothing of that.
fn sign(entity: &Entity, field: &'static Field, doc: &Document) -> Option<Sign> {
    let text = doc.get(field.name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())?;
    let enough = match field.kind {
        Kind::Phone => digits(text).len() >= DIGITS,
        Kind::Text { .. } => pairs(text).len() > 1,
        _ => true,
    };
    (enough && is_sign(entity, field)).then(|| Sign { field, text: text.to_owned() })
}

/// The fields by which doubles of these records are known.
pub fn signs(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    entity.fields.iter().filter(|field| is_sign(entity, field))
}

fn is_sign(entity: &Entity, field: &Field) -> bool {
    let key = entity.keys.iter().any(|key| key.fields == [field.name]);
    match field.kind {
        Kind::Email => field.key.is_some() || field.indexed,
        Kind::Phone => entity.searchable,
        // What no two records may share is refused anyway.
        Kind::Code => field.indexed && !key && entity.named_by.contains(&field.name),
        Kind::Text { .. } => entity.searchable && field.name == entity.title,
        _ => false,
    }
}

impl Sign {
    /// Writes what holds of the records that are looked at, by an index.
    fn finds(&self, w: &mut Writer, entity: &'static Entity) {
        match self.field.kind {
            Kind::Email | Kind::Code => {
                let text = match self.field.key {
                    Some(_) => self.text.to_lowercase(),
                    None => self.text.clone(),
                };
                w.put(" and ").column(Alias::MAIN, self.field.key.unwrap_or(self.field.name)).put(" = ");
                w.bind(text).put(" limit ").number(BY_VALUE);
            }
            Kind::Phone => {
                // However a number is grouped, its last digits stand together.
                let digits = digits(&self.text);
                let last = digits.get(digits.len().saturating_sub(DIGITS)..).unwrap_or_default();
                w.put(" and t.search_text like ").bind(containing(last)).put(" limit ").number(BY_DIGITS);
            }
            _ => {
                Search::new(&self.text).and(w, entity, Found::Roughly);
                w.put(" limit ").number(BY_NAME);
            }
        }
    }

    /// Whether another record's value is the same, or as good as.
    fn agrees(&self, other: &str) -> bool {
        match self.field.kind {
            Kind::Phone => same_number(&self.text, other),
            Kind::Text { .. } => resembling(&self.text, other) >= RESEMBLES,
            Kind::Email => self.text.to_lowercase() == other.trim().to_lowercase(),
            _ => self.text == other,
        }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Two writings of one telephone number: the same digits, or the same last ones where one says the country.
fn same_number(one: &str, other: &str) -> bool {
    let (one, other) = (digits(one), digits(other));
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    let ends = |long: &str, short: &str| short.len() >= LAST_DIGITS && long.ends_with(short);
    !one.is_empty() && (one == other || ends(one, other) || ends(other, one))
}

/// Neighbouring letters of a text, case, spaces and signs aside, with how often each pair is there.
fn pairs(text: &str) -> HashMap<(char, char), usize> {
    let letters: Vec<char> =
        text.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric()).collect();
    let mut pairs = HashMap::new();
    for pair in letters.windows(2) {
        *pairs.entry((pair[0], pair[1])).or_default() += 1;
    }
    pairs
}

/// How much two texts have in common, 0 to 1 (Dice's coefficient over pairs of letters).
fn resembling(one: &str, other: &str) -> f64 {
    let (one, other) = (pairs(one), pairs(other));
    let count = |pairs: &HashMap<_, usize>| pairs.values().sum::<usize>();
    let shared: usize =
        one.iter().map(|(pair, count)| (*count).min(other.get(pair).copied().unwrap_or(0))).sum();
    let all = count(&one) + count(&other);
    let real = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
    if all == 0 { 0.0 } else { 2.0 * real(shared) / real(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_resemble_where_little_differs() {
        for (one, other) in [
            ("Harborview Holdings", "Harborview Holdings Ltd."),
            ("Alfreds Futterkiste", "alfred's futterkiste"),
            ("บริษัท สยามไวน์ จำกัด", "บริษัทสยามไวน์จำกัด"),
        ] {
            assert!(resembling(one, other) >= RESEMBLES, "{one} {other}");
        }
        for (one, other) in [("Alfreds", "Antonio"), ("Wine House", "House of Gin"), ("", "")] {
            assert!(resembling(one, other) < RESEMBLES, "{one} {other}");
        }
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        assert!(same_number("030-0074321", "(030) 007 4321"));
        assert!(same_number("+66 81 234 5678", "081-234-5678"));
        assert!(!same_number("030-0074321", "030-0074322"));
        assert!(!same_number("4321", "030-0074321"));
    }
}
