//! Page cursors: the sort keys of a record, sealed with what they belong to.
//!
//! A cursor is base64url of `[seal, found, [keys…], id]`. The seal is a hash of entity, filter, search, sort,
//! archive mode and caller, so a cursor of another list is told apart. It is no secret: a forged cursor reaches
//! no record that the list itself would not.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ListQuery;
use crate::{
    caller::Caller,
    entity::Entity,
    problem::{Problem, codes},
};

/// How a search found its records; the following pages search the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Every word is there as written.
    Exactly,
    /// The words resemble.
    Roughly,
}

/// A place in a list: the sort keys of a record, in order, nulls included, and its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// How a search found it.
    pub found: Found,
    /// Canonical values of the sort keys.
    pub keys: Vec<Value>,
    /// The record.
    pub id: Uuid,
}

impl Cursor {
    /// The text that callers carry.
    pub fn seal(&self, seal: &str) -> String {
        let found = matches!(self.found, Found::Roughly);
        URL_SAFE_NO_PAD.encode(json!([seal, found, self.keys, self.id]).to_string())
    }

    /// Reads a cursor made for the same list.
    ///
    /// # Errors
    /// [`codes::BAD_CURSOR`] when it is none, or one of another list, filter, sort or caller.
    pub fn open(text: &str, seal: &str, keys: usize) -> Result<Self, Problem> {
        Self::read(text, seal).filter(|cursor| cursor.keys.len() == keys).ok_or_else(Self::foreign)
    }

    /// The problem of a cursor that does not fit.
    pub fn foreign() -> Problem {
        Problem::new(&codes::BAD_CURSOR, "This cursor belongs to another list, filter, sort or caller.")
            .hint("Start again without `after` and `before`.")
    }

    fn read(text: &str, seal: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sealed, roughly, keys, id): (String, bool, Vec<Value>, Uuid) =
            serde_json::from_slice(&json).ok()?;
        let found = if roughly { Found::Roughly } else { Found::Exactly };
        (sealed == seal).then_some(Self { found, keys, id })
    }
}

impl ListQuery {
    /// What cursors of this list are sealed with.
    pub fn seal(&self, entity: &Entity, caller: &Caller) -> String {
        let sort: Vec<_> = self.sort.iter().map(|key| (key.name(), key.descending)).collect();
        let bound = format!(
            "{}|{}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{sort:?}",
            entity.name,
            caller.tenant,
            caller.scope,
            caller.actor,
            caller.customer,
            self.archived,
            self.search,
            self.filters.iter().map(|filter| (filter.target.name(), &filter.test)).collect::<Vec<_>>(),
        );
        URL_SAFE_NO_PAD.encode(&Sha256::digest(bound)[..9])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn a_cursor_carries_every_key_and_opens_with_its_own_seal_alone() {
        let keys = vec![json!("ไวน์, \"red\""), Value::Null, json!("12.50"), json!(7), json!(0.25)];
        let cursor = Cursor { found: Found::Roughly, keys, id: Uuid::from_u128(7) };
        let text = cursor.seal("mine");
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(Cursor::open(&text, "mine", 5).unwrap(), cursor);
        for (text, seal, keys) in
            [(text.as_str(), "theirs", 5), (&text, "mine", 4), ("", "mine", 5), ("e30", "mine", 5)]
        {
            assert_eq!(Cursor::open(text, seal, keys).unwrap_err().code().code, "bad_cursor");
        }
    }

    #[test]
    fn the_seal_binds_what_decides_which_records_follow_and_nothing_else() {
        let entity = registry::entity("customers").unwrap();
        let caller = Caller::system(Uuid::from_u128(1), Uuid::from_u128(2));
        let seal = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            ListQuery::parse(entity, &pairs).unwrap().seal(entity, &caller)
        };
        let plain = seal(&[("sort", "name")]);
        for same in
            [("limit", "5"), ("fields", "code"), ("expand", "owner"), ("count", "exact"), ("after", "x")]
        {
            assert_eq!(seal(&[("sort", "name"), same]), plain, "{same:?}");
        }
        for other in [
            ("q", "x"),
            ("filter[code]", "x"),
            ("filter[owner.name]", "x"),
            ("archived", "with"),
            ("sort", "-name"),
        ] {
            assert_ne!(seal(&[("sort", "name"), other]), plain, "{other:?}");
        }
        assert_ne!(seal(&[("filter[code]", "x")]), seal(&[("filter[code]", "y")]));
        let elsewhere = Caller::system(Uuid::from_u128(3), Uuid::from_u128(2));
        assert_ne!(ListQuery::default().seal(entity, &elsewhere), ListQuery::default().seal(entity, &caller));
    }
}
