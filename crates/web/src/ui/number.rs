//! Numbers as people read them: digits in groups, amounts with the sign of their currency.

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
}
