//! What a cell's text looks like on its own: the evidence from which a column's kind is found.

use crate::{moment, number};

/// The look of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Look {
    #[default]
    Empty,
    /// A word for nothing (`NULL`, `N/A`, `-`).
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
#[inline]
pub(crate) fn look(cell: &str) -> Sight {
    match cell.as_bytes() {
        // Most texts: no value but text begins so.
        [first @ (b'a'..=b'z' | b'A'..=b'Z'), second, ..] if !is_opening(*first, *second) => TEXT,
        _ => look_whole(cell),
    }
}

fn look_whole(cell: &str) -> Sight {
    let bytes = cell.as_bytes().trim_ascii();
    let Some(&first) = bytes.first() else { return Sight { look: Look::Empty, flags: 0 } };
    if bytes.len() > 40 {
        return TEXT;
    }
    match first {
        b'0'..=b'9' => {
            if let Some(sight) = usual(bytes) {
                return sight;
            }
        }
        b'a'..=b'z' | b'A'..=b'Z' if !may_tell(bytes) => return TEXT,
        b'+' if number::is_dialled(&bytes[1..]) => return TEXT,
        _ => {}
    }
    let sight = word(bytes);
    if sight.look != Look::Text {
        return sight;
    }
    look_closely(cell, bytes, first)
}

#[inline(never)]
fn look_closely(cell: &str, bytes: &[u8], first: u8) -> Sight {
    let made = made_of(bytes);
    if made & made_of::OTHER != 0 {
        return TEXT;
    }
    if made & made_of::WIDE != 0 {
        return look_wide(cell.trim());
    }
    look_ascii(bytes, first, made)
}

fn made_of(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |made, byte| made | made_of::CLASS[usize::from(*byte)])
}

/// The most usual values that begin with a digit, told without trying others: `1450`, `14.50`, `1,5`, `2024-01-31`,
/// `31/1/2024`.
fn usual(bytes: &[u8]) -> Option<Sight> {
    let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_digit()) else {
        return Some(number::digits(bytes));
    };
    let (mark, rest) = (bytes[at], &bytes[at + 1..]);
    match mark {
        b'.' | b',' if !rest.is_empty() && rest.iter().all(u8::is_ascii_digit) => {
            let (own, fraction, other, thousands) = if mark == b'.' {
                (flag::POINT, flag::POINT_FRACTION, flag::COMMA, flag::THOUSANDS_POINT)
            } else {
                (flag::COMMA, flag::COMMA_FRACTION, flag::POINT, flag::THOUSANDS_COMMA)
            };
            let mut flags = own | fraction;
            if at <= 3 && rest.len() == 3 {
                flags |= other | thousands;
            }
            if at > 1 && bytes[0] == b'0' {
                flags |= flag::LEADING_ZERO;
            }
            Some(Sight { look: Look::Number, flags })
        }
        b'-' if at == 4 && bytes.len() == 10 && bytes[7] == b'-' => {
            Some(Sight { look: Look::Date, flags: moment::iso_day(bytes)? })
        }
        b'/' if rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'/') => {
            Some(moment::date(bytes).map_or(TEXT, |flags| Sight { look: Look::Date, flags }))
        }
        _ => None,
    }
}

/// The first two letters of all such texts: a bit for the second one, by the place in the alphabet of the first.
const OPENINGS: [u32; 32] = {
    const PAIRS: [&[u8; 2]; 40] = [
        b"ja", b"fe", b"ma", b"ap", b"ju", b"au", b"se", b"oc", b"no", b"de", b"mo", b"tu", b"we", b"th",
        b"fr", b"sa", b"su", b"us", b"eu", b"gb", b"jp", b"ch", b"cn", b"in", b"ca", b"sg", b"hk", b"dk",
        b"rs", b"kr", b"tr", b"fa", b"ye", b"ne", b"ou", b"nu", b"na", b"n/", b"n\0", b"y\0",
    ];
    let mut openings = [0; 32];
    let mut place = 0;
    while place < PAIRS.len() {
        let [first, second] = *PAIRS[place];
        openings[(first % 32) as usize] |= 1 << (second % 32);
        place += 1;
    }
    openings
};

/// Whether text that begins with these letters may be more than text; `false` is sure.
#[inline]
fn is_opening(first: u8, second: u8) -> bool {
    OPENINGS[usize::from(first % 32)] >> (second % 32) & 1 != 0
}

/// Whether text that begins with a letter may be more than text: a day, an amount behind its currency's code, a word for
/// yes, no or nothing.
fn may_tell(bytes: &[u8]) -> bool {
    let low = |at: usize| bytes.get(at).map_or(0, u8::to_ascii_lowercase);
    let start = [low(0), low(1), low(2)];
    bytes.len() <= LONGEST_WORD && matches!(start[0], b't' | b'f' | b'y' | b'n' | b'j' | b'o')
        || number::is_code(start)
        || moment::is_name(start)
}

fn look_ascii(bytes: &[u8], first: u8, made: u8) -> Sight {
    if made & made_of::DIGIT == 0 {
        return TEXT;
    }
    // ISO dates are the most usual ones and would be tried as numbers first.
    let colon = made & made_of::COLON != 0;
    if bytes.get(4) == Some(&b'-')
        && let Some(sight) = moment::look(bytes, colon)
    {
        return sight;
    }
    let starts = first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b',' | b'(' | b'$' | b'#');
    if starts && let Some(sight) = number::number(bytes) {
        return sight;
    }
    if first.is_ascii_digit() || first.is_ascii_alphabetic() || first == b'-' {
        if made & made_of::MARK != 0
            && let Some(sight) = moment::look(bytes, colon)
        {
            return sight;
        }
        if made & made_of::LETTER != 0
            && let Some(sight) = number::with_code(bytes)
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
        Some(&first) if bytes.is_ascii() => look_ascii(bytes, first, made_of(bytes)),
        _ => moment::look_thai(&folded).unwrap_or(TEXT),
    }
}

/// The most letters of a word for yes, no or nothing.
const LONGEST_WORD: usize = 5;

fn word(bytes: &[u8]) -> Sight {
    let mut low = [0; LONGEST_WORD];
    let Some(low) = low.get_mut(..bytes.len()) else { return TEXT };
    low.copy_from_slice(bytes);
    low.make_ascii_lowercase();
    let look = match &*low {
        b"true" | b"false" | b"yes" | b"no" | b"y" | b"n" | b"ja" | b"nein" | b"oui" | b"non" => Look::Bool,
        b"-" | b"--" | b"null" | b"n/a" | b"na" | b"#n/a" | b"nan" | b"none" | b"\\n" => Look::Missing,
        _ => Look::Text,
    };
    Sight { look, flags: 0 }
}
