//! Imports, exports, files.

mod bulk_changes;
mod data_sources;
mod exports;
mod files;
mod import_rows;
mod imports;

pub use bulk_changes::{BULK_CHANGES_ACTION, BULK_CHANGES_UNDER_WAY};
pub use data_sources::{is_folder, keeps_secrets};
pub use exports::EXPORT_JOBS_FORMAT;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &files::FILES,
    &imports::IMPORT_TEMPLATES,
    &data_sources::DATA_SOURCES,
    &imports::IMPORT_BATCHES,
    &import_rows::IMPORT_ROWS,
    &exports::EXPORT_JOBS,
    &bulk_changes::BULK_CHANGES,
];
