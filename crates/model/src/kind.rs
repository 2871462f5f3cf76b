//! What the values of a field are, and the column that holds them.

use crate::field::Choice;

/// What a field's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of text of at most `max` characters.
    Text {
        /// Most characters.
        max: u32,
    },
    /// Several lines of text of at most `max` characters.
    Paragraph {
        /// Most characters.
        max: u32,
    },
    /// A short identifying code of at most 64 characters, kept letter for letter: leading zeros matter.
    Code,
    /// An e-mail address.
    Email,
    /// A telephone number, kept as written.
    Phone,
    /// A web address; `https://` is added where the scheme is missing.
    Url,
    /// A whole number within bounds.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A quantity, `numeric(14,3)`.
    Quantity,
    /// An amount of money, `numeric(14,2)`; its currency is a field beside it.
    Money,
    /// A unit price, `numeric(18,6)`.
    UnitPrice,
    /// A percentage 0–100 as such, or a rate, `numeric(9,6)`.
    Percent,
    /// True or false.
    Bool,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, UTC.
    Timestamp,
    /// One of some values.
    Choice(&'static [Choice]),
    /// The id of a record of the named entity.
    Link(&'static str),
    /// An ISO 3166 alpha-2 country code.
    Country,
    /// An ISO 4217 currency code.
    Currency,
    /// A list of short words, each once.
    Tags,
    /// A JSON document.
    Json,
    /// A network address, IPv4 or IPv6.
    Ip,
    /// An id that is not a link the database holds (who created it, a record of any entity).
    Id,
}

impl Kind {
    /// The PostgreSQL type of the column, as `format_type` prints it.
    pub const fn sql_type(self) -> &'static str {
        match self {
            Self::Text { .. }
            | Self::Paragraph { .. }
            | Self::Code
            | Self::Email
            | Self::Phone
            | Self::Url
            | Self::Choice(_)
            | Self::Country
            | Self::Currency => "text",
            Self::Integer { max, .. } => {
                if max > i32::MAX as i64 {
                    "bigint"
                } else {
                    "integer"
                }
            }
            Self::Quantity => "numeric(14,3)",
            Self::Money => "numeric(14,2)",
            Self::UnitPrice => "numeric(18,6)",
            Self::Percent => "numeric(9,6)",
            Self::Bool => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp with time zone",
            Self::Link(_) | Self::Id => "uuid",
            Self::Tags => "text[]",
            Self::Json => "jsonb",
            Self::Ip => "inet",
        }
    }

    /// Digits after the decimal point, for numbers that travel as strings.
    pub const fn scale(self) -> Option<u32> {
        match self {
            Self::Money => Some(2),
            Self::Quantity => Some(3),
            Self::UnitPrice | Self::Percent => Some(6),
            _ => None,
        }
    }
}
