//! The addresses of imports, and who may come to them.

use std::collections::BTreeSet;

use axum::http::Method;
use work::import::DATA_TYPES;

use crate::routes::Access;

/// What can be done with imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// Upload files.
    Receive,
    /// A file to fill in, for a kind of record.
    Sample,
    /// The latest imports.
    List,
    /// One import: state, mapping, counts, progress.
    Get,
    /// Its rows.
    Rows,
    /// The rows with errors.
    Errors,
    /// The rows with errors as a file in the original's layout.
    ErrorFile,
    /// Say what it holds, and which column gives which field.
    Map,
    /// Map and check again.
    Validate,
    /// Correct cells, or leave rows out.
    Fix,
    /// Apply it.
    Commit,
    /// Go on after an interruption.
    Resume,
    /// Stop it.
    Cancel,
    /// Take it back.
    Undo,
}

impl Import {
    /// Every one, with method and address below `/api/v1/imports`.
    pub const ALL: [(Self, Method, &'static str); 14] = [
        (Self::Sample, Method::GET, "/sample"),
        (Self::List, Method::GET, ""),
        (Self::Receive, Method::POST, ""),
        (Self::Get, Method::GET, "/{id}"),
        (Self::Rows, Method::GET, "/{id}/rows"),
        (Self::Errors, Method::GET, "/{id}/errors"),
        (Self::ErrorFile, Method::GET, "/{id}/errors.csv"),
        (Self::Map, Method::POST, "/{id}/map"),
        (Self::Validate, Method::POST, "/{id}/validate"),
        (Self::Fix, Method::POST, "/{id}/fix"),
        (Self::Commit, Method::POST, "/{id}/commit"),
        (Self::Resume, Method::POST, "/{id}/resume"),
        (Self::Cancel, Method::POST, "/{id}/cancel"),
        (Self::Undo, Method::POST, "/{id}/undo"),
    ];

    /// Who may come. Beyond this an import takes the permission to import each kind of record that it holds.
    pub(crate) fn access(self) -> Access {
        match self {
            Self::List | Self::Get | Self::Rows | Self::Errors | Self::ErrorFile => {
                Access::Permission("import_batches.view".to_owned())
            }
            Self::Commit | Self::Undo => Access::Permission("imports.commit".to_owned()),
            Self::Sample
            | Self::Receive
            | Self::Map
            | Self::Validate
            | Self::Fix
            | Self::Resume
            | Self::Cancel => {
                let entities = DATA_TYPES.iter().flat_map(|kind| &kind.parts).map(|part| part.entity);
                let permissions: BTreeSet<String> =
                    entities.map(|entity| format!("{entity}.import")).collect();
                Access::AnyOf(permissions.into_iter().collect())
            }
        }
    }
}
