//! Imports, exports, files.

mod exports;
mod files;
mod import_rows;
mod imports;

pub use exports::EXPORT_JOBS_FORMAT;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &files::FILES,
    &imports::IMPORT_TEMPLATES,
    &imports::IMPORT_BATCHES,
    &import_rows::IMPORT_ROWS,
    &exports::EXPORT_JOBS,
];
