-- What stands on home pages. A dashboard without an owner is the tenant's.
create table dashboards (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  owner_id uuid,
  access text collate "C" not null default 'read',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint dashboards_pkey primary key (tenant_id, id),
  constraint dashboards_access_choice check (access in ('full', 'write', 'read')),
  constraint dashboards_owner_id_name_key unique nulls not distinct (tenant_id, owner_id, name),
  constraint dashboards_tenant_id_link foreign key (tenant_id) references tenants (id),
  constraint dashboards_owner_id_link foreign key (tenant_id, owner_id) references users (tenant_id, id) on delete cascade
);

-- Where a widget stands for a person; without user_id for everybody who arranged nothing.
create table dashboard_widgets (
  tenant_id uuid not null,
  id uuid not null,
  dashboard_id uuid not null,
  user_id uuid,
  widget_type text collate "C" not null,
  position integer not null,
  size text collate "C" not null,
  is_visible boolean not null default true,
  config jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint dashboard_widgets_pkey primary key (tenant_id, id),
  constraint dashboard_widgets_size_choice check (size in ('small', 'medium', 'large')),
  constraint dashboard_widgets_place_key unique nulls not distinct (tenant_id, dashboard_id, user_id, widget_type),
  constraint dashboard_widgets_dashboard_id_link foreign key (tenant_id, dashboard_id) references dashboards (tenant_id, id) on delete cascade,
  constraint dashboard_widgets_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index dashboard_widgets_user_id_idx on dashboard_widgets (tenant_id, user_id) where user_id is not null;
