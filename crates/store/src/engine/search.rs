//! `q=`: every word as written, else words that resemble; one or two letters as the beginning of a name.

use model::{
    entity::Entity,
    field::{Field, Kind},
    problem::Problem,
    query::{Found, has_index},
};

use super::{
    condition::{TRIGRAM, containing},
    values::real,
    writer::{Alias, Writer},
};
use crate::sql::{Query, Sql};

/// Most records that are looked up by each exact name.
const EXACT: usize = 10;
/// Most records that are ranked by how much they resemble: each is compared letter by letter.
const ROUGHLY: usize = OF_A_LIST.enough;

/// How many records a search looks at before it ranks them.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// The newest records, which are looked through one by one.
    pub newest: usize,
    /// Matches among them that make the index needless; also the most by each beginning of a name.
    pub enough: usize,
    /// Matches that are ranked, of the newest and of the index each.
    pub matches: usize,
}

/// For the pages of a list; a search with more matches is told apart by another word or a sort order.
pub const OF_A_LIST: Most = Most { newest: 10_000, enough: 200, matches: 1_000 };

/// How alike words must be to resemble, 0 to 1: one slip in a word of eight letters passes.
const LIKENESS: &str = "0.45";

/// Sets how alike words must be, for this transaction.
static SET_LIKENESS: &Sql = crate::sql!("select set_config('pg_trgm.word_similarity_threshold', $1, true)");

/// Writes what else holds of every record.
type Common<'a> = dyn Fn(&mut Writer) -> Result<(), Problem> + 'a;

/// A search, folded and cut into words.
#[derive(Clone, Debug)]
pub struct Search {
    typed: String,
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
        Self { typed: typed.trim().to_owned(), text, words }
    }

    /// How many words are looked for.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// Too short for trigrams: looked for as the beginning of a name.
    pub fn is_short(&self) -> bool {
        self.text.chars().count() < TRIGRAM
    }

    /// What has to run before a search for words that resemble.
    pub fn preparation(found: Found) -> Option<Query> {
        (found == Found::Roughly).then(|| Query::fixed(SET_LIKENESS, vec![LIKENESS.into()]))
    }

    /// Writes ` and …`: what holds of every match.
    pub fn and(&self, w: &mut Writer, entity: &'static Entity, found: Found) {
        if self.is_short() {
            self.begins(w, entity);
        } else {
            self.and_words(w, found);
        }
    }

    fn and_words(&self, w: &mut Writer, found: Found) {
        if found == Found::Roughly {
            match self.halves() {
                Some([first, last]) => {
                    w.put(" and (t.search_text like ").bind(containing(&first));
                    w.put(" or t.search_text like ").bind(containing(&last)).put(")");
                }
                None => _ = w.put(" and t.search_text %> ").bind(self.text.clone()),
            }
            return;
        }
        for word in &self.words {
            w.put(" and t.search_text like ").bind(containing(word));
        }
    }

    /// The first and the last half of a text whose letters trigrams do not count as such: vowel signs of Thai end a word
    /// for them, so nothing resembles. One slip leaves a half as it is.
    fn halves(&self) -> Option<[String; 2]> {
        let letters: Vec<char> = self.text.chars().collect();
        let half = letters.len().div_ceil(2);
        let fits = !self.text.is_ascii() && half >= TRIGRAM;
        fits.then(|| [&letters[..half], &letters[letters.len() - half..]].map(|half| half.iter().collect()))
    }

    /// Writes a query for the ids of the matches that are ranked, a bounded number of them: records named exactly so,
    /// names that begin so, matches among the newest records, and, where these are few, matches by the trigram index.
    /// So a word that every tenth record has costs no more than a rare one: an index gives all its matches before the
    /// first one can be used. An e-mail address that a record is named by is not looked for anywhere else: its many common
    /// letters make it the dearest of all words. `common` writes what else holds of every record; it is `plain` where that
    /// takes no column but `archived_at`.
    ///
    /// # Errors
    /// Those of `common`.
    pub fn candidates(
        &self,
        w: &mut Writer,
        entity: &'static Entity,
        found: Found,
        most: Most,
        (plain, common): (bool, &Common<'_>),
    ) -> Result<(), Problem> {
        let from = |w: &mut Writer| {
            w.put("select t.id from ").name(entity.name).put(" t where ");
            common(w)
        };
        let resembling = found == Found::Roughly && self.halves().is_none();
        if resembling || (self.is_short() && !names_are_indexed(entity)) {
            from(w)?;
            self.and(w, entity, found);
            w.put(" limit ").number(if resembling { most.matches.min(ROUGHLY) } else { most.matches });
            return Ok(());
        }
        if !self.is_short() {
            w.put("with newest as materialized (select t.id from (select ");
            match plain {
                // Half the work is in the columns.
                true if entity.archives => w.put("t.tenant_id, t.id, t.search_text, t.archived_at"),
                true => w.put("t.tenant_id, t.id, t.search_text"),
                false => w.put("t.*"),
            };
            w.put(" from ")
                .name(entity.name)
                .put(" t where ")
                .tenant(Alias::MAIN)
                .put(" order by t.id desc limit ")
                .number(most.newest);
            w.put(") t where ");
            common(w)?;
            self.and_words(w, found);
            w.put(" limit ").number(most.matches).put(") select id from newest union all (");
            from(w)?;
            self.and_words(w, found);
            w.put(" and (select count(*) from newest) < ").number(most.enough);
            if let Some(mail) = exact_fields(entity).find(|field| field.kind == Kind::Email && self.is_mail())
            {
                w.put(" and not exists (");
                from(w)?;
                self.and_exactly(w, mail);
                w.put(")");
            }
            w.put(" limit ").number(most.matches).put(")");
            if found == Found::Roughly {
                return Ok(());
            }
            w.put(" union all ");
        }
        for (number, exact) in exact_fields(entity).enumerate() {
            w.put(if number == 0 { "(" } else { " union all (" });
            from(w)?;
            self.and_exactly(w, exact);
            w.put(" limit ").number(EXACT).put(")");
        }
        for (number, named) in begun_fields(entity).enumerate() {
            w.put(if number == 0 && exact_fields(entity).next().is_none() { "(" } else { " union all (" });
            from(w)?;
            w.put(" and ");
            self.begins_with(w, named);
            w.put(" limit ").number(most.enough).put(")");
        }
        if exact_fields(entity).chain(begun_fields(entity)).next().is_none() {
            w.put("(select null::uuid where false)");
        }
        Ok(())
    }

    /// One word with an `@` within.
    fn is_mail(&self) -> bool {
        self.words.len() == 1
            && self.text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    }

    fn and_exactly(&self, w: &mut Writer, field: &'static Field) {
        w.put(" and ").column(Alias::MAIN, field.key.unwrap_or(field.name)).put(" = any(");
        w.bind(self.spellings()).put(")");
    }

    /// As typed, in lower case and in capitals.
    fn spellings(&self) -> Vec<String> {
        vec![self.typed.clone(), self.text.clone(), self.text.to_uppercase()]
    }

    /// Writes the rank of a match, a real number from 0 to 1: records named exactly so, then titles that begin so, words
    /// that do, then the others; within each, the larger the part of the title, the better.
    pub fn rank(&self, w: &mut Writer, entity: &'static Entity, found: Found) {
        if let (Found::Roughly, Some([first, last])) = (found, self.halves()) {
            w.put("(case when t.search_text like ").bind(containing(&first)).put(" then 0.2 else 0.1 end");
            w.put(" + case when t.search_text like ")
                .bind(containing(&last))
                .put(" then 0.1 else 0 end)::real");
            return;
        }
        if found == Found::Roughly && !self.is_short() {
            w.put("(0.3 * word_similarity(").bind(self.text.clone()).put(", t.search_text))::real");
            return;
        }
        w.put("(case when false");
        for exact in exact_fields(entity) {
            w.put(" or ").column(Alias::MAIN, exact.key.unwrap_or(exact.name)).put(" = any(");
            w.bind(self.spellings()).put(")");
        }
        let begun = containing(&self.text).split_off(1);
        w.put(" then 1 else case when ").column(Alias::MAIN, entity.title).put(" ilike ").bind(begun.clone());
        w.put(" then 0.7 when t.search_text like ").bind(format!("% {begun}"));
        w.put(" then 0.5 else 0.3 end + 0.2 * least(1, ");
        w.bind(real(u16::try_from(self.text.chars().count()).map_or(f32::MAX, f32::from)));
        w.put("::real / greatest(length(").column(Alias::MAIN, entity.title).put("), 1)) end)::real");
    }

    /// Names that begin with the text, by an index; the text anywhere, where no name has one.
    fn begins(&self, w: &mut Writer, entity: &'static Entity) {
        if !names_are_indexed(entity) {
            w.put(" and t.search_text like ").bind(containing(&self.text));
            return;
        }
        w.put(" and (");
        for (number, field) in begun_fields(entity).enumerate() {
            w.put(if number == 0 { "" } else { " or " });
            self.begins_with(w, field);
        }
        w.put(")");
    }

    /// Names are ordered by ICU, where the lower-case text comes before its other spellings and U+FFFF behind
    /// everything; codes letter by letter, as typed or in capitals.
    fn begins_with(&self, w: &mut Writer, field: &'static Field) {
        let range = |w: &mut Writer, text: &str, end: char| {
            w.put("(").column(Alias::MAIN, field.name).put(" >= ").bind(text.to_owned()).put(" and ");
            w.column(Alias::MAIN, field.name).put(" < ").bind(format!("{text}{end}")).put(")");
        };
        if field.kind != Kind::Code {
            return range(w, &self.text, '\u{ffff}');
        }
        w.put("(");
        range(w, &self.text, char::MAX);
        w.put(" or ");
        range(w, &self.text.to_uppercase(), char::MAX);
        w.put(")");
    }
}

fn named_fields(entity: &Entity) -> impl Iterator<Item = &'static Field> + use<> {
    let fields: Vec<_> = entity.named_by.iter().filter_map(|name| entity.field(name)).collect();
    fields.into_iter().filter(|field| has_index(field))
}

/// Codes, numbers and addresses, by which a record is named exactly.
fn exact_fields(entity: &Entity) -> impl Iterator<Item = &'static Field> + use<> {
    named_fields(entity).filter(|field| matches!(field.kind, Kind::Code | Kind::Email))
}

/// Names and codes, of which the beginning is known.
fn begun_fields(entity: &Entity) -> impl Iterator<Item = &'static Field> + use<> {
    named_fields(entity).filter(|field| matches!(field.kind, Kind::Text { .. } | Kind::Code))
}

fn names_are_indexed(entity: &Entity) -> bool {
    begun_fields(entity).next().is_some()
}
