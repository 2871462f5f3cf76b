//! What the person who asked for a step is told when its job has ended.

use model::{
    notices::{IMPORT_COMPLETED, IMPORT_FAILED, IMPORT_VALIDATED, NoticeKind},
    problem::Problem,
};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{job::Step, status::BatchStatus};
use crate::notices::{Notice, To, Words, notify};

/// Tells a user in `tx` how the set that `batch` is or belongs to stands after a step. Nothing is told of one that was
/// cancelled: who did that knows.
///
/// # Errors
/// Problems of the database.
pub async fn ended(
    tx: &mut TenantTx,
    user: Uuid,
    batch: Uuid,
    step: Step,
    refused: Option<&Problem>,
) -> Result<(), Problem> {
    let row = tx
        .optional(
            sql!(
                "select p.id, p.status, p.file_name, p.error,
                   sums.created, sums.updated, sums.unchanged, sums.skipped, sums.failed
                 from import_batches b
                 join import_batches p on p.tenant_id = $1 and p.id = coalesce(b.parent_id, b.id)
                 cross join lateral (
                   select coalesce(sum((c.counts ->> 'created')::bigint), 0)::bigint as created,
                     coalesce(sum((c.counts ->> 'updated')::bigint), 0)::bigint as updated,
                     coalesce(sum((c.counts ->> 'unchanged')::bigint), 0)::bigint as unchanged,
                     coalesce(sum((c.counts ->> 'skipped')::bigint), 0)::bigint as skipped,
                     coalesce(sum((c.counts ->> 'failed')::bigint), 0)::bigint as failed
                   from import_batches c where c.tenant_id = $1 and c.parent_id = p.id) sums
                 where b.tenant_id = $1 and b.id = $2"
            ),
            &[&tx.tenant(), &batch],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let (set, name): (Uuid, String) = (row.get(0), row.get(2));
    let status = BatchStatus::from_name(row.get(1));
    let counts: [i64; 5] = [row.get(4), row.get(5), row.get(6), row.get(7), row.get(8)];
    let notice = match (refused, status, step) {
        (_, Some(BatchStatus::Cancelled), _) => return Ok(()),
        (Some(problem), _, _) => failed(&name).body(same(&problem.to_string())),
        (None, Some(BatchStatus::Failed), _) => {
            let error: Option<String> = row.get(3);
            failed(&name).body(error.map_or_else(|| rows(counts), |error| same(&error)))
        }
        (None, Some(BatchStatus::Undone), _) => {
            of(&IMPORT_COMPLETED, &name, "Import undone", "ยกเลิกผลการนำเข้าแล้ว")
        }
        (None, Some(BatchStatus::Completed), _) => {
            of(&IMPORT_COMPLETED, &name, "Import completed", "นำเข้าเสร็จแล้ว").body(rows(counts))
        }
        (None, Some(BatchStatus::AwaitingApproval), Step::Run) => {
            let notice = of(&IMPORT_VALIDATED, &name, "Import waits for approval", "การนำเข้ารออนุมัติ")
                .body(rows(counts))
                .about("import_batches", set)
                .link(format!("/admin/imports/{set}"));
            // Who owns the source is told where nobody else can be.
            if notify(tx, To::Permission("imports.commit"), notice.clone()).await? == 0 {
                notify(tx, To::User(user), notice).await?;
            }
            return Ok(());
        }
        (None, _, Step::Validate | Step::Resume | Step::Run) => {
            of(&IMPORT_VALIDATED, &name, "Import checked", "ตรวจสอบการนำเข้าแล้ว").body(rows(counts))
        }
        (None, ..) => return Ok(()),
    };
    let notice = notice.about("import_batches", set).link(format!("/admin/imports/{set}"));
    notify(tx, To::User(user), notice).await.map(drop)
}

fn failed(name: &str) -> Notice {
    of(&IMPORT_FAILED, name, "Import failed", "นำเข้าไม่สำเร็จ")
}

fn of(kind: &'static NoticeKind, name: &str, en: &str, th: &str) -> Notice {
    Notice::new(kind, Words::of(format!("{en}: {name}"), format!("{th}: {name}")))
}

/// A text that comes in English alone.
fn same(text: &str) -> Words {
    Words::of(text, text)
}

fn rows([created, updated, unchanged, skipped, failed]: [i64; 5]) -> Words {
    Words::of(
        format!(
            "{created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {failed} failed."
        ),
        format!("สร้าง {created} แก้ไข {updated} ไม่เปลี่ยนแปลง {unchanged} ข้าม {skipped} ไม่สำเร็จ {failed} แถว"),
    )
}
