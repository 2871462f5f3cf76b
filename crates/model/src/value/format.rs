//! How one column or form writes numbers, dates and times.

use jiff::tz::TimeZone;

/// The mark before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1,234.50`
    Dot,
    /// `1.234,50`
    Comma,
}

/// The order of day, month and year in dates of numbers alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/1/2026`
    DayMonthYear,
    /// `1/31/2026`
    MonthDayYear,
    /// `2026/1/31`; a year of four digits in front is always read so.
    YearMonthDay,
}

/// The calendar that years are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Years above 2400 are Buddhist, others Gregorian.
    Guess,
    /// Gregorian, up to 2400.
    Gregorian,
    /// Buddhist: 2569 is 2026, and the short year 69 too.
    Buddhist,
}

/// How a spreadsheet counts days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serial {
    /// Day 1 is 1900-01-01, with the 29 February 1900 that never was.
    From1900,
    /// Day 0 is 1904-01-01.
    From1904,
}

/// How one column or form writes its values. The default reads whatever can be told without a guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    /// The decimal mark; `None` reads either where the grouping tells them apart, `1,234` as a thousand.
    pub decimal: Option<DecimalMark>,
    /// Order of day and month; `None` refuses a date that fits both.
    pub order: Option<DateOrder>,
    /// Calendar of years.
    pub era: Era,
    /// Percentages are fractions: `0.15` means 15; a value with a percent sign is read as it stands.
    pub fraction: bool,
    /// Plain numbers in date columns are a spreadsheet's days.
    pub serial: Option<Serial>,
    /// Numbers come from a spreadsheet's binary cells, of which 15 significant digits count.
    pub binary: bool,
    /// The zone of times that name none.
    pub zone: TimeZone,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            decimal: None,
            order: None,
            era: Era::Guess,
            fraction: false,
            serial: None,
            binary: false,
            zone: TimeZone::UTC,
        }
    }
}

impl Format {
    /// What programs send: a decimal point, the year first.
    pub fn canonical() -> Self {
        Self { decimal: Some(DecimalMark::Dot), order: Some(DateOrder::YearMonthDay), ..Self::default() }
    }
}
