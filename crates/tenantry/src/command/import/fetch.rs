//! `tenantry import fetch`: a data source fetched at once, by the operation that the API runs.

use model::{Document, problem::Problem, query::ListQuery, registry};
use serde_json::Value;
use store::engine;
use uuid::Uuid;
use work::operation;

use crate::{cli::ImportFetchArgs, database::Database, failure::Failure, settings::Settings};

/// Enqueues the fetch and tells its job.
pub async fn run(settings: &Settings, database: &Database, args: &ImportFetchArgs) -> Result<(), Failure> {
    let caller = super::caller(database, &args.tenant).await?;
    let entity = registry::described("data_sources")?;
    let query = ListQuery::parse(entity, &[("filter[name]".to_owned(), args.source.clone())])?;
    let page = engine::list(&database.db, &caller, entity, &query).await?;
    let found: Vec<Value> = serde_json::from_str(&page.data).map_err(Problem::internal)?;
    let id = found.first().and_then(|source| source["id"].as_str()).and_then(|id| id.parse::<Uuid>().ok());
    let id = id.ok_or_else(|| {
        Failure::work(format!("{} has no data source “{}”; its name is asked for.", args.tenant, args.source))
    })?;
    let operation = operation::named("data_sources.fetch")?;
    let services = database.services(settings)?;
    let done = operation::execute(&services, &caller, operation, Some(id), Document::new()).await?;
    match (args.json, done.get("job_id").and_then(Value::as_str)) {
        (true, _) => println!("{}", Value::Object(done)),
        (false, Some(job)) => println!("Enqueued: tenantry jobs show {job} --tenant {}", args.tenant),
        (false, None) => println!("The source is being fetched already."),
    }
    Ok(())
}
