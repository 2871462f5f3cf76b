-- What people are told: on their page and by mail.

-- Something one user should know. Told again about the same thing while still unread, it is counted up.
create table notifications (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  kind text collate "C" not null,
  priority text not null default 'MEDIUM',
  title text not null,
  body text,
  link text,
  entity text collate "C",
  entity_id uuid,
  times integer not null default 1,
  told_at timestamptz not null default now(),
  read_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint notifications_pkey primary key (tenant_id, id),
  constraint notifications_priority_choice check (priority in ('LOW', 'MEDIUM', 'HIGH', 'URGENT')),
  constraint notifications_times_check check (times > 0),
  constraint notifications_about_check check ((entity is null) = (entity_id is null)),
  constraint notifications_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
-- What has no subject is never the same as another: two empty values differ.
create unique index notifications_unread_key on notifications (tenant_id, user_id, kind, entity, entity_id) where read_at is null;
create index notifications_user_id_idx on notifications (tenant_id, user_id, told_at, id);
create index notifications_told_at_idx on notifications (tenant_id, told_at, id);
create index notifications_created_at_idx on notifications (tenant_id, created_at, id);

-- What a user wants to be told of and how; an empty value means the kind's own default.
create table notification_preferences (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  kind text collate "C" not null,
  page boolean,
  email text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint notification_preferences_pkey primary key (tenant_id, id),
  constraint notification_preferences_email_choice check (email in ('at_once', 'none')),
  constraint notification_preferences_user_id_kind_key unique (tenant_id, user_id, kind),
  constraint notification_preferences_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);

-- A mail on its way out. contents, from which it is written when it is sent, may hold what nobody but the receiver
-- should see: no caller reads them, and they are emptied once the mail has left.
create table email_messages (
  tenant_id uuid not null,
  id uuid not null,
  kind text collate "C" not null,
  user_id uuid,
  to_address text not null,
  to_name text,
  locale text collate "C" not null,
  subject text not null,
  contents jsonb,
  entity text collate "C",
  entity_id uuid,
  state text not null default 'queued',
  attempts integer not null default 0,
  error text,
  provider_id text,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint email_messages_pkey primary key (tenant_id, id),
  constraint email_messages_state_choice check (state in ('queued', 'sent', 'failed')),
  constraint email_messages_attempts_check check (attempts >= 0),
  constraint email_messages_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index email_messages_user_id_idx on email_messages (tenant_id, user_id, kind, entity_id, created_at);
create index email_messages_state_idx on email_messages (tenant_id, state, id);
create index email_messages_created_at_idx on email_messages (tenant_id, created_at, id);
