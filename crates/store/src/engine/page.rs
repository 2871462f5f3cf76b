//! One page of a list, as it is answered.

use std::fmt;

use model::query::COUNT_CAP;

/// How many records match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// So many.
    Exactly(i64),
    /// More than [`COUNT_CAP`].
    Many,
}

impl Counted {
    /// A count that stopped at one above the cap.
    pub(super) fn capped(found: i64) -> Self {
        if found > COUNT_CAP { Self::Many } else { Self::Exactly(found) }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => count.fmt(f),
            Self::Many => write!(f, "{COUNT_CAP}+"),
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// A JSON array of records, as PostgreSQL built them.
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
