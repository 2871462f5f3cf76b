//! Numbers as people write them.

use crate::moment;
use crate::value::{Look, Sight, flag};

/// Looks at digits alone.
pub(crate) fn digits(bytes: &[u8]) -> Sight {
    let mut flags = flag::POINT | flag::COMMA;
    if bytes.len() > 1 && bytes[0] == b'0' {
        flags |= flag::LEADING_ZERO;
    }
    if bytes.len() > 15 {
        flags |= flag::LONG;
    }
    if bytes.len() == 8 && moment::is_compact_date(bytes) {
        flags |= flag::COMPACT_DATE;
    }
    Sight { look: Look::Integer, flags }
}

/// A number with sign, parentheses, `$` or `%` about it.
pub(crate) fn number(bytes: &[u8]) -> Option<Sight> {
    let mut rest = bytes;
    let mut look = None;
    if let [b'(', inner @ .., b')'] = rest {
        rest = inner;
        look = Some(Look::Number);
    }
    let mut changed = true;
    while changed {
        changed = true;
        rest = rest.trim_ascii();
        match rest {
            [b'-' | b'+', tail @ ..] => rest = tail,
            [b'$', tail @ ..] | [tail @ .., b'$'] => {
                rest = tail;
                look = Some(Look::Currency);
            }
            [tail @ .., b'%'] => {
                rest = tail;
                look = Some(Look::Percent);
            }
            [tail @ .., b'-'] if tail.last().is_some_and(u8::is_ascii_digit) => rest = tail,
            _ => changed = false,
        }
        if bytes.len() - rest.len() > 6 {
            return None;
        }
    }
    let core = magnitude(rest)?;
    Some(Sight { look: look.unwrap_or(core.look), flags: core.flags })
}

/// Whether text that begins so, in lower case, may begin with the code of a currency.
pub(crate) fn is_code(start: [u8; 3]) -> bool {
    match start[0] {
        b'a' => start == *b"aud",
        b'c' => matches!(&start, b"cad" | b"chf" | b"cny"),
        b'd' => start == *b"dkk",
        b'e' => start == *b"eur",
        b'g' => start == *b"gbp",
        b'h' => start == *b"hkd",
        b'i' => start == *b"inr",
        b'j' => start == *b"jpy",
        b'k' => start[1] == b'r',
        b'n' => start == *b"nok",
        b'r' => start[1] == b's',
        b's' => matches!(&start, b"sek" | b"sgd"),
        b't' => start == *b"thb",
        b'u' => start == *b"usd",
        _ => false,
    }
}

/// A number with a currency's code before or behind it.
pub(crate) fn with_code(bytes: &[u8]) -> Option<Sight> {
    const CODES: [&[u8]; 18] = [
        b"USD", b"EUR", b"GBP", b"THB", b"JPY", b"CHF", b"CNY", b"INR", b"AUD", b"CAD", b"SGD", b"HKD",
        b"SEK", b"NOK", b"DKK", b"Rs.", b"Rs", b"kr",
    ];
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
    if !(2..=3).contains(&letters) || !edge(bytes.first()) && !edge(bytes.last()) {
        return None;
    }
    let rest =
        CODES.iter().find_map(|code| bytes.strip_prefix(*code).or_else(|| bytes.strip_suffix(*code)))?;
    let sight = number(rest.trim_ascii())?;
    Some(Sight { look: Look::Currency, ..sight })
}

/// Whether text begins with digits that blanks part as in a telephone number: no number has a group of one digit or of
/// four.
pub(crate) fn is_dialled(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let first = digits(bytes);
    match bytes.get(first) {
        Some(b' ' | b'\'') if first > 0 => first > 3 || matches!(digits(&bytes[first + 1..]), 1 | 4..),
        _ => false,
    }
}

/// Digits with marks, no sign.
fn magnitude(bytes: &[u8]) -> Option<Sight> {
    if bytes.is_empty() || !bytes[bytes.len() - 1].is_ascii_digit() && bytes[bytes.len() - 1] != b'.' {
        return None;
    }
    let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_digit()) else { return Some(digits(bytes)) };
    if !matches!(bytes[at], b'.' | b',' | b'e' | b'E' | b' ' | b'\'') || is_dialled(bytes) {
        return None;
    }
    let (bytes, exponent) = match bytes.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => {
            let power = &bytes[at + 1..];
            let power = power.strip_prefix(b"-").or(power.strip_prefix(b"+")).unwrap_or(power);
            if !(1..=3).contains(&power.len()) || !power.iter().all(u8::is_ascii_digit) || at == 0 {
                return None;
            }
            (&bytes[..at], true)
        }
        None => (bytes, false),
    };
    let point = reading(bytes, b'.');
    let comma = reading(bytes, b',');
    let mut flags = 0;
    for (fit, found) in [(flag::POINT, point), (flag::COMMA, comma)] {
        if let Some(found) = found {
            flags |= fit | found;
        }
    }
    if flags & (flag::POINT | flag::COMMA) == 0 {
        return None;
    }
    if exponent {
        flags |= flag::POINT_FRACTION | flag::COMMA_FRACTION;
    }
    if bytes.len() > 2 && bytes[0] == b'0' && bytes[1].is_ascii_digit() {
        flags |= flag::LEADING_ZERO;
    }
    Some(Sight { look: Look::Number, flags })
}

/// Reads digits with this decimal mark; gives the flags of fraction and thousands mark, or `None` where it does not fit.
fn reading(bytes: &[u8], decimal: u8) -> Option<u32> {
    let (whole, fraction) = match bytes.iter().position(|byte| *byte == decimal) {
        Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
        None => (bytes, None),
    };
    let mut flags = 0;
    if let Some(fraction) = fraction {
        if !fraction.iter().all(u8::is_ascii_digit) || whole.is_empty() && fraction.is_empty() {
            return None;
        }
        flags |= if decimal == b'.' { flag::POINT_FRACTION } else { flag::COMMA_FRACTION };
    }
    if whole.iter().all(u8::is_ascii_digit) {
        return Some(flags);
    }
    let mark = *whole.iter().find(|byte| !byte.is_ascii_digit())?;
    let thousands = match mark {
        b',' => flag::THOUSANDS_COMMA,
        b'.' => flag::THOUSANDS_POINT,
        b' ' => flag::THOUSANDS_SPACE,
        b'\'' => flag::THOUSANDS_APOSTROPHE,
        _ => return None,
    };
    let mut groups = whole.split(|byte| *byte == mark);
    let first = groups.next()?.len();
    if !(1..=3).contains(&first) {
        return None;
    }
    let (mut last, mut by_three, mut by_two) = (0, true, first <= 2);
    for group in groups {
        if matches!(group.len(), 1 | 4..) || !group.iter().all(u8::is_ascii_digit) {
            return None;
        }
        // What was the last group so far stands above the thousands: India groups by two there.
        by_two &= last == 0 || last == 2;
        by_three &= group.len() == 3;
        last = group.len();
    }
    let fits = last == 3 && (by_three || by_two) && whole[..first].iter().all(u8::is_ascii_digit);
    fits.then_some(flags | thousands)
}
