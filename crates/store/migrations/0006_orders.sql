-- Carts, orders, shipments, returns and the stock promised to them.

create table carts (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  portal_user_id uuid,
  status text not null default 'ACTIVE',
  currency text collate "C",
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint carts_pkey primary key (tenant_id, id),
  constraint carts_status_choice check (status in ('ACTIVE', 'CONVERTED', 'EXPIRED')),
  constraint carts_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint carts_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint carts_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint carts_portal_user_id_link foreign key (tenant_id, portal_user_id, customer_id)
    references portal_users (tenant_id, id, customer_id)
);
create index carts_customer_id_idx on carts (tenant_id, customer_id);
create index carts_portal_user_id_idx on carts (tenant_id, portal_user_id) where portal_user_id is not null;
create index carts_status_idx on carts (tenant_id, status, id);
create index carts_expires_at_idx on carts (tenant_id, expires_at) where expires_at is not null;
create index carts_created_at_idx on carts (tenant_id, created_at, id);

create table cart_items (
  tenant_id uuid not null,
  id uuid not null,
  cart_id uuid not null,
  customer_id uuid not null,
  sku_id uuid not null,
  quantity numeric(14,3) not null,
  position integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint cart_items_pkey primary key (tenant_id, id),
  constraint cart_items_cart_id_sku_id_key unique (tenant_id, cart_id, sku_id),
  constraint cart_items_quantity_check check (quantity > 0),
  constraint cart_items_cart_id_link foreign key (tenant_id, cart_id, customer_id)
    references carts (tenant_id, id, customer_id) on delete cascade,
  constraint cart_items_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id)
);
create index cart_items_sku_id_idx on cart_items (tenant_id, sku_id);

-- An order. The three states are derived from quantities and allocations. A draft has no number; an imported order keeps its own.
create table orders (
  tenant_id uuid not null,
  id uuid not null,
  number text collate "C",
  customer_id uuid not null,
  status text not null default 'draft',
  fulfilment_state text not null default 'none',
  invoicing_state text not null default 'none',
  payment_state text not null default 'none',
  currency text collate "C" not null,
  ordered_at timestamptz not null default now(),
  requested_on date,
  shipped_on date,
  ship_to_name text,
  ship_to_address text,
  ship_to_city text,
  ship_to_state text,
  ship_to_postal_code text,
  ship_to_country text,
  freight numeric(14,2) not null default 0,
  subtotal numeric(14,2) not null default 0,
  discount numeric(14,2) not null default 0,
  tax numeric(14,2) not null default 0,
  total numeric(14,2) not null default 0,
  sales_rep_id uuid,
  portal_user_id uuid,
  cart_id uuid,
  source text not null default 'staff',
  imported boolean not null default false,
  overrides jsonb not null default '[]',
  cancel_reason text,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(number collate "und-x-icu", '') || ' ' || coalesce(ship_to_name collate "und-x-icu", ''))) stored,
  constraint orders_pkey primary key (tenant_id, id),
  constraint orders_status_choice check (status in ('draft', 'pending_approval', 'confirmed', 'closed', 'cancelled', 'expired')),
  constraint orders_fulfilment_state_choice check (fulfilment_state in ('none', 'partial', 'full')),
  constraint orders_invoicing_state_choice check (invoicing_state in ('none', 'partial', 'full')),
  constraint orders_payment_state_choice check (payment_state in ('none', 'partial', 'full')),
  constraint orders_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint orders_source_choice check (source in ('staff', 'portal', 'api', 'import')),
  constraint orders_number_key unique (tenant_id, number),
  constraint orders_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint orders_cart_id_key unique (tenant_id, cart_id),
  constraint orders_amounts_check check (freight >= 0 and subtotal >= 0 and discount >= 0 and tax >= 0 and total >= 0),
  constraint orders_number_check check (number is not null or status in ('draft', 'pending_approval', 'cancelled', 'expired')),
  constraint orders_cancel_reason_check check (status <> 'cancelled' or imported or cancel_reason is not null),
  constraint orders_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint orders_sales_rep_id_link foreign key (tenant_id, sales_rep_id) references users (tenant_id, id),
  constraint orders_portal_user_id_link foreign key (tenant_id, portal_user_id, customer_id)
    references portal_users (tenant_id, id, customer_id),
  constraint orders_cart_id_link foreign key (tenant_id, cart_id, customer_id)
    references carts (tenant_id, id, customer_id)
);
create index orders_search_text_idx on orders using gin (tenant_id, search_text gin_trgm_ops);
create index orders_sales_rep_id_idx on orders (tenant_id, sales_rep_id) where sales_rep_id is not null;
create index orders_portal_user_id_idx on orders (tenant_id, portal_user_id) where portal_user_id is not null;
create index orders_customer_id_ordered_at_idx on orders (tenant_id, customer_id, ordered_at, id);
create index orders_status_ordered_at_idx on orders (tenant_id, status, ordered_at, id);
create index orders_fulfilment_state_idx on orders (tenant_id, fulfilment_state, id);
create index orders_payment_state_idx on orders (tenant_id, payment_state, id);
create index orders_ordered_at_idx on orders (tenant_id, ordered_at, id);
create index orders_created_at_idx on orders (tenant_id, created_at, id);
create index orders_total_idx on orders (tenant_id, total, id);
create index orders_requested_on_idx on orders (tenant_id, requested_on, id);
create index orders_requested_on_desc_idx on orders (tenant_id, requested_on desc nulls last, id desc);
create index orders_number_desc_idx on orders (tenant_id, number desc nulls last, id desc);

-- One line. line_total = round(quantity × unit_price × (1 − discount_percent ÷ 100), 2), half-up, before tax.
create table order_lines (
  tenant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  customer_id uuid not null,
  position integer not null,
  sku_id uuid,
  description text,
  quantity numeric(14,3) not null,
  unit_price numeric(18,6) not null,
  discount_percent numeric(9,6) not null default 0,
  tax_rate numeric(9,6) not null default 0,
  line_total numeric(14,2) not null,
  price_source text,
  price_trace jsonb,
  is_sample boolean not null default false,
  shipped_quantity numeric(14,3) not null default 0,
  invoiced_quantity numeric(14,3) not null default 0,
  returned_quantity numeric(14,3) not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint order_lines_pkey primary key (tenant_id, id),
  constraint order_lines_order_id_position_key unique (tenant_id, order_id, position),
  constraint order_lines_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint order_lines_position_check check (position > 0),
  constraint order_lines_quantity_check check (quantity > 0),
  constraint order_lines_price_check check (unit_price >= 0 and line_total >= 0 and tax_rate >= 0 and discount_percent between 0 and 100),
  constraint order_lines_progress_check check (shipped_quantity between 0 and quantity and invoiced_quantity between 0 and quantity and returned_quantity between 0 and shipped_quantity),
  constraint order_lines_order_id_link foreign key (tenant_id, order_id, customer_id)
    references orders (tenant_id, id, customer_id) on delete cascade,
  constraint order_lines_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id)
);
create index order_lines_sku_id_idx on order_lines (tenant_id, sku_id) where sku_id is not null;

create table shipments (
  tenant_id uuid not null,
  id uuid not null,
  number text collate "C",
  order_id uuid not null,
  customer_id uuid not null,
  warehouse_id uuid,
  status text not null default 'draft',
  shipped_at timestamptz,
  carrier text,
  tracking_number text,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(number collate "und-x-icu", '') || ' ' || coalesce(tracking_number collate "und-x-icu", ''))) stored,
  constraint shipments_pkey primary key (tenant_id, id),
  constraint shipments_status_choice check (status in ('draft', 'shipped', 'delivered', 'cancelled')),
  constraint shipments_number_key unique (tenant_id, number),
  constraint shipments_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint shipments_order_id_link foreign key (tenant_id, order_id, customer_id)
    references orders (tenant_id, id, customer_id),
  constraint shipments_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint shipments_warehouse_id_link foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id)
);
create index shipments_search_text_idx on shipments using gin (tenant_id, search_text gin_trgm_ops);
create index shipments_order_id_idx on shipments (tenant_id, order_id);
create index shipments_customer_id_idx on shipments (tenant_id, customer_id);
create index shipments_warehouse_id_idx on shipments (tenant_id, warehouse_id) where warehouse_id is not null;
create index shipments_status_idx on shipments (tenant_id, status, id);
create index shipments_created_at_idx on shipments (tenant_id, created_at, id);
create index shipments_shipped_at_idx on shipments (tenant_id, shipped_at, id);
create index shipments_shipped_at_desc_idx on shipments (tenant_id, shipped_at desc nulls last, id desc);
create index shipments_number_desc_idx on shipments (tenant_id, number desc nulls last, id desc);

create table shipment_lines (
  tenant_id uuid not null,
  id uuid not null,
  shipment_id uuid not null,
  customer_id uuid not null,
  order_line_id uuid not null,
  location_id uuid,
  quantity numeric(14,3) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint shipment_lines_pkey primary key (tenant_id, id),
  constraint shipment_lines_shipment_id_order_line_id_location_id_key unique nulls not distinct (tenant_id, shipment_id, order_line_id, location_id),
  constraint shipment_lines_quantity_check check (quantity > 0),
  constraint shipment_lines_shipment_id_link foreign key (tenant_id, shipment_id, customer_id)
    references shipments (tenant_id, id, customer_id) on delete cascade,
  constraint shipment_lines_order_line_id_link foreign key (tenant_id, order_line_id, customer_id)
    references order_lines (tenant_id, id, customer_id),
  constraint shipment_lines_location_id_link foreign key (tenant_id, location_id) references warehouse_locations (tenant_id, id)
);
create index shipment_lines_order_line_id_idx on shipment_lines (tenant_id, order_line_id);
create index shipment_lines_location_id_idx on shipment_lines (tenant_id, location_id) where location_id is not null;

create table returns (
  tenant_id uuid not null,
  id uuid not null,
  number text collate "C",
  order_id uuid not null,
  customer_id uuid not null,
  status text not null default 'draft',
  reason text,
  received_on date,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(number collate "und-x-icu", ''))) stored,
  constraint returns_pkey primary key (tenant_id, id),
  constraint returns_status_choice check (status in ('draft', 'received', 'closed', 'cancelled')),
  constraint returns_number_key unique (tenant_id, number),
  constraint returns_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint returns_order_id_link foreign key (tenant_id, order_id, customer_id)
    references orders (tenant_id, id, customer_id),
  constraint returns_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index returns_search_text_idx on returns using gin (tenant_id, search_text gin_trgm_ops);
create index returns_order_id_idx on returns (tenant_id, order_id);
create index returns_customer_id_idx on returns (tenant_id, customer_id);
create index returns_status_idx on returns (tenant_id, status, id);
create index returns_created_at_idx on returns (tenant_id, created_at, id);
create index returns_received_on_idx on returns (tenant_id, received_on, id);
create index returns_received_on_desc_idx on returns (tenant_id, received_on desc nulls last, id desc);
create index returns_number_desc_idx on returns (tenant_id, number desc nulls last, id desc);

create table return_lines (
  tenant_id uuid not null,
  id uuid not null,
  return_id uuid not null,
  customer_id uuid not null,
  order_line_id uuid not null,
  location_id uuid,
  quantity numeric(14,3) not null,
  restock boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint return_lines_pkey primary key (tenant_id, id),
  constraint return_lines_return_id_order_line_id_key unique (tenant_id, return_id, order_line_id),
  constraint return_lines_quantity_check check (quantity > 0),
  constraint return_lines_restock_check check (not restock or location_id is not null),
  constraint return_lines_return_id_link foreign key (tenant_id, return_id, customer_id)
    references returns (tenant_id, id, customer_id) on delete cascade,
  constraint return_lines_order_line_id_link foreign key (tenant_id, order_line_id, customer_id)
    references order_lines (tenant_id, id, customer_id),
  constraint return_lines_location_id_link foreign key (tenant_id, location_id) references warehouse_locations (tenant_id, id)
);
create index return_lines_order_line_id_idx on return_lines (tenant_id, order_line_id);
create index return_lines_location_id_idx on return_lines (tenant_id, location_id) where location_id is not null;

-- Stock promised to one order line, or for a while to one cart item.
create table inventory_reservations (
  tenant_id uuid not null,
  id uuid not null,
  order_line_id uuid,
  cart_item_id uuid,
  sku_id uuid not null,
  location_id uuid not null,
  quantity numeric(14,3) not null,
  state text not null default 'open',
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint inventory_reservations_pkey primary key (tenant_id, id),
  constraint inventory_reservations_state_choice check (state in ('open', 'consumed', 'released', 'expired')),
  constraint inventory_reservations_holder_check check (num_nonnulls(order_line_id, cart_item_id) = 1),
  constraint inventory_reservations_expires_at_check check (cart_item_id is null or expires_at is not null),
  constraint inventory_reservations_quantity_check check (quantity > 0),
  constraint inventory_reservations_order_line_id_link foreign key (tenant_id, order_line_id) references order_lines (tenant_id, id),
  constraint inventory_reservations_cart_item_id_link foreign key (tenant_id, cart_item_id) references cart_items (tenant_id, id),
  constraint inventory_reservations_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id),
  constraint inventory_reservations_location_id_link foreign key (tenant_id, location_id) references warehouse_locations (tenant_id, id)
);
create index inventory_reservations_order_line_id_idx on inventory_reservations (tenant_id, order_line_id) where order_line_id is not null;
create index inventory_reservations_cart_item_id_idx on inventory_reservations (tenant_id, cart_item_id) where cart_item_id is not null;
create index inventory_reservations_location_id_idx on inventory_reservations (tenant_id, location_id);
create index inventory_reservations_sku_id_location_id_state_idx on inventory_reservations (tenant_id, sku_id, location_id, state);
create index inventory_reservations_open_expires_at_idx on inventory_reservations (tenant_id, expires_at) where state = 'open' and expires_at is not null;
create index inventory_reservations_created_at_idx on inventory_reservations (tenant_id, created_at, id);
