-- What background work needs beyond its first tables.

-- waiting: the kind of person who is told when the job has ended (created_by says which one); null where nobody waits.
-- progress: how far the present attempt is, in the kind's own words.
alter table jobs add column waiting text collate "C";
alter table jobs add column progress jsonb;
alter table jobs add constraint jobs_waiting_choice check (waiting in ('user', 'portal_user')) not valid;
alter table jobs validate constraint jobs_waiting_choice;

-- The lines that the handler wrote during the attempt.
alter table job_runs add column log text;

-- Schedules whose next slot has not been worked out: new and changed ones.
create index job_schedules_unplanned_idx on job_schedules (tenant_id, id) where enabled and archived_at is null and next_slot_at is null;
