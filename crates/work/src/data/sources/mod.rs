//! The register of data sources at work: what a source's schedule, or somebody, asks for is fetched and becomes an
//! import like any other, in the name of the source's owner.
//!
//! The job `sources.fetch` brings the files and makes a set of them, in one transaction with what the source remembers;
//! the job `imports.run` checks it, and writes it where nobody has to approve. What people upload for a source takes the
//! same way from there on, in their own name.

mod bring;
mod decide;
mod fetch;
mod outcome;
mod request;
mod upload;

use model::{caller::Caller, problem::Problem};
use serde_json::Value;
use store::{Db, sql, sql::Query};
use uuid::Uuid;

use crate::{
    import::{EmptyCells, Mode, Options, Policy, SourceKind, TemplateUse},
    jobs::Kind,
    operation::Operation,
};

pub use decide::go_on;
pub(crate) use outcome::{Outcome, of_set};
pub use request::SOURCE_IS_UPLOADED;
pub use upload::{Offered, offered, receive_for};

/// The operations on data sources.
pub const OPERATIONS: &[Operation] = &[request::OPERATION];

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] =
    &[Kind::of::<fetch::FetchSource>("Fetches what a data source offers and imports it.")];

/// A source as its job reads it.
#[derive(Clone, Debug)]
struct Source {
    id: Uuid,
    name: String,
    owner: Uuid,
    format: String,
    kind: String,
    location: String,
    credential: Option<Uuid>,
    options: Options,
    /// What was fetched last; see [`bring`].
    seen: Value,
}

impl Source {
    /// The source of this id; none where it is archived or gone.
    async fn load(db: &Db, caller: &Caller, id: Uuid) -> Result<Option<Self>, Problem> {
        let text = sql!(
            "select s.id, s.name, s.owner_id, s.format, s.kind, coalesce(s.location, ''), s.seen, s.data_type, s.mode,
               s.policy, s.empty_cells, t.name, s.credential_id
             from data_sources s
             left join import_templates t on t.tenant_id = $1 and t.id = s.template_id
             where s.tenant_id = $1 and s.id = $2 and s.archived_at is null"
        );
        let rows = db.read(caller, Query::fixed(text, vec![caller.tenant.into(), id.into()])).await?;
        Ok(rows.first().map(|row| {
            let name = |at: usize| row.get::<_, Option<String>>(at);
            let mut options = Options::new(SourceKind::Schedule);
            options.data_source = Some(id);
            options.data_type = name(7);
            options.mode = name(8).as_deref().and_then(Mode::from_name);
            options.policy = name(9).as_deref().and_then(Policy::from_name);
            options.empty_cells = name(10).as_deref().and_then(EmptyCells::from_name);
            options.template = name(11).map_or(TemplateUse::Fitting, TemplateUse::Named);
            Self {
                id: row.get(0),
                name: row.get(1),
                owner: row.get(2),
                format: row.get(3),
                kind: row.get(4),
                location: row.get(5),
                credential: row.get(12),
                seen: row.get(6),
                options,
            }
        }))
    }
}
