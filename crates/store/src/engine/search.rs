//! `q=`: every word as written by the trigram index, else words that resemble; one or two letters as the
//! beginning of a name.

use model::{
    entity::Entity,
    field::Kind,
    query::{Found, has_index},
};

use super::{
    condition::{TRIGRAM, containing},
    writer::{Alias, Writer},
};
use crate::sql::{Query, Sql};

/// Most matches that are ranked; a search with more is told apart by another word or a sort order.
pub const CANDIDATES: usize = 1_000;

/// How alike words must be to resemble, 0 to 1: one slip in a word of eight letters passes.
const LIKENESS: &str = "0.45";

/// Sets how alike words must be, for this transaction.
static SET_LIKENESS: &Sql = crate::sql!("select set_config('pg_trgm.word_similarity_threshold', $1, true)");

/// A search, folded and cut into words.
#[derive(Clone, Debug)]
pub struct Search {
    text: String,
    words: Vec<String>,
}

impl Search {
    /// Reads what was typed.
    pub fn new(typed: &str) -> Self {
        let text = typed.trim().to_lowercase();
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        // Without a single word that the index can look for, the phrase with its spaces may still do.
        if words.iter().all(|word| word.chars().count() < TRIGRAM) {
            words = vec![text.clone()];
        }
        Self { text, words }
    }

    /// Too short for trigrams: looked for as the beginning of a name.
    pub fn is_short(&self) -> bool {
        self.text.chars().count() < TRIGRAM
    }

    /// What has to run before a search for words that resemble.
    pub fn preparation(found: Found) -> Option<Query> {
        (found == Found::Roughly).then(|| Query::fixed(SET_LIKENESS, vec![LIKENESS.into()]))
    }

    /// Writes ` and …`.
    pub fn and(&self, w: &mut Writer, entity: &Entity, found: Found) {
        if self.is_short() {
            self.begins(w, entity);
        } else if found == Found::Roughly {
            w.put(" and t.search_text %> ").bind(self.text.clone());
        } else {
            for word in &self.words {
                w.put(" and t.search_text like ").bind(containing(word));
            }
        }
    }

    /// Writes the rank of a match, a real number.
    pub fn rank(&self, w: &mut Writer, found: Found) {
        if self.is_short() {
            w.put("0::real");
        } else {
            let (function, end) = match found {
                Found::Exactly => ("similarity(", ", t.search_text)"),
                Found::Roughly => ("word_similarity(", ", t.search_text)"),
            };
            w.put(function).bind(self.text.clone()).put(end);
        }
    }

    /// Names that begin with the text. Names are ordered by ICU, where the lower-case text comes before its
    /// other spellings and U+FFFF behind everything; codes letter by letter, as typed or in capitals.
    fn begins(&self, w: &mut Writer, entity: &Entity) {
        let mut first = true;
        let mut range = |w: &mut Writer, name: &'static str, text: &str, end: char| {
            w.put(if first { " and (" } else { " or " });
            first = false;
            w.put("(").column(Alias::MAIN, name).put(" >= ").bind(text.to_owned()).put(" and ");
            w.column(Alias::MAIN, name).put(" < ").bind(format!("{text}{end}")).put(")");
        };
        let names = entity.named_by.iter().filter_map(|name| entity.field(name)).filter(|f| has_index(f));
        for field in names {
            match field.kind {
                Kind::Text { .. } => range(w, field.name, &self.text, '\u{ffff}'),
                Kind::Code => {
                    range(w, field.name, &self.text, char::MAX);
                    let capitals = self.text.to_uppercase();
                    if capitals != self.text {
                        range(w, field.name, &capitals, char::MAX);
                    }
                }
                _ => {}
            }
        }
        if first {
            w.put(" and t.search_text like ").bind(containing(&self.text));
        } else {
            w.put(")");
        }
    }
}
