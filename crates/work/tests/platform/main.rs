//! What operators do with tenants as a whole.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod archive;
mod delete;
mod figures;
mod hostile;
mod house;
mod parts;
mod state;
