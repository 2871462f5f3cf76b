//! `tenantry doctor`: whether everything Tenantry stands on is in order, with the mend of what is not.

use jiff::Timestamp;
use model::caller::{Caller, SYSTEM_TENANT};
use store::{
    Db, sql,
    sql::{Query, Row, Sql},
};

use crate::{database::Database, failure::Failure, settings::Settings, storage};

/// Free space below which an import of the largest allowed file may fail.
const LEAST_FREE: u64 = 2 << 30;

/// One thing that was looked at.
enum Finding {
    Good(String),
    /// Works, but costs something.
    Costly(String),
    /// Must be mended.
    Bad(String),
}
use Finding::{Bad, Costly, Good};

/// Looks at everything and tells it; fails when something must be mended.
pub async fn run(settings: &Settings, database: &Database) -> Result<(), Failure> {
    let db = &database.db;
    let mut findings = vec![
        ("server", server(db).await?),
        ("line", line(db).await?),
        ("text", text(db).await?),
        ("clock", clock(db).await?),
        ("disk", disk(settings)),
        ("files", files(settings, database).await),
        ("cluster", cluster(database)),
    ];
    findings.extend(catalog(db).await?.into_iter().map(|finding| ("database", finding)));
    let mut bad = false;
    for (what, finding) in findings {
        let (mark, text) = match finding {
            Good(text) => ("ok", text),
            Costly(text) => ("note", text),
            Bad(text) => {
                bad = true;
                ("BAD", text)
            }
        };
        println!("{mark:<5} {what:<9} {text}");
    }
    if bad { Err(Failure::Told) } else { Ok(()) }
}

async fn ask(db: &Db, sql: &'static Sql) -> Result<Row, Failure> {
    let system = Caller::system(SYSTEM_TENANT, db.world().id());
    let rows = db.read(&system, Query::fixed(sql, vec![])).await?;
    rows.into_iter().next().ok_or_else(|| Failure::work(format!("{} answered nothing.", sql.place)))
}

/// Reached at all, with the right schema: [`Database::open`] has seen to it.
async fn server(db: &Db) -> Result<Finding, Failure> {
    let row = ask(db, sql!("select current_setting('server_version'), current_database()::text")).await?;
    Ok(Good(format!(
        "PostgreSQL {}, database {}, schema current",
        row.get::<_, &str>(0),
        row.get::<_, &str>(1)
    )))
}

/// Whether somebody between here and the server could listen.
async fn line(db: &Db) -> Result<Finding, Failure> {
    let row = ask(
        db,
        sql!(
            "select coalesce(host(inet_server_addr()), ''), (select version from pg_stat_ssl where pid = pg_backend_pid())"
        ),
    )
    .await?;
    let (host, version): (&str, Option<&str>) = (row.get(0), row.get(1));
    Ok(match (host, version) {
        (_, Some(version)) => Good(format!("encrypted with {version}, the server's certificate checked")),
        ("", None) => Good("a socket of this machine".to_owned()),
        ("127.0.0.1" | "::1", None) => Good("this machine, not encrypted".to_owned()),
        (host, None) => {
            Costly(format!("not encrypted to {host}: add sslmode=require to the connection's URL"))
        }
    })
}

/// What is wrong with the database itself, one finding each.
async fn catalog(db: &Db) -> Result<Vec<Finding>, Failure> {
    let verdict = db.verify_catalog().await?;
    let told = |finding: &store::verify::Finding| format!("{} {}", finding.subject, finding.detail);
    let mut findings: Vec<Finding> = verdict.faults.iter().map(|finding| Bad(told(finding))).collect();
    findings.extend(verdict.warnings.iter().map(|finding| Costly(told(finding))));
    if findings.is_empty() {
        findings
            .push(Good("tenants are held apart, operators are marked, logs are laid out ahead".to_owned()));
    }
    Ok(findings)
}

async fn text(db: &Db) -> Result<Finding, Failure> {
    let row = ask(
        db,
        sql!(
            "select pg_encoding_to_char(encoding)::text, datlocprovider = 'i', datcollate::text
             from pg_database where datname = current_database()"
        ),
    )
    .await?;
    let (encoding, icu, collation): (&str, bool, &str) = (row.get(0), row.get(1), row.get(2));
    Ok(if encoding == "UTF8" {
        Good(format!("{encoding}, {}", if icu { "ICU" } else { collation }))
    } else {
        Bad(format!("the encoding is {encoding}: move to a database with the encoding UTF8"))
    })
}

async fn clock(db: &Db) -> Result<Finding, Failure> {
    let row = ask(db, sql!("select clock_timestamp()")).await?;
    let apart = db.world().now().duration_since(row.get::<_, Timestamp>(0)).abs();
    Ok(if apart.as_secs() > 5 {
        Bad(format!(
            "this machine and the database are {} s apart: set both by the same time server",
            apart.as_secs()
        ))
    } else {
        Good("this machine and the database agree on the time".to_owned())
    })
}

fn disk(settings: &Settings) -> Finding {
    match rustix::fs::statvfs(&settings.data) {
        Ok(fs) if fs.f_bavail.saturating_mul(fs.f_frsize) < LEAST_FREE => Bad(format!(
            "{} has {} MiB free: make room, an import of 512 MiB needs 2 GiB",
            settings.data.display(),
            fs.f_bavail.saturating_mul(fs.f_frsize) >> 20
        )),
        Ok(fs) => Good(format!(
            "{} has {} GiB free",
            settings.data.display(),
            fs.f_bavail.saturating_mul(fs.f_frsize) >> 30
        )),
        Err(error) => Bad(format!("the data folder {} cannot be read: {error}", settings.data.display())),
    }
}

/// Whether files can be stored, and how they lie there.
async fn files(settings: &Settings, database: &Database) -> Finding {
    match (&settings.s3, database.files.check().await) {
        (Some(s3), Ok(())) => Good(storage::described(s3)),
        (Some(s3), Err(fault)) => Bad(storage::told(s3, &fault)),
        (None, Ok(())) => Good(format!(
            "{}, not encrypted by Tenantry: let the disk be, or set TENANTRY_S3_BUCKET",
            settings.data.join("files").display()
        )),
        (None, Err(fault)) => Bad(format!("the folder of files cannot be used: {fault}")),
    }
}

fn cluster(database: &Database) -> Finding {
    match database.cluster_home() {
        Some(home) => Good(format!("own PostgreSQL in {}", home.display())),
        None => Good("a server of your own".to_owned()),
    }
}
