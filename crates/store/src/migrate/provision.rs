//! Roles, passwords and the rights of the database itself.

use std::time::Duration;

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config};

use super::error::{MigrateError, MissingRight, describe};
use super::secrets::{APP, OPERATOR, RoleSecrets};
use super::session::{OWNER, Session, identifier, is_rights};
use super::state;
use crate::connection::connect;

/// Settings of the two logins, whichever way they connect. Longer work sets its own timeout for its transaction.
const LOGIN_SETTINGS: [(&str, &str); 6] = [
    ("search_path", "public"),
    ("TimeZone", "UTC"),
    ("jit", "off"),
    ("lock_timeout", "10s"),
    ("statement_timeout", "60s"),
    ("idle_in_transaction_session_timeout", "60s"),
];

/// Ends the statement of a client that is gone, and frees what it has locked: a program that was killed leaves no lock
/// behind for longer. Only some platforms can tell.
const GONE_CLIENTS: (&str, &str) = ("client_connection_check_interval", "2s");

/// The settings of the two logins that this server knows.
async fn login_settings(client: &Client) -> Vec<Setting> {
    let (name, value) = GONE_CLIENTS;
    let tells = client.batch_execute(&format!("set {name} = '{value}'; reset {name}")).await.is_ok();
    LOGIN_SETTINGS.into_iter().chain(tells.then_some(GONE_CLIENTS)).collect()
}

type Setting = (&'static str, &'static str);

/// Makes the database when it is missing, in the encoding and with the locale of the cluster, and returns how to
/// connect to it. `server` is connected to for that.
///
/// # Errors
/// When `server` refuses.
pub async fn create_database(server: &Config, name: &str) -> Result<Config, MigrateError> {
    let session = Session::open(server).await?;
    let there = session
        .client
        .query_opt("select from pg_database where datname = $1", &[&name])
        .await
        .map_err(MigrateError::step("look for the database"))?;
    if there.is_none() {
        let sql = format!("create database {} template template0 encoding 'UTF8'", identifier(name));
        match session.client.batch_execute(&sql).await {
            Err(error) if !is_there_already(&error) => {
                return Err(MigrateError::Step { step: "create the database", source: error });
            }
            _ => {}
        }
    }
    session.close().await;
    let mut config = server.clone();
    config.dbname(name);
    Ok(config)
}

/// The administrator's login and what it may do.
struct Admin {
    name: String,
    database: String,
    superuser: bool,
    creates_roles: bool,
    owns_database: bool,
}

/// One of the three roles as it is.
struct Role {
    name: String,
    login: bool,
    powers: bool,
    settings: Vec<String>,
    member_of: Vec<String>,
    /// Whether the administrator's login can act as the role, or grant itself that.
    actable: bool,
}

/// Makes the roles, gives them what they need and takes what they must not have. Every part is fit to run again.
pub(super) async fn provision(session: &Session) -> Result<(), MigrateError> {
    let admin = Admin::read(&session.client).await?;
    let roles = read_roles(&session.client).await?;
    let settings = login_settings(&session.client).await;
    let missing = admin.lacks(&roles, &settings);
    if !missing.is_empty() {
        return Err(MigrateError::MissingRights { login: admin.name, missing });
    }
    make_roles(&session.client, &roles).await?;
    if !admin.superuser {
        cluster_wide(&session.client, &format!("grant {OWNER} to current_user")).await?;
    }
    for role in read_roles(&session.client).await? {
        correct(&session.client, &role, &settings).await?;
    }
    let as_admin = format!(
        "{}
         do $$ begin
           if (select nspowner <> '{OWNER}'::regrole from pg_namespace where nspname = 'public') is not false then
             create schema if not exists public;
             alter schema public owner to {OWNER};
           end if;
         end $$;",
        database_rights(&admin.database)
    );
    owned(&admin, session, true, &as_admin).await?;
    let as_owner = format!(
        "create schema if not exists app;
         create schema if not exists tenantry_meta;
         revoke create on schema public from public;
         grant usage on schema public, app, tenantry_meta to {APP}, {OPERATOR};
         {}",
        state::TABLES
    );
    owned(&admin, session, false, &as_owner).await
}

/// Who may do what with the database as a whole. A clone of a database does not bring these rights along.
pub(crate) fn database_rights(database: &str) -> String {
    let database = identifier(database);
    format!(
        "revoke create, temporary on database {database} from public;
         grant create, connect, temporary on database {database} to {OWNER};
         grant connect on database {database} to {APP}, {OPERATOR};"
    )
}

/// Lets each login in with its password, set only where it does not fit: it is checked by logging in.
pub(super) async fn set_passwords(
    session: &Session,
    admin: &Config,
    secrets: &RoleSecrets,
    warnings: &mut Vec<String>,
) -> Result<(), MigrateError> {
    for (role, password, config) in secrets.logins(admin) {
        if log_in(&config).await.is_ok() {
            continue;
        }
        // Sent as its verifier: the password itself never reaches the server's log.
        let verifier = scram_sha_256(password.as_bytes());
        cluster_wide(&session.client, &format!("alter role {role} password '{verifier}'")).await?;
        if let Err(error) = log_in(&config).await {
            warnings.push(format!(
                "{role} cannot log in ({}): let pg_hba.conf admit it with scram-sha-256",
                describe(&error)
            ));
        }
    }
    Ok(())
}

async fn log_in(config: &Config) -> Result<(), tokio_postgres::Error> {
    connect(config).await.map(drop)
}

impl Admin {
    async fn read(client: &Client) -> Result<Admin, MigrateError> {
        let sql = "select r.rolname::text, d.datname::text, r.rolsuper, r.rolcreaterole, pg_has_role(d.datdba, 'USAGE') \
                   from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()";
        let row = client
            .query_one(sql, &[])
            .await
            .map_err(MigrateError::step("read the administrator's rights"))?;
        Ok(Admin {
            name: row.get(0),
            database: row.get(1),
            superuser: row.get(2),
            creates_roles: row.get(3),
            owns_database: row.get(4),
        })
    }

    /// Every right that is missing, so that one visit to a superuser mends all.
    fn lacks(&self, roles: &[Role], settings: &[Setting]) -> Vec<MissingRight> {
        if self.superuser {
            return Vec::new();
        }
        let me = identifier(&self.name);
        let mut missing = Vec::new();
        let mut lack = |needed_for: String, sql: String| missing.push(MissingRight { needed_for, sql });
        let absent: Vec<&str> =
            NAMES.into_iter().filter(|name| !roles.iter().any(|role| role.name == *name)).collect();
        if !absent.is_empty() && !self.creates_roles {
            lack(
                format!("to create the roles {}", absent.join(", ")),
                format!("ALTER ROLE {me} CREATEROLE;"),
            );
        }
        if !self.owns_database {
            let database = identifier(&self.database);
            lack(
                "to own the database, whose rights and schemas it sets".to_owned(),
                format!("ALTER DATABASE {database} OWNER TO {me};"),
            );
        }
        for role in roles {
            let name = &role.name;
            if name == OWNER && !role.actable {
                lack(format!("to act as {name}"), format!("GRANT {name} TO {me};"));
            }
            if name != OWNER && !role.actable && !role.lacking_settings(settings).is_empty() {
                lack(
                    format!("to set the settings and the password of {name}"),
                    format!("ALTER ROLE {me} CREATEROLE; GRANT {name} TO {me} WITH ADMIN OPTION;"),
                );
            }
            if role.powers || role.login != role.should_log_in() || !role.member_of.is_empty() {
                lack(format!("to take from {name} what it must not have"), role.correction());
            }
        }
        missing
    }
}

const NAMES: [&str; 3] = [OWNER, APP, OPERATOR];

impl Role {
    fn should_log_in(&self) -> bool {
        self.name != OWNER
    }

    /// The statement that makes the role what it must be.
    fn correction(&self) -> String {
        let login = if self.should_log_in() { "LOGIN" } else { "NOLOGIN" };
        let name = &self.name;
        let mut sql = String::new();
        if self.powers || self.login != self.should_log_in() {
            sql = format!(
                "ALTER ROLE {name} {login} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION; "
            );
        }
        for group in &self.member_of {
            sql.push_str(&format!("REVOKE {} FROM {name}; ", identifier(group)));
        }
        sql.trim_end().to_owned()
    }

    /// The settings that are not as they must be. The operator's login only ever reads.
    fn lacking_settings(&self, settings: &[Setting]) -> Vec<Setting> {
        if !self.should_log_in() {
            return Vec::new();
        }
        let read_only = (self.name == OPERATOR).then_some(("default_transaction_read_only", "on"));
        let lacking = |(name, value): &(&str, &str)| !self.settings.contains(&format!("{name}={value}"));
        settings.iter().copied().chain(read_only).filter(lacking).collect()
    }
}

async fn read_roles(client: &Client) -> Result<Vec<Role>, MigrateError> {
    let sql = "select r.rolname::text, r.rolcanlogin, \
                 r.rolsuper or r.rolbypassrls or r.rolcreatedb or r.rolcreaterole or r.rolreplication, \
                 coalesce(r.rolconfig, '{}'), \
                 array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid \
                       where m.member = r.oid order by 1), \
                 case when current_setting('server_version_num')::int < 160000 \
                   then pg_has_role(r.oid, 'MEMBER') or (select rolcreaterole from pg_roles where rolname = current_user) \
                   else pg_has_role(r.oid, 'MEMBER') or pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') end \
               from pg_roles r where r.rolname = any($1) order by r.rolname";
    let names: Vec<&str> = NAMES.to_vec();
    let rows = client.query(sql, &[&names]).await.map_err(MigrateError::step("read the roles"))?;
    Ok(rows
        .iter()
        .map(|row| Role {
            name: row.get(0),
            login: row.get(1),
            powers: row.get(2),
            settings: row.get(3),
            member_of: row.get(4),
            actable: row.get(5),
        })
        .collect())
}

async fn make_roles(client: &Client, roles: &[Role]) -> Result<(), MigrateError> {
    for name in NAMES {
        if !roles.iter().any(|role| role.name == name) {
            let login = if name == OWNER { "nologin" } else { "login" };
            cluster_wide(client, &format!("create role {name} {login}")).await?;
        }
    }
    Ok(())
}

async fn correct(client: &Client, role: &Role, settings: &[Setting]) -> Result<(), MigrateError> {
    let correction = role.correction();
    if !correction.is_empty() {
        cluster_wide(client, &correction).await?;
    }
    for (name, value) in role.lacking_settings(settings) {
        cluster_wide(client, &format!("alter role {} set {name} = '{value}'", role.name)).await?;
    }
    Ok(())
}

/// Changes what all databases of the server share, where the `migrate` of another database may do the same at once:
/// what is there already is fine, and a catalog row that just changed is tried again.
async fn cluster_wide(client: &Client, sql: &str) -> Result<(), MigrateError> {
    const TRIES: usize = 50;
    for _ in 1..TRIES {
        match client.batch_execute(sql).await {
            Err(error) if is_there_already(&error) => return Ok(()),
            Err(error) if is_concurrent(&error) => tokio::time::sleep(Duration::from_millis(40)).await,
            done => return done.map_err(MigrateError::step("provision the roles")),
        }
    }
    client.batch_execute(sql).await.map_err(MigrateError::step("provision the roles"))
}

fn is_there_already(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [SqlState::DUPLICATE_OBJECT, SqlState::DUPLICATE_DATABASE, SqlState::UNIQUE_VIOLATION].contains(code)
    })
}

/// "tuple concurrently updated" has no code of its own.
fn is_concurrent(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| db.message().starts_with("tuple concurrently"))
}

/// Sets rights of the database in one transaction; a refusal names the schema's and the database's owner as the mend.
async fn owned(admin: &Admin, session: &Session, as_admin: bool, sql: &str) -> Result<(), MigrateError> {
    session.act_as(as_admin).await?;
    let done = session.run("set the rights of the database", sql).await;
    session.act_as(true).await?;
    match done {
        Err(MigrateError::Step { source, .. }) if is_rights(&source) => Err(MigrateError::MissingRights {
            login: admin.name.clone(),
            missing: vec![MissingRight {
                needed_for: format!(
                    "to own the schemas `public`, `app` and `tenantry_meta` ({})",
                    describe(&source)
                ),
                sql: format!(
                    "ALTER SCHEMA public OWNER TO pg_database_owner; ALTER DATABASE {} OWNER TO {};",
                    identifier(&admin.database),
                    identifier(&admin.name)
                ),
            }],
        }),
        done => done,
    }
}
