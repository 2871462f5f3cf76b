//! Work that nobody does: jobs whose worker is gone, jobs that no worker takes, imports in the middle.

use model::field::Text;
use store::sql;

use super::{Look, Repair, Rule};

/// Jobs whose lease is long gone. Workers give such jobs back within a minute; what is older was left by them all.
pub(super) static LIMBO: Rule = Rule {
    name: "jobs_are_at_work",
    law: Text::of(
        "A job that is being worked on has a worker that shows itself.",
        "งานที่กำลังทำต้องมีผู้ทำงานที่ยังทำงานอยู่",
    ),
    by_hand: Text::of("", ""),
    look: Look::Timed(sql!(
        "select count(*) over (), id::text,
           format('%s: its lease ran out at %s, attempt %s of %s', type,
             to_char(lease_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), attempts, max_attempts),
           case when attempts >= max_attempts then 'marks it failed' else 'gives it back to the queue' end
         from jobs
         where tenant_id = $1 and status = 'processing' and lease_until < $3::timestamptz - interval '5 minutes'
         order by id limit $2"
    )),
    repair: Some(Repair::Rows {
        missing: None,
        lock: sql!(
            "select id from jobs
             where tenant_id = $1 and status = 'processing' and lease_until < $3::timestamptz - interval '5 minutes'
             order by id limit $2 for update skip locked"
        ),
        mend: sql!(
            "update jobs set lease = null, lease_until = null, worker = null, run_at = $3,
               status = case when attempts >= max_attempts then 'failed' else 'pending' end,
               error = case when attempts >= max_attempts then 'Its worker went away on the last attempt.' else error end,
               completed_at = case when attempts >= max_attempts then $3 end
             where tenant_id = $1 and id = any($2) and status = 'processing'
               and lease_until < $3::timestamptz - interval '5 minutes'"
        ),
    }),
};

/// Jobs that are due and not taken.
pub(super) static UNCLAIMED: Rule = Rule {
    name: "jobs_are_taken",
    law: Text::of(
        "A job that is due is taken within six hours.",
        "งานที่ถึงเวลาต้องถูกหยิบไปทำภายในหกชั่วโมง",
    ),
    by_hand: Text::of(
        "No worker takes it: see that `tenantry serve` or `tenantry work` runs and knows this kind of job.",
        "ไม่มีผู้ทำงานหยิบไปทำ ตรวจว่า `tenantry serve` หรือ `tenantry work` ทำงานอยู่และรู้จักงานชนิดนี้",
    ),
    look: Look::Timed(sql!(
        "select count(*) over (), id::text,
           format('%s: due since %s', type, to_char(run_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')), null::text
         from jobs
         where tenant_id = $1 and status = 'pending' and run_at < $3::timestamptz - interval '6 hours'
           and exists (select from tenants t where t.id = $1 and t.status = 'active' and t.status_since < $3::timestamptz - interval '6 hours')
         order by run_at, id limit $2"
    )),
    repair: None,
};

/// Imports in the middle of a step with nobody at work on them.
pub(super) static IMPORTS: Rule = Rule {
    name: "imports_move",
    law: Text::of(
        "An import in the middle of a step has a process at work on it.",
        "การนำเข้าที่ค้างกลางขั้นตอนต้องมีโปรเซสทำงานอยู่",
    ),
    by_hand: Text::of(
        "Go on with `tenantry import resume BATCH --tenant SLUG`, or stop it with `tenantry import cancel BATCH --tenant SLUG`.",
        "ทำต่อด้วย `tenantry import resume BATCH --tenant SLUG` หรือหยุดด้วย `tenantry import cancel BATCH --tenant SLUG`",
    ),
    look: Look::Timed(sql!(
        "select count(*) over (), id::text,
           format('%s is %s since %s and nobody works on it', coalesce(file_name, 'a set of files'), status,
             to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')), null::text
         from import_batches
         where tenant_id = $1 and parent_id is null and status in ('received', 'staged', 'committing')
           and updated_at < $3::timestamptz - interval '1 hour'
           and (lease_until is null or lease_until < $3::timestamptz)
         order by id limit $2"
    )),
    repair: None,
};
