-- The life of a tenant: since when it stands as it does, what is being done with it as a whole, its figures for the operator, and the
-- archives of its audit trail.

-- under_way: the whole tenant is being brought in or removed; nobody works in it meanwhile. until: the process that does so is alive.
alter table tenants
  add column status_since timestamptz not null default now(),
  add column status_reason text,
  add column under_way text,
  add column under_way_until timestamptz,
  add constraint tenants_under_way_choice check (under_way in ('import', 'delete')),
  add constraint tenants_under_way_check check (under_way is null or status = 'closed');

-- What an operator may do is nobody's to give but the system tenant's.
alter table role_permissions
  add constraint role_permissions_platform_check
    check (permission_code not like 'platform.%' or tenant_id = '00000000-0000-7000-8000-000000000001') not valid;
alter table role_permissions validate constraint role_permissions_platform_check;

-- Counts and sizes of a tenant, one row each, counted by a job; the operator reads these instead of the tenant's rows.
create table tenant_figures (
  tenant_id uuid not null,
  id uuid not null,
  users bigint not null,
  portal_users bigint not null,
  customers bigint not null,
  orders bigint not null,
  files bigint not null,
  file_bytes bigint not null,
  table_rows bigint not null,
  table_bytes bigint not null,
  last_activity_at timestamptz,
  counted_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint tenant_figures_pkey primary key (tenant_id, id),
  constraint tenant_figures_tenant_id_key unique (tenant_id),
  constraint tenant_figures_tenant_id_link foreign key (tenant_id) references tenants (id)
);

-- A file with lines of the audit trail that are older than the tenant keeps them in the table.
create table audit_archives (
  tenant_id uuid not null,
  id uuid not null,
  month date not null,
  first_id uuid not null,
  last_id uuid not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  lines bigint not null,
  storage_key text collate "C" not null,
  size bigint not null,
  sha256 text collate "C" not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint audit_archives_pkey primary key (tenant_id, id),
  constraint audit_archives_first_id_key unique (tenant_id, first_id),
  constraint audit_archives_storage_key_key unique (tenant_id, storage_key),
  constraint audit_archives_lines_check check (lines > 0 and first_id <= last_id),
  constraint audit_archives_sha256_check check (sha256 ~ '^[0-9a-f]{64}$')
);
create index audit_archives_month_idx on audit_archives (tenant_id, month, id);
create index audit_archives_created_at_idx on audit_archives (tenant_id, created_at, id);
