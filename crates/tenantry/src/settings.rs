//! The settings: one table, read from the environment and `tenantry.toml`, told by `tenantry config`.

mod s3;
mod table;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use store::files::S3;
use work::outbound::Network;

use crate::failure::Failure;
pub use table::{SETTINGS, Setting, env_example};

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An environment variable.
    Environment,
    /// A line of the settings file.
    File,
    /// Nobody said anything.
    Default,
}

/// A setting with the text in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Which setting.
    pub setting: &'static Setting,
    /// Its text; `None` where it is unset and has no default.
    pub text: Option<String>,
    /// Who said so.
    pub source: Source,
}

/// The settings of this run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port that `serve` listens on.
    pub listen: SocketAddr,
    /// The public address, without a slash at its end.
    pub url: String,
    /// Proxies in front of `serve` whose word on a request's origin is taken.
    pub trusted_proxies: Vec<Network>,
    /// How many requests may come.
    pub quotas: web::Quotas,
    /// The mail server; `None` means a folder.
    pub smtp_url: Option<String>,
    /// Who mails come from.
    pub mail_from: Option<String>,
    /// Address and port of `/metrics` alone.
    pub metrics_listen: Option<SocketAddr>,
    /// The token that opens `/metrics`.
    pub metrics_token: Option<String>,
    /// The OpenTelemetry collector's address.
    pub otlp_url: Option<String>,
    /// The data folder.
    pub data: PathBuf,
    /// The bucket that keeps files; `None` means a folder.
    pub s3: Option<S3>,
    /// The administrator's connection; `None` means a cluster of our own.
    pub database_url: Option<String>,
    /// The runtime login's whole connection, where it does not follow from `database_url`.
    pub app_url: Option<String>,
    /// The operator login's whole connection.
    pub operator_url: Option<String>,
    /// Most connections to the database.
    pub connections: usize,
    /// Threads that answer requests, where it was said.
    pub threads: Option<usize>,
    /// Keys that seal secrets of third parties, where they are not kept in the data folder.
    pub secret: Option<String>,
    /// The runtime login's connection past a pooler; `Some(None)` switches LISTEN off.
    pub direct_url: Option<Option<String>>,
    /// Background jobs that run at once.
    pub job_slots: usize,
    /// Seconds after which the jobs of a process that was not heard of are taken from it.
    pub job_lease: u64,
    /// Seconds that running jobs are given when the process is told to stop.
    pub job_grace: u64,
    /// Networks beyond public addresses that webhooks may be posted to.
    pub outbound_allow: Vec<Network>,
    /// A folder with PostgreSQL's programs for the own cluster.
    pub pg_bin: Option<PathBuf>,
    /// Which log lines are written, where it was said.
    pub log: Option<String>,
    /// Log lines as JSON.
    pub log_json: bool,
    /// Each setting with its text, in the table's order.
    pub in_force: Vec<InForce>,
}

impl Settings {
    /// Reads the environment (`env` gives a variable's value) and the settings file.
    ///
    /// `file` is the file that was named; without one, `tenantry.toml` in the current folder is read if it is there.
    ///
    /// # Errors
    /// A usage failure that names the setting, its value and what it should be.
    pub fn load(env: impl Fn(&str) -> Option<String>, file: Option<&Path>) -> Result<Self, Failure> {
        let lines = read_file(file)?;
        let default_data = default_data_folder(&env);
        let in_force: Vec<InForce> = SETTINGS
            .iter()
            .map(|setting| {
                let said = env(setting.env).filter(|text| !text.trim().is_empty());
                let (text, source) = match (said, lines.get(setting.key)) {
                    (Some(text), _) => (Some(text), Source::Environment),
                    (None, Some(text)) => (Some(text.clone()), Source::File),
                    (None, None) if setting.key == "data" => {
                        (default_data.as_ref().map(|path| path.display().to_string()), Source::Default)
                    }
                    (None, None) => (setting.default.map(str::to_owned), Source::Default),
                };
                InForce { setting, text, source }
            })
            .collect();
        let text =
            |key: &str| in_force.iter().find(|one| one.setting.key == key).and_then(|one| one.text.clone());
        let bad = |key: &str, expected: &str| {
            let value = text(key).unwrap_or_default();
            let name = SETTINGS.iter().find(|setting| setting.key == key).map_or(key, |setting| setting.env);
            Failure::usage(format!("{name} is `{value}`: expected {expected}."))
        };
        let count = |key: &str| {
            text(key)
                .and_then(|text| text.parse().ok())
                .filter(|count| (1..=1000).contains(count))
                .ok_or_else(|| bad(key, "a number from 1 to 1000"))
        };
        let networks = |key: &str, expected: &str| -> Result<Vec<Network>, Failure> {
            let text = text(key).unwrap_or_default();
            let each = text.split([',', ' ']).filter(|network| !network.is_empty());
            each.map(|network| network.parse().map_err(|_| bad(key, expected))).collect()
        };
        let quota = |key: &str| match text(key).as_deref() {
            None | Some("off") => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|()| bad(key, "requests within seconds, such as 600/60, or `off`")),
        };
        Ok(Self {
            listen: text("listen")
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| bad("listen", "an address and port such as 127.0.0.1:8080"))?,
            url: text("url")
                .map(|url| url.trim_end_matches('/').to_owned())
                .filter(|url| is_address(url))
                .ok_or_else(|| bad("url", "an address such as https://crm.example.com"))?,
            trusted_proxies: networks("trusted_proxies", "networks such as 10.0.0.5, fd00:20::/32")?,
            quotas: web::Quotas {
                caller: quota("rate_caller")?,
                tenant: quota("rate_tenant")?,
                client: quota("rate_client")?,
            },
            smtp_url: text("smtp_url"),
            mail_from: text("mail_from"),
            metrics_listen: text("metrics_listen")
                .map(|text| {
                    text.parse()
                        .map_err(|_| bad("metrics_listen", "an address and port such as 127.0.0.1:9464"))
                })
                .transpose()?,
            metrics_token: match text("metrics_token") {
                Some(token) if token.len() < 16 => {
                    return Err(Failure::usage(
                        "TENANTRY_METRICS_TOKEN is too short: give at least 16 characters.",
                    ));
                }
                token => token,
            },
            otlp_url: match text("otlp_url") {
                Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                    return Err(bad("otlp_url", "an address such as http://127.0.0.1:4318"));
                }
                url => url,
            },
            data: text("data").map(PathBuf::from).ok_or_else(|| {
                Failure::usage("There is no home folder to keep data in: set TENANTRY_DATA to a folder.")
            })?,
            s3: s3::read(&text, &bad)?,
            database_url: text("database_url"),
            app_url: text("app_url"),
            operator_url: text("operator_url"),
            connections: count("connections")?,
            threads: text("threads").map(|_| count("threads")).transpose()?,
            secret: text("secret"),
            direct_url: text("direct_url").map(|text| Some(text).filter(|text| text != "off")),
            job_slots: count("job_slots")?,
            job_lease: text("job_lease")
                .and_then(|text| text.parse().ok())
                .filter(|seconds| (2..=3600).contains(seconds))
                .ok_or_else(|| bad("job_lease", "seconds from 2 to 3600"))?,
            job_grace: text("job_grace")
                .and_then(|text| text.parse().ok())
                .filter(|seconds| *seconds <= 3600)
                .ok_or_else(|| bad("job_grace", "seconds from 0 to 3600"))?,
            outbound_allow: networks("outbound_allow", "networks such as 10.20.0.0/16")?,
            pg_bin: text("pg_bin").map(PathBuf::from),
            log: text("log"),
            log_json: match text("log_format").as_deref() {
                Some("text") => false,
                Some("json") => true,
                _ => return Err(bad("log_format", "`text` or `json`")),
            },
            in_force,
        })
    }
}

/// An `http` or `https` address that links can begin with.
fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_graphic() && !"\"<>#?\\".contains(c);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain))
}

/// The lines of the settings file as texts, each known to the table.
fn read_file(named: Option<&Path>) -> Result<BTreeMap<String, String>, Failure> {
    let path = named.unwrap_or(Path::new("tenantry.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
            return Ok(BTreeMap::new());
        }
        Err(error) => {
            return Err(Failure::usage(format!(
                "The settings file {} cannot be read: {error}.",
                path.display()
            )));
        }
    };
    let table: toml::Table = text
        .parse()
        .map_err(|error| Failure::usage(format!("{} is not valid TOML: {error}", path.display())))?;
    table
        .into_iter()
        .map(|(key, value)| {
            if !SETTINGS.iter().any(|setting| setting.key == key) {
                let nearest = SETTINGS.iter().max_by(|a, b| {
                    let near = |setting: &Setting| strsim::jaro_winkler(setting.key, &key);
                    near(a).total_cmp(&near(b))
                });
                let hint =
                    nearest.map(|setting| format!(" Did you mean `{}`?", setting.key)).unwrap_or_default();
                return Err(Failure::usage(format!(
                    "{} has the unknown setting `{key}`.{hint} `tenantry config` lists them all.",
                    path.display()
                )));
            }
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                other => {
                    return Err(Failure::usage(format!(
                        "{}: `{key}` is {other}: expected a text or a number.",
                        path.display()
                    )));
                }
            };
            Ok((key, text))
        })
        .collect()
}

/// The platform's place for a program's data: of the machine for root, else of the user.
fn default_data_folder(env: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/lib/tenantry"));
    }
    let home = || env("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        return home().map(|home| home.join("Library/Application Support/tenantry"));
    }
    match env("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(folder) => Some(folder.join("tenantry")),
        None => home().map(|home| home.join(".local/share/tenantry")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(env: &[(&str, &str)], file: &str) -> Result<Settings, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenantry.toml");
        std::fs::write(&path, file).unwrap();
        Settings::load(
            |name| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()),
            Some(&path),
        )
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let file = "listen = \"127.0.0.1:1\"\nconnections = 3\n";
        let settings = load(&[("TENANTRY_LISTEN", "127.0.0.1:2"), ("HOME", "/srv/somchai")], file).unwrap();
        assert_eq!((settings.listen.port(), settings.connections), (2, 3));
        assert!(!settings.log_json);
        let source = |key: &str| settings.in_force.iter().find(|one| one.setting.key == key).unwrap().source;
        assert_eq!(source("listen"), Source::Environment);
        assert_eq!(source("connections"), Source::File);
        assert_eq!(source("log_format"), Source::Default);
    }

    #[test]
    fn a_bad_value_is_named_with_what_it_should_be() {
        let told = |env: &[(&str, &str)], file: &str| load(env, file).unwrap_err().to_string();
        let data = ("TENANTRY_DATA", "somewhere");
        assert_eq!(
            told(&[data, ("TENANTRY_LISTEN", "8080")], ""),
            "TENANTRY_LISTEN is `8080`: expected an address and port such as 127.0.0.1:8080."
        );
        assert!(told(&[data, ("TENANTRY_CONNECTIONS", "0")], "").contains("from 1 to 1000"));
        assert!(told(&[data, ("TENANTRY_THREADS", "0")], "").contains("from 1 to 1000"));
        assert!(told(&[data, ("TENANTRY_RATE_CALLER", "600")], "").contains("such as 600/60, or `off`"));
        let off = load(&[data, ("TENANTRY_RATE_CLIENT", "off")], "").unwrap().quotas;
        assert!(off.client.is_none() && off.caller.is_some() && off.tenant.is_some());
        assert!(
            told(&[data, ("TENANTRY_OUTBOUND_ALLOW", "10.0.0.0/8, ten")], "").contains("networks such as")
        );
        let allowed =
            load(&[data, ("TENANTRY_OUTBOUND_ALLOW", "10.0.0.0/8, fd00::/8")], "").unwrap().outbound_allow;
        assert_eq!(allowed.len(), 2);
        assert!(told(&[data], "log_format = \"xml\"").contains("`text` or `json`"));
        assert!(told(&[data], "listn = \"x\"").contains("Did you mean `listen`?"));
        assert!(told(&[data], "listen = [1]").contains("expected a text or a number"));
        assert!(told(&[data], "listen = ").contains("not valid TOML"));
    }

    #[test]
    fn an_empty_variable_is_an_unset_one() {
        let settings = load(&[("TENANTRY_DATA", "somewhere"), ("DATABASE_URL", "")], "").unwrap();
        assert_eq!(settings.database_url, None);
    }
}
