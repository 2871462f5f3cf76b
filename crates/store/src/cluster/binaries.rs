//! Where this machine keeps PostgreSQL's programs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;

/// The oldest major version Tenantry runs on.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// One installation of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) dir: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    /// Whether the server can load the library of an extension that ships apart from it in some distributions.
    pub(super) fn has_library(&self, name: &str) -> bool {
        let Some(prefix) = self.dir.parent() else { return false };
        ["lib", "lib/postgresql", "lib64", "lib64/pgsql"].iter().any(|folder| {
            ["so", "dylib"].iter().any(|end| prefix.join(folder).join(format!("{name}.{end}")).is_file())
        })
    }
}

/// Finds the installation to use: the one in `bin_dir` if given, else on PATH, by `pg_config`, or in the usual folders
/// (newest first). A cluster made by major version `made_by` needs that very version.
pub(super) fn find(
    bin_dir: Option<&Path>,
    made_by: Option<u32>,
    home: &Path,
) -> Result<Binaries, ClusterError> {
    let folders = match bin_dir {
        Some(dir) => vec![dir.to_owned()],
        None => candidate_folders(),
    };
    choose(folders.iter().filter_map(|dir| version_in(dir)), made_by, home)
}

/// The first version that fits, of `found` in order of preference.
fn choose(
    found: impl Iterator<Item = (Binaries, String)>,
    made_by: Option<u32>,
    home: &Path,
) -> Result<Binaries, ClusterError> {
    let mut too_old = Vec::new();
    for (binaries, version) in found {
        if binaries.major < OLDEST_MAJOR {
            too_old.push(format!("{version} in {}", binaries.dir.display()));
        } else if made_by.is_none_or(|made_by| made_by == binaries.major) {
            return Ok(binaries);
        }
    }
    match made_by {
        Some(made_by) => Err(ClusterError::OtherMajor { home: home.to_owned(), made_by }),
        None => Err(ClusterError::NotInstalled { found: too_old }),
    }
}

fn version_in(dir: &Path) -> Option<(Binaries, String)> {
    // A link on PATH leads to the folder whose neighbors hold the libraries.
    let program = dir.join("postgres").canonicalize().ok()?;
    let dir = program.parent().filter(|dir| dir.join("initdb").is_file())?;
    let output = Command::new(&program).arg("--version").output().ok()?;
    let version = parse_version(&String::from_utf8_lossy(&output.stdout))?;
    let major = version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some((Binaries { dir: dir.to_owned(), major }, version))
}

/// The version in `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn parse_version(line: &str) -> Option<String> {
    let rest = line.split("(PostgreSQL)").nth(1)?;
    rest.split_whitespace().next().map(str::to_owned)
}

fn candidate_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output()
        && output.status.success()
    {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    for pattern in [
        "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*",
        "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/Library/PostgreSQL/*/bin",
        "/usr/local/pgsql/bin", "/usr/bin", "/usr/local/bin",
    ] {
        folders.extend(newest_first(pattern));
    }
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    folders
}

/// The folders that match a path with one `*`, the highest number in its place first.
fn newest_first(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![PathBuf::from(pattern)] };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("/", before));
    let Ok(entries) = std::fs::read_dir(if parent.is_empty() { "/" } else { parent }) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.parse().unwrap_or(0);
            Some((number, PathBuf::from(format!("{before}{}{after}", &name[prefix.len()..]))))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(versions: &[(u32, &str)]) -> Vec<(Binaries, String)> {
        versions
            .iter()
            .map(|(major, dir)| (Binaries { dir: PathBuf::from(dir), major: *major }, format!("{major}.1")))
            .collect()
    }

    #[test]
    fn the_first_new_enough_version_is_used() {
        let found = installed(&[(14, "/a"), (16, "/b"), (17, "/c")]);
        assert_eq!(choose(found.into_iter(), None, Path::new("/x")).unwrap().dir, Path::new("/b"));
    }

    #[test]
    fn a_cluster_keeps_the_version_that_made_it() {
        let found = installed(&[(17, "/c"), (15, "/a")]);
        assert_eq!(
            choose(found.clone().into_iter(), Some(15), Path::new("/x")).unwrap().dir,
            Path::new("/a")
        );
        let error = choose(found.into_iter(), Some(16), Path::new("/x")).unwrap_err().to_string();
        assert!(error.contains("apt-get install postgresql-16"), "{error}");
    }

    #[test]
    fn nothing_found_names_the_package() {
        let error =
            choose(installed(&[(13, "/old")]).into_iter(), None, Path::new("/x")).unwrap_err().to_string();
        assert!(error.contains("apt-get install postgresql") && error.contains("13.1 in /old"), "{error}");
        assert!(!error.contains('\n'));
    }

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").unwrap(), "15.18");
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1").unwrap(), "18beta1");
    }
}
