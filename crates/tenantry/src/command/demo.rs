//! `tenantry demo`: the demo tenants, and the first page a newcomer reads.

use crate::{
    database::Database,
    demo,
    failure::Failure,
    settings::{Settings, Source},
};

/// Makes what is missing and says where to go and with which token.
pub async fn run(settings: &Settings, database: &Database) -> Result<(), Failure> {
    let password = password(&database.db);
    let tenants = demo::seed(&database.db, &database.files, &settings.data, &password).await?;
    let address = format!("http://{}", settings.listen);
    println!("Two demo tenants are ready; `tenantry serve` shows them on {address}.\n");
    for tenant in &tenants {
        println!("  {}  ({}{})", tenant.name, tenant.slug, if tenant.made { ", made now" } else { "" });
        println!("  token  {}", tenant.token);
        for login in tenant.logins.iter().filter(|login| login.customer.is_none()) {
            println!("  {:<14} {}", login.role, login.email);
        }
        let portal: Vec<_> = tenant.logins.iter().filter(|login| login.customer.is_some()).collect();
        for login in portal.iter().take(PORTAL) {
            let customer = login.customer.as_deref().unwrap_or_default();
            println!("  {:<14} {}  ({customer})", login.role, login.email);
        }
        match portal.len().saturating_sub(PORTAL) {
            0 => println!(),
            more => println!("  and {more} more at other customers, see {address}/portal_users\n"),
        }
    }
    println!("  password of all of them  {password}");
    println!("  staff sign in at         {address}/sign-in");
    println!("  customers                {address}/portal/sign-in\n");
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
        println!("Each run makes new tokens and a new password; the ones before stop working.");
    }
    Ok(())
}

/// People at customers whose logins are printed.
const PORTAL: usize = 3;

/// A password for the people of the demo: three words' worth of random letters.
fn password(db: &store::Db) -> String {
    const ALPHABET: &[u8; 16] = b"bdfghjklmnprstvz";
    let signs: Vec<char> =
        db.world().secret::<15>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 16)])).collect();
    signs.chunks(5).map(|five| five.iter().collect::<String>()).collect::<Vec<_>>().join("-")
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
