//! Currencies by code, sign or everyday name (ISO 4217).

/// The codes in use, fund and metal codes left out.
pub(crate) static CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
    "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY",
    "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP",
    "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS",
    "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD",
    "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU",
    "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK",
    "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP",
    "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD",
    "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Signs and everyday names that stand for one currency. A bare `$` is the United States', `¥` Japan's.
static NAMES: &[(&str, &str)] = &[
    ("$", "USD"),
    ("us$", "USD"),
    ("usd$", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("us dollar", "USD"),
    ("€", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("£", "GBP"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("¥", "JPY"),
    ("円", "JPY"),
    ("yen", "JPY"),
    ("元", "CNY"),
    ("rmb", "CNY"),
    ("cn¥", "CNY"),
    ("yuan", "CNY"),
    ("฿", "THB"),
    ("บาท", "THB"),
    ("baht", "THB"),
    ("bt", "THB"),
    ("ดอลลาร์", "USD"),
    ("ยูโร", "EUR"),
    ("₫", "VND"),
    ("₩", "KRW"),
    ("₹", "INR"),
    ("rs", "INR"),
    ("₱", "PHP"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₡", "CRC"),
    ("₪", "ILS"),
    ("₭", "LAK"),
    ("៛", "KHR"),
    ("rp", "IDR"),
    ("rm", "MYR"),
    ("s$", "SGD"),
    ("a$", "AUD"),
    ("au$", "AUD"),
    ("c$", "CAD"),
    ("ca$", "CAD"),
    ("hk$", "HKD"),
    ("nt$", "TWD"),
    ("nz$", "NZD"),
    ("r$", "BRL"),
    ("mx$", "MXN"),
    ("zł", "PLN"),
    ("kč", "CZK"),
    ("ft", "HUF"),
    ("fr", "CHF"),
    ("sfr", "CHF"),
];

/// The code of the currency that `text` names.
pub fn find(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.len() == 3 && text.is_ascii() {
        let code = text.to_ascii_uppercase();
        if let Ok(at) = CODES.binary_search(&code.as_str()) {
            return Some(CODES[at]);
        }
    }
    let name = text.to_lowercase();
    NAMES.iter().find(|(sign, _)| *sign == name).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_order_and_names_lead_to_codes() {
        assert!(CODES.is_sorted());
        for (name, code) in NAMES {
            assert_eq!(find(name), Some(*code));
            assert_eq!(find(code), Some(*code));
        }
        assert_eq!(find("thb"), Some("THB"));
        assert_eq!(find("XYZ"), None);
    }
}
