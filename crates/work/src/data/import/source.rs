//! Files as the reader opens them, their workbooks in a process of their own where the program has a way to start one.

use std::path::Path;
use std::sync::{Arc, OnceLock};

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

/// Opens a file within the limits.
///
/// # Errors
/// `bad_file` when it cannot be read.
pub(super) fn open(path: &Path, name: &str, hints: &Hints) -> Result<Vec<Member>, Problem> {
    let isolation = ISOLATION.get().cloned();
    tabular::open_with(path, name, &Limits::default(), hints, isolation).map_err(refusal::problem)
}
