//! The passwords of the two runtime logins.

use std::path::Path;
use std::{fmt, fs};

use tokio_postgres::Config;

use super::error::MigrateError;
use crate::secret;

/// The login of `serve` and `work`.
pub(super) const APP: &str = "tenantry_app";
/// The second login, for the listed tasks across tenants.
pub(super) const OPERATOR: &str = "tenantry_operator";

/// The passwords of `tenantry_app` and `tenantry_operator`; none where someone else keeps them.
#[derive(Clone)]
pub struct RoleSecrets {
    passwords: Option<Passwords>,
}

#[derive(Clone)]
struct Passwords {
    app: String,
    operator: String,
}

impl RoleSecrets {
    /// The passwords kept in the data folder (files of mode 0600), made when missing. Processes that make them at
    /// once agree on one.
    ///
    /// # Errors
    /// [`MigrateError::Secrets`] when a file cannot be read or written.
    pub fn load_or_create(data_dir: &Path) -> Result<Self, MigrateError> {
        fs::create_dir_all(data_dir).map_err(|error| failed("make the folder", data_dir, &error))?;
        let passwords = Passwords { app: load(data_dir, APP)?, operator: load(data_dir, OPERATOR)? };
        Ok(RoleSecrets { passwords: Some(passwords) })
    }

    /// The logins' passwords are set by someone else and come in `TENANTRY_APP_URL` and `TENANTRY_OPERATOR_URL`;
    /// `migrate` leaves them alone.
    pub fn kept_elsewhere() -> Self {
        RoleSecrets { passwords: None }
    }

    /// How to log in as `tenantry_app` to the server and database of `base`.
    pub fn app(&self, base: &Config) -> Config {
        self.login(base, APP, |passwords| &passwords.app)
    }

    /// How to log in as `tenantry_operator` to the server and database of `base`.
    pub fn operator(&self, base: &Config) -> Config {
        self.login(base, OPERATOR, |passwords| &passwords.operator)
    }

    /// The logins whose passwords are ours to set, with how to log in as them.
    pub(super) fn logins(&self, base: &Config) -> Vec<(&'static str, &str, Config)> {
        let Some(passwords) = &self.passwords else { return Vec::new() };
        vec![(APP, &passwords.app, self.app(base)), (OPERATOR, &passwords.operator, self.operator(base))]
    }

    fn login(&self, base: &Config, user: &str, password: impl Fn(&Passwords) -> &String) -> Config {
        let mut config = base.clone();
        config.user(user);
        if let Some(passwords) = &self.passwords {
            config.password(password(passwords));
        }
        config
    }
}

impl fmt::Debug for RoleSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.passwords.is_some() {
            "RoleSecrets(kept here)"
        } else {
            "RoleSecrets(kept elsewhere)"
        })
    }
}

fn load(data_dir: &Path, role: &str) -> Result<String, MigrateError> {
    let path = data_dir.join(format!("{role}.password"));
    secret::load_or_create(&path, 24).map_err(|error| failed("keep a password in", &path, &error))
}

fn failed(what: &'static str, path: &Path, reason: &dyn fmt::Display) -> MigrateError {
    MigrateError::Secrets { what, path: path.display().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn passwords_are_made_once_kept_private_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let first = RoleSecrets::load_or_create(folder.path()).unwrap();
        let again = RoleSecrets::load_or_create(folder.path()).unwrap();
        let base = Config::new();
        assert_eq!(first.app(&base).get_password(), again.app(&base).get_password());
        assert_ne!(first.app(&base).get_password(), first.operator(&base).get_password());
        let mut names = Vec::new();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600);
            names.push(entry.file_name().into_string().unwrap());
        }
        names.sort();
        assert_eq!(names, ["tenantry_app.password", "tenantry_operator.password"]);
        let password = String::from_utf8(first.app(&base).get_password().unwrap().to_vec()).unwrap();
        assert_eq!(password.len(), 48);
        assert!(!format!("{first:?}").contains(&password));
    }
}
