-- Warehouses, their locations, and what lies there.

create table warehouses (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  address text,
  priority integer not null default 0,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", ''))) stored,
  constraint warehouses_pkey primary key (tenant_id, id),
  constraint warehouses_code_key unique (tenant_id, code)
);
create index warehouses_search_text_idx on warehouses using gin (tenant_id, search_text gin_trgm_ops);
create index warehouses_name_idx on warehouses (tenant_id, name, id);
create index warehouses_created_at_idx on warehouses (tenant_id, created_at, id);
create index warehouses_priority_idx on warehouses (tenant_id, priority, id);

create table warehouse_locations (
  tenant_id uuid not null,
  id uuid not null,
  warehouse_id uuid not null,
  code text collate "C" not null,
  kind text not null default 'storage',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(code collate "und-x-icu", ''))) stored,
  constraint warehouse_locations_pkey primary key (tenant_id, id),
  constraint warehouse_locations_kind_choice check (kind in ('storage', 'receiving', 'shipping', 'returns')),
  constraint warehouse_locations_warehouse_id_code_key unique (tenant_id, warehouse_id, code),
  constraint warehouse_locations_warehouse_id_link foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id)
);
create index warehouse_locations_search_text_idx on warehouse_locations using gin (tenant_id, search_text gin_trgm_ops);
create index warehouse_locations_code_idx on warehouse_locations (tenant_id, code, id);
create index warehouse_locations_created_at_idx on warehouse_locations (tenant_id, created_at, id);

-- The level of one SKU at one location; equals the sum of its movements.
create table inventory (
  tenant_id uuid not null,
  id uuid not null,
  sku_id uuid not null,
  location_id uuid not null,
  on_hand numeric(14,3) not null default 0,
  reserved numeric(14,3) not null default 0,
  available numeric(14,3) not null generated always as (on_hand - reserved) stored,
  reorder_level numeric(14,3),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint inventory_pkey primary key (tenant_id, id),
  constraint inventory_sku_id_location_id_key unique (tenant_id, sku_id, location_id),
  constraint inventory_reserved_check check (reserved >= 0 and reserved <= on_hand),
  constraint inventory_reorder_level_check check (reorder_level >= 0),
  constraint inventory_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id),
  constraint inventory_location_id_link foreign key (tenant_id, location_id) references warehouse_locations (tenant_id, id)
);
create index inventory_location_id_idx on inventory (tenant_id, location_id);
create index inventory_on_hand_idx on inventory (tenant_id, on_hand, id);
create index inventory_available_idx on inventory (tenant_id, available, id);
create index inventory_created_at_idx on inventory (tenant_id, created_at, id);

-- One line of the ledger behind a level. source and source_id name what caused it.
create table inventory_movements (
  tenant_id uuid not null,
  id uuid not null,
  sku_id uuid not null,
  location_id uuid not null,
  kind text not null,
  quantity numeric(14,3) not null,
  reason text,
  source text collate "C",
  source_id uuid,
  reverses_id uuid,
  occurred_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint inventory_movements_pkey primary key (tenant_id, id),
  constraint inventory_movements_kind_choice check (kind in ('receipt', 'issue', 'adjustment', 'transfer', 'return', 'import', 'reversal')),
  constraint inventory_movements_quantity_check check (quantity <> 0),
  constraint inventory_movements_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id),
  constraint inventory_movements_location_id_link foreign key (tenant_id, location_id) references warehouse_locations (tenant_id, id),
  constraint inventory_movements_reverses_id_link foreign key (tenant_id, reverses_id) references inventory_movements (tenant_id, id)
);
create index inventory_movements_location_id_idx on inventory_movements (tenant_id, location_id);
create index inventory_movements_reverses_id_idx on inventory_movements (tenant_id, reverses_id) where reverses_id is not null;
create index inventory_movements_sku_id_location_id_idx on inventory_movements (tenant_id, sku_id, location_id, id);
create index inventory_movements_source_source_id_idx on inventory_movements (tenant_id, source, source_id) where source_id is not null;
create index inventory_movements_occurred_at_idx on inventory_movements (tenant_id, occurred_at, id);
create index inventory_movements_created_at_idx on inventory_movements (tenant_id, created_at, id);
create index inventory_movements_kind_idx on inventory_movements (tenant_id, kind, id);
