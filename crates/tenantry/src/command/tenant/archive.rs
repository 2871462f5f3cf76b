//! `tenantry tenant export` and `tenantry tenant import`.

use serde_json::json;
use work::{
    access::platform::{self, archive},
    tenants,
};

use crate::{
    cli::{TenantExportArgs, TenantImportArgs},
    database::Database,
    failure::Failure,
    settings::Settings,
};

/// Writes a tenant to an archive.
pub async fn export(database: &Database, args: &TenantExportArgs) -> Result<(), Failure> {
    let (db, slug) = (&database.db, &args.tenant.slug);
    let tenant = tenants::find(db, slug).await?;
    let operator = platform::command_line(db);
    let written =
        archive::export((db, &database.files), &operator, tenant, &args.out, &|_, _| {}).await?.manifest;
    let rows: u64 = written.tables.iter().map(|table| table.rows).sum();
    for key in &written.missing_files {
        eprintln!("The storage does not hold {key}, which a row names; it is not in the archive.");
    }
    if args.json {
        let told = json!({ "rows": rows, "tables": written.tables.len(), "files": written.files.len(),
            "missing_files": written.missing_files, "migration": written.migration });
        println!("{told}");
    } else {
        println!(
            "Wrote {slug} to {}: {rows} rows of {} tables and {} files.",
            args.out.display(),
            written.tables.len(),
            written.files.len()
        );
        println!("It holds password hashes and personal data: keep it as you keep backups.");
    }
    Ok(())
}

/// Brings a tenant in from an archive.
pub async fn import(
    settings: &Settings,
    database: &Database,
    args: &TenantImportArgs,
) -> Result<(), Failure> {
    let db = &database.db;
    let services = database.services(settings)?;
    let operator = platform::command_line(db);
    let slug = &args.slug;
    let done = archive::import(&services, &operator, &args.file, slug, args.dry_run, &|_, _| {}).await?;
    let rows: u64 = done.manifest.tables.iter().map(|table| table.rows).sum();
    let files = done.manifest.files.len();
    if !done.tokens_work {
        eprintln!(
            "Its tokens do not work here: the short id in them belongs to another tenant. Make new ones."
        );
    }
    for (column, count) in &done.without {
        eprintln!(
            "{count} secrets of {column} were left out: no key of this instance opens them. Set them anew."
        );
    }
    if args.json {
        let told = json!({ "tenant": done.tenant, "slug": slug, "rows": rows, "files": files,
            "dry_run": args.dry_run, "tokens_work": done.tokens_work, "secrets_left_out": done.without });
        println!("{told}");
    } else if args.dry_run {
        println!(
            "The archive of {} is whole: {rows} rows and {files} files. Nothing was written.",
            done.manifest.tenant.slug
        );
    } else {
        println!("Imported {slug}: {rows} rows and {files} files. It is suspended.");
        println!("Let it begin: tenantry tenant resume {slug}");
    }
    Ok(())
}
