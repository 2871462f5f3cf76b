//! The record engine: list, get, create, update, archive, restore and bulk for every entity, from its description.
//!
//! It never names an entity. SQL is written from the names of descriptions and `$n` alone; JSON is built by
//! PostgreSQL and passed through as text. Permissions and record scope are checked from the caller before any
//! SQL; the same condition of sight stands in list, count, get, expand, links and writes.

mod allowed;
mod bulk;
mod change;
mod changed;
mod condition;
mod custom;
mod everywhere;
mod figures;
mod get;
mod given;
mod history;
mod insert;
mod keyset;
mod likely;
mod list;
mod load;
mod page;
mod projection;
mod reach;
mod refusal;
mod relink;
mod search;
mod sight;
mod step;
mod texts;
mod told;
mod values;
mod writer;

use uuid::Uuid;

pub use allowed::check_change;
pub use bulk::{Action, BulkRequest, Done, Effect, MOST as BULK_MOST, bulk, written};
pub use change::{archive, restore, update};
pub use custom::fields as custom_fields;
pub use everywhere::{Hit, MOST as SEARCH_MOST, everywhere, explain as explain_everywhere, searched};
pub use figures::{Asked, Figure, figures};
pub use get::{get, plan as get_statement};
pub use history::history;
pub use insert::{create, statements as create_statements};
pub use likely::{Likely, likely, signs as likely_by};
pub use list::{children, explain, list};
pub use load::{hold, reached};
pub use page::{Counted, Page};
pub use reach::{Reach, reach};
pub use relink::{Back, Named, Relink, Rows, counts as rows_named, set_aside};
pub use texts::{TextColumn, Texts, text_columns, texts};

/// A record as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: Uuid,
    /// The JSON object, as PostgreSQL built it.
    pub json: String,
    /// What `ETag` and `If-Match` compare; `None` for entities without versions.
    pub version: Option<i32>,
}
