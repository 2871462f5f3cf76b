//! `tenantry export`: the records of an entity as a file.

use std::{future::ready, path::Path};

use model::{caller::Caller, problem::Problem, query::Kept, registry, value::nearest};
use tokio::{fs::File, io::BufWriter};
use work::{
    export::{self, Format, Layout},
    tenants,
};

use crate::{cli::ExportArgs, database::Database, failure::Failure};

/// Writes the file, or the standard output.
pub async fn run(database: &Database, args: &ExportArgs) -> Result<(), Failure> {
    let entity = registry::entity(&args.entity).ok_or_else(|| {
        let near = nearest(&args.entity, registry::ENTITIES.iter().map(|entity| entity.name));
        let hint = near.map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
        Failure::usage(format!("There is no entity `{}`.{hint}", args.entity))
    })?;
    let db = &database.db;
    let caller = Caller::system(tenants::find(db, &args.tenant).await?, db.world().id());
    let ending = args.out.as_deref().and_then(|path| path.extension()?.to_str());
    let format = args.format.as_deref().or(ending).and_then(Format::named).unwrap_or(Format::Csv);
    let layout = Layout { format, bom: args.bom, raw: args.raw };
    let whole = Kept::default();
    export::note(db, &caller, entity, format).await?;
    let Some(path) = &args.out else {
        let out = &mut tokio::io::stdout();
        export::write(db, &caller, entity, &whole, layout, out, |_| ready(Ok(()))).await?;
        return Ok(());
    };
    let write =
        async |out: &mut _| export::write(db, &caller, entity, &whole, layout, out, |_| ready(Ok(()))).await;
    let count = to_file(path, write).await?;
    eprintln!("{count} {} written to {}.", entity.name, path.display());
    Ok(())
}

/// Lets `write` fill a file that gets its name only when it is whole.
///
/// # Errors
/// What `write` says; a file that cannot be made.
pub async fn to_file<T>(
    path: &Path,
    write: impl AsyncFnOnce(&mut BufWriter<File>) -> Result<T, Problem>,
) -> Result<T, Failure> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    let failed =
        |error: std::io::Error| Failure::work(format!("{} cannot be written: {error}.", path.display()));
    let mut out = BufWriter::new(File::create(&draft).await.map_err(failed)?);
    let written = write(&mut out).await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&draft).await;
        return Ok(written?);
    }
    out.get_ref().sync_all().await.map_err(failed)?;
    tokio::fs::rename(&draft, path).await.map_err(failed)?;
    Ok(written?)
}
