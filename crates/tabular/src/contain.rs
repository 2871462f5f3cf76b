//! A wall around other people's parsers.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Refusal;

/// Runs a spreadsheet reader so that a panic in it becomes a refusal of the file.
pub(crate) fn contain<T>(file: &str, read: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic: Box<dyn Any + Send>| {
        drop(panic);
        Err(Refusal::damaged(file, "the spreadsheet reader gave up on it"))
    })
}
