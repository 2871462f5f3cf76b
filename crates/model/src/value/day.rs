//! Days written with numbers and month names, in the Gregorian or the Buddhist calendar.

use jiff::civil::Date;

use super::{
    codes::{self, ValueCode},
    format::{DateOrder, Era, Format},
};

type Refused = &'static ValueCode;

enum Part {
    Number { value: i16, digits: usize },
    Month(i8),
}

pub(super) fn read(text: &str, format: &Format) -> Result<Date, Refused> {
    let parts = parts(text).ok_or(&codes::NOT_A_DATE)?;
    let (year, month, day) = match parts.as_slice() {
        [Part::Number { value, digits: 8 }] => {
            let _ = value;
            let digits = text.trim();
            return number(&digits[..4])
                .zip(number(&digits[4..6]).zip(number(&digits[6..])))
                .ok_or(&codes::NOT_A_DATE)
                .and_then(|(y, (m, d))| calendar(y, m as i8, d as i8, format.era));
        }
        [Part::Number { value: day, .. }, Part::Month(month), Part::Number { value: year, digits }]
        | [
            Part::Month(month),
            Part::Number { value: day, digits: 1 | 2 },
            Part::Number { value: year, digits },
        ] => {
            // `2026 Jan 31` has its year in front.
            if *day > 31 {
                (full_year(*day, 4, format.era), *month, *year)
            } else {
                (full_year(*year, *digits, format.era), *month, *day)
            }
        }
        [
            Part::Number { value: a, digits },
            Part::Number { value: b, digits: 1 | 2 },
            Part::Number { value: c, digits: 1 | 2 },
        ] if *digits == 4 || (*digits <= 2 && format.order == Some(DateOrder::YearMonthDay)) => {
            (full_year(*a, *digits, format.era), small(*b)?, *c)
        }
        [
            Part::Number { value: a, digits: 1 | 2 },
            Part::Number { value: b, digits: 1 | 2 },
            Part::Number { value: c, digits: digits @ (2 | 4) },
        ] => {
            let (month, day) = month_and_day(*a, *b, format.order)?;
            (full_year(*c, *digits, format.era), month, day)
        }
        _ => return Err(&codes::NOT_A_DATE),
    };
    calendar(year, month, small(day)?, format.era)
}

/// Which of the first two numbers is the month.
fn month_and_day(a: i16, b: i16, order: Option<DateOrder>) -> Result<(i8, i16), Refused> {
    match order {
        Some(DateOrder::DayMonthYear) => Ok((small(b)?, a)),
        Some(DateOrder::MonthDayYear) => Ok((small(a)?, b)),
        Some(DateOrder::YearMonthDay) => Err(&codes::NOT_A_DATE),
        None if a == b || a > 12 => Ok((small(b)?, a)),
        None if b > 12 => Ok((small(a)?, b)),
        None => Err(&codes::AMBIGUOUS_DATE),
    }
}

fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = vec![];
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if matches!(first, '/' | '-' | '.' | ',' | ' ' | '\u{a0}' | '–') {
            rest = &rest[first.len_utf8()..];
            continue;
        } else {
            rest.find(|c: char| c.is_ascii_digit() || matches!(c, '/' | '-' | ',' | ' ' | '\u{a0}'))
                .unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            let value = if token.len() == 8 { 0 } else { number(token)? };
            parts.push(Part::Number { value, digits: token.len() });
        } else if let Some(month) = month(token) {
            parts.push(Part::Month(month));
        } else if !is_noise(token) {
            return None;
        }
    }
    (parts.len() <= 3).then_some(parts)
}

/// English month names from three letters on, and Thai ones, full and short.
fn month(token: &str) -> Option<i8> {
    const ENGLISH: [&str; 12] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ];
    const THAI: [(&str, &str); 12] = [
        ("มกราคม", "มค"),
        ("กุมภาพันธ์", "กพ"),
        ("มีนาคม", "มีค"),
        ("เมษายน", "เมย"),
        ("พฤษภาคม", "พค"),
        ("มิถุนายน", "มิย"),
        ("กรกฎาคม", "กค"),
        ("สิงหาคม", "สค"),
        ("กันยายน", "กย"),
        ("ตุลาคม", "ตค"),
        ("พฤศจิกายน", "พย"),
        ("ธันวาคม", "ธค"),
    ];
    let name = token.replace('.', "").to_lowercase();
    let english =
        |full: &&str| *full == name || (name.len() >= 3 && name.len() <= 4 && full.starts_with(&name));
    let at = ENGLISH
        .iter()
        .position(english)
        .or_else(|| THAI.iter().position(|(full, short)| *full == name || *short == name))?;
    i8::try_from(at + 1).ok()
}

/// Weekdays, ordinals and the names of the era, which add nothing to a day.
fn is_noise(token: &str) -> bool {
    let word = token.replace('.', "").to_lowercase();
    let weekday = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .any(|day| word.len() >= 3 && day.starts_with(&word));
    weekday
        || matches!(
            word.as_str(),
            "st" | "nd" | "rd" | "th" | "of" | "พศ" | "คศ" | "ที่" | "วันที่" | "tues" | "thurs"
        )
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok()
}

fn small(value: i16) -> Result<i8, Refused> {
    i8::try_from(value).map_err(|_| &codes::NOT_A_DATE)
}

/// A year of two digits is one of 1930 to 2029, as spreadsheets read it; a Buddhist one is of the century 2500.
fn full_year(year: i16, digits: usize, era: Era) -> i16 {
    match (digits, era) {
        (1 | 2, Era::Buddhist) => 2500 + year,
        (1 | 2, _) if year < 30 => 2000 + year,
        (1 | 2, _) => 1900 + year,
        _ => year,
    }
}

/// The day of the Gregorian calendar. Years outside 1000–2400 are slips of the pen.
pub(super) fn calendar(year: i16, month: i8, day: i8, era: Era) -> Result<Date, Refused> {
    let year = match era {
        Era::Buddhist => year - 543,
        Era::Guess if year > 2400 => year - 543,
        _ => year,
    };
    if !(1000..=2400).contains(&year) {
        return Err(&codes::NOT_A_DATE);
    }
    Date::new(year, month, day).map_err(|_| &codes::NOT_A_DATE)
}
