//! Numbers as people read them: digits in groups, amounts with the sign of their currency.

use super::Lang;

/// Signs that need no code beside them.
const SIGNS: [(&str, &str); 7] =
    [("THB", "฿"), ("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("JPY", "¥"), ("INR", "₹"), ("KRW", "₩")];

/// A canonical number with its digits in groups; `kept` decimals stay at least, further zeros go.
pub fn grouped(number: &str, kept: usize) -> String {
    let (sign, bare) = number.strip_prefix('-').map_or(("", number), |bare| ("−", bare));
    let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
    let mut text = String::with_capacity(number.len() + 8);
    text.push_str(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let needed = decimals.trim_end_matches('0').len().max(kept.min(decimals.len()));
    if needed > 0 {
        text.push('.');
        text.push_str(&decimals[..needed]);
    }
    text
}

/// An amount with its currency.
pub fn amount(number: &str, currency: &str) -> String {
    let digits = grouped(number, 2);
    match SIGNS.iter().find(|(code, _)| *code == currency) {
        Some((_, sign)) => match digits.strip_prefix('−') {
            Some(rest) => format!("−{sign}{rest}"),
            None => format!("{sign}{digits}"),
        },
        None if currency.is_empty() => digits,
        None => format!("{digits} {currency}"),
    }
}

/// A large number in few characters: `5.4M`.
pub fn brief(value: f64, lang: Lang) -> String {
    let units: [(f64, &str); 3] = match lang {
        Lang::En => [(1e9, "B"), (1e6, "M"), (1e3, "K")],
        Lang::Th => [(1e9, " พันล้าน"), (1e6, " ล้าน"), (1e3, " พัน")],
    };
    let unit = units.into_iter().find(|(size, _)| value.abs() >= *size);
    let (value, unit) = unit.map_or((value, ""), |(size, unit)| (value / size, unit));
    let decimals = usize::from(!unit.is_empty() && value.abs() < 100.0);
    let text = format!("{value:.decimals$}");
    format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// A large amount in few characters: `฿5.4M`.
pub fn brief_amount(value: f64, currency: &str, lang: Lang) -> String {
    let text = brief(value, lang);
    match SIGNS.iter().find(|(code, _)| *code == currency) {
        Some((_, sign)) => format!("{sign}{text}"),
        None => format!("{text} {currency}"),
    }
}

/// A size as people read it, in powers of 1,000.
pub fn bytes(size: i64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut whole, mut unit) = (size, 0);
    while whole >= 10_000 && unit + 1 < UNITS.len() {
        whole /= 1_000;
        unit += 1;
    }
    format!("{} {}", grouped(&whole.to_string(), 0), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        for (number, kept, text) in [
            ("0", 0, "0"),
            ("999", 0, "999"),
            ("1000", 0, "1,000"),
            ("1234567.50", 2, "1,234,567.50"),
            ("-1234.500", 0, "−1,234.5"),
            ("12.000000", 2, "12.00"),
            ("12.000", 0, "12"),
        ] {
            assert_eq!(grouped(number, kept), text);
        }
        assert_eq!(amount("-2616250.00", "THB"), "−฿2,616,250.00");
        assert_eq!(amount("10.00", "CHF"), "10.00 CHF");
    }

    #[test]
    fn large_numbers_are_short() {
        for (value, text) in
            [(0.0, "0"), (950.0, "950"), (5_420_000.0, "5.4M"), (312_000.0, "312K"), (1_000.0, "1K")]
        {
            assert_eq!(brief(value, Lang::En), text);
        }
        assert_eq!(brief_amount(5_420_000.0, "THB", Lang::En), "฿5.4M");
    }
}
