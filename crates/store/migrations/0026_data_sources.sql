-- The register of data sources. seen holds what was fetched last, so that the same file is not imported twice.
create table data_sources (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  owner_id uuid not null,
  data_type text collate "C",
  format text not null default 'any',
  kind text not null,
  location text,
  cron text,
  time_zone text not null default 'UTC',
  template_id uuid,
  mode text,
  policy text,
  empty_cells text,
  waits_for_approval boolean not null default true,
  active boolean not null default true,
  quirks text,
  schedule_id uuid,
  last_fetched_at timestamptz,
  last_outcome text,
  last_error text,
  failures integer not null default 0,
  seen jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", ''))) stored,
  constraint data_sources_pkey primary key (tenant_id, id),
  constraint data_sources_name_key unique (tenant_id, name),
  constraint data_sources_format_choice check (format in ('any', 'text', 'workbook', 'archive')),
  constraint data_sources_kind_choice check (kind in ('upload', 'inbox', 'https')),
  constraint data_sources_mode_choice check (mode in ('create', 'update', 'upsert')),
  constraint data_sources_policy_choice check (policy in ('all_or_nothing', 'valid_rows')),
  constraint data_sources_empty_cells_choice check (empty_cells in ('keep', 'clear')),
  constraint data_sources_last_outcome_choice check (last_outcome in ('unchanged', 'importing', 'waiting', 'imported', 'failed')),
  constraint data_sources_failures_check check (failures >= 0),
  constraint data_sources_tenant_id_link foreign key (tenant_id) references tenants (id),
  constraint data_sources_owner_id_link foreign key (tenant_id, owner_id) references users (tenant_id, id),
  constraint data_sources_template_id_link foreign key (tenant_id, template_id) references import_templates (tenant_id, id),
  constraint data_sources_schedule_id_link foreign key (tenant_id, schedule_id) references job_schedules (tenant_id, id)
);
create index data_sources_search_text_idx on data_sources using gin (tenant_id, search_text gin_trgm_ops);
create index data_sources_owner_id_idx on data_sources (tenant_id, owner_id);
create index data_sources_template_id_idx on data_sources (tenant_id, template_id) where template_id is not null;
create index data_sources_schedule_id_idx on data_sources (tenant_id, schedule_id) where schedule_id is not null;
create index data_sources_created_at_idx on data_sources (tenant_id, created_at, id);

-- Which source a set was fetched from.
alter table import_batches
  add column data_source_id uuid,
  add constraint import_batches_data_source_id_link foreign key (tenant_id, data_source_id)
    references data_sources (tenant_id, id) not valid;
alter table import_batches validate constraint import_batches_data_source_id_link;
create index import_batches_data_source_id_idx on import_batches (tenant_id, data_source_id) where data_source_id is not null;
