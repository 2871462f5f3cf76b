//! Orders to cash.

pub mod numbering;
