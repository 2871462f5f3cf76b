//! What may be a password: its length, and that it is not one which is guessed first.
//!
//! Length is what counts (NIST SP 800-63B): no rule asks for digits or signs, and none makes people change it.

use model::{
    caller::Caller,
    problem::{FieldError, Problem},
    value::codes,
};
use store::Db;
use unicode_normalization::UnicodeNormalization;

use crate::settings::{self, Security};

/// Most characters of a password.
pub const LONGEST: usize = 200;

/// Characters that must be left once a name or a common word is taken out.
const LEFT: usize = 6;

/// Passwords and words that are tried first, folded, one a line.
static COMMON: &str = include_str!("common_passwords.txt");

/// What a tenant asks of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Fewest characters, from 10 on.
    pub min_length: usize,
}

/// The policy of the caller's tenant.
///
/// # Errors
/// As [`settings::read`].
pub async fn policy(db: &Db, caller: &Caller) -> Result<Policy, Problem> {
    let security: Security = settings::read(db, caller).await?;
    Ok(Policy { min_length: security.password_min_length })
}

/// Whether it may be a password. `names` are those of person and company, which are guessed first.
///
/// # Errors
/// What is wrong with the field `field`; the password itself is not told.
pub fn check(policy: Policy, field: &str, password: &str, names: &[&str]) -> Result<(), FieldError> {
    let length = password.nfkc().count();
    if length < policy.min_length {
        let message =
            format!("Choose a password of at least {} characters; a few words do.", policy.min_length);
        return Err(FieldError::new(field, &codes::TOO_SHORT, message));
    }
    if length > LONGEST {
        let message = format!("Choose a password of at most {LONGEST} characters.");
        return Err(FieldError::new(field, &codes::TOO_LONG, message));
    }
    if is_easy(password, names) {
        let message =
            "This password is easily guessed. Choose a few words that have nothing to do with each other.";
        return Err(FieldError::new(field, &codes::TOO_EASY, message));
    }
    Ok(())
}

fn is_easy(password: &str, names: &[&str]) -> bool {
    let folded = fold(password);
    let plain: String =
        password.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
    let core = fold(password.trim_matches(|c: char| !c.is_alphabetic()));
    let is_common = |text: &str| COMMON.lines().any(|line| line == text);
    let common = [&folded, &plain, &core].into_iter().any(|text| is_common(unit(text)));
    let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()).chain([*name]));
    let mut named: Vec<String> = words.map(fold).filter(|word| word.chars().count() >= 4).collect();
    // The whole name before its parts.
    named.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let without = named.iter().fold(folded, |left, word| left.replace(word, ""));
    common || without.chars().count() < LEFT || is_run(&plain) || unit(&plain).chars().count() < 5
}

/// Lower case, letters for the digits and signs that stand for them, nothing else but letters and digits.
fn fold(text: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.nfkc().flat_map(char::to_lowercase).map(letter).filter(|c| c.is_alphanumeric()).collect()
}

/// What the text repeats: `abc` of `abcabcabc`, else the whole of it.
fn unit(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    let repeated = |at: &usize| {
        text.len().is_multiple_of(*at)
            && text.as_bytes().chunks(*at).all(|part| part == &text.as_bytes()[..*at])
    };
    ends.into_iter().find(repeated).map_or(text, |at| &text[..at])
}

/// Whether every character is the neighbor of the one before: `1234567890`, `qwertyuiop`, `zyxwvutsrq`.
fn is_run(text: &str) -> bool {
    const ROWS: [&str; 6] =
        ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "ๅภถคตจขช"];
    let neighbors = |pair: &(char, char)| {
        ROWS.iter().any(|row| {
            let (a, b) = (row.chars().position(|c| c == pair.0), row.chars().position(|c| c == pair.1));
            matches!((a, b), (Some(a), Some(b)) if a.abs_diff(b) <= 1)
        })
    };
    let steps: Vec<_> = text.chars().zip(text.chars().skip(1)).collect();
    let near = steps.iter().filter(|pair| neighbors(pair)).count();
    // One break in every five steps still is a walk over the keys: `qwertyuiopasdfghjkl`.
    !steps.is_empty() && near * 5 >= steps.len() * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] =
        ["nancy.davolio@harborview.example", "Nancy Davolio", "Harborview Wines", "harborview"];

    fn refused(password: &str) -> Option<String> {
        check(Policy { min_length: 10 }, "password", password, &NAMES)
            .err()
            .map(|error| error.code.into_owned())
    }

    #[test]
    fn long_ones_are_taken_whatever_they_are_made_of() {
        for good in [
            "green horse lamp staple", "tidal-lantern-84", "ส้มโอหวานน้ำผึ้ง", "        a quiet 9",
            "nancy likes tall trees", "3f9a1c77be20d4",
        ] {
            assert_eq!(refused(good), None, "{good}");
        }
        assert_eq!(refused(&"tall trees grow slowly near quiet harbors ".repeat(4)), None);
    }

    #[test]
    fn those_that_are_tried_first_are_refused() {
        for bad in [
            "password12", "P@ssw0rd2024!", "passwordpassword", "1234567890", "12345678901234567890",
            "qwertyuiop", "qwertyuiop1", "aaaaaaaaaaaa", "abcabcabcabc", "Harborview1", "H4rborview!!",
            "nancydavolio", "Davolio-2024", "nancy.davolio@harborview.example", "nancy@harborview.example",
            "zyxwvutsrq", "iloveyou123", "letmein12345", "welcome2024", "correct horse battery staple",
            "administrator",
        ] {
            assert_eq!(refused(bad).as_deref(), Some("too_easy"), "{bad}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_and_a_tenant_may_ask_for_more() {
        assert_eq!(refused("tidal 8 l").as_deref(), Some("too_short"));
        assert_eq!(refused("ส้มโอหวาน").as_deref(), Some("too_short"));
        assert_eq!(refused(&"é".repeat(201)).as_deref(), Some("too_long"));
        assert!(check(Policy { min_length: 14 }, "password", "tidal-lantern", &[]).is_err());
        assert!(check(Policy { min_length: 13 }, "password", "tidal-lantern", &[]).is_ok());
    }

    #[test]
    fn the_list_is_folded_sorted_and_told_once() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.is_sorted() && lines.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(
            lines.iter().all(
                |line| !line.is_empty() && line.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase())
            )
        );
    }
}
