//! Stored files: each row has its file and each file its row.

use std::collections::HashSet;

use jiff::SignedDuration;
use model::{field::Text, problem::Problem};
use serde_json::json;
use store::{files::Kept, sql, sql::Query};
use uuid::Uuid;

use super::{Desk, Finding, Look, Repair, Rule, TOLD};
use crate::access::audit::{Note, note};

/// Files are stored before their row is written, so younger ones may be on their way.
const YOUNG: SignedDuration = SignedDuration::from_hours(24);

/// Rows and keys compared at a time.
const PAGE: usize = 1_000;

/// Rows without a file.
pub(super) static LOST: Rule = Rule {
    name: "files_are_stored",
    law: Text::of("Every file that is known lies in the storage.", "ไฟล์ทุกไฟล์ที่ระบบรู้จักต้องอยู่ในที่เก็บ"),
    by_hand: Text::of(
        "Bring the file back from a backup of the storage; where there is none, archive the record.",
        "นำไฟล์กลับมาจากข้อมูลสำรอง ถ้าไม่มีให้เก็บระเบียนเข้าคลัง",
    ),
    look: Look::LostFiles,
    repair: None,
};

/// Files without a row.
pub(super) static STRAY: Rule = Rule {
    name: "files_are_known",
    law: Text::of(
        "Every file in the storage for more than a day belongs to a record.",
        "ไฟล์ที่อยู่ในที่เก็บเกินหนึ่งวันต้องเป็นของระเบียนใดระเบียนหนึ่ง",
    ),
    by_hand: Text::of("", ""),
    look: Look::StrayFiles,
    repair: Some(Repair::StrayFiles),
};

/// The strays as findings.
pub(super) fn told(strays: Vec<Kept>) -> (u64, Vec<Finding>) {
    let findings = strays
        .iter()
        .take(TOLD as usize)
        .map(|stray| Finding {
            subject: stray.key.clone(),
            detail: format!("{} bytes, stored {}, belong to no record", stray.size, stray.stored_at),
            repair: Some("removes the file".to_owned()),
        })
        .collect();
    (strays.len() as u64, findings)
}

impl Desk<'_> {
    /// Rows whose file is gone.
    pub(super) async fn lost_files(&self) -> Result<(u64, Vec<Finding>), Problem> {
        // One that came since is asked for by itself.
        let kept = self.files.list(self.caller.tenant).await?;
        let kept: HashSet<String> = kept.into_iter().map(|file| file.key).collect();
        let (mut after, mut count, mut findings) = (Uuid::nil(), 0, vec![]);
        loop {
            let args = vec![self.caller.tenant.into(), after.into(), (PAGE as i64).into()];
            let page = sql!(
                "select id, storage_key, name from (
                   select id, storage_key, name from files where tenant_id = $1
                   union all select id, storage_key, 'audit archive' from audit_archives where tenant_id = $1) kept
                 where id > $2 order by id limit $3"
            );
            let rows = self.db.read(self.caller, Query::fixed(page, args)).await?;
            for row in &rows {
                after = row.get(0);
                let key: &str = row.get(1);
                if kept.contains(key) || self.files.holds(key).await? {
                    continue;
                }
                count += 1;
                if findings.len() < TOLD as usize {
                    let detail = format!("{}: nothing lies at {key}", row.get::<_, &str>(2));
                    findings.push(Finding { subject: after.to_string(), detail, repair: None });
                }
            }
            if rows.len() < PAGE {
                return Ok((count, findings));
            }
        }
    }

    /// Files of the tenant that no row names and nobody is storing just now.
    pub(super) async fn stray_files(&self) -> Result<Vec<Kept>, Problem> {
        let settled = self.now.checked_sub(YOUNG).map_err(Problem::internal)?;
        let kept = self.files.list(self.caller.tenant).await?;
        let old: Vec<Kept> = kept.into_iter().filter(|file| file.stored_at < settled).collect();
        let mut strays = vec![];
        for page in old.chunks(PAGE) {
            let keys: Vec<String> = page.iter().map(|file| file.key.clone()).collect();
            let unknown = sql!(
                "select key from unnest($2::text[]) key
                 where not exists (select from files where tenant_id = $1 and storage_key = key)
                   and not exists (select from audit_archives where tenant_id = $1 and storage_key = key)"
            );
            let args = vec![self.caller.tenant.into(), keys.into()];
            let rows = self.db.read(self.caller, Query::fixed(unknown, args)).await?;
            let unknown: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
            strays.extend(page.iter().filter(|file| unknown.contains(&file.key.as_str())).cloned());
        }
        Ok(strays)
    }

    /// Removes them, and says so in the audit before: a process that dies in between has removed less than it said.
    pub(super) async fn remove_strays(&self) -> Result<u64, Problem> {
        let strays = self.stray_files().await?;
        for page in strays.chunks(PAGE) {
            let keys: Vec<&str> = page.iter().map(|file| file.key.as_str()).collect();
            let mut tx = self.db.begin(self.caller).await?;
            let removed = Some(json!({ "keys": keys }));
            let line = Note { entity: "files", id: None, action: "integrity.removed", new_values: removed };
            note(&mut tx, line).await?;
            tx.commit().await?;
            for file in page {
                self.files.remove(file).await?;
            }
        }
        Ok(strays.len() as u64)
    }
}
