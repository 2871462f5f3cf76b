//! What kind of values a column holds, from all its cells together.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::Hints;
use crate::header_words;
use crate::value::{Look, Sight, flag, look};

/// Marks of written numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// `.` or `,`.
    pub decimal: char,
    /// Between groups of digits, where the column uses one.
    pub thousands: Option<char>,
}

/// Order of a date's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// How a column writes dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    /// Order of the parts.
    pub order: DateOrder,
    /// Day first and month first fit every value alike; the locale decided, a person should look.
    pub ambiguous: bool,
    /// Years of the Buddhist era, 543 ahead.
    pub buddhist: bool,
    /// Years of two digits.
    pub short_year: bool,
}

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnKind {
    /// No value in any row.
    Empty,
    /// Anything that is not clearly one of the others; numbers that are names (codes, phones, postal codes, ids) too.
    Text,
    /// Whole numbers.
    Integer {
        /// Between groups of digits, where the column uses one.
        thousands: Option<char>,
    },
    /// Numbers with fractions.
    Decimal(Marks),
    /// Numbers with `%`.
    Percent(Marks),
    /// Numbers with a sign or code of money.
    Currency(Marks),
    /// Yes and no, true and false.
    Bool,
    /// Days.
    Date(DateFormat),
    /// Days with a time.
    DateTime(DateFormat),
    /// Times of day.
    Time,
    /// Lengths of time: hours beyond a day, or times under a header that speaks of duration.
    Duration,
}

/// What text that is a name of something looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextPattern {
    /// Codes and numbers that name a record.
    Identifier,
    /// Telephone numbers.
    Phone,
    /// Postal codes.
    PostalCode,
    /// E-mail addresses.
    Email,
    /// Web addresses.
    Url,
}

/// One column of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Place, from 0.
    pub index: usize,
    /// The header's text as in the file; `Column D` where it is empty.
    pub header: String,
    /// The header made unique in its sheet: `OrderID`, `OrderID (2)`.
    pub key: String,
    /// What the values are.
    pub kind: ColumnKind,
    /// What a text column's values look like, where that is clear.
    pub pattern: Option<TextPattern>,
    /// Share of the values that fit the kind, 0 to 1.
    pub confidence: f32,
    /// Up to five different values, as in the file.
    pub samples: Vec<String>,
    /// Rows with a value, among those looked at.
    pub filled: u64,
    /// Different values among the first 10,000 rows looked at.
    pub distinct_hint: u64,
}

const DISTINCT_ROWS: u64 = 10_000;
const PATTERN_ROWS: u64 = 1_000;
const LOOKS: usize = 12;

/// Evidence of one column, gathered cell by cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    seen: u64,
    /// What the last cells are, and how many in a row of them are not in `looks` and `flags` yet: most cells of a column
    /// are as the one above.
    last: Sight,
    run: u64,
    looks: [u64; LOOKS],
    flags: [u64; flag::COUNT],
    /// Hashes of the values.
    distinct: HashSet<u64, RandomState>,
    samples: Vec<String>,
    emails: u64,
    urls: u64,
    phones: u64,
    /// Length of all whole numbers, while they agree; 0 once they do not.
    digits: Option<usize>,
}

impl Evidence {
    /// Adds one cell.
    #[inline]
    pub fn add(&mut self, cell: &str) {
        self.seen += 1;
        let sight = look(cell);
        if sight != self.last {
            self.settle();
            self.last = sight;
        }
        self.run += 1;
        let look = sight.look;
        if look == Look::Empty {
            return;
        }
        if look == Look::Integer {
            let length = cell.trim_ascii().len();
            self.digits = Some(if self.digits.is_none_or(|have| have == length) { length } else { 0 });
        }
        if self.seen <= DISTINCT_ROWS {
            self.sample(cell, look);
        }
    }

    /// Adds one of the first cells to what is gathered from them alone.
    #[inline(never)]
    fn sample(&mut self, cell: &str, look: Look) {
        let hash = self.distinct.hasher().hash_one(cell);
        let new = self.distinct.insert(hash);
        if new && self.samples.len() < 5 {
            self.samples.push(cell.chars().take(200).collect());
        }
        if look == Look::Text && self.seen <= PATTERN_ROWS {
            self.add_pattern(cell.trim());
        }
    }

    fn add_pattern(&mut self, cell: &str) {
        if let Some((user, host)) = cell.split_once('@')
            && !user.is_empty()
            && host.contains('.')
            && !cell.contains(' ')
        {
            self.emails += 1;
        } else if ["http://", "https://", "www."].iter().any(|start| cell.starts_with(start)) {
            self.urls += 1;
        } else {
            let digits = cell.bytes().filter(u8::is_ascii_digit).count();
            let signs = cell
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')' | b'.' | b'/'));
            self.phones += u64::from(signs && (6..=15).contains(&digits));
        }
    }

    /// Counts the cells of the run.
    fn settle(&mut self) {
        self.looks[self.last.look as usize] += self.run;
        let mut left = self.last.flags;
        while left != 0 {
            self.flags[left.trailing_zeros() as usize] += self.run;
            left &= left - 1;
        }
        self.run = 0;
    }

    fn count(&self, look: Look) -> u64 {
        self.looks[look as usize] + if self.last.look == look { self.run } else { 0 }
    }

    fn flagged(&self, flag: u32) -> u64 {
        self.flags[flag.trailing_zeros() as usize] + if self.last.flags & flag != 0 { self.run } else { 0 }
    }

    /// Rows with a value.
    pub fn filled(&self) -> u64 {
        self.seen - self.count(Look::Empty)
    }

    /// The column these cells make under a header.
    pub fn column(&self, index: usize, header: String, key: String, hints: &Hints) -> Column {
        let (kind, pattern, confidence) = self.verdict(&header, hints);
        Column {
            index,
            header,
            key,
            kind,
            pattern,
            confidence,
            samples: self.samples.clone(),
            filled: self.filled(),
            distinct_hint: self.distinct.len() as u64,
        }
    }

    fn verdict(&self, header: &str, hints: &Hints) -> (ColumnKind, Option<TextPattern>, f32) {
        let values = self.filled() - self.count(Look::Missing);
        if values == 0 {
            return (if self.filled() == 0 { ColumnKind::Empty } else { ColumnKind::Text }, None, 1.0);
        }
        let share = |count: u64| count as f32 / values as f32;
        let enough = |count: u64| count * 10 >= values * 9;
        let (whole, parted) = (self.count(Look::Integer), self.count(Look::Number));
        let (percent, money) = (self.count(Look::Percent), self.count(Look::Currency));
        let (days, moments) = (self.count(Look::Date), self.count(Look::DateTime));
        let numbers = whole + parted + percent + money;
        let named = header_words::pattern(header);

        if enough(days + moments) {
            let format = self.date_format(hints);
            let kind = if moments * 10 > days + moments {
                ColumnKind::DateTime(format)
            } else {
                ColumnKind::Date(format)
            };
            let sure = if format.ambiguous { 0.5 } else { 1.0 };
            return (kind, None, share(days + moments) * sure);
        }
        let (times, lengths) = (self.count(Look::Time), self.count(Look::Duration));
        if enough(times + lengths) {
            let long = lengths > 0 || header_words::is_duration(header);
            return (
                if long { ColumnKind::Duration } else { ColumnKind::Time },
                None,
                share(times + lengths),
            );
        }
        if enough(self.count(Look::Bool)) {
            return (ColumnKind::Bool, None, share(self.count(Look::Bool)));
        }
        if enough(numbers) {
            let compact = self.flagged(flag::COMPACT_DATE);
            if enough(compact) && header_words::is_date(header) {
                let format = DateFormat {
                    order: DateOrder::Ymd,
                    ambiguous: false,
                    buddhist: false,
                    short_year: false,
                };
                return (ColumnKind::Date(format), None, share(compact));
            }
            let pattern = self.number_that_names(named, whole, values);
            if pattern.is_some() {
                return (ColumnKind::Text, pattern, 0.9);
            }
            let marks = self.marks(hints);
            let kind = if percent * 2 >= numbers {
                ColumnKind::Percent(marks)
            } else if money * 2 >= numbers {
                ColumnKind::Currency(marks)
            } else if parted == 0 || !self.has_fraction(marks) {
                ColumnKind::Integer { thousands: marks.thousands }
            } else {
                ColumnKind::Decimal(marks)
            };
            return (kind, None, share(numbers));
        }
        (ColumnKind::Text, self.text_pattern(named, values), 1.0)
    }

    /// Why a column of digits is text all the same.
    fn number_that_names(&self, named: Option<TextPattern>, whole: u64, values: u64) -> Option<TextPattern> {
        if whole * 2 < values {
            return None;
        }
        if self.flagged(flag::LEADING_ZERO) > 0 || self.flagged(flag::LONG) > 0 {
            return named.or(Some(TextPattern::Identifier));
        }
        // Bar codes and bare telephone numbers: many long numbers of one length.
        let uniform = values >= 3 && self.digits.is_some_and(|length| length >= 10) && whole == values;
        named.or(uniform.then_some(TextPattern::Identifier))
    }

    fn text_pattern(&self, named: Option<TextPattern>, values: u64) -> Option<TextPattern> {
        let looked = values.min(PATTERN_ROWS);
        let most = |count: u64| count * 10 >= looked * 8;
        if most(self.emails) {
            Some(TextPattern::Email)
        } else if most(self.urls) {
            Some(TextPattern::Url)
        } else if most(self.phones) && named != Some(TextPattern::PostalCode) {
            Some(TextPattern::Phone)
        } else {
            named
        }
    }

    /// Whether any number has a fraction, read with these marks (`1,234` has one only with a decimal comma).
    fn has_fraction(&self, marks: Marks) -> bool {
        self.flagged(if marks.decimal == ',' { flag::COMMA_FRACTION } else { flag::POINT_FRACTION }) > 0
    }

    fn marks(&self, hints: &Hints) -> Marks {
        let (point, comma) = (self.flagged(flag::POINT), self.flagged(flag::COMMA));
        let decimal = match point.cmp(&comma) {
            std::cmp::Ordering::Greater => '.',
            std::cmp::Ordering::Less => ',',
            std::cmp::Ordering::Equal if hints.comma_decimal() == Some(true) => ',',
            std::cmp::Ordering::Equal => '.',
        };
        let marks = [
            (
                if decimal == '.' { flag::THOUSANDS_COMMA } else { flag::THOUSANDS_POINT },
                if decimal == '.' { ',' } else { '.' },
            ),
            (flag::THOUSANDS_SPACE, ' '),
            (flag::THOUSANDS_APOSTROPHE, '\''),
        ];
        let best =
            marks.into_iter().map(|(flag, mark)| (self.flagged(flag), mark)).max_by_key(|(count, _)| *count);
        Marks { decimal, thousands: best.filter(|(count, _)| *count > 0).map(|(_, mark)| mark) }
    }

    fn date_format(&self, hints: &Hints) -> DateFormat {
        let (dmy, mdy, ymd) = (self.flagged(flag::DMY), self.flagged(flag::MDY), self.flagged(flag::YMD));
        let total = self.count(Look::Date) + self.count(Look::DateTime);
        let both = dmy == mdy && dmy > 0;
        let order = if ymd > dmy && ymd > mdy {
            DateOrder::Ymd
        } else if mdy > dmy || both && hints.month_first() == Some(true) {
            DateOrder::Mdy
        } else {
            DateOrder::Dmy
        };
        DateFormat {
            order,
            ambiguous: order != DateOrder::Ymd && both,
            buddhist: self.flagged(flag::BUDDHIST) * 10 >= total * 9,
            short_year: self.flagged(flag::SHORT_YEAR) * 2 > total,
        }
    }
}
