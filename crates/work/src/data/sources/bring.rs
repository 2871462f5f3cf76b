//! Bringing the files of a source: from a web address, or from the company's inbox in the file storage.
//!
//! What a source remembers of them (`seen`) is, of an address, `{url, etag, modified, sha256}`, and of an inbox
//! `{files: {name: {stamp, sha256}}}`: a file that is the same as the last time is not brought again.

use std::path::{Path, PathBuf};

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use store::secret::hex;
use tabular::Limits;
use tokio::{io::AsyncReadExt, task::spawn_blocking};
use uuid::Uuid;

use super::Source;
use crate::{
    access::credentials::{self, Credential},
    import::{Upload, format_of},
    jobs::Services,
    outbound::{Failure, Fetch, Secret},
};

/// Most files of an inbox that become one set; the others follow the next time.
const TOGETHER: usize = 100;

/// What a source offers.
#[derive(Debug)]
pub(super) struct Brought {
    /// The files that are new, in the order of their names.
    pub uploads: Vec<Upload>,
    /// What is known of them from now on.
    pub seen: Value,
}

impl Source {
    /// Brings what is new into a folder.
    ///
    /// # Errors
    /// `unavailable` for what may pass by itself; `bad_file` for what somebody has to mend.
    pub(super) async fn bring(
        &self,
        services: &Services,
        caller: &Caller,
        folder: &Path,
    ) -> Result<Brought, Problem> {
        let brought = match self.kind.as_str() {
            "https" => self.of_address(services, caller, folder).await?,
            "inbox" => self.of_inbox(services, caller.tenant, folder).await?,
            _ => Brought { uploads: vec![], seen: self.seen.clone() },
        };
        for upload in &brought.uploads {
            self.admit(upload.clone()).await?;
        }
        Ok(brought)
    }

    async fn of_address(
        &self,
        services: &Services,
        caller: &Caller,
        folder: &Path,
    ) -> Result<Brought, Problem> {
        let credential = match self.credential {
            Some(id) => Some(shown(services, caller, id).await?),
            None => None,
        };
        let (name, secret) = credential.unzip();
        let known = |name: &str| {
            let same = self.seen["url"] == self.location.as_str();
            self.seen[name].as_str().filter(|_| same).map(str::to_owned)
        };
        let mut headers = vec![];
        headers.extend(known("etag").map(|etag| ("if-none-match", etag)));
        headers.extend(known("modified").map(|modified| ("if-modified-since", modified)));
        let into = folder.join("file");
        let fetch = Fetch {
            url: self.location.clone(),
            headers,
            secret,
            into: into.clone(),
            limit: Limits::default().file_bytes,
        };
        let answer = services.outbound.fetch(fetch).await.map_err(|failure| match failure {
            Failure::Refused(text) => bad(text),
            Failure::Failed(text) => away(text),
        })?;
        let unchanged = Brought { uploads: vec![], seen: self.seen.clone() };
        match answer.status {
            200 => {}
            304 => return Ok(unchanged),
            status @ (408 | 425 | 429 | 500..) => return Err(away(format!("The address answers {status}."))),
            status @ (401 | 403) => {
                return Err(bad(match name {
                    Some(name) => format!(
                        "The address answers {status}: it does not take the credential “{name}”. Give that a new secret, or choose another one."
                    ),
                    None => format!(
                        "The address answers {status}: it asks for a credential. Choose one for web addresses in the source."
                    ),
                }));
            }
            status @ 300..=399 => {
                let to = answer.header("location").unwrap_or("another address");
                return Err(bad(format!(
                    "The address answers {status} and sends elsewhere, to {to}. Give the address where the file lies itself."
                )));
            }
            status => {
                return Err(bad(format!("The address answers {status}; 200 with the file is expected.")));
            }
        }
        let sha256 = checksum(into.clone()).await?;
        let seen = json!({
            "url": self.location, "etag": answer.header("etag"), "modified": answer.header("last-modified"),
            "sha256": sha256,
        });
        if known("sha256").as_ref() == Some(&sha256) {
            return Ok(Brought { uploads: vec![], seen });
        }
        let name =
            named(answer.header("content-disposition"), &self.location).unwrap_or_else(|| self.name.clone());
        Ok(Brought { uploads: vec![Upload { name, path: into }], seen })
    }

    async fn of_inbox(&self, services: &Services, tenant: Uuid, folder: &Path) -> Result<Brought, Problem> {
        let mut files = Map::new();
        let mut uploads = vec![];
        for dropped in services.files.dropped(tenant, &self.location).await? {
            let known = &self.seen["files"][&dropped.name];
            if known["stamp"] == dropped.stamp.as_str() || uploads.len() == TOGETHER {
                if !known.is_null() {
                    files.insert(dropped.name, known.clone());
                }
                continue;
            }
            let path = folder.join(uploads.len().to_string());
            // One that changes while it is copied, or goes, is left for the next time.
            match services.files.copy(&dropped, &path).await {
                Err(gone) if gone.code() == &codes::NOT_FOUND => continue,
                copied => copied?,
            }
            let still = services.files.dropped(tenant, &self.location).await?;
            if !still.contains(&dropped) {
                continue;
            }
            let sha256 = checksum(path.clone()).await?;
            if known["sha256"] != sha256.as_str() {
                uploads.push(Upload { name: dropped.name.clone(), path });
            }
            files.insert(dropped.name, json!({ "stamp": dropped.stamp, "sha256": sha256 }));
        }
        Ok(Brought { uploads, seen: json!({ "files": files }) })
    }

    /// Refuses a file of another format than the source's.
    pub(super) async fn admit(&self, upload: Upload) -> Result<(), Problem> {
        if self.format == "any" {
            return Ok(());
        }
        let name = upload.name.clone();
        let found = spawn_blocking(move || format_of(&upload.path, &upload.name))
            .await
            .map_err(Problem::internal)??;
        if found == self.format {
            return Ok(());
        }
        Err(bad(format!(
            "{name} is a file of the format `{found}`, and the source is of `{}`. Correct the source's format, or what it offers.",
            self.format
        )))
    }
}

/// The name of a credential, and the header that shows it.
async fn shown(services: &Services, caller: &Caller, id: Uuid) -> Result<(String, Secret), Problem> {
    let mut tx = services.db.begin(caller).await?;
    let found = credentials::of(&mut tx, &services.keys, id).await;
    tx.rollback().await?;
    let Credential { kind, name, opened } = found?;
    let Some(opened) = opened else {
        return Err(bad(format!(
            "The credential “{name}” is archived, and its secret forgotten. Give it a new secret, or choose another one."
        )));
    };
    let secret = credentials::header(&kind, &opened).ok_or_else(|| {
        bad(format!("The credential “{name}” is none for web addresses ({kind}). Choose one that is."))
    })?;
    Ok((name, secret))
}

fn bad(detail: String) -> Problem {
    Problem::new(&codes::BAD_FILE, detail)
}

fn away(detail: String) -> Problem {
    Problem::new(&codes::UNAVAILABLE, detail)
}

/// The SHA-256 of a file, in lower-case hexadecimal.
async fn checksum(path: PathBuf) -> Result<String, Problem> {
    let mut file = tokio::fs::File::open(path).await.map_err(Problem::internal)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece).await.map_err(Problem::internal)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&piece[..read]),
        }
    }
}

/// What the file is called: as the answer says, else as the address ends.
fn named(disposition: Option<&str>, address: &str) -> Option<String> {
    let stated = disposition.and_then(|text| text.split("filename=").nth(1));
    let stated = stated.map(|name| name.split(';').next().unwrap_or_default().trim().trim_matches('"'));
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let last = path.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    let last = last.and_then(|path| path.rsplit('/').next());
    let plain = |name: &&str| !name.is_empty() && !name.contains(['/', '\\']) && name.len() <= 200;
    stated.filter(plain).or(last.filter(plain)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_the_answer_or_the_address_says() {
        let of = |said, address| named(said, address);
        assert_eq!(of(Some("attachment; filename=\"list.csv\""), "https://a.example/x").unwrap(), "list.csv");
        assert_eq!(of(Some("attachment; filename=../../etc"), "https://a.example/x.csv").unwrap(), "x.csv");
        assert_eq!(of(None, "https://a.example/b/prices.csv?day=1").unwrap(), "prices.csv");
        assert_eq!(of(None, "https://a.example/"), None);
        assert_eq!(of(None, "https://a.example"), None);
    }
}
