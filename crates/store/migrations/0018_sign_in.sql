-- People's way in: failures within a time, a second step by one-time codes, refresh tokens that were used up.

-- failing_since: the first of the failures that failed_login_count counts. totp is a sealed secret; it is asked for once totp_since is
-- set. totp_step: the time step of the last code that was taken, which with all before it is taken no more.
alter table users add column failing_since timestamptz;
alter table users add column totp_since timestamptz;
alter table users add column totp_step bigint;
alter table portal_users add column failing_since timestamptz;
alter table portal_users add column totp_since timestamptz;
alter table portal_users add column totp_step bigint;

-- token_hash is of a browser's cookie, or of the refresh token in use.
alter table sessions add column kind text not null default 'token';
alter table sessions add constraint sessions_kind_choice check (kind in ('cookie', 'token')) not valid;
alter table sessions validate constraint sessions_kind_choice;

-- Refresh tokens of sessions that are going on, each used once; whoever shows one of these has stolen it, or was stolen from.
create table spent_refresh_tokens (
  tenant_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint spent_refresh_tokens_pkey primary key (tenant_id, id),
  constraint spent_refresh_tokens_token_hash_key unique (tenant_id, token_hash),
  constraint spent_refresh_tokens_session_id_link foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
create index spent_refresh_tokens_session_id_idx on spent_refresh_tokens (tenant_id, session_id);

-- Codes that stand in for the second step when the device is lost; each works once.
create table recovery_codes (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid,
  portal_user_id uuid,
  code_hash bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint recovery_codes_pkey primary key (tenant_id, id),
  constraint recovery_codes_code_hash_key unique (tenant_id, code_hash),
  constraint recovery_codes_holder_check check (num_nonnulls(user_id, portal_user_id) = 1),
  constraint recovery_codes_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  constraint recovery_codes_portal_user_id_link foreign key (tenant_id, portal_user_id) references portal_users (tenant_id, id) on delete cascade
);
create index recovery_codes_user_id_idx on recovery_codes (tenant_id, user_id) where user_id is not null;
create index recovery_codes_portal_user_id_idx on recovery_codes (tenant_id, portal_user_id) where portal_user_id is not null;
