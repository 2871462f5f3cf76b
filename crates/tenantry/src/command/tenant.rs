//! `tenantry tenant`.

use work::tenants::{self, NewTenant};

use crate::{cli::TenantCommand, database::Database, failure::Failure};

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
