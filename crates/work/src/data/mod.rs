//! Data in and out: files become records, records become files.

mod csv;
pub mod export;
pub mod import;
