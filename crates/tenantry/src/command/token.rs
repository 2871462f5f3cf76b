//! `tenantry token`.

use model::caller::Caller;
use work::{
    tenants,
    tokens::{self, Make},
};

use crate::{
    cli::{TokenCommand, TokenCreateArgs, TokenListArgs, TokenRevokeArgs},
    database::Database,
    failure::Failure,
};

/// Makes, lists and ends tokens.
pub async fn run(database: &Database, command: TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create(args) => create(database, &args).await,
        TokenCommand::List(args) => list(database, &args).await,
        TokenCommand::Revoke(args) => revoke(database, &args).await,
    }
}

/// Makes a token; it alone goes to the standard output, so that a script can take it.
async fn create(database: &Database, args: &TokenCreateArgs) -> Result<(), Failure> {
    let db = &database.db;
    let tenant = tenants::find(db, &args.tenant).await?;
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let role = tokens::role_of(&mut tx, &args.role).await?;
    let new = Make { name: &args.name, role, scopes: &args.scope, expires_at: args.expires };
    let token = tokens::make(&mut tx, &new, true).await?;
    tx.commit().await?;
    eprintln!("Token `{}` of {} with the role {}, shown this once:", args.name, args.tenant, args.role);
    println!("{}", token.text);
    Ok(())
}

async fn list(database: &Database, args: &TokenListArgs) -> Result<(), Failure> {
    let db = &database.db;
    let tenant = tenants::find(db, &args.tenant).await?;
    for token in tokens::list(db, tenant).await? {
        let scopes = if token.scopes.is_empty() { "*".to_owned() } else { token.scopes.join(" ") };
        println!("{:<32} {:<16} {:<8} {scopes}", token.name, token.role, token.state);
    }
    Ok(())
}

async fn revoke(database: &Database, args: &TokenRevokeArgs) -> Result<(), Failure> {
    let db = &database.db;
    let tenant = tenants::find(db, &args.tenant).await?;
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    tokens::revoke(&mut tx, &args.name).await?;
    tx.commit().await?;
    println!("Revoked `{}`.", args.name);
    Ok(())
}
