-- Fewer indexes on jobs: each of a job's three row versions writes an entry into every one of them. The table is pruned, so
-- lists by state, kind or moment read what is there; failed and cancelled jobs, which stay longest, keep an index.
drop index jobs_status_idx;
drop index jobs_type_status_idx;
drop index jobs_created_at_idx;
create index jobs_ended_badly_idx on jobs (tenant_id, id) where status in ('failed', 'cancelled');

-- Most jobs have no unique key, and need no entry to say so.
create unique index jobs_live_key_key on jobs (tenant_id, unique_key) where unique_key is not null and status in ('pending', 'processing');
drop index jobs_unique_key_key;
