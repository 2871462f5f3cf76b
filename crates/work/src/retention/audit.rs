//! The audit trail of old months: written to files, read back, and only then removed from the table.
//!
//! A month is archived when all of it is older than the tenant keeps its trail. A file holds lines of one month as
//! gzipped JSON Lines in the order of their ids. The file is stored and read back first; then one transaction lists it
//! and removes exactly its lines, which a function of the owner does, for the trail is append-only. A process that dies
//! in between leaves a file that nothing names, which `files.clean` removes, and the lines where they were.

use std::io::{BufRead, BufReader, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{
    Db, Files, TenantTx,
    files::{Place, Reading, Stored},
    secret::hex,
    sql,
    sql::Query,
};
use tokio::{io::AsyncReadExt, task::spawn_blocking};
use uuid::Uuid;

use super::days_before;
use crate::{
    access::audit::{self, Note},
    jobs::{Job, Kind, Perform},
    settings::{self, Retention},
};

/// Lines read at a time.
const PAGE: i64 = 1_000;
/// Most lines of a file, and about how many bytes of them before they are compressed.
const MOST: (u64, usize) = (50_000, 64 << 20);

pub(super) const KIND: Kind = Kind::of::<ArchiveAudit>(
    "Writes the audit trail of months that the tenant no longer keeps to files, and removes those lines.",
);

/// The archive of old months.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ArchiveAudit {}

impl Perform for ArchiveAudit {
    const KIND: &'static str = "audit.archive";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let keep = settings::read::<Retention>(job.db(), job.caller()).await?;
        let kept_from = days_before(job.db().world().now(), keep.audit)?.to_zoned(TimeZone::UTC);
        let before =
            kept_from.first_of_month().and_then(|day| day.start_of_day()).map_err(Problem::internal)?;
        let (mut archives, mut lines) = (0_u64, 0_u64);
        loop {
            job.go_on()?;
            let Some(read) = read(job, before.timestamp()).await? else {
                return Ok(json!({ "archives": archives, "lines": lines }));
            };
            archives += 1;
            lines += archive(job, read).await?;
        }
    }
}

/// Lines of one month, compressed.
struct Lines {
    month: Date,
    first: (Uuid, Timestamp),
    last: (Uuid, Timestamp),
    count: u64,
    packed: Vec<u8>,
}

/// Reads the oldest lines from before `before`, of one month; none where there are none.
async fn read(job: &Job, before: Timestamp) -> Result<Option<Lines>, Problem> {
    let mut tx = job.db().snapshot(job.caller()).await?;
    let oldest = tx
        .optional(
            sql!(
                "select id from audit_logs where tenant_id = $1 and id < app.uuid7_at($2) order by id limit 1"
            ),
            &[&job.tenant(), &before],
        )
        .await?;
    let Some(oldest) = oldest else {
        tx.rollback().await?;
        return Ok(None);
    };
    let made = i64::try_from(oldest.get::<_, Uuid>(0).as_u128() >> 80).map_err(Problem::internal)?;
    let made = Timestamp::from_millisecond(made).map_err(Problem::internal)?.to_zoned(TimeZone::UTC);
    let month = made.first_of_month().and_then(|day| day.start_of_day()).map_err(Problem::internal)?;
    let end = month.checked_add(1.month()).map_err(Problem::internal)?.timestamp().min(before);
    let mut lines = None;
    let mut into = GzEncoder::new(vec![], Compression::default());
    let mut bytes = 0;
    loop {
        let (rows, size) = page(&mut tx, &mut into, lines.as_ref(), end).await?;
        bytes += size;
        for (id, at) in rows.iter().copied() {
            let held = lines.get_or_insert_with(|| Lines {
                month: month.date(),
                first: (id, at),
                last: (id, at),
                count: 0,
                packed: vec![],
            });
            held.last = (id, at);
            held.count += 1;
        }
        let full = lines.as_ref().is_some_and(|held| held.count >= MOST.0) || bytes >= MOST.1;
        if full || rows.len() < PAGE.unsigned_abs() as usize {
            break;
        }
    }
    tx.rollback().await?;
    let packed = into.finish().map_err(Problem::internal)?;
    Ok(lines.map(|lines| Lines { packed, ..lines }))
}

/// Compresses the next page behind what was read; gives id and time of each line, and how many bytes they had.
async fn page(
    tx: &mut TenantTx,
    into: &mut GzEncoder<Vec<u8>>,
    read: Option<&Lines>,
    end: Timestamp,
) -> Result<(Vec<(Uuid, Timestamp)>, usize), Problem> {
    let after = read.map_or(Uuid::nil(), |lines| lines.last.0);
    let rows = tx
        .query(
            sql!(
                "select id, at, (to_jsonb(l) - 'tenant_id')::text from audit_logs l
                 where tenant_id = $1 and id > $2 and id < app.uuid7_at($3) order by id limit $4"
            ),
            &[&tx.tenant(), &after, &end, &PAGE],
        )
        .await?;
    let mut size = 0;
    let mut told = Vec::with_capacity(rows.len());
    for row in &rows {
        let text: &str = row.get(2);
        size += text.len();
        into.write_all(text.as_bytes()).and_then(|()| into.write_all(b"\n")).map_err(Problem::internal)?;
        told.push((row.get(0), row.get(1)));
    }
    Ok((told, size))
}

/// Stores the lines, reads them back, lists the file and removes what it holds. Answers how many lines.
async fn archive(job: &Job, lines: Lines) -> Result<u64, Problem> {
    let (files, now) = (&job.services().files, job.db().world().now());
    let id = job.db().world().id();
    let place = Place { tenant: job.tenant(), kind: "audit", id, at: now };
    let stored = files.put(place, lines.packed.as_slice(), u64::MAX).await?;
    let listed = match verify(files, &stored, &lines).await {
        Ok(()) => list(job, id, &stored, &lines).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = listed {
        files.delete(&stored.key).await?;
        return Err(problem);
    }
    job.log(format!("{} lines of {} are in {}", lines.count, lines.month, stored.key));
    Ok(lines.count)
}

/// What lies in the storage is what was read: sum, number of lines, first and last.
async fn verify(files: &Files, stored: &Stored, lines: &Lines) -> Result<(), Problem> {
    let mut packed = vec![];
    files.read(&stored.key).await?.bytes.read_to_end(&mut packed).await.map_err(Problem::internal)?;
    let (sum, wanted) = (stored.sha256.clone(), (lines.count, lines.first.0, lines.last.0));
    let differs = || Problem::internal("an audit archive is not what was written");
    let checked = spawn_blocking(move || -> Result<bool, Problem> {
        if hex(&Sha256::digest(&packed)) != sum {
            return Ok(false);
        }
        let (mut count, mut first, mut last) = (0, None, None);
        for line in BufReader::new(GzDecoder::new(packed.as_slice())).lines() {
            let line: Value =
                serde_json::from_str(&line.map_err(Problem::internal)?).map_err(Problem::internal)?;
            last = line["id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
            first = first.or(last);
            count += 1;
        }
        Ok((count, first, last) == (wanted.0, Some(wanted.1), Some(wanted.2)))
    });
    if checked.await.map_err(Problem::internal)?? { Ok(()) } else { Err(differs()) }
}

async fn list(job: &Job, id: Uuid, stored: &Stored, lines: &Lines) -> Result<(), Problem> {
    let mut tx = job.begin().await?;
    let (count, size) = (i64::try_from(lines.count), i64::try_from(stored.size));
    let (count, size) = (count.map_err(Problem::internal)?, size.map_err(Problem::internal)?);
    tx.execute(
        sql!(
            "insert into audit_archives
               (tenant_id, id, month, first_id, last_id, first_at, last_at, lines, storage_key, size, sha256)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            &job.tenant(),
            &id,
            &lines.month,
            &lines.first.0,
            &lines.last.0,
            &lines.first.1,
            &lines.last.1,
            &count,
            &stored.key,
            &size,
            &stored.sha256,
        ],
    )
    .await?;
    // Removing a month of lines may take longer than a request may.
    tx.query(sql!("select set_config('statement_timeout', '10min', true)"), &[]).await?;
    tx.execute(sql!("select app.prune_audit($1)"), &[&id]).await?;
    let told = json!({ "month": lines.month, "lines": lines.count, "sha256": stored.sha256 });
    audit::note(
        &mut tx,
        Note { entity: "audit_archives", id: Some(id), action: "audit.archived", new_values: Some(told) },
    )
    .await?;
    tx.commit().await
}

/// The file of an archive, and the name to give it.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn file(db: &Db, files: &Files, caller: &Caller, id: Uuid) -> Result<(Reading, String), Problem> {
    caller.permit("audit_archives.view")?;
    let find = sql!("select storage_key, month from audit_archives where tenant_id = $1 and id = $2");
    let rows = db.read(caller, Query::fixed(find, vec![caller.tenant.into(), id.into()])).await?;
    let row = rows.first().ok_or_else(|| Problem::not_found("audit archive"))?;
    let file = files.read(row.get(0)).await.map_err(|problem| match problem.code() == &codes::NOT_FOUND {
        true => Problem::internal("an audit archive whose file is gone"),
        false => problem,
    })?;
    let month: Date = row.get(1);
    Ok((file, format!("audit-{}-{id}.jsonl.gz", month.strftime("%Y-%m"))))
}
