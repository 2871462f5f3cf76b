-- Retention of staged rows. On a set: its rows go, it can no longer be undone. On a file or sheet of it: they are gone.
alter table import_batches add column rows_pruned_at timestamptz;
create index import_batches_unpruned_idx on import_batches (tenant_id, completed_at) where rows_pruned_at is null and completed_at is not null;
