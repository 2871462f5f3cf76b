//! What headers in German, Spanish and French say in English, in the terms of business documents; the fields' own names
//! and other spellings are English and Thai.

use std::{collections::HashMap, sync::LazyLock};

use model::value::fold;

use super::terms::{LANGUAGES, TERMS};

/// A header of another language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The language's name in English.
    pub language: &'static str,
    /// What it says in English.
    pub english: &'static str,
}

/// Little words that people put in or leave out.
const LITTLE: &[&str] =
    &["de", "del", "la", "el", "los", "las", "du", "des", "d", "le", "les", "l", "der", "die", "das"];

static BY_KEY: LazyLock<HashMap<String, Told>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for (english, spellings) in TERMS {
        for (language, spellings) in LANGUAGES.into_iter().zip(spellings) {
            for spelling in spellings.split('|') {
                // What several languages write alike mostly means the same: the first one is told.
                all.entry(key(spelling)).or_insert(Told { language, english });
            }
        }
    }
    all
});

/// A header without its little words, accents, case and marks. An umlaut is the vowel alone, as it is often written `ae`.
fn key(header: &str) -> String {
    let words = header.split(|c: char| !c.is_alphanumeric() && c != '%').filter(|word| !word.is_empty());
    let kept: Vec<&str> =
        words.clone().filter(|word| !LITTLE.contains(&word.to_lowercase().as_str())).collect();
    fold(&if kept.is_empty() { words.collect() } else { kept.concat() })
}

/// What the header says in English, where it is one of the terms that are known in another language.
pub fn english(header: &str) -> Option<Told> {
    BY_KEY.get(&key(header)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{DATA_TYPES, targets};

    #[test]
    fn headers_are_read_with_and_without_little_words_accents_and_marks() {
        let says = |header| english(header).map(|told| (told.language, told.english));
        assert_eq!(says("Kunden-Nr."), Some(("German", "customer number")));
        assert_eq!(says("FECHA DE VENCIMIENTO"), Some(("Spanish", "due date")));
        assert_eq!(says("Prix d’achat"), Some(("French", "cost price")));
        assert_eq!(says("STRASSE"), Some(("German", "address")));
        assert_eq!(says("Shoe size"), None);
    }

    #[test]
    fn every_term_names_a_field() {
        let named: Vec<String> = DATA_TYPES
            .iter()
            .flat_map(targets)
            .flat_map(|target| target.spellings().cloned().collect::<Vec<_>>())
            .collect();
        for (english, _) in TERMS {
            assert!(named.contains(&fold(english)), "{english} names no field");
        }
    }
}
