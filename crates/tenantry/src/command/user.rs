//! `tenantry user`: people's way in, from the machine that Tenantry runs on.

use std::io::Read;

use model::{caller::Caller, problem::Problem};
use serde_json::json;
use store::{Db, TenantTx, sql};
use uuid::Uuid;
use work::{
    access::{
        audit::{Note, note},
        sign_in::{self, Person, Purpose, Side, Which, links, passwords, rules, sessions},
        staff,
    },
    tenants,
};

use crate::{
    cli::{UserCommand, UserCreateArgs, UserListArgs, UserResetArgs},
    database::Database,
    failure::Failure,
    settings::Settings,
};

/// Makes, resets or lists people.
pub async fn run(settings: &Settings, database: &Database, command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Create(args) => create(settings, database, args).await,
        UserCommand::Reset(args) => reset(settings, database, args).await,
        UserCommand::List(args) => list(database, args).await,
    }
}

/// What is told alone on the standard output, so that a script can take it.
async fn create(settings: &Settings, database: &Database, args: UserCreateArgs) -> Result<(), Failure> {
    let services = database.services(settings)?;
    let (db, tenant) = (&services.db, tenants::find(&database.db, &args.tenant).await?);
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let person = staff::add(&mut tx, &args.role, &args.email, &args.name).await?;
    let (what, told) = match (args.invite, args.password_stdin) {
        (true, _) => ("choose a password by this link, which works once and for one hour", {
            let link = links::make(&mut tx, &person, Purpose::Invitation).await?;
            Some(format!("{}{}", services.url, link.path()))
        }),
        (false, given) => {
            let password = if given { from_stdin()? } else { generated(&mut tx) };
            check(db, &person, &password, tenant).await?;
            let hash = services.passwords.hash(db.world(), &password).await?;
            passwords::set(&mut tx, Side::Staff, person.id, &hash).await?;
            ("sign in with this password, shown this once", (!given).then_some(password))
        }
    };
    tx.commit().await?;
    match told {
        Some(told) => {
            eprintln!("Made {} with the role {}. They {what}:", args.email, args.role);
            println!("{told}");
        }
        None => eprintln!("Made {} with the role {} and the given password.", args.email, args.role),
    }
    Ok(())
}

async fn reset(settings: &Settings, database: &Database, args: UserResetArgs) -> Result<(), Failure> {
    let services = database.services(settings)?;
    let (db, tenant) = (&services.db, tenants::find(&database.db, &args.tenant).await?);
    let side = if args.portal { Side::Portal } else { Side::Staff };
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let person = find(&mut tx, side, &args.email).await?;
    if args.second_step {
        sign_in::switch_off(&mut tx, &person).await?;
        tx.commit().await?;
        eprintln!("{} signs in without the second step.", person.email);
        return Ok(());
    }
    if !args.password_stdin {
        let link = links::make(&mut tx, &person, Purpose::Reset).await?;
        tx.commit().await?;
        eprintln!("{} chooses a new password by this link, which works once and for one hour:", person.email);
        println!("{}{}", services.url, link.path());
        return Ok(());
    }
    let password = from_stdin()?;
    check(db, &person, &password, tenant).await?;
    let hash = services.passwords.hash(db.world(), &password).await?;
    passwords::set(&mut tx, side, person.id, &hash).await?;
    let ended = sessions::revoke(&mut tx, side, person.id, Which::All).await?;
    let told = Some(json!({ "sessions": ended }));
    let line =
        Note { entity: side.entity(), id: Some(person.id), action: "password_changed", new_values: told };
    note(&mut tx, line).await?;
    tx.commit().await?;
    eprintln!("{} has the given password; {ended} sessions ended.", person.email);
    Ok(())
}

async fn list(database: &Database, args: UserListArgs) -> Result<(), Failure> {
    let (db, tenant) = (&database.db, tenants::find(&database.db, &args.tenant).await?);
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let rows = tx
        .query(
            sql!(
                "select u.email, u.name,
                   case when u.archived_at is not null then 'archived' when not u.is_active then 'inactive'
                     when u.locked_until > $2 then 'locked' when u.password_hash is null then 'invited' else 'active' end,
                   coalesce((select string_agg(r.code, ', ' order by r.code) from user_roles x
                     join roles r on r.tenant_id = $1 and r.id = x.role_id
                     where x.tenant_id = $1 and x.user_id = u.id), '')
                 from users u where u.tenant_id = $1 order by u.email_key"
            ),
            &[&tenant, &db.world().now()],
        )
        .await?;
    tx.rollback().await?;
    if rows.is_empty() {
        println!("Nobody is there yet: tenantry user create --tenant {} --email … --name …", args.tenant);
    }
    for row in rows {
        let [email, name, state, roles]: [String; 4] = std::array::from_fn(|at| row.get(at));
        println!("{email:<32} {state:<9} {roles:<24} {name}");
    }
    Ok(())
}

async fn find(tx: &mut TenantTx, side: Side, email: &str) -> Result<Person, Problem> {
    let rows = tx.run(&Person::by_email(side, tx.tenant(), email)).await?;
    Person::read(side, &rows).ok_or_else(|| {
        Problem::not_found(&format!("person as `{email}`"))
            .hint("`tenantry user list` shows the staff; `--portal` is for people at customers.")
    })
}

/// Whether it may be the person's password in their company.
async fn check(db: &Db, person: &Person, password: &str, tenant: Uuid) -> Result<(), Problem> {
    let policy = rules::policy(db, &Caller::system(tenant, Uuid::nil())).await?;
    rules::check(policy, "password", password, &person.names()).map_err(|error| Problem::invalid(vec![error]))
}

/// Twenty letters and digits: a hundred random bits.
fn generated(tx: &mut TenantTx) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let signs: Vec<char> =
        tx.world().secret::<20>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    signs.chunks(5).map(|five| five.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The first line of the standard input.
fn from_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        return Err(Failure::usage("No password came on the standard input.".to_owned()));
    }
    Ok(line)
}
