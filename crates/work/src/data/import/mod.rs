//! The import engine: a messy file goes in, right records come out, or a list of exactly what is wrong.
//!
//! [`receive`] stores files, looks at them and maps their columns; [`validate`](validate()) stages every row and tells
//! what a commit would do; [`commit`](commit()) does it; [`undo`](undo()) takes it back. [`report`] tells how it stands
//! at any time. The files of one call are one set (the parent batch) with a child batch for each file or sheet; every
//! function takes the id of either.

mod advance;
mod again;
mod alike;
mod among;
mod apply;
mod approval;
mod archive_template;
mod batch;
mod cells;
mod choices;
mod classify;
pub mod codes;
mod columns;
mod commit;
mod corrected;
mod counts;
mod decide;
mod depends;
mod detect;
mod documents;
mod ending;
mod error_file;
pub mod events;
mod finding;
mod fix;
mod fresh;
mod groups;
mod job;
mod judge;
mod kept;
mod kept_fixes;
mod kinds;
mod lease;
mod links;
mod mapping;
mod matcher;
mod names;
mod options;
mod overrule;
mod patience;
mod plan;
mod receive;
mod record;
mod recorded;
mod refusal;
mod rejudge;
mod rename_template;
mod report;
mod rows;
mod sample;
mod save_template;
mod source;
mod stage;
mod staged;
mod stager;
mod status;
mod steps;
mod stock;
mod suggest;
mod targets;
mod template;
mod terms;
mod told;
mod tongues;
mod transform;
mod turn;
mod types;
mod undo;
mod unknown;
mod validate;

use model::{caller::Caller, problem::Problem};
use serde::Serialize;
use store::{Db, Files};
use uuid::Uuid;

pub use again::{add_part, drop_part, reread};
pub use alike::{Alike, alike};
pub use approval::SECOND_PERSON;
pub(crate) use batch::row_id_range;
pub use batch::{EmptyCells, Mode, Policy, SourceKind};
pub use choices::Choices;
pub use classify::Rule;
pub use commit::commit;
pub use counts::Counts;
pub use decide::{approve, remap, submit};
pub use detect::{Asked, Found, Knowledge, look};
pub use ending::cancel;
pub use error_file::errors_csv;
pub use finding::Finding;
pub use fix::{Column, Fix, Fixed, fix, would_fix};
pub(crate) use job::{JOBS, run_job};
pub use job::{Step, enqueue, progress, wait};
pub use mapping::{CellFormat, Class, ColumnMapping, Made, Mapping};
pub use matcher::{Target, targets};
pub use options::{Options, Upload};
pub use receive::{AskedOnce, receive, receive_once};
pub use report::{FileReport, Report, Tally, report};
pub use rows::{RowFilter, RowPage, rows};
pub use sample::sample;
pub use save_template::{SaveTemplate, Saved};
pub(crate) use source::format_of;
pub use source::isolate;
pub use status::BatchStatus;
pub use template::{TemplateUse, names as template_names};
pub use transform::{Case, Transform};
pub use types::{DATA_TYPES, DataType, Implied, Part, Role, data_type};
pub use undo::{Undone, undo};
pub use unknown::Unknown;
pub use validate::validate;

use batch::Family;

use crate::{access::rights, operation::Operation};

/// The operations on imports and what belongs to them.
pub const OPERATIONS: &[Operation] = &[
    save_template::OPERATION,
    rename_template::OPERATION,
    archive_template::ARCHIVE,
    archive_template::RESTORE,
];

/// How far the work on one file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The child batch.
    pub batch: Uuid,
    /// `staging`, `validating`, `committing`, `undoing`.
    pub phase: &'static str,
    /// Rows done; steps while validating.
    pub done: u64,
    /// Rows in all, as far as that is known.
    pub total: u64,
}

/// Goes on with a set whose process died, from wherever it stands to the next point where a person decides: staging
/// to validated, committing to completed. A set at such a point is left as it is.
///
/// # Errors
/// As [`validate()`] and [`commit()`].
pub async fn resume(
    db: &Db,
    files: &Files,
    caller: &Caller,
    id: Uuid,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    let family = Family::load(db, caller, id).await?;
    match family.parent.status {
        BatchStatus::Received => {
            receive::look(db, files, caller, family.parent.id).await?;
            validate(db, files, caller, id, progress).await
        }
        BatchStatus::Detected | BatchStatus::Mapped | BatchStatus::Staged => {
            validate(db, files, caller, id, progress).await
        }
        BatchStatus::Committing => commit(db, caller, id, progress).await,
        _ => Ok(()),
    }
}

/// Whether the caller may import what the set holds.
fn permit(caller: &Caller, family: &Family) -> Result<(), Problem> {
    for kind in family.children.iter().filter_map(|child| child.data_type.as_deref()).filter_map(data_type) {
        for part in &kind.parts {
            let of_part =
                |target: &str| target.split_once('.').is_some_and(|(entity, _)| entity == part.entity);
            let mut mappings = family.children.iter().filter_map(|child| child.mapping.as_ref());
            let used = mappings.any(|mapping| mapping.targets().any(of_part));
            if used {
                caller.permit(&part.description().permission("import"))?;
                rights::import(caller, part.entity)?;
            }
        }
    }
    Ok(())
}
