//! Reaching the database: the own cluster in the data folder, or the server that the settings name.

use std::{fmt::Display, path::PathBuf, str::FromStr, sync::Arc};

use model::problem::Problem;
use store::{
    Db, DbSettings, Files,
    cluster::{Cluster, ClusterOptions},
    migrate::{self, Report, RoleSecrets},
};
use work::{
    access::{roles, seal::Keyring, tenants},
    jobs::Services,
    mail::{FolderMailer, Mailer, Sender, SmtpMailer},
    outbound::Http,
};

use crate::{failure::Failure, settings::Settings, storage};

/// The database's name on the own cluster.
const OWN_DATABASE: &str = "tenantry";

/// How a command uses the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// As its one server.
    Serve,
    /// Beside others.
    Command,
}

/// The open database, and the own cluster while this process uses it.
#[derive(Debug)]
pub struct Database {
    /// The one door.
    pub db: Db,
    /// Stored files.
    pub files: Files,
    cluster: Option<Cluster>,
}

impl Database {
    /// Opens the database. An own cluster is made, started and migrated where needed; a server of the operator's
    /// must have this program's schema already.
    ///
    /// # Errors
    /// What hinders it, with the mend.
    pub async fn open(settings: &Settings, how: Use) -> Result<Self, Failure> {
        let Some(logins) = given_logins(settings)? else {
            let (database, report) = own(settings, how, how == Use::Serve).await?;
            for warning in report.warnings {
                tracing::warn!("{warning}");
            }
            return Ok(database);
        };
        let db = Db::new(&logins, store::world::system())?;
        db.check_schema().await?;
        let files = storage::open(settings)?;
        Ok(Self { db, files, cluster: None })
    }

    /// What handlers of requests and jobs may reach.
    ///
    /// # Errors
    /// When there is no usable key to seal secrets with, or the mail settings do not fit.
    pub fn services(&self, settings: &Settings) -> Result<Services, Failure> {
        let keys = match &settings.secret {
            Some(text) => Keyring::from_text(text)
                .map_err(|error| Failure::usage(format!("TENANTRY_SECRET cannot be used: {error}.")))?,
            None => Keyring::load_or_create(&settings.data).map_err(Failure::work)?,
        };
        let outbound = Http::new(settings.outbound_allow.clone()).map_err(Failure::work)?;
        let services = Services::new(self.db.clone(), self.files.clone(), keys).with_outbound(outbound);
        Ok(services.with_mailer(mailer(settings)?, &settings.url))
    }

    /// Where the own cluster keeps its data, if there is one.
    pub fn cluster_home(&self) -> Option<PathBuf> {
        self.cluster.as_ref().map(|cluster| cluster.home().to_owned())
    }

    /// Leaves; stops the own cluster unless another process uses it.
    ///
    /// # Errors
    /// When the server does not stop.
    pub async fn close(self) -> Result<(), Failure> {
        let Self { db, files, cluster } = self;
        drop((db, files));
        match cluster {
            Some(cluster) => cluster.stop().await.map(|_| ()).map_err(|error| failed(&error)),
            None => Ok(()),
        }
    }
}

/// Brings the database up to date, wherever it is; progress goes to the error output.
///
/// # Errors
/// What hinders it, with the mend.
pub async fn migrate(settings: &Settings) -> Result<(Database, Report), Failure> {
    let Some(url) = &settings.database_url else {
        if settings.app_url.is_some() {
            return Err(Failure::usage("Migrating needs the administrator's connection: set DATABASE_URL."));
        }
        return own(settings, Use::Command, true).await;
    };
    let secrets = secrets(settings)?;
    let admin = parse("DATABASE_URL", url)?;
    let report = migrate::migrate(&admin, &secrets, progress).await.map_err(|error| failed(&error))?;
    migrate::list_permissions(&admin, &roles::permissions()).await.map_err(|error| failed(&error))?;
    let database = Database::open(settings, Use::Command).await?;
    tenants::refresh(&database.db).await?;
    Ok((database, report))
}

/// Whether PostgreSQL is on this machine: a cluster of our own, or one that is named by a socket or the loopback interface.
pub fn is_here(settings: &Settings) -> bool {
    let url = settings.app_url.as_ref().or(settings.database_url.as_ref());
    url.is_none_or(|url| store::is_on_this_machine(url))
}

/// The runtime logins on a server of the operator's; `None` where Tenantry keeps its own.
fn given_logins(settings: &Settings) -> Result<Option<DbSettings>, Failure> {
    let mut logins = match (&settings.app_url, &settings.operator_url, &settings.database_url) {
        (Some(app), Some(operator), _) => {
            DbSettings::new(parse("TENANTRY_APP_URL", app)?, parse("TENANTRY_OPERATOR_URL", operator)?)
        }
        (Some(_), None, _) | (None, Some(_), _) => {
            return Err(Failure::usage(
                "Set TENANTRY_APP_URL and TENANTRY_OPERATOR_URL together, or neither.",
            ));
        }
        (None, None, Some(url)) => {
            let (base, secrets) = (parse("DATABASE_URL", url)?, secrets(settings)?);
            DbSettings::new(secrets.app(&base), secrets.operator(&base))
        }
        (None, None, None) => return Ok(None),
    };
    logins.connections = settings.connections;
    listen(&mut logins, settings)?;
    Ok(Some(logins))
}

/// Starts the own cluster and migrates it. The program's permissions and built-in roles are written anew when
/// something was migrated, or `roles_too`: a new release may change them alone.
async fn own(settings: &Settings, how: Use, roles_too: bool) -> Result<(Database, Report), Failure> {
    let mut options = ClusterOptions::new(&settings.data);
    options.bin_dir.clone_from(&settings.pg_bin);
    if !settings.data.join("postgres").exists() {
        progress(&format!("Making a PostgreSQL cluster in {}.", settings.data.display()));
    }
    let cluster = match how {
        Use::Serve => Cluster::start(&options).await,
        Use::Command => Cluster::attach_or_start(&options).await,
    }
    .map_err(|error| failed(&error))?;
    let secrets = secrets(settings)?;
    let admin =
        migrate::create_database(&cluster.admin(), OWN_DATABASE).await.map_err(|error| failed(&error))?;
    let report = migrate::migrate(&admin, &secrets, progress).await.map_err(|error| failed(&error))?;
    let mut logins = DbSettings::new(secrets.app(&admin), secrets.operator(&admin));
    logins.connections = settings.connections;
    listen(&mut logins, settings)?;
    let db = Db::new(&logins, store::world::system())?;
    if roles_too || report.replaced || !report.applied.is_empty() {
        migrate::list_permissions(&admin, &roles::permissions()).await.map_err(|error| failed(&error))?;
        tenants::refresh(&db).await?;
    }
    let files = storage::open(settings)?;
    Ok((Database { db, files, cluster: Some(cluster) }, report))
}

/// Where wake-ups of other processes are heard.
fn listen(logins: &mut DbSettings, settings: &Settings) -> Result<(), Failure> {
    match &settings.direct_url {
        Some(Some(url)) => logins.direct = Some(parse("TENANTRY_DIRECT_URL", url)?),
        Some(None) => logins.direct = None,
        None => {}
    }
    Ok(())
}

fn secrets(settings: &Settings) -> Result<RoleSecrets, Failure> {
    if settings.app_url.is_some() {
        return Ok(RoleSecrets::kept_elsewhere());
    }
    RoleSecrets::load_or_create(&settings.data).map_err(|error| failed(&error))
}

fn parse<T: FromStr<Err: Display>>(name: &str, url: &str) -> Result<T, Failure> {
    url.parse().map_err(|error| {
        Failure::usage(format!(
            "{name} cannot be read: {error}. Expected postgresql://user:password@host:5432/database."
        ))
    })
}

fn progress(line: &str) {
    eprintln!("{line}");
}

/// Work that could not be done, the error's text made a sentence.
pub fn failed(error: &dyn Display) -> Failure {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let rest = letters.as_str();
    let end = if text.ends_with(['.', '\n', ')', ';']) { "" } else { "." };
    Failure::work(format!("{first}{rest}{end}"))
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::from(Problem::internal(error))
    }
}

/// How mails leave the house: by the mail server of the settings, else into a folder.
fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, Failure> {
    let sender = |text: &str| {
        Sender::parse(text).map_err(|error| {
            Failure::usage(format!(
                "TENANTRY_MAIL_FROM is `{text}`: {error}; expected Tenantry <tenantry@example.com>."
            ))
        })
    };
    let Some(url) = &settings.smtp_url else {
        let from = settings.mail_from.as_deref().unwrap_or("Tenantry <tenantry@localhost.localdomain>");
        let folder = settings.data.join("mail");
        tracing::info!("mails are written into {}; set TENANTRY_SMTP_URL to send them", folder.display());
        return Ok(Arc::new(FolderMailer::new(folder, sender(from)?)));
    };
    let from = settings.mail_from.as_deref().ok_or_else(|| {
        Failure::usage("TENANTRY_SMTP_URL is set: say in TENANTRY_MAIL_FROM who mails come from.")
    })?;
    let mailer = SmtpMailer::new(url, sender(from)?)
        .map_err(|error| Failure::usage(format!("TENANTRY_SMTP_URL cannot be used: {error}.")))?;
    Ok(Arc::new(mailer))
}
