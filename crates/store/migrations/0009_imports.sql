-- Data in and data out.

-- A saved mapping, found again by the fingerprint of its header.
create table import_templates (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  data_type text collate "C" not null,
  description text,
  config jsonb not null default '{}',
  header_fingerprint text collate "C",
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", ''))) stored,
  constraint import_templates_pkey primary key (tenant_id, id),
  constraint import_templates_name_key unique (tenant_id, name),
  constraint import_templates_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index import_templates_search_text_idx on import_templates using gin (tenant_id, search_text gin_trgm_ops);
create index import_templates_header_fingerprint_idx on import_templates (tenant_id, header_fingerprint) where header_fingerprint is not null;
create index import_templates_created_at_idx on import_templates (tenant_id, created_at, id);

-- One file or sheet, or the set of them (their parent). lease_owner is the process that works on it until lease_until.
create table import_batches (
  tenant_id uuid not null,
  id uuid not null,
  parent_id uuid,
  position integer not null default 0,
  data_type text collate "C",
  source text not null,
  status text not null default 'received',
  template_id uuid,
  file_id uuid,
  file_name text,
  sheet text,
  sha256 text collate "C",
  initiated_by uuid,
  approved_by uuid,
  mode text not null default 'upsert',
  policy text not null default 'all_or_nothing',
  empty_cells text not null default 'keep',
  detection jsonb,
  mapping jsonb,
  progress jsonb,
  counts jsonb not null default '{}',
  summary jsonb,
  error text,
  lease_owner uuid,
  lease_until timestamptz,
  started_at timestamptz,
  dry_run_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint import_batches_pkey primary key (tenant_id, id),
  constraint import_batches_source_choice check (source in ('portal-upload', 'api', 'cli', 'schedule')),
  constraint import_batches_status_choice check (status in ('received', 'detected', 'mapped', 'staged', 'validated', 'awaiting_approval', 'committing', 'completed', 'failed', 'cancelled', 'undone')),
  constraint import_batches_mode_choice check (mode in ('create', 'update', 'upsert')),
  constraint import_batches_policy_choice check (policy in ('all_or_nothing', 'valid_rows')),
  constraint import_batches_empty_cells_choice check (empty_cells in ('keep', 'clear')),
  constraint import_batches_parent_check check (parent_id <> id),
  constraint import_batches_lease_check check ((lease_owner is null) = (lease_until is null)),
  constraint import_batches_parent_id_link foreign key (tenant_id, parent_id) references import_batches (tenant_id, id),
  constraint import_batches_template_id_link foreign key (tenant_id, template_id) references import_templates (tenant_id, id),
  constraint import_batches_file_id_link foreign key (tenant_id, file_id) references files (tenant_id, id)
);
create index import_batches_parent_id_idx on import_batches (tenant_id, parent_id) where parent_id is not null;
create index import_batches_template_id_idx on import_batches (tenant_id, template_id) where template_id is not null;
create index import_batches_file_id_idx on import_batches (tenant_id, file_id) where file_id is not null;
create index import_batches_status_idx on import_batches (tenant_id, status, id);
create index import_batches_sha256_idx on import_batches (tenant_id, sha256) where sha256 is not null;
create index import_batches_created_at_idx on import_batches (tenant_id, created_at, id);

-- One staged row: of the file (is_file_row), or a record spread from one. part is the kind of record, root_id the row of its
-- grouping document. Nothing is linked to or from it: staging a million rows stays quick. Monthly partitions by id.
create table import_rows (
  tenant_id uuid not null,
  id uuid not null,
  batch_id uuid not null,
  part text collate "C" not null,
  is_file_row boolean not null,
  sheet text,
  row_number bigint,
  root_id uuid,
  refs uuid[],
  external_key text collate "C",
  raw text[],
  payload jsonb,
  links jsonb,
  status text not null default 'pending',
  action text,
  errors jsonb,
  warnings jsonb,
  before jsonb,
  applied_record_id uuid,
  applied_version integer,
  created_at timestamptz not null default now(),
  constraint import_rows_pkey primary key (tenant_id, id),
  constraint import_rows_status_choice check (status in ('pending', 'validated', 'applied', 'skipped', 'failed')),
  constraint import_rows_action_choice check (action in ('create', 'update', 'unchanged'))
) partition by range (id);
create index import_rows_batch_id_status_part_idx on import_rows (tenant_id, batch_id, status, part, id);
create index import_rows_batch_id_part_external_key_idx on import_rows (tenant_id, batch_id, part, external_key);
create index import_rows_batch_id_root_id_idx on import_rows (tenant_id, batch_id, root_id) where root_id is not null;

-- The field a tenant once chose for a header, under the folded header.
create table import_header_memory (
  tenant_id uuid not null,
  id uuid not null,
  data_type text collate "C" not null,
  header text not null,
  header_key text collate "C" not null,
  field text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint import_header_memory_pkey primary key (tenant_id, id),
  constraint import_header_memory_data_type_header_key_key unique (tenant_id, data_type, header_key)
);

-- A batch that waits until another one is committed.
create table import_dependencies (
  tenant_id uuid not null,
  id uuid not null,
  batch_id uuid not null,
  depends_on_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint import_dependencies_pkey primary key (tenant_id, id),
  constraint import_dependencies_batch_id_depends_on_id_key unique (tenant_id, batch_id, depends_on_id),
  constraint import_dependencies_pair_check check (batch_id <> depends_on_id),
  constraint import_dependencies_batch_id_link foreign key (tenant_id, batch_id) references import_batches (tenant_id, id) on delete cascade,
  constraint import_dependencies_depends_on_id_link foreign key (tenant_id, depends_on_id) references import_batches (tenant_id, id) on delete cascade
);
create index import_dependencies_depends_on_id_idx on import_dependencies (tenant_id, depends_on_id);

create table export_jobs (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  format text not null,
  filter jsonb not null default '{}',
  sort text[] not null default '{}',
  columns text[] not null default '{}',
  status text not null default 'queued',
  progress jsonb,
  row_count bigint,
  file_id uuid,
  expires_at timestamptz,
  requested_by uuid,
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint export_jobs_pkey primary key (tenant_id, id),
  constraint export_jobs_format_choice check (format in ('csv', 'xlsx', 'jsonl', 'parquet')),
  constraint export_jobs_status_choice check (status in ('queued', 'processing', 'completed', 'failed', 'expired')),
  constraint export_jobs_row_count_check check (row_count >= 0),
  constraint export_jobs_file_id_link foreign key (tenant_id, file_id) references files (tenant_id, id)
);
create index export_jobs_file_id_idx on export_jobs (tenant_id, file_id) where file_id is not null;
create index export_jobs_status_idx on export_jobs (tenant_id, status, id);
create index export_jobs_expires_at_idx on export_jobs (tenant_id, expires_at) where expires_at is not null;
create index export_jobs_created_at_idx on export_jobs (tenant_id, created_at, id);
