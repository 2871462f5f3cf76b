//! Telling whoever waits for a background job that it is over.

use model::{
    notices::{JOB_COMPLETED, JOB_FAILED},
    problem::Problem,
};
use store::TenantTx;
use uuid::Uuid;

use super::{Notice, To, Words, notify};
use crate::{jobs::Perform, mail::SendMail};

/// A background job that will not run again.
#[derive(Clone, Copy, Debug)]
pub struct EndedJob<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its kind, as `imports.commit`.
    pub kind: &'a str,
    /// Who asked for it: a user, or whatever else acted.
    pub asked_by: Option<Uuid>,
    /// The public text of the last attempt's problem; `None` for a job that was completed.
    pub failure: Option<&'a str>,
}

/// Tells the user who asked for the job that it is done or has failed. Of a failed one that no user asked for, the
/// admins are told.
///
/// # Errors
/// As [`notify`].
pub async fn job_ended(tx: &mut TenantTx, job: EndedJob<'_>) -> Result<(), Problem> {
    let notice = match job.failure {
        None => Notice::new(
            &JOB_COMPLETED,
            Words::of(format!("Done: {}", job.kind), format!("เสร็จแล้ว: {}", job.kind)),
        ),
        Some(failure) => Notice::new(
            &JOB_FAILED,
            Words::of(
                format!("Background job failed: {}", job.kind),
                format!("งานเบื้องหลังล้มเหลว: {}", job.kind),
            ),
        )
        .body(Words::of(
            format!("All attempts are used up. The last one said: {failure}"),
            format!("ลองครบทุกครั้งแล้ว ครั้งสุดท้ายแจ้งว่า: {failure}"),
        )),
    };
    let notice = notice.about("jobs", job.id).link(format!("/dev/jobs/{}", job.id));
    let notice = if job.kind == SendMail::KIND { notice.on_pages_alone() } else { notice };
    let told = match job.asked_by {
        Some(user) => notify(tx, To::User(user), notice.clone()).await?,
        None => 0,
    };
    if told == 0 && job.failure.is_some() {
        notify(tx, To::Role("admin"), notice).await?;
    }
    Ok(())
}
