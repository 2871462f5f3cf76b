//! Two imports of Well Crafted by the same door as everybody's: orders on paper that were typed in, and a list of
//! customers that waits for approval.

use std::path::Path;

use model::{caller::Caller, problem::Problem};
use store::{Db, Files, sql, sql::Query};
use uuid::Uuid;
use work::import::{self, Options, SourceKind, Upload};

/// Orders of a weekend without network.
const PAPER_ORDERS: &str = "\
Order number,Order date,Customer code,SKU,Quantity,Unit price\n\
PAPER-017,2026-01-10,CUS-00002,CAB-750,12,24.00\n\
PAPER-017,2026-01-10,CUS-00002,CHA-750,6,19.00\n\
PAPER-018,2026-01-10,CUS-00003,PIN-C12,2,286.00\n\
PAPER-019,2026-01-11,CUS-00001,BRU-750,6,58.00\n";

/// Customers that somebody's partner in Bangkok sent.
const CUSTOMERS: &[u8] = include_bytes!("../../../../examples/customers-874.csv");

/// Makes the imports where the tenant has none. `folder` is where the files stand while they are read.
///
/// # Errors
/// What an import says.
pub async fn make(db: &Db, files: &Files, tenant: Uuid, folder: &Path) -> Result<(), Problem> {
    let caller = Caller::system(tenant, db.world().id());
    let any = sql!("select exists (select 1 from import_batches where tenant_id = $1)");
    let rows = db.read(&caller, Query::fixed(any, vec![tenant.into()])).await?;
    if rows.first().is_some_and(|row| row.get(0)) {
        return Ok(());
    }
    let paper = validated(db, files, &caller, folder, "paper-orders.csv", PAPER_ORDERS.as_bytes()).await?;
    import::commit(db, &caller, paper, &|_| {}).await?;
    let waiting = validated(db, files, &caller, folder, "customers-874.csv", CUSTOMERS).await?;
    import::submit(db, &caller, waiting).await
}

async fn validated(
    db: &Db,
    files: &Files,
    caller: &Caller,
    folder: &Path,
    name: &str,
    content: &[u8],
) -> Result<Uuid, Problem> {
    let path = folder.join(format!("demo-{}", db.world().id()));
    tokio::fs::write(&path, content).await.map_err(Problem::internal)?;
    let upload = Upload { name: name.to_owned(), path: path.clone() };
    let received = import::receive(db, files, caller, vec![upload], &Options::new(SourceKind::Cli)).await;
    tokio::fs::remove_file(&path).await.map_err(Problem::internal)?;
    let id = received?;
    import::validate(db, files, caller, id, &|_| {}).await?;
    Ok(id)
}
