-- Tenants, their staff, and what the staff may do.
--
-- Every table of a tenant is keyed by (tenant_id, id); keys, links and indexes are led by tenant_id. Links to `tenants` stand on
-- rarely written tables only: on a busy one every writer of a tenant would lock the tenant's single row.
-- Links use NO ACTION, so that one statement may move a parent and its children together.

-- A company that uses Tenantry. `id` stands for tenant_id; slug, host and short_id are unique through tenant_slugs.
create table tenants (
  id uuid not null,
  short_id text collate "C" not null,
  slug text collate "C" not null,
  host text collate "C",
  name text collate "und-x-icu" not null,
  subscription_tier text not null default 'standard',
  status text not null default 'active',
  time_zone text not null default 'UTC',
  currency text collate "C" not null default 'USD',
  locale text not null default 'en',
  country text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint tenants_status_choice check (status in ('active', 'suspended', 'closed')),
  constraint tenants_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint tenants_pkey primary key (id)
);

-- The one global look-up, read before any context is known; distributed by its key, hence without a link to tenants.
create table tenant_slugs (
  key text collate "C" not null,
  kind text not null,
  tenant_id uuid not null,
  constraint tenant_slugs_kind_choice check (kind in ('slug', 'host', 'short_id')),
  constraint tenant_slugs_pkey primary key (key, kind)
);
create index tenant_slugs_tenant_id_idx on tenant_slugs (tenant_id, key);

-- One typed document per group of settings.
create table tenant_settings (
  tenant_id uuid not null,
  id uuid not null,
  setting_group text collate "C" not null,
  document jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint tenant_settings_pkey primary key (tenant_id, id),
  constraint tenant_settings_setting_group_key unique (tenant_id, setting_group),
  constraint tenant_settings_tenant_id_link foreign key (tenant_id) references tenants (id)
);

-- A person on the tenant's staff. email_key is what sign-in looks up.
create table users (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  email_key text collate "C" not null generated always as (lower(btrim(email) collate "und-x-icu")) stored,
  name text collate "und-x-icu" not null,
  password_hash text,
  totp bytea,
  locale text,
  department text,
  is_active boolean not null default true,
  failed_login_count integer not null default 0,
  locked_until timestamptz,
  last_login_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(email collate "und-x-icu", ''))) stored,
  constraint users_pkey primary key (tenant_id, id),
  constraint users_email_key_key unique (tenant_id, email_key),
  constraint users_failed_login_count_check check (failed_login_count >= 0),
  constraint users_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index users_search_text_idx on users using gin (tenant_id, search_text gin_trgm_ops);
create index users_name_idx on users (tenant_id, name, id);
create index users_created_at_idx on users (tenant_id, created_at, id);
create index users_is_active_idx on users (tenant_id, is_active, id);

-- A named set of permissions; built-in ones are copied into each tenant.
create table roles (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  description text,
  is_system boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint roles_pkey primary key (tenant_id, id),
  constraint roles_code_key unique (tenant_id, code),
  constraint roles_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index roles_name_idx on roles (tenant_id, name, id);

-- Every permission the program knows, filled from its own list; the same for all tenants.
create table permissions (
  code text collate "C" not null,
  entity text not null,
  action text not null,
  constraint permissions_pkey primary key (code)
);

-- What a role may do, on whose records.
create table role_permissions (
  tenant_id uuid not null,
  id uuid not null,
  role_id uuid not null,
  permission_code text collate "C" not null,
  record_scope text not null default 'all',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint role_permissions_pkey primary key (tenant_id, id),
  constraint role_permissions_record_scope_choice check (record_scope in ('own', 'team', 'all')),
  constraint role_permissions_role_id_permission_code_key unique (tenant_id, role_id, permission_code),
  constraint role_permissions_role_id_link foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
);
create index role_permissions_permission_code_idx on role_permissions (tenant_id, permission_code);

create table user_roles (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint user_roles_pkey primary key (tenant_id, id),
  constraint user_roles_user_id_role_id_key unique (tenant_id, user_id, role_id),
  constraint user_roles_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  constraint user_roles_role_id_link foreign key (tenant_id, role_id) references roles (tenant_id, id)
);
create index user_roles_role_id_idx on user_roles (tenant_id, role_id);

create table teams (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  lead_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint teams_pkey primary key (tenant_id, id),
  constraint teams_code_key unique (tenant_id, code),
  constraint teams_lead_id_link foreign key (tenant_id, lead_id) references users (tenant_id, id),
  constraint teams_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index teams_lead_id_idx on teams (tenant_id, lead_id) where lead_id is not null;
create index teams_name_idx on teams (tenant_id, name, id);

create table team_members (
  tenant_id uuid not null,
  id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint team_members_pkey primary key (tenant_id, id),
  constraint team_members_team_id_user_id_key unique (tenant_id, team_id, user_id),
  constraint team_members_team_id_link foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade,
  constraint team_members_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index team_members_user_id_idx on team_members (tenant_id, user_id);

-- The tenant of work that belongs to no tenant.
insert into tenants (id, short_id, slug, name)
values ('00000000-0000-7000-8000-000000000001', 'system', 'system', 'System');

insert into tenant_slugs (key, kind, tenant_id)
values ('system', 'slug', '00000000-0000-7000-8000-000000000001'),
  ('system', 'short_id', '00000000-0000-7000-8000-000000000001');
