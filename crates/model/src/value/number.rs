//! Numbers as people and programs write them.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    codes::{self, ValueCode},
    currency,
    format::{DecimalMark, Format},
};

/// A number as written: its value and whether a percent sign stood beside it.
pub(super) struct Number {
    pub value: Decimal,
    pub percent: bool,
}

/// Reads a number with grouping, sign or parentheses, currency or percent sign, in Western or Thai digits.
pub(super) fn read(text: &str, format: &Format) -> Result<Number, &'static ValueCode> {
    let ascii = western_digits(text);
    let mut rest = ascii.trim_matches(is_blank);
    let mut minuses = 0;
    let mut percent = false;
    let mut money = false;
    loop {
        let before = rest;
        if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
            (rest, minuses) = (inner, minuses + 1);
        } else if let Some(r) = rest.strip_prefix(['-', '−', '–']) {
            (rest, minuses) = (r, minuses + 1);
        } else if let Some(r) = rest.strip_prefix('+') {
            rest = r;
        } else if let Some(r) = rest.strip_suffix(".-").or_else(|| rest.strip_suffix(",-")) {
            rest = r;
        } else if let Some(r) = rest.strip_suffix(['-', '−', '–']) {
            (rest, minuses) = (r, minuses + 1);
        } else if let (Some(r), false) = (rest.strip_suffix(['%', '％']), percent) {
            (rest, percent) = (r, true);
        } else if let (Some(r), false) = (without_currency(rest), money) {
            (rest, money) = (r, true);
        }
        rest = rest.trim_matches(is_blank);
        if rest == before {
            break;
        }
    }
    if minuses > 1 {
        return Err(&codes::NOT_A_NUMBER);
    }
    let mut value = match scientific(rest) {
        Some(value) => value?,
        None => exact(&plain(rest, format.decimal).ok_or(&codes::NOT_A_NUMBER)?, format.binary)?,
    };
    if format.binary {
        value = value.round_sf_with_strategy(15, RoundingStrategy::MidpointAwayFromZero).unwrap_or(value);
    }
    value.set_sign_negative(minuses == 1 && !value.is_zero());
    Ok(Number { value, percent })
}

/// Thai digits as Western ones.
pub(super) fn western_digits(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(|c| matches!(c, '๐'..='๙')) {
        text.chars()
            .map(|c| match c {
                '๐'..='๙' => char::from_digit(c as u32 - '๐' as u32, 10).unwrap_or(c),
                c => c,
            })
            .collect()
    } else {
        text.into()
    }
}

/// The number text without the currency before or after it, if one stands there.
fn without_currency(text: &str) -> Option<&str> {
    let stops =
        |c: char| c.is_ascii_digit() || is_blank(c) || matches!(c, '-' | '−' | '–' | '(' | ')' | '+' | ',');
    let start = text.find(|c: char| stops(c) || c == '.').unwrap_or(0);
    // A dot may end an abbreviation (`Rs.`) or begin a number (`$.50`).
    if start > 0 && currency::find(&text[..start]).is_some() {
        return Some(&text[start..]);
    }
    let end = text
        .rfind(|c: char| stops(c) || c == '.')
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    (end < text.len() && currency::find(&text[end..]).is_some()).then(|| &text[..end])
}

/// `1.5E+03`, exactly; `None` where the text is not written so.
fn scientific(text: &str) -> Option<Result<Decimal, &'static ValueCode>> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    if mantissa.is_empty() || !mantissa.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    if exponent > 28 {
        return Some(Err(&codes::TOO_LARGE));
    }
    Some(Decimal::from_scientific(&format!("{mantissa}e{exponent}")).map_err(|_| &codes::TOO_PRECISE))
}

/// Digits with at most one decimal point, if the marks stand where a number has them.
fn plain(text: &str, mark: Option<DecimalMark>) -> Option<String> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    let decimal = match mark {
        Some(DecimalMark::Dot) => '.',
        Some(DecimalMark::Comma) => ',',
        None => guess_mark(text),
    };
    let (whole, fraction) = match text.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    if fraction.is_some_and(|f| !f.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let other = if decimal == '.' { ',' } else { '.' };
    let groups: Vec<&str> = whole.split(|c| c == other || is_blank(c) || matches!(c, '\'' | '’')).collect();
    let (first, later) = groups.split_first()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || (first.is_empty() && (!later.is_empty() || fraction.is_none_or(str::is_empty))) {
        return None;
    }
    // Groups of three; before the last one India writes two.
    if let Some((last, middle)) = later.split_last() {
        let short = middle.iter().all(|g| g.len() == 3) || middle.iter().all(|g| g.len() == 2);
        if last.len() != 3 || !short || first.len() > 3 || !later.iter().all(|g| digits(g)) {
            return None;
        }
    }
    let mut plain = groups.concat();
    if let Some(fraction) = fraction.filter(|f| !f.is_empty()) {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

/// The mark that must be the decimal one: the last of two kinds, or one that groups of three do not explain.
fn guess_mark(text: &str) -> char {
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    match (text.rfind('.'), text.rfind(',')) {
        (Some(dot), Some(comma)) if comma > dot => ',',
        (Some(_), Some(_)) => '.',
        (Some(_), None) if dots > 1 => ',',
        (None, Some(comma)) if commas == 1 => {
            let groups = text.len() - comma == 4 && (1..=3).contains(&comma) && !text.starts_with("0");
            if groups { '.' } else { ',' }
        }
        _ => '.',
    }
}

fn exact(digits: &str, binary: bool) -> Result<Decimal, &'static ValueCode> {
    match Decimal::from_str_exact(digits) {
        Ok(value) => Ok(value),
        Err(rust_decimal::Error::Underflow) if binary => digits.parse().map_err(|_| &codes::TOO_LARGE),
        Err(rust_decimal::Error::Underflow) => {
            let kept = digits.trim_end_matches('0');
            if kept.len() == digits.len() { Err(&codes::TOO_PRECISE) } else { exact(kept, binary) }
        }
        Err(_) => Err(&codes::TOO_LARGE),
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        read(text, &Format::default()).ok().map(|n| n.value.to_string())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, meant) in [
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("1\u{a0}234.50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("12,34,567.00", "1234567.00"),
            ("1,234", "1234"),
            ("1.234", "1.234"),
            ("1.234.567", "1234567"),
            ("0,125", "0.125"),
            ("1,5", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("(1,234.00)", "-1234.00"),
            ("1,234.00-", "-1234.00"),
            ("-$5.00", "-5.00"),
            ("$ -5.00", "-5.00"),
            ("($5.00)", "-5.00"),
            ("฿1,200.-", "1200"),
            ("1200 บาท", "1200"),
            ("US$ 12", "12"),
            ("12 EUR", "12"),
            ("๑,๒๓๔.๕๐", "1234.50"),
            ("1.5E+03", "1500"),
            ("-0", "0"),
            ("15 %", "15"),
            ("−7", "-7"),
        ] {
            assert_eq!(value(text).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", "abc", "12a", "1.2.3", "1,23,4", "--5", "(-5)", "5 apples", "1/2", ".", ",", "1 2", "%",
            "$", "1..2",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn a_stated_mark_is_not_guessed() {
        let comma = Format { decimal: Some(DecimalMark::Comma), ..Format::default() };
        assert_eq!(read("1.234", &comma).unwrap().value, Decimal::from(1234));
        assert!(read("1,5", &Format::canonical()).is_err());
    }

    #[test]
    fn binary_cells_lose_their_noise() {
        let binary = Format { binary: true, ..Format::default() };
        assert_eq!(read("32.379999999999995", &binary).unwrap().value.normalize().to_string(), "32.38");
    }
}
