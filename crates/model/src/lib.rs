//! What Tenantry knows: entities, field kinds, permissions, problems and pure rules. No async, no I/O.
//!
//! Everything here is data or a pure function. One [`entity::Entity`] describes a kind of record; the record
//! engine, the API, imports, exports, permissions, audit and documentation are readers of that description.

pub mod access;
pub mod caller;
pub mod catalog;
pub mod checks;
pub mod crm;
pub mod data;
pub mod dictionary;
pub mod entity;
pub mod event;
pub mod field;
pub mod insight;
pub mod integrations;
mod kind;
pub mod money;
pub mod notices;
pub mod problem;
pub mod query;
pub mod referrers;
pub mod registry;
pub mod sales;
pub mod service;
pub mod stock;
pub mod value;
pub mod world;

/// A record, or part of one, as it travels between crates: field name → canonical JSON value.
///
/// Canonical means: text trimmed and composed (NFC), numbers of money, price, quantity and percent as strings with
/// all decimals of their column (`"12.50"`, `"3.000"`) as PostgreSQL prints them, integers as JSON numbers, dates
/// `YYYY-MM-DD`, times RFC 3339 in UTC ending in `Z` with as many decimals of the second as needed, ids as
/// hyphenated lower-case UUIDs, empty as `null`.
pub type Document = serde_json::Map<String, serde_json::Value>;
