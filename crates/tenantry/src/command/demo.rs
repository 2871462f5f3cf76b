//! `tenantry demo`: the demo tenants, and the first page a newcomer reads.

use crate::{
    database::Database,
    demo,
    failure::Failure,
    settings::{Settings, Source},
};

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
        println!("Try, while it serves:");
        println!("  TOKEN={}", first.token);
        println!("  curl -H \"Authorization: Bearer $TOKEN\" '{address}/api/v1/customers?limit=3'");
        println!(
            "  curl -gH \"Authorization: Bearer $TOKEN\" '{address}/api/v1/invoices?filter[status]=OVERDUE&sort=-due_on'"
        );
        println!(
            "  {} import examples/everything.zip --tenant {} --policy valid-rows\n",
            program(settings),
            first.slug
        );
        println!("Each run makes new tokens; the ones before stop working.");
    }
    Ok(())
}

/// How this very program is called again on the same data.
fn program(settings: &Settings) -> String {
    let name = std::env::args().next().unwrap_or_else(|| "tenantry".to_owned());
    let data = settings.in_force.iter().find(|one| one.setting.key == "data");
    match data.filter(|data| data.source == Source::Environment) {
        Some(_) => format!("TENANTRY_DATA={} {name}", settings.data.display()),
        None => name,
    }
}
