//! What a cell's text looks like on its own: the evidence from which a column's kind is found.

use crate::moment;

/// The look of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing, or a word for nothing (`NULL`, `N/A`, `-`).
    Empty,
    Missing,
    Text,
    Integer,
    /// Digits with a decimal mark or thousands marks.
    Number,
    Percent,
    Currency,
    Bool,
    Date,
    DateTime,
    Time,
    /// Hours, minutes and seconds that are no time of day.
    Duration,
}

/// A look with what else is seen in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    pub look: Look,
    /// `flag` bits.
    pub flags: u32,
}

/// Bits of [`Sight::flags`].
pub(crate) mod flag {
    /// `007`.
    pub const LEADING_ZERO: u32 = 1;
    /// More digits than a number keeps in a spreadsheet (15).
    pub const LONG: u32 = 1 << 1;
    /// Reads as a number with a decimal point.
    pub const POINT: u32 = 1 << 2;
    /// Reads as a number with a decimal comma.
    pub const COMMA: u32 = 1 << 3;
    /// Read with a decimal point, there is a fraction.
    pub const POINT_FRACTION: u32 = 1 << 4;
    pub const THOUSANDS_COMMA: u32 = 1 << 5;
    pub const THOUSANDS_POINT: u32 = 1 << 6;
    pub const THOUSANDS_SPACE: u32 = 1 << 7;
    pub const THOUSANDS_APOSTROPHE: u32 = 1 << 8;
    /// Reads as day, month, year.
    pub const DMY: u32 = 1 << 9;
    /// Reads as month, day, year.
    pub const MDY: u32 = 1 << 10;
    /// Reads as year, month, day.
    pub const YMD: u32 = 1 << 11;
    /// The year is of the Buddhist era.
    pub const BUDDHIST: u32 = 1 << 12;
    /// The year has two digits.
    pub const SHORT_YEAR: u32 = 1 << 13;
    /// Eight digits that read as year, month, day.
    pub const COMPACT_DATE: u32 = 1 << 14;
    /// Read with a decimal comma, there is a fraction.
    pub const COMMA_FRACTION: u32 = 1 << 15;
    /// Number of flags.
    pub const COUNT: usize = 16;
}

const TEXT: Sight = Sight { look: Look::Text, flags: 0 };

/// What bytes a cell is made of, as bits: most cells are told by these alone.
mod made_of {
    pub const DIGIT: u8 = 1;
    pub const LETTER: u8 = 1 << 1;
    /// What parts digits in numbers and dates.
    pub const MARK: u8 = 1 << 2;
    /// What parts hours and minutes; a mark too.
    pub const COLON: u8 = 1 << 6;
    /// Signs about a number.
    pub const SIGN: u8 = 1 << 3;
    /// Beyond ASCII.
    pub const WIDE: u8 = 1 << 4;
    /// Whatever stands in no number, date or word for yes and nothing.
    pub const OTHER: u8 = 1 << 5;

    pub const CLASS: [u8; 256] = {
        let mut class = [OTHER; 256];
        let mut byte = 0;
        while byte < 256 {
            class[byte] = match byte as u8 {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'z' | b'A'..=b'Z' => LETTER,
                b' ' | b'.' | b',' | b'-' | b'/' | b'\'' => MARK,
                b':' => MARK | COLON,
                b'+' | b'$' | b'%' | b'(' | b')' | b'#' | b'\\' => SIGN,
                128..=255 => WIDE,
                _ => OTHER,
            };
            byte += 1;
        }
        class
    };
}

/// Looks at one cell. Never allocates for plain ASCII but where digits are grouped.
pub(crate) fn look(cell: &str) -> Sight {
    let bytes = cell.as_bytes().trim_ascii();
    let Some(&first) = bytes.first() else { return Sight { look: Look::Empty, flags: 0 } };
    if bytes.len() > 40 {
        return TEXT;
    }
    let made = bytes.iter().fold(0, |made, byte| made | made_of::CLASS[usize::from(*byte)]);
    if made == made_of::DIGIT {
        return digits(bytes);
    }
    if made == made_of::DIGIT | made_of::MARK
        && let Some(sight) = usual(bytes)
    {
        return sight;
    }
    if made & made_of::OTHER != 0 {
        return TEXT;
    }
    if made & made_of::WIDE != 0 {
        return look_wide(cell.trim());
    }
    look_ascii(bytes, first, made)
}

/// The most usual numbers and days, told without trying others: `14.50`, `1,5`, `2024-01-31`.
fn usual(bytes: &[u8]) -> Option<Sight> {
    let mut marks = bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii_digit());
    let (at, &mark) = marks.next()?;
    match (mark, marks.next(), marks.next()) {
        (b'.' | b',', None, None) if at > 0 && at + 1 < bytes.len() => {
            let (own, fraction, other, thousands) = if mark == b'.' {
                (flag::POINT, flag::POINT_FRACTION, flag::COMMA, flag::THOUSANDS_POINT)
            } else {
                (flag::COMMA, flag::COMMA_FRACTION, flag::POINT, flag::THOUSANDS_COMMA)
            };
            let mut flags = own | fraction;
            if at <= 3 && bytes.len() - at == 4 {
                flags |= other | thousands;
            }
            if at > 1 && bytes[0] == b'0' {
                flags |= flag::LEADING_ZERO;
            }
            Some(Sight { look: Look::Number, flags })
        }
        (b'-', Some((7, b'-')), None) if at == 4 && bytes.len() == 10 => {
            Some(Sight { look: Look::Date, flags: moment::iso_day(bytes)? })
        }
        _ => None,
    }
}

fn look_ascii(bytes: &[u8], first: u8, made: u8) -> Sight {
    if made & made_of::DIGIT == 0 {
        return word(bytes);
    }
    // ISO dates are the most usual ones and would be tried as numbers first.
    let colon = made & made_of::COLON != 0;
    if bytes.get(4) == Some(&b'-')
        && let Some(sight) = moment::look(bytes, colon)
    {
        return sight;
    }
    let starts = first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b',' | b'(' | b'$' | b'#');
    if starts && let Some(sight) = number(bytes) {
        return sight;
    }
    if first.is_ascii_digit() || first.is_ascii_alphabetic() || first == b'-' {
        if made & made_of::MARK != 0
            && let Some(sight) = moment::look(bytes, colon)
        {
            return sight;
        }
        if made & made_of::LETTER != 0
            && let Some(sight) = number_with_code(bytes)
        {
            return sight;
        }
    }
    TEXT
}

/// Signs of money and spaces of other alphabets folded to ASCII, then looked at again.
fn look_wide(cell: &str) -> Sight {
    match cell {
        "ใช่" | "ไม่ใช่" | "ไม่" | "はい" | "いいえ" | "是" | "否" => {
            return Sight { look: Look::Bool, flags: 0 };
        }
        "–" | "—" => return Sight { look: Look::Missing, flags: 0 },
        _ => {}
    }
    if !cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return TEXT;
    }
    let mut folded = String::with_capacity(cell.len());
    for c in cell.chars() {
        match c {
            '\u{A0}' | '\u{202F}' | '\u{2009}' => folded.push(' '),
            '’' => folded.push('\''),
            '−' | '–' => folded.push('-'),
            '€' | '£' | '¥' | '฿' | '₹' | '₩' | '₽' | '₺' | '₫' | '￥' => folded.push('$'),
            _ => folded.push(c),
        }
    }
    let folded = folded.replace("บาท", "$");
    let bytes = folded.as_bytes().trim_ascii();
    match bytes.first() {
        Some(&first) if bytes.is_ascii() => {
            let made = bytes.iter().fold(0, |made, byte| made | made_of::CLASS[usize::from(*byte)]);
            look_ascii(bytes, first, made)
        }
        _ => moment::look_thai(&folded).unwrap_or(TEXT),
    }
}

fn digits(bytes: &[u8]) -> Sight {
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

fn word(bytes: &[u8]) -> Sight {
    const BOOLS: [&str; 10] = ["true", "false", "yes", "no", "y", "n", "ja", "nein", "oui", "non"];
    const MISSING: [&str; 9] = ["-", "--", "null", "n/a", "na", "#n/a", "nan", "none", "\\n"];
    let first = bytes.first().map_or(0, u8::to_ascii_lowercase);
    if bytes.len() > 5 || !matches!(first, b't' | b'f' | b'y' | b'n' | b'j' | b'o' | b'-' | b'#' | b'\\') {
        return TEXT;
    }
    let is = |word: &&str| bytes.eq_ignore_ascii_case(word.as_bytes());
    if BOOLS.iter().any(is) {
        Sight { look: Look::Bool, flags: 0 }
    } else if MISSING.iter().any(is) {
        Sight { look: Look::Missing, flags: 0 }
    } else {
        TEXT
    }
}

/// A number with sign, parentheses, `$` or `%` about it.
fn number(bytes: &[u8]) -> Option<Sight> {
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

/// A number with a currency's ISO code before or behind it.
fn number_with_code(bytes: &[u8]) -> Option<Sight> {
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

/// Digits with marks, no sign.
fn magnitude(bytes: &[u8]) -> Option<Sight> {
    if bytes.is_empty() || !bytes[bytes.len() - 1].is_ascii_digit() && bytes[bytes.len() - 1] != b'.' {
        return None;
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return Some(digits(bytes));
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
        if !group.iter().all(u8::is_ascii_digit) {
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
