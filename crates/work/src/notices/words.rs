//! A text in the languages that people read.

/// A text in English and Thai.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// Thai.
    pub th: String,
}

impl Words {
    /// A text in English and Thai.
    pub fn of(en: impl Into<String>, th: impl Into<String>) -> Self {
        Self { en: en.into(), th: th.into() }
    }

    /// The text for a locale (`th`, `th-TH`): English for every one but Thai.
    pub fn for_locale(&self, locale: &str) -> &str {
        if is_thai(locale) { &self.th } else { &self.en }
    }

    /// The text for a locale, at most so many characters of it.
    pub(super) fn cut(&self, locale: &str, most: usize) -> String {
        let text = self.for_locale(locale);
        match text.char_indices().nth(most) {
            Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
            None => text.to_owned(),
        }
    }
}

/// Whether people of this locale read Thai.
pub(crate) fn is_thai(locale: &str) -> bool {
    locale.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("th"))
        && !locale[2..].starts_with(|c: char| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thai_is_read_by_locales_of_thai_alone() {
        for thai in ["th", "th-TH", "TH_th"] {
            assert!(is_thai(thai), "{thai}");
        }
        for other in ["en", "", "t", "tho", "ต", "en-TH"] {
            assert!(!is_thai(other), "{other}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        let words = Words::of("four", "ส้มโอ");
        assert_eq!((words.cut("en", 4), words.cut("en", 3)), ("four".to_owned(), "fo…".to_owned()));
        assert_eq!(words.cut("th", 2), "ส…");
    }
}
