-- The same done to every record that a list holds, by a job. cursor is where the job stands, so that it goes on after a
-- kill; the rows are what it changed, with the values before, until it is undone or the rows are kept no longer.
create table bulk_changes (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  action text not null,
  filter jsonb not null default '{}',
  changes jsonb not null default '{}',
  status text not null default 'queued',
  total bigint,
  changed bigint not null default 0,
  unchanged bigint not null default 0,
  refused bigint not null default 0,
  undone bigint not null default 0,
  refusals jsonb not null default '[]',
  error text,
  finished_at timestamptz,
  undo_until timestamptz,
  requested_by uuid,
  cursor text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint bulk_changes_pkey primary key (tenant_id, id),
  constraint bulk_changes_action_choice check (action in ('update', 'archive', 'restore')),
  constraint bulk_changes_status_choice
    check (status in ('queued', 'running', 'completed', 'cancelled', 'failed', 'undoing', 'undone')),
  constraint bulk_changes_total_check check (total >= 0),
  constraint bulk_changes_changed_check check (changed >= 0),
  constraint bulk_changes_unchanged_check check (unchanged >= 0),
  constraint bulk_changes_refused_check check (refused >= 0),
  constraint bulk_changes_undone_check check (undone >= 0)
);
create index bulk_changes_status_idx on bulk_changes (tenant_id, status, id);
create index bulk_changes_created_at_idx on bulk_changes (tenant_id, created_at, id);

create table bulk_change_rows (
  tenant_id uuid not null,
  id uuid not null,
  bulk_change_id uuid not null,
  record_id uuid not null,
  before jsonb not null default '{}',
  applied_version integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint bulk_change_rows_pkey primary key (tenant_id, id),
  constraint bulk_change_rows_record_key unique (tenant_id, bulk_change_id, record_id),
  constraint bulk_change_rows_bulk_change_id_link foreign key (tenant_id, bulk_change_id)
    references bulk_changes (tenant_id, id) on delete cascade
);
create index bulk_change_rows_created_at_idx on bulk_change_rows (tenant_id, created_at);
