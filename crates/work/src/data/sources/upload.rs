//! Files that people upload for a source: received with the source's choices, and imported by the steps that a fetched
//! file takes, with the rights of whoever uploads them.

use model::{
    caller::Caller,
    problem::{FieldError, Problem},
    query::ListQuery,
    registry,
    value::{codes as value_codes, nearest},
};
use serde::Deserialize;
use store::{Db, Files, engine};
use uuid::Uuid;

use super::{Outcome, Source, fetch::set_refused};
use crate::{
    import::{AskedOnce, Options, TemplateUse, Upload, receive_once},
    once::Done,
};

/// Most sources that people choose from.
const OFFERED: usize = 200;

/// A source that people upload for.
#[derive(Clone, Debug, Deserialize)]
pub struct Offered {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `due` or `overdue`, where a file is.
    pub due: Option<String>,
}

/// The sources in use that people upload for, as far as the caller sees them; by name.
///
/// # Errors
/// Problems of the database.
pub async fn offered(db: &Db, caller: &Caller) -> Result<Vec<Offered>, Problem> {
    if caller.permit("data_sources.view").is_err() {
        return Ok(vec![]);
    }
    let limit = OFFERED.to_string();
    listed(
        db,
        caller,
        &[
            ("filter[kind]", "upload"),
            ("filter[active]", "true"),
            ("sort", "name"),
            ("limit", &limit),
            ("fields", "id,name,due"),
        ],
    )
    .await
}

async fn listed(db: &Db, caller: &Caller, asked: &[(&str, &str)]) -> Result<Vec<Offered>, Problem> {
    let entity = registry::described("data_sources")?;
    let asked: Vec<(String, String)> =
        asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let page = engine::list(db, caller, entity, &ListQuery::parse(entity, &asked)?).await?;
    serde_json::from_str(&page.data).map_err(Problem::internal)
}

/// Receives files as this month's, or whatever its cadence is, of a source: by its template, mode, policy and meaning of
/// empty cells as far as `options` state none, of its format alone. `source` is its name or id. Answers the set, which is
/// mapped and not checked yet.
///
/// # Errors
/// `invalid` for a source that is not there, archived, or fetched; `bad_file` for a file of another format; as
/// [`receive_once`].
pub async fn receive_for(
    db: &Db,
    files: &Files,
    caller: &Caller,
    source: &str,
    uploads: Vec<Upload>,
    options: Options,
    once: Option<AskedOnce<'_>>,
) -> Result<Done<Uuid>, Problem> {
    let source = named(db, caller, source).await?;
    for upload in &uploads {
        source.admit(upload.clone()).await?;
    }
    let options = source.choices(options);
    let received = receive_once(db, files, caller, uploads, &options, once).await;
    let outcome = match &received {
        Ok(Done::Now(_)) => Outcome::Importing,
        Err(problem) if set_refused(problem).is_some() => Outcome::Failed(problem.to_string()),
        _ => return received,
    };
    let mut tx = db.begin(&caller.program()).await?;
    source.note(&mut tx, &outcome).await?;
    tx.commit().await?;
    received
}

impl Source {
    /// What is asked of an import, and of the source where nothing is.
    fn choices(&self, asked: Options) -> Options {
        let own = self.options.clone();
        Options {
            data_source: own.data_source,
            data_type: asked.data_type.or(own.data_type),
            mode: asked.mode.or(own.mode),
            policy: asked.policy.or(own.policy),
            empty_cells: asked.empty_cells.or(own.empty_cells),
            template: if asked.template == TemplateUse::Fitting { own.template } else { asked.template },
            ..asked
        }
    }
}

/// The source of this name or id that the caller sees and that people upload for.
async fn named(db: &Db, caller: &Caller, text: &str) -> Result<Source, Problem> {
    let by = if Uuid::try_parse(text).is_ok() { "filter[id]" } else { "filter[name]" };
    let found = listed(db, caller, &[(by, text), ("archived", "with"), ("fields", "id,name,due")]).await?;
    let refuse = |code, message: String| FieldError::new("data_source", code, message).value(text);
    let Some(found) = found.first() else {
        let offered: Vec<String> = offered(db, caller).await?.into_iter().map(|one| one.name).collect();
        let mend = match offered[..] {
            [] => "No source is uploaded; leave it out.".to_owned(),
            _ => format!("Uploaded are {}.", offered.join(", ")),
        };
        let message = format!("There is no data source “{text}”. {mend}");
        let near = nearest(text, offered.iter().map(String::as_str)).map(str::to_owned);
        let error = refuse(&value_codes::UNKNOWN_LINK, message);
        return Err(Problem::invalid(vec![error.suggest(near.as_deref())]));
    };
    let error = match Source::load(db, &caller.program(), found.id).await? {
        Some(source) if source.kind == "upload" => return Ok(source),
        Some(source) => {
            let from = if source.kind == "inbox" { "its folder" } else { "its web address" };
            let message = format!(
                "“{}” is fetched from {from}; nothing is uploaded for it. Fetch it, or leave `data_source` out.",
                source.name
            );
            refuse(&value_codes::INCONSISTENT, message)
        }
        None => {
            let message = format!("“{}” is archived. Restore it, or choose another source.", found.name);
            refuse(&value_codes::UNKNOWN_LINK, message)
        }
    };
    Err(Problem::invalid(vec![error]))
}
