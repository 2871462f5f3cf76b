//! A whole tenant in one file, to be brought in elsewhere, or beside its original.
//!
//! The archive is a ZIP. `tables/<table>.jsonl` holds the rows of a table as JSON Lines, parents before children, without
//! `tenant_id`: an archive knows of one tenant, so that no row can be another's. `files/<kind>/<year>/<month>/<id>` are
//! the stored files, as they are. `manifest.json`, written last, says of which tenant and schema all this is, and names
//! each member with its size and SHA-256. The rows are those of one moment, read by the runtime login under the
//! tenant's policies.
//!
//! Sessions, links that work once, remembered answers and the queue do not go along ([`LEFT_OUT`]). Password hashes do.
//! Secrets of third parties go along sealed ([`sealed`]).

mod check;
mod export;
mod import;
mod load;
mod manifest;
mod pack;
mod sealed;

pub use check::{Checked, Read, check};
pub use export::{Exported, export};
pub use import::{Imported, import};
pub use manifest::{About, FileMember, Manifest, TableMember};

use model::problem::{Problem, codes};

/// What an archive calls itself.
pub const FORMAT: &str = "tenantry-tenant";

/// The form of archives that this program writes and reads.
pub const VERSION: u32 = 1;

/// The oldest schema whose archives can be read: a migration that changes what rows mean, rather than adding tables and
/// columns with defaults, raises it.
pub const OLDEST_MIGRATION: i32 = 21;

/// The tables whose rows stay behind, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("sessions", "people sign in anew"),
    ("access_stamps", "made with the tenant, and anew with every change of access"),
    ("spent_refresh_tokens", "as the sessions they belonged to"),
    ("one_time_tokens", "links that were mailed lead to the old place"),
    ("idempotency_keys", "answers to requests of the old place"),
    ("jobs", "what waits is enqueued anew from the rows that wait for it"),
    ("job_runs", "the history of those jobs"),
    ("tenant_figures", "counted anew"),
];

/// An archive that cannot be read.
fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(&codes::BAD_FILE, detail)
}

/// A member of an archive that is not what it should be.
fn hostile(member: &str, detail: &str) -> Problem {
    bad(format!("`{member}`: {detail}. Nothing was imported."))
        .hint("Take an archive as `tenantry tenant export` wrote it.")
}
