//! An import whose process is killed again and again, each time resumed, ends in the same table as an undisturbed one:
//! killed while rows are staged or judged, while they are written, and while they are taken back.
//!
//! `TENANTRY_KILL_ROWS` (20,000) and `TENANTRY_KILLS` (3) make it bigger, `TENANTRY_KILL_SEED` moves the moments.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod commit;
mod house;
mod staging;
mod undo;
