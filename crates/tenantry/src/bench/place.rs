//! Where the contest takes place: fresh databases on the own cluster, and the tools of the same PostgreSQL.

use std::{
    fs,
    path::{Path, PathBuf},
};

use model::caller::Caller;
use store::{
    Db, DbSettings,
    cluster::{Cluster, ClusterOptions},
    migrate::{self, RoleSecrets},
};
use tokio::process::Command;
use uuid::Uuid;
use work::{
    access::roles,
    tenants::{self, NewTenant},
    tokens,
};

use super::machine;
use crate::{database::failed, failure::Failure, settings::Settings};

/// The own cluster, a folder for files, and PostgreSQL's programs.
#[derive(Debug)]
pub struct Place {
    cluster: Cluster,
    secrets: RoleSecrets,
    programs: PathBuf,
    /// The server's first process.
    pub postmaster: u32,
    /// A folder for the contest's files, removed at its end.
    pub folder: PathBuf,
}

/// A database of the contest.
#[derive(Debug)]
pub struct Fresh {
    /// Its name.
    pub name: String,
    /// The runtime logins.
    pub logins: DbSettings,
}

impl Fresh {
    /// A company with nothing in it, and the text of a token of its admin's.
    pub async fn tenant(&self) -> Result<(Uuid, String), Failure> {
        let db = Db::new(&self.logins, store::world::system())?;
        let tenant = tenants::create(&db, &NewTenant::new("bench", "Bench")).await?;
        let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
        let token = tokens::create(&mut tx, "bench", "admin", None).await?.text;
        tx.commit().await?;
        Ok((tenant, token))
    }
}

impl Place {
    /// Starts the own cluster, or uses it as it runs.
    pub async fn open(settings: &Settings) -> Result<Self, Failure> {
        let mut options = ClusterOptions::new(&settings.data);
        options.bin_dir.clone_from(&settings.pg_bin);
        let cluster = Cluster::attach_or_start(&options).await.map_err(|error| failed(&error))?;
        let postmaster = machine::postmaster(cluster.home())?;
        // The tools beside the very server that runs.
        let server = fs::read_link(format!("/proc/{postmaster}/exe"))?;
        let programs = server.parent().map(Path::to_owned).unwrap_or_default();
        let secrets = RoleSecrets::load_or_create(&settings.data).map_err(|error| failed(&error))?;
        let folder = settings.data.join("bench");
        fs::create_dir_all(&folder)?;
        Ok(Self { cluster, secrets, programs, postmaster, folder })
    }

    /// Leaves; stops the cluster unless another process uses it.
    pub async fn close(self) -> Result<(), Failure> {
        fs::remove_dir_all(&self.folder)?;
        self.cluster.stop().await.map(drop).map_err(|error| failed(&error))
    }

    /// An empty migrated database; one of the same name is dropped.
    pub async fn fresh(&self, name: &str) -> Result<Fresh, Failure> {
        self.drop(name).await?;
        let admin =
            migrate::create_database(&self.cluster.admin(), name).await.map_err(|error| failed(&error))?;
        migrate::migrate(&admin, &self.secrets, |_| {}).await.map_err(|error| failed(&error))?;
        migrate::list_permissions(&admin, &roles::permissions()).await.map_err(|error| failed(&error))?;
        let logins = DbSettings::new(self.secrets.app(&admin), self.secrets.operator(&admin));
        Ok(Fresh { name: name.to_owned(), logins })
    }

    /// Removes a database.
    pub async fn drop(&self, name: &str) -> Result<(), Failure> {
        self.psql("postgres", &[format!("drop database if exists \"{name}\" with (force)")]).await.map(drop)
    }

    /// Writes out what is in memory, so that each turn begins alike.
    pub async fn settle(&self) -> Result<(), Failure> {
        self.psql("postgres", &["checkpoint".to_owned()]).await.map(drop)
    }

    /// Runs commands of psql as the superuser, one session; answers what they print.
    pub async fn psql(&self, database: &str, commands: &[String]) -> Result<String, Failure> {
        let mut psql = self.program("psql", database);
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]);
        for command in commands {
            psql.arg("--command").arg(command);
        }
        told("psql", psql).await
    }

    /// A program of PostgreSQL as the superuser of a database.
    pub fn program(&self, name: &str, database: &str) -> Command {
        self.logged_in(Command::new(self.programs.join(name)), database)
    }

    /// A program that learns from the environment how to connect as the superuser of a database.
    pub fn logged_in(&self, mut command: Command, database: &str) -> Command {
        let admin = self.cluster.admin();
        let password = String::from_utf8_lossy(admin.get_password().unwrap_or_default()).into_owned();
        command
            .env("PGHOST", self.cluster.socket_dir())
            .env("PGPORT", "5432")
            .env("PGUSER", admin.get_user().unwrap_or_default())
            .env("PGPASSWORD", password)
            .env("PGDATABASE", database)
            .kill_on_drop(true);
        command
    }

    /// How a runtime login connects, as text.
    pub fn url(&self, fresh: &Fresh, operator: bool) -> String {
        let login = if operator { &fresh.logins.operator } else { &fresh.logins.app };
        let password = String::from_utf8_lossy(login.get_password().unwrap_or_default());
        format!(
            "host='{}' port=5432 user={} password={password} dbname='{}'",
            self.cluster.socket_dir().display(),
            login.get_user().unwrap_or_default(),
            fresh.name
        )
    }
}

/// Runs a program to its end; answers what it prints, its errors where it fails.
pub async fn told(name: &str, mut command: Command) -> Result<String, Failure> {
    let output =
        command.output().await.map_err(|error| Failure::work(format!("{name} cannot be run: {error}.")))?;
    if !output.status.success() {
        return Err(Failure::work(format!(
            "{name} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
