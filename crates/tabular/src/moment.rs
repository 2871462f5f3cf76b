//! Dates and times as people write them.

use crate::value::{Look, Sight, flag};

/// Looks at ASCII text as a date, a date with time, a time or a length of time. `colon` says that one stands in it.
pub(crate) fn look(bytes: &[u8], colon: bool) -> Option<Sight> {
    if colon && is_time(bytes) {
        return Some(Sight { look: Look::Time, flags: 0 });
    }
    if colon && is_duration(bytes) {
        return Some(Sight { look: Look::Duration, flags: 0 });
    }
    if let Some(flags) = date(bytes) {
        return Some(Sight { look: Look::Date, flags });
    }
    if !colon {
        return None;
    }
    // The time is what stands behind the last blank or `T` before the first colon.
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let gap = bytes[..colon].iter().rposition(|byte| matches!(byte, b' ' | b'T'))?;
    let day = bytes[..gap].trim_ascii_end();
    let day = day.strip_suffix(b",").unwrap_or(day);
    let flags = date(day)?;
    is_time(&bytes[gap + 1..]).then_some(Sight { look: Look::DateTime, flags })
}

/// The flags of `2024-01-31`, of which the places of the hyphens are known.
pub(crate) fn iso_day(bytes: &[u8]) -> Option<u32> {
    let part = |range: std::ops::Range<usize>| bytes.get(range).and_then(number);
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| era(year))?.map(|flags| flags | flag::YMD)
}

/// Looks at text with Thai month names.
pub(crate) fn look_thai(text: &str) -> Option<Sight> {
    const MONTHS: [(&str, &str); 12] = [
        ("มกราคม", "ม.ค."),
        ("กุมภาพันธ์", "ก.พ."),
        ("มีนาคม", "มี.ค."),
        ("เมษายน", "เม.ย."),
        ("พฤษภาคม", "พ.ค."),
        ("มิถุนายน", "มิ.ย."),
        ("กรกฎาคม", "ก.ค."),
        ("สิงหาคม", "ส.ค."),
        ("กันยายน", "ก.ย."),
        ("ตุลาคม", "ต.ค."),
        ("พฤศจิกายน", "พ.ย."),
        ("ธันวาคม", "ธ.ค."),
    ];
    let text = text.trim();
    let month = MONTHS.iter().flat_map(|(long, short)| [*long, *short]).find(|month| text.contains(month))?;
    let (day, year) = text.split_once(month)?;
    let year = year.trim().trim_start_matches("พ.ศ.").trim();
    let (day, year) = (number(day.trim().as_bytes())?, number(year.as_bytes())?);
    let flags = flag::DMY | era(year)?;
    (1..=31).contains(&day).then_some(Sight { look: Look::Date, flags })
}

/// Whether eight digits read as `YYYYMMDD` of this or the last century.
pub(crate) fn is_compact_date(bytes: &[u8]) -> bool {
    let part = |range: std::ops::Range<usize>| bytes.get(range).and_then(number);
    matches!(part(0..4), Some(1900..=2100))
        && matches!(part(4..6), Some(1..=12))
        && matches!(part(6..8), Some(1..=31))
}

fn number(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 4 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(bytes.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// What a year of four digits tells; `None` where it is no year of the Gregorian or the Buddhist era.
fn era(year: u32) -> Option<u32> {
    match year {
        1000..=2300 => Some(0),
        2301..=2700 => Some(flag::BUDDHIST),
        9999 => Some(0),
        _ => None,
    }
}

/// The orders that fit a date, as flags.
pub(crate) fn date(bytes: &[u8]) -> Option<u32> {
    if bytes.len() > 30 {
        return None;
    }
    if bytes.iter().any(u8::is_ascii_alphabetic) {
        return named(bytes);
    }
    let mark = *bytes.iter().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(mark, b'-' | b'/' | b'.' | b' ') {
        return None;
    }
    let mut parts = bytes.split(|byte| *byte == mark);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (first, second, third) = (number(a)?, number(b)?, number(c)?);
    let month = |value: u32| (1..=12).contains(&value);
    let day = |value: u32| (1..=31).contains(&value);
    if a.len() == 4 {
        return (b.len() <= 2 && c.len() <= 2 && month(second) && day(third))
            .then(|| era(first))?
            .map(|f| f | flag::YMD);
    }
    if a.len() > 2 || b.len() > 2 {
        return None;
    }
    let year = match c.len() {
        4 => era(third)?,
        // `1.2.24` is as likely a version or a paragraph.
        2 if mark != b'.' && mark != b' ' || a.len() == 2 && b.len() == 2 => flag::SHORT_YEAR,
        _ => return None,
    };
    let mut flags = 0;
    if day(first) && month(second) {
        flags |= flag::DMY;
    }
    if month(first) && day(second) {
        flags |= flag::MDY;
    }
    if flags == 0 && c.len() == 2 && month(second) && day(third) {
        flags |= flag::YMD;
    }
    (flags != 0).then_some(flags | year)
}

/// Whether a word that begins so, in lower case, may name a month or a day of the week.
pub(crate) fn is_name(start: [u8; 3]) -> bool {
    match start[0] {
        b'a' => matches!(&start, b"apr" | b"aug"),
        b'd' => start == *b"dec",
        b'f' => matches!(&start, b"feb" | b"fri"),
        b'j' => matches!(&start, b"jan" | b"jun" | b"jul"),
        b'm' => matches!(&start, b"mar" | b"may" | b"mon"),
        b'n' => start == *b"nov",
        b'o' => start == *b"oct",
        b's' => matches!(&start, b"sat" | b"sep" | b"sun"),
        b't' => matches!(&start, b"thu" | b"tue"),
        b'w' => start == *b"wed",
        _ => false,
    }
}

/// `5 Jan 2024`, `Jan 5, 2024`, `05-Jan-24`, `Fri, 5 January 2024`.
fn named(bytes: &[u8]) -> Option<u32> {
    const MONTHS: [&[u8]; 12] = [
        b"january", b"february", b"march", b"april", b"may", b"june", b"july", b"august", b"september",
        b"october", b"november", b"december",
    ];
    const DAYS: [&[u8]; 7] =
        [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    // Most texts leave here: their first letters begin no month, no day of the week and no ordinal.
    let letters = bytes.iter().position(u8::is_ascii_alphabetic)?;
    let start = |at: usize| bytes.get(letters + at).map_or(0, u8::to_ascii_lowercase);
    let begins = is_name([start(0), start(1), start(2)]);
    if !begins && !matches!([start(0), start(1)], [b's', b't'] | [b'n' | b'r', b'd'] | [b't', b'h']) {
        return None;
    }
    let names = |all: &[&[u8]], word: &[u8]| {
        word.len() >= 3
            && all
                .iter()
                .any(|name| name.len() >= word.len() && name[..word.len()].eq_ignore_ascii_case(word))
    };
    let mut words =
        bytes.split(|byte| matches!(byte, b' ' | b'-' | b'/' | b',' | b'.')).filter(|w| !w.is_empty());
    let mut parts: [&[u8]; 3] = [&[]; 3];
    let mut count = 0;
    for word in words.by_ref() {
        if count == 0 && names(&DAYS, word) {
            continue;
        }
        *parts.get_mut(count)? = word;
        count += 1;
    }
    let [a, b, c] = parts;
    let ordinal = |word: &[u8]| {
        let cut = word.len().saturating_sub(2);
        let stem = if matches!(&word[cut..], b"st" | b"nd" | b"rd" | b"th") { &word[..cut] } else { word };
        number(stem).filter(|day| stem.len() <= 2 && (1..=31).contains(day))
    };
    let year = match c.len() {
        4 => number(c).and_then(era),
        2 => number(c).map(|_| flag::SHORT_YEAR),
        _ => None,
    };
    if names(&MONTHS, b) {
        if let (Some(_), Some(year)) = (ordinal(a), year) {
            return Some(flag::DMY | year);
        }
        let year = number(a).filter(|_| a.len() == 4).and_then(era)?;
        return ordinal(c).map(|_| flag::YMD | year);
    }
    (names(&MONTHS, a) && ordinal(b).is_some()).then_some(())?;
    year.map(|year| flag::MDY | year)
}

/// `9:30`, `09:30:15.250`, `9:30 PM`, `09:30:00Z`, `09:30+07:00`.
fn is_time(bytes: &[u8]) -> bool {
    let mut rest = bytes.trim_ascii();
    if !matches!(rest, [b'0'..=b'9', b':', ..] | [b'0'..=b'9', b'0'..=b'9', b':', ..]) {
        return false;
    }
    let mut half_day = false;
    if let [head @ .., b'a' | b'A' | b'p' | b'P', b'm' | b'M'] = rest {
        rest = head.trim_ascii_end();
        half_day = true;
    } else if let [head @ .., b'Z'] = rest {
        rest = head;
    } else if let Some(sign) = rest.iter().rposition(|byte| matches!(byte, b'+' | b'-')) {
        let zone = &rest[sign + 1..];
        let plain: Vec<u8> = zone.iter().copied().filter(|byte| *byte != b':').collect();
        if !matches!(plain.len(), 2 | 4) || number(&plain).is_none_or(|zone| zone > 1400) {
            return false;
        }
        rest = &rest[..sign];
    }
    let mut parts = rest.split(|byte| *byte == b':');
    let (Some(hour), Some(minute)) = (parts.next(), parts.next()) else { return false };
    let hours = if half_day { 1..=12 } else { 0..=24 };
    if hour.len() > 2 || !number(hour).is_some_and(|hour| hours.contains(&hour)) {
        return false;
    }
    if minute.len() != 2 || number(minute).is_none_or(|minute| minute > 59) {
        return false;
    }
    match (parts.next(), parts.next()) {
        (None, _) => true,
        (Some(second), None) => {
            let mut halves = second.splitn(2, |byte| matches!(byte, b'.' | b','));
            let whole = halves.next().unwrap_or_default();
            whole.len() == 2
                && number(whole).is_some_and(|second| second <= 60)
                && halves.next().is_none_or(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
        }
        _ => false,
    }
}

/// `36:00:00`, `-01:30`, `125:10`: hours, minutes and seconds beyond a day or below nothing.
fn is_duration(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let mut parts = bytes.split(|byte| *byte == b':');
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let sixty = |part: &[u8]| part.len() == 2 && number(part).is_some_and(|value| value < 60);
    let (Some(hours), Some(minutes)) = (parts.next(), parts.next()) else { return false };
    let seconds = parts.next().unwrap_or(b"00");
    let seconds = seconds.split(|byte| matches!(byte, b'.' | b',')).next().unwrap_or_default();
    hours.len() <= 6 && digits(hours) && sixty(minutes) && sixty(seconds) && parts.next().is_none()
}
