//! One page of a list, as it is answered.

use std::fmt;

/// How many records match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// So many.
    Exactly(i64),
    /// So many and perhaps more: counting ended there.
    AtLeast(i64),
}

impl Counted {
    /// A count that is whole up to `cap`; beyond it only its hundreds tell something.
    pub(super) fn capped(found: i64, cap: i64) -> Self {
        if found > cap { Self::AtLeast(found / 100 * 100) } else { Self::Exactly(found) }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => count.fmt(f),
            Self::AtLeast(count) => write!(f, "{count}+"),
        }
    }
}

/// Room for what an answer writes around the records of a page, in bytes.
pub(super) const ENVELOPE: usize = 1 << 10;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// A JSON array of records, as PostgreSQL built them; there is room to wrap it where it stands.
    pub data: String,
    /// How many records the array holds.
    pub len: usize,
    /// The `after` of the next page, if there is one.
    pub next: Option<String>,
    /// The `before` of the page in front, if there is one.
    pub prev: Option<String>,
    /// How many records match, where that was asked.
    pub count: Option<Counted>,
}
