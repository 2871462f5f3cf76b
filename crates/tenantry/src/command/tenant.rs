//! `tenantry tenant`.

mod archive;

use std::io::{BufRead, IsTerminal, Write};

use model::{Document, caller::Caller};
use serde_json::{Value, json};
use work::{
    access::platform::{
        self, Change, FirstAdmin, delete,
        figures::{self, Tenant},
    },
    tenants::{self, NewTenant},
};

use crate::{
    cli::{TenantChangeArgs, TenantCommand, TenantDeleteArgs, TenantListArgs},
    database::Database,
    failure::Failure,
    settings::Settings,
};

/// Does what an operator asks.
pub async fn run(settings: &Settings, database: &Database, command: TenantCommand) -> Result<(), Failure> {
    match command {
        TenantCommand::Create(args) => {
            let new = NewTenant {
                slug: args.slug,
                name: args.name,
                time_zone: args.time_zone,
                currency: args.currency,
                locale: args.locale,
                country: args.country,
            };
            let services = database.services(settings)?;
            let admin = args
                .admin
                .map(|email| FirstAdmin { name: args.admin_name.unwrap_or_else(|| email.clone()), email });
            let operator = platform::command_line(&database.db);
            let id =
                platform::create(&services, &operator, &new, admin.as_ref(), &stated(&args.setting)).await?;
            println!("Made the tenant {} ({id}).", new.slug);
            if let Some(admin) = admin {
                println!("An invitation goes to {}.", admin.email);
            }
            println!("A token for it: tenantry token create --tenant {}", new.slug);
            Ok(())
        }
        TenantCommand::List(args) => list(database, &args).await,
        TenantCommand::Suspend(args) => change(database, args, Change::Suspend).await,
        TenantCommand::Resume(args) => change(database, args, Change::Resume).await,
        TenantCommand::Close(args) => change(database, args, Change::Close).await,
        TenantCommand::Delete(args) => delete(database, &args).await,
        TenantCommand::Export(args) => archive::export(database, &args).await,
        TenantCommand::Import(args) => archive::import(settings, database, &args).await,
    }
}

/// The settings of several groups, as `GROUP.NAME=VALUE`; a value that is no JSON is a text.
fn stated(settings: &[(String, String, String)]) -> Document {
    let mut groups = Document::new();
    for (group, name, text) in settings {
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()));
        let group = groups.entry(group.clone()).or_insert_with(|| json!({}));
        if let Value::Object(group) = group {
            group.insert(name.clone(), value);
        }
    }
    groups
}

async fn list(database: &Database, args: &TenantListArgs) -> Result<(), Failure> {
    let (db, operator) = (&database.db, platform::command_line(&database.db));
    let mut tenants = figures::all(db, &operator).await?;
    if args.count {
        for tenant in &mut tenants {
            let mut tx = db.begin(&Caller::system(tenant.id, operator.request)).await?;
            tenant.figures = Some(figures::count(&mut tx).await?);
            tx.commit().await?;
        }
    }
    if tenants.is_empty() && !args.json {
        println!("There is no tenant yet: tenantry tenant create --slug … --name …");
    }
    for tenant in tenants {
        if args.json {
            println!("{}", json!(tenant));
        } else {
            println!("{}", line(&tenant));
        }
    }
    Ok(())
}

/// A tenant in one line.
fn line(tenant: &Tenant) -> String {
    let state = tenant.under_way.as_deref().map_or(tenant.status.as_str(), |what| match what {
        "import" => "importing",
        _ => "deleting",
    });
    let held = match &tenant.figures {
        None => "not counted yet".to_owned(),
        Some(figures) => format!(
            "{} users, {} customers, {} orders, {} MiB of files, {} MiB of tables",
            figures.users,
            figures.customers,
            figures.orders,
            figures.file_bytes >> 20,
            figures.table_bytes >> 20
        ),
    };
    let failed = match tenant.jobs_failed {
        0 => String::new(),
        number => format!("; {number} jobs failed"),
    };
    format!("{:<24} {state:<10} {} ({held}{failed})", tenant.slug, tenant.name)
}

async fn change(database: &Database, args: TenantChangeArgs, to: Change) -> Result<(), Failure> {
    let (db, slug) = (&database.db, &args.tenant.slug);
    let tenant = tenants::find(db, slug).await?;
    let operator = platform::command_line(db);
    if platform::change(db, &operator, tenant, to, args.reason.as_deref()).await? {
        println!("{slug} is {}.", to.status());
    } else {
        println!("{slug} was {} already.", to.status());
    }
    Ok(())
}

async fn delete(database: &Database, args: &TenantDeleteArgs) -> Result<(), Failure> {
    let (db, slug) = (&database.db, &args.tenant.slug);
    let tenant = tenants::find(db, slug).await?;
    let operator = platform::command_line(db);
    // Whoever may not be deleted is told before anything is asked.
    let standing = figures::get(db, &operator, tenant).await?;
    if standing.status == "closed" && !args.yes && !confirmed(slug)? {
        return Err(Failure::work("Nothing was deleted."));
    }
    if !delete::begin(db, &operator, tenant).await? {
        eprintln!("The deletion of {slug} goes on where it was.");
    }
    let told = |table: &str, rows: u64| eprintln!("{table}: {rows} rows removed");
    let gone = delete::finish(db, &database.files, &operator, tenant, &told).await?;
    if args.json {
        println!("{}", json!(gone));
    } else {
        let rows: u64 = gone.rows.values().sum();
        println!("Deleted {slug}: {rows} rows of {} tables and {} files.", gone.rows.len(), gone.files);
    }
    Ok(())
}

/// Whether a person at the terminal has written the slug out.
fn confirmed(slug: &str) -> Result<bool, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::usage("Nobody is there to ask: say --yes to delete without being asked."));
    }
    eprint!("This removes every row and file of {slug} and cannot be taken back. Write its slug to go on: ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(answer.trim() == slug)
}
