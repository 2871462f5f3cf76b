//! Comparing names people type: folded texts are equal where a reader would call the names the same.

use unicode_normalization::UnicodeNormalization;

/// `text` without what readers overlook in headers, keys and choices: case, accents, spaces, punctuation such
/// as `_` and `-`, and the difference between compatible forms (NFKC). Letters and digits of every script stay,
/// Thai vowels and tone marks included; so do `%` and `#`, which tell headers apart.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.extend(text.chars().filter(|c| kept(*c)).map(|c| c.to_ascii_lowercase()));
        return folded;
    }
    for c in text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            c if kept(c) => folded.push(c),
            _ => {}
        }
    }
    // Lower-casing may leave a combining dot behind (İ), which the next fold would drop.
    folded.retain(|c| !is_accent(c));
    folded
}

/// The candidate that reads most like `text`, if one is near enough to be what was meant.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = fold(text);
    candidates
        .into_iter()
        .map(|candidate| (likeness(&text, &fold(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// 0 to 1: edits per character, where a name that begins with the other is near.
fn likeness(a: &str, b: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(a, b);
    let begins = !a.is_empty() && !b.is_empty() && (a.starts_with(b) || b.starts_with(a));
    if begins && a.len().min(b.len()) >= 3 { edits.max(0.7) } else { edits }
}

fn kept(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '%' | '#') || is_script_mark(c)
}

/// The accents of Latin, Greek and Cyrillic.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Vowel and tone marks that are letters to their readers: Thai, Lao, Indic, Arabic, Hebrew, Khmer, kana.
fn is_script_mark(c: char) -> bool {
    !is_accent(c) && unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_read_the_same_fold_the_same() {
        for name in [
            "Company Name", "company_name", "COMPANY-NAME", "CompanyName", "Ｃｏｍｐａｎｙ　Ｎａｍｅ",
            " company name * ",
        ] {
            assert_eq!(fold(name), "companyname", "{name}");
        }
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("México"), "mexico");
        assert_eq!(fold("İstanbul"), "istanbul");
    }

    #[test]
    fn thai_marks_tell_words_apart() {
        assert_ne!(fold("ที่อยู่"), fold("ทอย"));
        assert_eq!(fold("รหัส ลูกค้า"), fold("รหัสลูกค้า"));
        assert_eq!(fold("จำนวน"), fold("จํานวน"), "SARA AM and its two parts");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İ", "ﬁnance", "Ǆ", "Ⅻ", "한국", "ガ", "ที่อยู่", "a\u{301}"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn nearest_suggests_only_what_is_near() {
        assert_eq!(nearest("custmer_name", ["name", "customer_name", "code"]), Some("customer_name"));
        assert_eq!(nearest("owner", ["owner_id", "email"]), Some("owner_id"));
        assert_eq!(nearest("zzz", ["name", "code"]), None);
    }
}
