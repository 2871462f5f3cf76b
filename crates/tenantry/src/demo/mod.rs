//! The demo: two tenants with two years of plausible history, the same on every machine on the same day.
//!
//! All rows of a tenant are made in memory and written in one transaction, one statement a table. A tenant that has
//! customers is left alone, so a second run changes nothing but the demo's own token and password.

mod book;
mod cleaning;
mod dice;
mod documents;
mod hooks;
mod imports;
mod logins;
mod notices;
mod people;
mod service;
mod settle;
mod sources;
mod stock;
mod trade;
mod wine;

use std::path::Path;

use book::Book;
use dice::Dice;
use jiff::tz::TimeZone;
pub use logins::Login;
use model::{caller::Caller, problem::Problem};
use people::Roles;
use store::{Db, Files, sql};
use work::{
    tenants::{self, NewTenant},
    tokens,
};

/// The name of the token that each run replaces.
const TOKEN: &str = "demo";

/// A demo tenant, ready to be looked at.
#[derive(Debug)]
pub struct Seeded {
    /// Its slug.
    pub slug: &'static str,
    /// Its name.
    pub name: String,
    /// A new token of the role admin.
    pub token: String,
    /// Who can sign in, with the run's password.
    pub logins: Vec<Login>,
    /// Whether this run made its records.
    pub made: bool,
}

/// Makes the demo tenants where they are missing, a new token for each, and gives their people the password. Files to import stand in `folder` for a moment.
///
/// # Errors
/// Problems of the database; a tenant is filled whole or not at all.
pub async fn seed(db: &Db, files: &Files, folder: &Path, password: &str) -> Result<Vec<Seeded>, Problem> {
    let well_crafted = NewTenant {
        time_zone: "America/New_York".into(),
        currency: "USD".into(),
        country: Some("US".into()),
        ..NewTenant::new("well-crafted", "Well Crafted")
    };
    let saat_sai = NewTenant {
        time_zone: "Asia/Bangkok".into(),
        currency: "THB".into(),
        locale: "th".into(),
        country: Some("TH".into()),
        ..NewTenant::new("saat-sai", "Sa-at Sai Cleaning · สะอาดใส")
    };
    let seeded = vec![
        seed_one(db, "well-crafted", well_crafted, password, 1, wine::fill).await?,
        seed_one(db, "saat-sai", saat_sai, password, 2, cleaning::fill).await?,
    ];
    imports::make(db, files, tenants::find(db, "well-crafted").await?, folder).await?;
    Ok(seeded)
}

async fn seed_one(
    db: &Db,
    slug: &'static str,
    new: NewTenant,
    password: &str,
    seed: u64,
    fill: fn(&mut Book, &Roles, &mut Dice),
) -> Result<Seeded, Problem> {
    let tenant = match db.resolve("slug", slug).await? {
        Some(tenant) => tenant,
        None => tenants::create(db, &new).await?,
    };
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let filled = tx
        .one(sql!("select exists (select 1 from customers where tenant_id = $1)"), &[&tenant])
        .await?
        .get::<_, bool>(0);
    if !filled {
        let zone = TimeZone::get(&new.time_zone).map_err(Problem::internal)?;
        let mut book = Book::new(slug, zone, db.world().now());
        fill(&mut book, &Roles::read(&mut tx).await?, &mut Dice::new(seed));
        book.write(&mut tx).await?;
    }
    let token = tokens::create(&mut tx, TOKEN, "admin", None).await?.text;
    tx.commit().await?;
    let logins = logins::give(db, tenant, password).await?;
    Ok(Seeded { slug, name: new.name, token, logins, made: !filled })
}
