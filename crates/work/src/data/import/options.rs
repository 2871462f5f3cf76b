//! What is imported, and how.

use std::path::PathBuf;

use uuid::Uuid;

use super::{
    batch::{EmptyCells, Mode, Policy, SourceKind},
    choices::Choices,
    template::TemplateUse,
};

/// A file to be imported.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name, as the person knows it.
    pub name: String,
    /// Where it can be read.
    pub path: PathBuf,
}

/// How files are to be imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// What they hold; found out where none is given.
    pub data_type: Option<String>,
    /// What the import may do; upsert where neither this nor a template says it.
    pub mode: Option<Mode>,
    /// What happens with bad rows; all or nothing up to 50,000 rows where none is given and no template says it, else the
    /// good rows are written.
    pub policy: Option<Policy>,
    /// What empty cells mean; the stored values stay where neither this nor a template says it.
    pub empty_cells: Option<EmptyCells>,
    /// Archived records that the file names are restored; not where neither this nor a template says it.
    pub restore: Option<bool>,
    /// What is said of the mapping, over what is found.
    pub mapping: Choices,
    /// Which template is used.
    pub template: TemplateUse,
    /// How the files came in.
    pub source: SourceKind,
    /// The data source that they come from.
    pub data_source: Option<Uuid>,
}

impl Options {
    /// Upsert with everything found out by itself.
    pub fn new(source: SourceKind) -> Self {
        Self {
            data_type: None,
            mode: None,
            policy: None,
            empty_cells: None,
            restore: None,
            mapping: Choices::default(),
            template: TemplateUse::Fitting,
            source,
            data_source: None,
        }
    }
}
