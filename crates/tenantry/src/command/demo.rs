//! `tenantry demo`: the demo tenants, and the first page a newcomer reads.

use crate::{database::Database, demo, failure::Failure, settings::Settings};

/// Makes what is missing and says where to go and with which token.
pub async fn run(settings: &Settings, database: &Database) -> Result<(), Failure> {
    let tenants = demo::seed(&database.db, &database.files, &settings.data).await?;
    let address = format!("http://{}", settings.listen);
    println!("Two demo tenants are ready; `tenantry serve` shows them on {address}.\n");
    for tenant in &tenants {
        println!("  {}  ({}{})", tenant.name, tenant.slug, if tenant.made { ", made now" } else { "" });
        println!("  token  {}\n", tenant.token);
    }
    if let Some(first) = tenants.first() {
        println!("Try:");
        println!("  TOKEN={}", first.token);
        println!("  curl -H \"Authorization: Bearer $TOKEN\" {address}/api/v1/customers?limit=3");
        println!(
            "  curl -H \"Authorization: Bearer $TOKEN\" '{address}/api/v1/invoices?filter[status]=OVERDUE&sort=-due_on&limit=3'"
        );
        println!("  tenantry import examples/customers-874.csv --tenant {}\n", first.slug);
        println!("Each run makes new tokens; the ones before stop working.");
    }
    Ok(())
}
