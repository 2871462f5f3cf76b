-- Inbound webhooks: who may send, what was received, what could not be processed.

-- A sender of webhooks at /hooks/{tenant}/{code}. The secrets are sealed; the former one is valid beside the present one until
-- former_secret_until. mapping: what a generic source's events do; payload_schema: what its payloads must hold.
create table webhook_sources (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  kind text not null,
  enabled boolean not null default true,
  mapping jsonb not null default '{}',
  payload_schema jsonb not null default '{}',
  secret bytea,
  former_secret bytea,
  former_secret_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint webhook_sources_pkey primary key (tenant_id, id),
  constraint webhook_sources_kind_choice check (kind in ('n8n', 'line', 'generic')),
  constraint webhook_sources_code_key unique (tenant_id, code),
  constraint webhook_sources_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index webhook_sources_created_at_idx on webhook_sources (tenant_id, created_at, id);

-- The memory of deliveries taken: the same one again has no second effect, another body under the same id is flagged.
create table webhook_receipts (
  tenant_id uuid not null,
  source_id uuid not null,
  delivery_id text collate "C" not null,
  body_hash bytea not null,
  log_id uuid not null,
  received_at timestamptz not null default now(),
  constraint webhook_receipts_pkey primary key (tenant_id, source_id, delivery_id)
);
create index webhook_receipts_received_at_idx on webhook_receipts (tenant_id, received_at);

-- Inbound events as received; events of one request share request_id, and the first one keeps the raw body. Monthly partitions by id.
create table webhook_logs (
  tenant_id uuid not null,
  id uuid not null,
  source_id uuid not null,
  request_id uuid not null,
  delivery_id text collate "C" not null,
  event_type text collate "C",
  workflow_id text collate "C",
  execution_id text collate "C",
  headers jsonb not null default '{}',
  raw_body bytea,
  payload jsonb,
  status text not null default 'RECEIVED',
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  error_message text,
  retry_count integer not null default 0,
  outcome jsonb,
  constraint webhook_logs_pkey primary key (tenant_id, id),
  constraint webhook_logs_status_choice check (status in ('RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED', 'RETRY_NEEDED'))
) partition by range (id);
create index webhook_logs_source_id_idx on webhook_logs (tenant_id, source_id, id);
create index webhook_logs_status_idx on webhook_logs (tenant_id, status, id);
create index webhook_logs_processed_at_idx on webhook_logs (tenant_id, processed_at);

-- The dead-letter queue: events whose processing failed for good, with what is to be processed instead. Resolved ones stay for the record.
create table failed_webhooks (
  tenant_id uuid not null,
  id uuid not null,
  original_log_id uuid not null,
  source_id uuid not null,
  payload jsonb,
  error_details jsonb not null default '{}',
  retry_after timestamptz,
  manual_review boolean not null default false,
  replays integer not null default 0,
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint failed_webhooks_pkey primary key (tenant_id, id),
  constraint failed_webhooks_original_log_id_key unique (tenant_id, original_log_id),
  constraint failed_webhooks_replays_check check (replays >= 0),
  constraint failed_webhooks_source_id_link foreign key (tenant_id, source_id) references webhook_sources (tenant_id, id)
);
create index failed_webhooks_source_id_idx on failed_webhooks (tenant_id, source_id);
create index failed_webhooks_created_at_idx on failed_webhooks (tenant_id, created_at, id);
create index failed_webhooks_unresolved_idx on failed_webhooks (tenant_id, retry_after) where resolved_at is null;
