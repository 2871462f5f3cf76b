-- Portal users, sessions, tokens, files, and what is kept about records of any entity.

-- A person at a customer who signs in to the portal.
create table portal_users (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  email text not null,
  email_key text collate "C" not null generated always as (lower(btrim(email) collate "und-x-icu")) stored,
  name text collate "und-x-icu" not null,
  password_hash text,
  totp bytea,
  locale text,
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
  constraint portal_users_pkey primary key (tenant_id, id),
  constraint portal_users_email_key_key unique (tenant_id, email_key),
  constraint portal_users_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint portal_users_failed_login_count_check check (failed_login_count >= 0),
  constraint portal_users_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index portal_users_search_text_idx on portal_users using gin (tenant_id, search_text gin_trgm_ops);
create index portal_users_customer_id_idx on portal_users (tenant_id, customer_id);
create index portal_users_name_idx on portal_users (tenant_id, name, id);
create index portal_users_created_at_idx on portal_users (tenant_id, created_at, id);

-- Roles of portal users; a portal may not read or write them, so nobody there grants rights to themselves.
create table portal_user_roles (
  tenant_id uuid not null,
  id uuid not null,
  portal_user_id uuid not null,
  role_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint portal_user_roles_pkey primary key (tenant_id, id),
  constraint portal_user_roles_portal_user_id_role_id_key unique (tenant_id, portal_user_id, role_id),
  constraint portal_user_roles_portal_user_id_link foreign key (tenant_id, portal_user_id) references portal_users (tenant_id, id) on delete cascade,
  constraint portal_user_roles_role_id_link foreign key (tenant_id, role_id) references roles (tenant_id, id)
);
create index portal_user_roles_role_id_idx on portal_user_roles (tenant_id, role_id);

-- A signed-in device of a user or a portal user. refresh_family ties the tokens that came from one sign-in.
create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid,
  portal_user_id uuid,
  customer_id uuid,
  token_hash bytea not null,
  refresh_family uuid not null,
  agent text,
  ip inet,
  last_seen_at timestamptz,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint sessions_pkey primary key (tenant_id, id),
  constraint sessions_token_hash_key unique (tenant_id, token_hash),
  constraint sessions_holder_check check (num_nonnulls(user_id, portal_user_id) = 1 and (portal_user_id is null) = (customer_id is null)),
  constraint sessions_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  constraint sessions_portal_user_id_link foreign key (tenant_id, portal_user_id, customer_id)
    references portal_users (tenant_id, id, customer_id) on delete cascade
);
create index sessions_user_id_idx on sessions (tenant_id, user_id) where user_id is not null;
create index sessions_portal_user_id_idx on sessions (tenant_id, portal_user_id) where portal_user_id is not null;
create index sessions_refresh_family_idx on sessions (tenant_id, refresh_family);
create index sessions_expires_at_idx on sessions (tenant_id, expires_at);

-- A link that works once: invitation or password reset.
create table one_time_tokens (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  user_id uuid,
  portal_user_id uuid,
  token_hash bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint one_time_tokens_pkey primary key (tenant_id, id),
  constraint one_time_tokens_kind_choice check (kind in ('invitation', 'reset')),
  constraint one_time_tokens_token_hash_key unique (tenant_id, token_hash),
  constraint one_time_tokens_holder_check check (num_nonnulls(user_id, portal_user_id) = 1),
  constraint one_time_tokens_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  constraint one_time_tokens_portal_user_id_link foreign key (tenant_id, portal_user_id) references portal_users (tenant_id, id) on delete cascade
);
create index one_time_tokens_user_id_idx on one_time_tokens (tenant_id, user_id) where user_id is not null;
create index one_time_tokens_portal_user_id_idx on one_time_tokens (tenant_id, portal_user_id) where portal_user_id is not null;
create index one_time_tokens_expires_at_idx on one_time_tokens (tenant_id, expires_at);

-- A bearer token of another program, with the rights of its role.
create table integration_tokens (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  token_hash bytea not null,
  scopes text[] not null default '{}',
  role_id uuid not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint integration_tokens_pkey primary key (tenant_id, id),
  constraint integration_tokens_token_hash_key unique (tenant_id, token_hash),
  constraint integration_tokens_name_key unique (tenant_id, name),
  constraint integration_tokens_role_id_link foreign key (tenant_id, role_id) references roles (tenant_id, id),
  constraint integration_tokens_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index integration_tokens_role_id_idx on integration_tokens (tenant_id, role_id);
create index integration_tokens_created_at_idx on integration_tokens (tenant_id, created_at, id);

-- A secret of a third party, sealed with the instance's key named by key_id.
create table credentials (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  name text collate "und-x-icu" not null,
  sealed bytea not null,
  key_id text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint credentials_pkey primary key (tenant_id, id),
  constraint credentials_kind_choice check (kind in ('smtp', 'line', 'n8n', 's3')),
  constraint credentials_kind_name_key unique (tenant_id, kind, name),
  constraint credentials_tenant_id_link foreign key (tenant_id) references tenants (id)
);

-- A stored object; customer_id set means that customer's portal may read it.
create table files (
  tenant_id uuid not null,
  id uuid not null,
  storage_key text collate "C" not null,
  name text collate "und-x-icu" not null,
  media_type text not null,
  size bigint not null,
  sha256 text collate "C" not null,
  entity text collate "C",
  entity_id uuid,
  customer_id uuid,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", ''))) stored,
  constraint files_pkey primary key (tenant_id, id),
  constraint files_storage_key_key unique (tenant_id, storage_key),
  constraint files_size_check check (size >= 0),
  constraint files_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint files_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index files_search_text_idx on files using gin (tenant_id, search_text gin_trgm_ops);
create index files_customer_id_idx on files (tenant_id, customer_id) where customer_id is not null;
create index files_entity_entity_id_idx on files (tenant_id, entity, entity_id) where entity_id is not null;
create index files_sha256_idx on files (tenant_id, sha256);
create index files_expires_at_idx on files (tenant_id, expires_at) where expires_at is not null;
create index files_name_idx on files (tenant_id, name, id);
create index files_created_at_idx on files (tenant_id, created_at, id);

-- A field a tenant added to an entity; its values live in the record's attributes.
create table custom_fields (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  key text collate "C" not null,
  label text not null,
  type text not null,
  options jsonb not null default '[]',
  required boolean not null default false,
  position integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint custom_fields_pkey primary key (tenant_id, id),
  constraint custom_fields_type_choice check (type in ('text', 'integer', 'decimal', 'boolean', 'date', 'choice')),
  constraint custom_fields_entity_key_key unique (tenant_id, entity, key),
  constraint custom_fields_tenant_id_link foreign key (tenant_id) references tenants (id)
);

-- A list's layout, filter and sort under a name; without user_id it is shared.
create table saved_views (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  user_id uuid,
  name text collate "und-x-icu" not null,
  filter jsonb not null default '{}',
  sort text[] not null default '{}',
  columns text[] not null default '{}',
  position integer not null default 0,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint saved_views_pkey primary key (tenant_id, id),
  constraint saved_views_entity_user_id_name_key unique nulls not distinct (tenant_id, entity, user_id, name),
  constraint saved_views_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index saved_views_user_id_idx on saved_views (tenant_id, user_id) where user_id is not null;

-- The id a record has in another system; a key for imports and integrations.
create table external_ids (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  source_system text collate "C" not null,
  external_id text collate "C" not null,
  record_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint external_ids_pkey primary key (tenant_id, id),
  constraint external_ids_entity_source_system_external_id_key unique (tenant_id, entity, source_system, external_id)
);
create index external_ids_entity_record_id_idx on external_ids (tenant_id, entity, record_id);

-- Two records made one: what moved, so that it can move back.
create table merges (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  winner_id uuid not null,
  loser_id uuid not null,
  moved jsonb not null default '{}',
  undone_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint merges_pkey primary key (tenant_id, id),
  constraint merges_pair_check check (winner_id <> loser_id)
);
create index merges_entity_winner_id_idx on merges (tenant_id, entity, winner_id);
create index merges_entity_loser_id_idx on merges (tenant_id, entity, loser_id);
create index merges_created_at_idx on merges (tenant_id, created_at, id);

-- The outcome of one integrity check at one time.
create table data_integrity_snapshots (
  tenant_id uuid not null,
  id uuid not null,
  check_name text collate "C" not null,
  ok boolean not null,
  counts jsonb not null default '{}',
  findings jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint data_integrity_snapshots_pkey primary key (tenant_id, id)
);
create index data_integrity_snapshots_check_name_created_at_idx on data_integrity_snapshots (tenant_id, check_name, created_at, id);

-- Who changed what: appended by triggers and operations, never changed. Monthly partitions by id.
create table audit_logs (
  tenant_id uuid not null,
  id uuid not null,
  entity text collate "C" not null,
  entity_id uuid,
  action text collate "C" not null,
  old_values jsonb,
  new_values jsonb,
  actor_kind text not null,
  actor_id uuid,
  token_id uuid,
  batch_id uuid,
  request_id uuid,
  ip inet,
  at timestamptz not null default now(),
  constraint audit_logs_pkey primary key (tenant_id, id),
  constraint audit_logs_actor_kind_choice check (actor_kind in ('user', 'portal_user', 'token', 'job', 'system'))
) partition by range (id);
create index audit_logs_entity_entity_id_idx on audit_logs (tenant_id, entity, entity_id, id);
create index audit_logs_actor_id_idx on audit_logs (tenant_id, actor_id, id) where actor_id is not null;
create index audit_logs_batch_id_idx on audit_logs (tenant_id, batch_id, id) where batch_id is not null;
create index audit_logs_at_idx on audit_logs (tenant_id, at, id);
