//! Texts and the kinds of text that follow a pattern.

use std::net::IpAddr;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    codes::{self, ValueCode},
    number::western_digits,
};

type Refused = &'static ValueCode;

/// Most tags of a record.
const MOST_TAGS: usize = 50;
/// Most characters of a tag.
const TAG: u32 = 60;
/// Most characters of a code.
pub(super) const CODE: u32 = 64;

/// `text` as stored: composed (NFC), line breaks and tabs of one-line fields as spaces.
pub(super) fn text(text: &str, max: u32, lines: bool) -> Result<String, Refused> {
    let mut stored: String = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    if stored.contains(['\r', '\n', '\t']) {
        stored = if lines {
            stored.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            stored
                .split(['\r', '\n', '\t'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
    }
    if stored.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(&codes::BAD_CHARACTER);
    }
    if stored.len() > max as usize && stored.chars().count() > max as usize {
        return Err(&codes::TOO_LONG);
    }
    Ok(stored)
}

/// One address, as RFC 5321 allows it without quotes and comments; the domain in lower case.
pub(super) fn email(written: &str) -> Result<String, Refused> {
    let address = written.strip_prefix("mailto:").unwrap_or(written);
    let address = address.strip_prefix('<').and_then(|a| a.strip_suffix('>')).unwrap_or(address).trim();
    let (local, domain) = address.rsplit_once('@').ok_or(&codes::NOT_AN_EMAIL)?;
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
    if !local_fits || !is_host(domain) || address.len() > 254 {
        return Err(&codes::NOT_AN_EMAIL);
    }
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

/// A name of at least two labels, the last of letters or punycode.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || ('\u{e00}'..='\u{e7f}').contains(&c))
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(label)
        && last.chars().count() >= 2
        && !last.chars().all(|c| c.is_ascii_digit())
}

/// A telephone number as written; `Ext. 12` and several numbers in one cell stay.
pub(super) fn phone(written: &str) -> Result<String, Refused> {
    let phone = western_digits(written);
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    // A number that a spreadsheet has shortened (6.68E+10) has lost its digits.
    let shortened = phone.contains("E+") && phone.parse::<f64>().is_ok();
    let letters = phone.chars().filter(|c| c.is_alphabetic()).count();
    let sane = phone.chars().all(|c| !c.is_control() && !matches!(c, '@' | '{' | '}' | '<' | '>' | '='));
    if !sane
        || shortened
        || !(3..=40).contains(&digits)
        || letters > digits.max(8)
        || phone.chars().count() > 64
    {
        return Err(&codes::NOT_A_PHONE);
    }
    Ok(phone.into_owned())
}

/// Whether a host, without brackets and port, is this machine itself: `localhost`, or an address that is looped back.
pub fn is_own_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A web address with its scheme. A hyperlink written `text#address#` counts as its address.
pub(super) fn url(written: &str) -> Result<String, Refused> {
    let address = match written.split('#').collect::<Vec<_>>().as_slice() {
        [_, address, ""] if !address.is_empty() => address,
        _ => written,
    };
    let address = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let after = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .ok_or(&codes::NOT_A_URL)?;
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let known = is_host(host) || host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok();
    let clean =
        !address.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    if !known || !clean || port.parse::<u16>().is_err() {
        return Err(&codes::NOT_A_URL);
    }
    if address.len() > 2_048 { Err(&codes::TOO_LONG) } else { Ok(address) }
}

/// Words as they come, each once.
pub(super) fn tags<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<String>, Refused> {
    let mut tags = vec![];
    for word in words.map(str::trim).filter(|word| !word.is_empty()) {
        let word = text(word, TAG, false)?;
        if !tags.contains(&word) {
            tags.push(word);
        }
    }
    if tags.len() > MOST_TAGS { Err(&codes::TOO_LONG) } else { Ok(tags) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_slips() {
        for (written, meant) in [
            ("maria@Alfreds.DE", "maria@alfreds.de"),
            ("<a.b+c@x.co.th>", "a.b+c@x.co.th"),
            ("mailto:o'neil@example.com", "o'neil@example.com"),
            ("somchai@ตัวอย่าง.ไทย", "somchai@ตัวอย่าง.ไทย"),
        ] {
            assert_eq!(email(written).as_deref(), Ok(meant));
        }
        for slip in [
            "maria", "a@b", "a@@b.de", "a b@c.de", "a@b..de", ".a@b.de", "a@b.de; c@d.de", "a@1.2.3.4",
            "@b.de", "a@-b.de",
        ] {
            assert_eq!(email(slip), Err(&codes::NOT_AN_EMAIL), "{slip}");
        }
    }

    #[test]
    fn web_addresses_get_their_scheme() {
        assert_eq!(url("example.com/a").as_deref(), Ok("https://example.com/a"));
        assert_eq!(url("http://x.co.th:8080").as_deref(), Ok("http://x.co.th:8080"));
        assert_eq!(
            url("Mayumi's#http://www.example.com/m.htm#").as_deref(),
            Ok("http://www.example.com/m.htm")
        );
        assert_eq!(url("https://example.com/#part").as_deref(), Ok("https://example.com/#part"));
        for slip in ["ftp://a.de", "javascript:alert(1)", "no site", "https://", "n/a", "http://a.de:x"] {
            assert_eq!(url(slip), Err(&codes::NOT_A_URL), "{slip}");
        }
    }

    #[test]
    fn telephone_numbers_stay_as_written() {
        for number in
            ["030-0074321", "(5) 555-4729", "+66 2 123 4567 ต่อ 12", "1-800-FLOWERS", "0921-12 34 65"]
        {
            assert_eq!(phone(number).as_deref(), Ok(number));
        }
        for slip in ["6.68123E+10", "none", "12", "a@b.de", "call me maybe at some time 123"] {
            assert_eq!(phone(slip), Err(&codes::NOT_A_PHONE), "{slip}");
        }
    }

    #[test]
    fn texts_are_stored_clean() {
        assert_eq!(text("Obere Str.\r\n 57", 20, false).as_deref(), Ok("Obere Str. 57"));
        assert_eq!(text("a\r\nb", 20, true).as_deref(), Ok("a\nb"));
        assert_eq!(text("Cafe\u{301}", 4, false).as_deref(), Ok("Café"));
        assert_eq!(text("a\0b", 20, false), Err(&codes::BAD_CHARACTER));
        assert_eq!(text("ที่อยู่", 6, false), Err(&codes::TOO_LONG));
    }
}
