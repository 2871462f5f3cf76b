//! `tenantry tenant` and `tenantry token`.

use model::caller::Caller;
use work::{
    tenants::{self, NewTenant},
    tokens,
};

use crate::{
    cli::{TenantCommand, TokenCommand},
    database::Database,
    failure::Failure,
};

/// Makes or lists tenants.
pub async fn run(database: &Database, command: TenantCommand) -> Result<(), Failure> {
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
            let id = tenants::create(&database.db, &new).await?;
            println!("Made the tenant {} ({id}).", new.slug);
            println!("A token for it: tenantry token create --tenant {}", new.slug);
        }
        TenantCommand::List => {
            let tenants = tenants::list(&database.db).await?;
            if tenants.is_empty() {
                println!("There is no tenant yet: tenantry tenant create --slug … --name …");
            }
            for tenant in tenants {
                println!("{:<24} {:<10} {}", tenant.slug, tenant.status, tenant.name);
            }
        }
    }
    Ok(())
}

/// Makes a token; it alone goes to the standard output, so that a script can take it.
pub async fn token(database: &Database, command: TokenCommand) -> Result<(), Failure> {
    let TokenCommand::Create(args) = command;
    let db = &database.db;
    let tenant = tenants::find(db, &args.tenant).await?;
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let token = tokens::create(&mut tx, &args.name, &args.role, None).await?;
    tx.commit().await?;
    eprintln!("Token `{}` of {} with the role {}, shown this once:", args.name, args.tenant, args.role);
    println!("{}", token.text);
    Ok(())
}
