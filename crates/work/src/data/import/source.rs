//! Files as the reader opens them, their workbooks in a process of their own where the program has a way to start one.

use std::{
    io::Read,
    path::Path,
    sync::{Arc, OnceLock},
};

use model::problem::Problem;
use tabular::{Hints, Isolation, Limits, Member};

use super::refusal;

/// How workbooks are read in another process. The program sets it once as it starts; without it, as in tests of this
/// crate, they are read here.
static ISOLATION: OnceLock<Arc<dyn Isolation>> = OnceLock::new();

/// Has workbooks read in another process from now on. The first call holds.
pub fn isolate(isolation: Arc<dyn Isolation>) {
    ISOLATION.get_or_init(|| isolation);
}

/// What a file is, as data sources name formats: `text`, `workbook` or `archive`.
///
/// # Errors
/// `bad_file` when it cannot be read.
pub(crate) fn format_of(path: &Path, name: &str) -> Result<&'static str, Problem> {
    let members = open(path, name, &Hints::default())?;
    Ok(match members.as_slice() {
        [only] if only.kind.is_workbook() => "workbook",
        [only] if only.name == name => "text",
        [only] if !only.name.contains('/') && is_packed_alone(path) => "text",
        _ => "archive",
    })
}

/// Whether a file is one that is merely packed (gzip), by its first bytes.
fn is_packed_alone(path: &Path) -> bool {
    let mut head = [0; 2];
    std::fs::File::open(path)
        .and_then(|mut file| file.read_exact(&mut head))
        .is_ok_and(|()| head == [0x1F, 0x8B])
}

/// Opens a file within the limits.
///
/// # Errors
/// `bad_file` when it cannot be read.
pub(super) fn open(path: &Path, name: &str, hints: &Hints) -> Result<Vec<Member>, Problem> {
    let isolation = ISOLATION.get().cloned();
    tabular::open_with(path, name, &Limits::default(), hints, isolation).map_err(refusal::problem)
}
