//! Writing a tenant to an archive.

use std::{collections::BTreeSet, path::Path};

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::{Map, json};
use store::{
    Db, Files, TenantTx,
    catalog::{self, Table},
    migrate::MigrationSet,
    sql,
    sql::Query,
};
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::{
    FORMAT, LEFT_OUT, VERSION,
    manifest::{About, FileMember, Manifest, NAME, TableMember},
    pack::Packer,
};
use crate::access::platform::{TENANT_UNDER_WAY, company, note_of_operator, permit};

/// Bytes handed on at a time.
const PIECE: usize = 256 << 10;

/// What was written.
#[derive(Debug)]
pub struct Exported {
    /// As it stands in the archive.
    pub manifest: Manifest,
}

/// Writes everything of a tenant to a file: rows as they stand at one moment, and the stored files that they name.
/// `told` hears of each table and its rows.
///
/// # Errors
/// `forbidden` for whoever is no operator, `not_found`, [`TENANT_UNDER_WAY`], what the disk says. No file is left then.
pub async fn export(
    (db, files): (&Db, &Files),
    operator: &Caller,
    tenant: Uuid,
    path: &Path,
    told: &(dyn Fn(&str, u64) + Sync),
) -> Result<Exported, Problem> {
    permit(operator, "manage")?;
    let tenant = company(tenant)?;
    let mut packer = Packer::new(path)?;
    let mut tx = db.snapshot(&Caller::system(tenant, operator.request)).await?;
    let exported_at = tx.world().now();
    let about = about(&mut tx).await?;
    let slug = Map::from_iter([("slug".to_owned(), json!(about.slug))]);
    note_of_operator(db, operator, tenant, "tenant.exported", slug).await?;
    let (mut tables, mut keys) = (vec![], BTreeSet::new());
    for table in catalog::tables(&mut tx).await? {
        if LEFT_OUT.iter().any(|(name, _)| *name == table.name) {
            continue;
        }
        let member = write(&mut tx, &mut packer, &table).await?;
        if table.columns.iter().any(|column| column == "storage_key") {
            keys.extend(named(&mut tx, &table).await?);
        }
        told(&member.name, member.rows);
        tables.push(member);
    }
    tx.rollback().await?;
    let (mut stored, mut missing) = (vec![], vec![]);
    let prefix = format!("tenant/{tenant}/");
    for key in keys {
        let rest = key.strip_prefix(&prefix).unwrap_or(&key).to_owned();
        match copy(files, &mut packer, &key, rest.clone()).await? {
            Some(member) => stored.push(member),
            None => missing.push(rest),
        }
    }
    told("files", stored.len() as u64);
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        migration: MigrationSet::embedded().map_err(Problem::internal)?.version(),
        program: concat!("tenantry ", env!("CARGO_PKG_VERSION")).to_owned(),
        exported_at,
        tenant: about,
        tables,
        files: stored,
        missing_files: missing,
        left_out: LEFT_OUT.iter().map(|(name, _)| (*name).to_owned()).collect(),
    };
    packer.begin(NAME.to_owned(), true).await?;
    packer.write(serde_json::to_vec_pretty(&manifest).map_err(Problem::internal)?).await?;
    packer.end().await?;
    packer.finish().await?;
    Ok(Exported { manifest })
}

async fn about(tx: &mut TenantTx) -> Result<About, Problem> {
    let tenant = tx.tenant();
    let row = tx
        .optional(
            sql!(
                "select id, short_id, slug, name, subscription_tier, time_zone, currency, locale, country, under_way is not null
                 from tenants where id = $1"
            ),
            &[&tenant],
        )
        .await?
        .ok_or_else(|| Problem::not_found("tenant"))?;
    let slug: String = row.get(2);
    if row.get(9) {
        return Err(Problem::new(&TENANT_UNDER_WAY, format!("{slug} is being imported or deleted.")));
    }
    Ok(About {
        id: row.get(0),
        short_id: row.get(1),
        slug,
        name: row.get(3),
        subscription_tier: row.get(4),
        time_zone: row.get(5),
        currency: row.get(6),
        locale: row.get(7),
        country: row.get(8),
    })
}

/// Writes the rows of one table.
async fn write(tx: &mut TenantTx, packer: &mut Packer, table: &Table) -> Result<TableMember, Problem> {
    let mut member = TableMember {
        name: table.name.clone(),
        columns: table.columns.clone(),
        rows: 0,
        size: 0,
        sha256: String::new(),
    };
    packer.begin(member.member(), true).await?;
    let query = Query::repeated(rows(table)?, vec![tx.tenant().into()]);
    let mut piece = Vec::with_capacity(PIECE);
    let mut count = 0_u64;
    tx.each(&query, async |row| {
        piece.extend_from_slice(row.get::<_, &str>(0).as_bytes());
        piece.push(b'\n');
        count += 1;
        if piece.len() >= PIECE {
            packer.write(std::mem::replace(&mut piece, Vec::with_capacity(PIECE))).await?;
        }
        Ok(())
    })
    .await?;
    packer.write(piece).await?;
    member.rows = count;
    (member.size, member.sha256) = packer.end().await?;
    Ok(member)
}

/// Reads the rows of tenant `$1` as JSON, each behind the row of the same table that it points at.
fn rows(table: &Table) -> Result<String, Problem> {
    let name = &table.name;
    let list =
        |of: &str| table.columns.iter().map(|column| format!("{of}.{column}")).collect::<Vec<_>>().join(", ");
    let key =
        |of: &str| table.key.iter().map(|column| format!("{of}.{column}")).collect::<Vec<_>>().join(", ");
    Ok(match table.own_links.as_slice() {
        [] => format!(
            "select row_to_json(r)::text from (select {} from {name} t where t.tenant_id = $1 order by {}) r",
            list("t"),
            key("t")
        ),
        [link] => format!(
            "with recursive chain as (
               select t.id, 0 as depth from {name} t where t.tenant_id = $1 and t.{link} is null
               union all
               select t.id, c.depth + 1 from {name} t join chain c on t.{link} = c.id where t.tenant_id = $1)
             select row_to_json(r)::text from (
               select {} from {name} t join chain c on c.id = t.id where t.tenant_id = $1 order by c.depth, t.id) r",
            list("t")
        ),
        _ => return Err(Problem::internal(format!("{name} points at itself in two ways"))),
    })
}

/// The keys of stored files that a table names.
async fn named(tx: &mut TenantTx, table: &Table) -> Result<Vec<String>, Problem> {
    let text = format!("select storage_key from {} where tenant_id = $1", table.name);
    let rows = tx.run(&Query::repeated(text, vec![tx.tenant().into()])).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Copies a stored file; `None` where it is not there.
async fn copy(
    files: &Files,
    packer: &mut Packer,
    key: &str,
    rest: String,
) -> Result<Option<FileMember>, Problem> {
    let mut file = match files.read(key).await {
        Err(problem) if problem.code() == &codes::NOT_FOUND => return Ok(None),
        file => file?.bytes,
    };
    let mut member = FileMember { key: rest, size: 0, sha256: String::new() };
    packer.begin(member.member(), false).await?;
    loop {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await.map_err(Problem::internal)?;
        if read == 0 {
            break;
        }
        piece.truncate(read);
        packer.write(piece).await?;
    }
    (member.size, member.sha256) = packer.end().await?;
    Ok(Some(member))
}
