//! What the caller knows better than the detection.

/// Overrules of single verdicts. Whatever is `None` is detected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// BCP 47 tag of the people who made the file (`th`, `en-US`, `de-CH`): decides what both readings fit.
    pub locale: Option<String>,
    /// Name of the text encoding (`utf-8`, `windows-874`, `cp437`, `utf-32le`, any WHATWG label).
    pub encoding: Option<String>,
    /// Byte that parts the cells of a record, ASCII.
    pub delimiter: Option<u8>,
    /// Byte around quoted cells, ASCII.
    pub quote: Option<u8>,
    /// The only sheet of a workbook to look at, by name.
    pub sheet: Option<String>,
    /// Where the header stands.
    pub header: Option<HeaderHint>,
}

/// Where the header stands, said by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderHint {
    /// No header: the first row is data.
    None,
    /// In this row, counted from 1 as a spreadsheet counts.
    Row(u64),
    /// In these rows, first and last, which are joined to one name for each column.
    Rows(u64, u64),
}

impl Hints {
    /// The language of the locale, in lower case (`en` of `en-US`).
    pub(crate) fn language(&self) -> Option<String> {
        self.locale.as_deref().and_then(|tag| tag.split(['-', '_']).next()).map(str::to_ascii_lowercase)
    }

    /// The region of the locale, in upper case (`US` of `en-US`).
    pub(crate) fn region(&self) -> Option<String> {
        let tag = self.locale.as_deref()?;
        tag.split(['-', '_']).skip(1).find(|part| part.len() == 2).map(str::to_ascii_uppercase)
    }

    /// Whether `1,5` is one and a half to the locale's people; `None` without a locale.
    pub(crate) fn comma_decimal(&self) -> Option<bool> {
        let language = self.language()?;
        if matches!(
            (language.as_str(), self.region().as_deref()),
            ("de", Some("CH")) | ("es", Some("MX" | "US"))
        ) {
            return Some(false);
        }
        const COMMA: &[&str] = &[
            "de", "fr", "es", "it", "nl", "pt", "da", "sv", "nb", "nn", "no", "fi", "pl", "cs", "sk", "hu",
            "ro", "bg", "el", "tr", "ru", "uk", "id", "vi", "hr", "sr", "sl", "lt", "lv", "et", "is", "ca",
        ];
        Some(COMMA.contains(&language.as_str()))
    }

    /// Whether `01/02/2024` is the second of January to the locale's people; `None` without a locale.
    pub(crate) fn month_first(&self) -> Option<bool> {
        let language = self.language()?;
        Some(match self.region().as_deref() {
            Some("US" | "PH" | "FM" | "PW") => true,
            Some(_) => false,
            None => language == "en",
        })
    }
}
