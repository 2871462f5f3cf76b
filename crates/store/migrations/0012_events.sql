-- Events, and the webhooks that tell them to other software.

-- The outbox: a fact that committed together with the change it tells of. pending until it is handed to the subscriptions; claimed by
-- state, since ids are in the order of time and not of commits.
create table webhook_events (
  tenant_id uuid not null,
  id uuid not null,
  type text collate "C" not null,
  entity text collate "C" not null,
  entity_id uuid,
  payload jsonb not null default '{}',
  state text not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint webhook_events_pkey primary key (tenant_id, id),
  constraint webhook_events_state_choice check (state in ('pending', 'done'))
);
create index webhook_events_pending_idx on webhook_events (tenant_id, id) where state = 'pending';

-- An endpoint and which events it is told. The secrets are sealed; the former one signs beside the present one until former_secret_until.
create table webhook_subscriptions (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  url text not null,
  event_types text[] not null,
  description text,
  status text not null default 'active',
  disabled_at timestamptz,
  disabled_reason text,
  secret bytea,
  former_secret bytea,
  former_secret_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint webhook_subscriptions_pkey primary key (tenant_id, id),
  constraint webhook_subscriptions_name_key unique (tenant_id, name),
  constraint webhook_subscriptions_status_choice check (status in ('active', 'disabled')),
  constraint webhook_subscriptions_tenant_id_link foreign key (tenant_id) references tenants (id)
);
create index webhook_subscriptions_created_at_idx on webhook_subscriptions (tenant_id, created_at, id);

-- An endpoint's run of failures, from the first one after a success; a success removes it. clock_started_at: nothing but failures since.
create table webhook_failures (
  tenant_id uuid not null,
  id uuid not null,
  subscription_id uuid not null,
  failures integer not null,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null,
  clock_started_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint webhook_failures_pkey primary key (tenant_id, id),
  constraint webhook_failures_subscription_id_key unique (tenant_id, subscription_id),
  constraint webhook_failures_failures_check check (failures > 0),
  constraint webhook_failures_subscription_id_link foreign key (tenant_id, subscription_id)
    references webhook_subscriptions (tenant_id, id) on delete cascade
);

-- One event on its way to one endpoint. While an attempt is under way, lease is its token and next_attempt_at the end of the lease: an
-- attempt whose process died is made again then.
create table webhook_deliveries (
  tenant_id uuid not null,
  id uuid not null,
  subscription_id uuid not null,
  event_id uuid not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  lease uuid,
  last_status integer,
  last_error text,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint webhook_deliveries_pkey primary key (tenant_id, id),
  constraint webhook_deliveries_subscription_id_event_id_key unique (tenant_id, subscription_id, event_id),
  constraint webhook_deliveries_state_choice check (state in ('pending', 'delivered', 'failed', 'cancelled')),
  constraint webhook_deliveries_attempts_check check (attempts >= 0),
  constraint webhook_deliveries_next_attempt_at_check check (state = 'pending' or next_attempt_at is null),
  constraint webhook_deliveries_lease_check check (lease is null or state = 'pending'),
  constraint webhook_deliveries_subscription_id_link foreign key (tenant_id, subscription_id)
    references webhook_subscriptions (tenant_id, id) on delete cascade,
  constraint webhook_deliveries_event_id_link foreign key (tenant_id, event_id)
    references webhook_events (tenant_id, id) on delete cascade
);
create index webhook_deliveries_due_idx on webhook_deliveries (tenant_id, subscription_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_event_id_idx on webhook_deliveries (tenant_id, event_id);
create index webhook_deliveries_state_idx on webhook_deliveries (tenant_id, state, id);

-- One try of a delivery: what was sent, what came back. Monthly partitions by id.
create table webhook_attempts (
  tenant_id uuid not null,
  id uuid not null,
  delivery_id uuid not null,
  subscription_id uuid not null,
  attempt integer not null,
  outcome text not null,
  response_status integer,
  duration_ms integer not null,
  error text,
  url text not null,
  request_headers jsonb not null default '{}',
  response_headers jsonb,
  response_body text,
  started_at timestamptz not null default now(),
  constraint webhook_attempts_pkey primary key (tenant_id, id),
  constraint webhook_attempts_outcome_choice check (outcome in ('delivered', 'failed'))
) partition by range (id);
create index webhook_attempts_delivery_id_idx on webhook_attempts (tenant_id, delivery_id, id);
create index webhook_attempts_subscription_id_idx on webhook_attempts (tenant_id, subscription_id, id);
