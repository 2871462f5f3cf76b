-- Background work and the memory of answered requests.

-- A background job. lease is the token its worker must show to finish it.
create table jobs (
  tenant_id uuid not null,
  id uuid not null,
  type text collate "C" not null,
  payload jsonb not null default '{}',
  status text not null default 'pending',
  priority integer not null default 0,
  run_at timestamptz not null default now(),
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  unique_key text collate "C",
  lease uuid,
  lease_until timestamptz,
  worker text,
  result jsonb,
  error text,
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint jobs_pkey primary key (tenant_id, id),
  constraint jobs_status_choice check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  constraint jobs_attempts_check check (attempts >= 0 and max_attempts > 0),
  constraint jobs_lease_check check ((status = 'processing') = (lease is not null) and (lease is null) = (lease_until is null))
);
create unique index jobs_unique_key_key on jobs (tenant_id, unique_key) where status in ('pending', 'processing');
create index jobs_status_idx on jobs (tenant_id, status, id);
create index jobs_type_status_idx on jobs (tenant_id, type, status, id);
create index jobs_ready_idx on jobs (tenant_id, priority desc, run_at, id) where status = 'pending';
create index jobs_leased_idx on jobs (tenant_id, lease_until) where status = 'processing';
create index jobs_completed_at_idx on jobs (tenant_id, completed_at) where completed_at is not null;
create index jobs_created_at_idx on jobs (tenant_id, created_at, id);

-- One attempt at a job. Monthly partitions by id.
create table job_runs (
  tenant_id uuid not null,
  id uuid not null,
  job_id uuid not null,
  type text collate "C" not null,
  attempt integer not null,
  status text not null default 'processing',
  worker text,
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  result jsonb,
  error text,
  constraint job_runs_pkey primary key (tenant_id, id),
  constraint job_runs_status_choice check (status in ('processing', 'completed', 'failed', 'cancelled', 'lost'))
) partition by range (id);
create index job_runs_job_id_idx on job_runs (tenant_id, job_id, id);
create index job_runs_started_at_idx on job_runs (tenant_id, started_at, id);

-- A job made again and again; last_slot_at is the slot already enqueued.
create table job_schedules (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  type text collate "C" not null,
  payload jsonb not null default '{}',
  cron text not null,
  time_zone text not null default 'UTC',
  enabled boolean not null default true,
  last_slot_at timestamptz,
  next_slot_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint job_schedules_pkey primary key (tenant_id, id),
  constraint job_schedules_code_key unique (tenant_id, code),
  constraint job_schedules_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index job_schedules_next_slot_at_idx on job_schedules (tenant_id, next_slot_at) where enabled;

-- The answer once given to a request with an idempotency key, by actor and route.
create table idempotency_keys (
  tenant_id uuid not null,
  id uuid not null,
  actor text collate "C" not null,
  route text collate "C" not null,
  key text collate "C" not null,
  body_hash bytea not null,
  state text not null default 'running',
  response_status integer,
  response_headers jsonb,
  response_body bytea,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint idempotency_keys_pkey primary key (tenant_id, id),
  constraint idempotency_keys_state_choice check (state in ('running', 'done')),
  constraint idempotency_keys_actor_route_key_key unique (tenant_id, actor, route, key),
  constraint idempotency_keys_response_check check (state = 'running' or response_status is not null)
);
create index idempotency_keys_expires_at_idx on idempotency_keys (tenant_id, expires_at);
