//! What an archive says of itself.

use jiff::Timestamp;
use model::problem::Problem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{FORMAT, OLDEST_MIGRATION, VERSION, bad};

/// The name of the member that holds it.
pub const NAME: &str = "manifest.json";

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The number of the newest migration of the database it was written from.
    pub migration: i32,
    /// The program that wrote it.
    pub program: String,
    /// The moment whose rows it holds.
    pub exported_at: Timestamp,
    /// Whose it is.
    pub tenant: About,
    /// The tables, parents before children.
    pub tables: Vec<TableMember>,
    /// The stored files.
    pub files: Vec<FileMember>,
    /// Files that the rows name and the storage did not hold.
    pub missing_files: Vec<String>,
    /// Tables whose rows stayed behind.
    pub left_out: Vec<String>,
}

/// The tenant as its own row has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its id there.
    pub id: Uuid,
    /// What its tokens begin with.
    pub short_id: String,
    /// Its slug there.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// What it pays for.
    pub subscription_tier: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// BCP 47.
    pub locale: String,
    /// ISO 3166.
    pub country: Option<String>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMember {
    /// Its name.
    pub name: String,
    /// The columns that its rows have.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
    /// Bytes of the member.
    pub size: u64,
    /// Of the member, in hexadecimal.
    pub sha256: String,
}

impl TableMember {
    /// Where it lies in the archive.
    pub fn member(&self) -> String {
        format!("tables/{}.jsonl", self.name)
    }
}

/// One stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMember {
    /// Its key without the tenant: `imports/2026/01/<id>`.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

impl FileMember {
    /// Where it lies in the archive.
    pub fn member(&self) -> String {
        format!("files/{}", self.key)
    }
}

impl Manifest {
    /// Reads it, and refuses what this program does not read.
    ///
    /// # Errors
    /// `bad_file` with what to do about it.
    pub fn read(text: &[u8], migration: i32) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let unread = |error: serde_json::Error| {
            bad(format!("`{NAME}` cannot be read: {error}."))
                .hint("Take an archive as `tenantry tenant export` wrote it.")
        };
        let head: Head = serde_json::from_slice(text).map_err(unread)?;
        if head.format != FORMAT {
            return Err(bad(format!("This is an archive of `{}`, not of a tenant.", head.format)));
        }
        if head.version != VERSION {
            let older = head.version < VERSION;
            let mend =
                if older { "Export it anew with this release." } else { "Upgrade this program first." };
            let detail = format!("The archive has version {}; this program reads {VERSION}.", head.version);
            return Err(bad(detail).hint(mend));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(unread)?;
        if manifest.migration > migration {
            let detail = format!(
                "The archive comes from schema {} and this database is at {migration}.",
                manifest.migration
            );
            return Err(bad(detail).hint("Upgrade this program and run `tenantry migrate` first."));
        }
        if manifest.migration < OLDEST_MIGRATION {
            let detail = format!(
                "The archive comes from schema {}; the oldest that can be brought in is {OLDEST_MIGRATION}.",
                manifest.migration
            );
            return Err(bad(detail).hint(
                "Import it with the release that wrote it, upgrade that database, and export it again.",
            ));
        }
        Ok(manifest)
    }
}
