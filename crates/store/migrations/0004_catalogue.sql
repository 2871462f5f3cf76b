-- What is sold, by whom it is made, and at which price.

create table suppliers (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C",
  name text collate "und-x-icu" not null,
  contact text,
  email text,
  phone text,
  address text,
  city text,
  region text,
  postal_code text,
  country text,
  website text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", '') || ' ' || coalesce(contact collate "und-x-icu", '') || ' ' || coalesce(email collate "und-x-icu", '') || ' ' || coalesce(phone collate "und-x-icu", ''))) stored,
  constraint suppliers_pkey primary key (tenant_id, id),
  constraint suppliers_code_key unique (tenant_id, code)
);
create index suppliers_search_text_idx on suppliers using gin (tenant_id, search_text gin_trgm_ops);
create index suppliers_name_idx on suppliers (tenant_id, name, id);
create index suppliers_created_at_idx on suppliers (tenant_id, created_at, id);
create index suppliers_code_desc_idx on suppliers (tenant_id, code desc nulls last, id desc);

create table product_categories (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C",
  name text collate "und-x-icu" not null,
  description text,
  parent_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", ''))) stored,
  constraint product_categories_pkey primary key (tenant_id, id),
  constraint product_categories_code_key unique (tenant_id, code),
  constraint product_categories_parent_check check (parent_id <> id),
  constraint product_categories_parent_id_link foreign key (tenant_id, parent_id) references product_categories (tenant_id, id)
);
create index product_categories_search_text_idx on product_categories using gin (tenant_id, search_text gin_trgm_ops);
create index product_categories_parent_id_idx on product_categories (tenant_id, parent_id) where parent_id is not null;
create index product_categories_name_idx on product_categories (tenant_id, name, id);
create index product_categories_created_at_idx on product_categories (tenant_id, created_at, id);
create index product_categories_code_desc_idx on product_categories (tenant_id, code desc nulls last, id desc);

create table products (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  category_id uuid,
  brand text,
  supplier_id uuid,
  vintage integer,
  abv numeric(9,6),
  country text,
  region text,
  tax_class text,
  status text not null default 'ACTIVE',
  description text,
  image_id uuid,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", '') || ' ' || coalesce(brand collate "und-x-icu", ''))) stored,
  constraint products_pkey primary key (tenant_id, id),
  constraint products_status_choice check (status in ('ACTIVE', 'INACTIVE', 'DISCONTINUED')),
  constraint products_code_key unique (tenant_id, code),
  constraint products_vintage_check check (vintage between 1000 and 9999),
  constraint products_abv_check check (abv between 0 and 100),
  constraint products_category_id_link foreign key (tenant_id, category_id) references product_categories (tenant_id, id),
  constraint products_supplier_id_link foreign key (tenant_id, supplier_id) references suppliers (tenant_id, id),
  constraint products_image_id_link foreign key (tenant_id, image_id) references files (tenant_id, id)
);
create index products_search_text_idx on products using gin (tenant_id, search_text gin_trgm_ops);
create index products_category_id_idx on products (tenant_id, category_id) where category_id is not null;
create index products_supplier_id_idx on products (tenant_id, supplier_id) where supplier_id is not null;
create index products_image_id_idx on products (tenant_id, image_id) where image_id is not null;
create index products_name_idx on products (tenant_id, name, id);
create index products_created_at_idx on products (tenant_id, created_at, id);
create index products_status_idx on products (tenant_id, status, id);

-- One orderable variant and packaging of a product.
create table skus (
  tenant_id uuid not null,
  id uuid not null,
  product_id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  pack_size integer not null default 1,
  unit text,
  volume_ml numeric(14,3),
  barcode text collate "C",
  base_price numeric(18,6),
  cost numeric(18,6),
  currency text collate "C",
  status text not null default 'ACTIVE',
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", '') || ' ' || coalesce(barcode collate "und-x-icu", ''))) stored,
  constraint skus_pkey primary key (tenant_id, id),
  constraint skus_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint skus_status_choice check (status in ('ACTIVE', 'INACTIVE', 'DISCONTINUED')),
  constraint skus_code_key unique (tenant_id, code),
  constraint skus_pack_size_check check (pack_size > 0),
  constraint skus_volume_ml_check check (volume_ml > 0),
  constraint skus_base_price_check check (base_price >= 0),
  constraint skus_cost_check check (cost >= 0),
  constraint skus_product_id_link foreign key (tenant_id, product_id) references products (tenant_id, id)
);
create index skus_search_text_idx on skus using gin (tenant_id, search_text gin_trgm_ops);
create index skus_product_id_idx on skus (tenant_id, product_id);
create index skus_name_idx on skus (tenant_id, name, id);
create index skus_created_at_idx on skus (tenant_id, created_at, id);
create index skus_status_idx on skus (tenant_id, status, id);
create index skus_barcode_idx on skus (tenant_id, barcode) where barcode is not null;
create index skus_base_price_idx on skus (tenant_id, base_price, id);
create index skus_base_price_desc_idx on skus (tenant_id, base_price desc nulls last, id desc);

create table price_lists (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  currency text collate "C" not null,
  parent_id uuid,
  priority integer not null default 0,
  valid_from date,
  valid_to date,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", ''))) stored,
  constraint price_lists_pkey primary key (tenant_id, id),
  constraint price_lists_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint price_lists_code_key unique (tenant_id, code),
  constraint price_lists_parent_check check (parent_id <> id),
  constraint price_lists_period_check check (valid_to >= valid_from),
  constraint price_lists_parent_id_link foreign key (tenant_id, parent_id) references price_lists (tenant_id, id)
);
create index price_lists_search_text_idx on price_lists using gin (tenant_id, search_text gin_trgm_ops);
create unique index price_lists_default_key on price_lists (tenant_id, currency) where is_default and archived_at is null;
create index price_lists_parent_id_idx on price_lists (tenant_id, parent_id) where parent_id is not null;
create index price_lists_name_idx on price_lists (tenant_id, name, id);
create index price_lists_created_at_idx on price_lists (tenant_id, created_at, id);

-- The only way a list reaches a customer: by itself or by its tier.
create table price_list_assignments (
  tenant_id uuid not null,
  id uuid not null,
  price_list_id uuid not null,
  customer_id uuid,
  tier text collate "C",
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint price_list_assignments_pkey primary key (tenant_id, id),
  constraint price_list_assignments_price_list_id_customer_id_tier_key unique nulls not distinct (tenant_id, price_list_id, customer_id, tier),
  constraint price_list_assignments_target_check check (num_nonnulls(customer_id, tier) = 1),
  constraint price_list_assignments_price_list_id_link foreign key (tenant_id, price_list_id) references price_lists (tenant_id, id),
  constraint price_list_assignments_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index price_list_assignments_customer_id_idx on price_list_assignments (tenant_id, customer_id) where customer_id is not null;
create index price_list_assignments_tier_idx on price_list_assignments (tenant_id, tier) where tier is not null;

-- A price or a discount for one SKU, product or category from a quantity on.
create table price_list_entries (
  tenant_id uuid not null,
  id uuid not null,
  price_list_id uuid not null,
  sku_id uuid,
  product_id uuid,
  category_id uuid,
  min_quantity numeric(14,3) not null default 1,
  price numeric(18,6),
  discount_percent numeric(9,6),
  valid_from date,
  valid_to date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint price_list_entries_pkey primary key (tenant_id, id),
  constraint price_list_entries_target_min_quantity_valid_from_key unique nulls not distinct (tenant_id, price_list_id, sku_id, product_id, category_id, min_quantity, valid_from),
  constraint price_list_entries_target_check check (num_nonnulls(sku_id, product_id, category_id) = 1),
  constraint price_list_entries_value_check check (num_nonnulls(price, discount_percent) = 1),
  constraint price_list_entries_min_quantity_check check (min_quantity >= 0),
  constraint price_list_entries_price_check check (price >= 0),
  constraint price_list_entries_discount_percent_check check (discount_percent between 0 and 100),
  constraint price_list_entries_period_check check (valid_to >= valid_from),
  constraint price_list_entries_price_list_id_link foreign key (tenant_id, price_list_id) references price_lists (tenant_id, id),
  constraint price_list_entries_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id),
  constraint price_list_entries_product_id_link foreign key (tenant_id, product_id) references products (tenant_id, id),
  constraint price_list_entries_category_id_link foreign key (tenant_id, category_id) references product_categories (tenant_id, id)
);
create index price_list_entries_sku_id_idx on price_list_entries (tenant_id, sku_id) where sku_id is not null;
create index price_list_entries_product_id_idx on price_list_entries (tenant_id, product_id) where product_id is not null;
create index price_list_entries_category_id_idx on price_list_entries (tenant_id, category_id) where category_id is not null;
create index price_list_entries_created_at_idx on price_list_entries (tenant_id, created_at, id);

-- A list of SKUs kept by a user or a portal user.
create table product_lists (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  kind text not null default 'favourites',
  user_id uuid,
  portal_user_id uuid,
  customer_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", ''))) stored,
  constraint product_lists_pkey primary key (tenant_id, id),
  constraint product_lists_kind_choice check (kind in ('favourites', 'template')),
  constraint product_lists_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint product_lists_holder_check check (num_nonnulls(user_id, portal_user_id) = 1 and (portal_user_id is null or customer_id is not null)),
  constraint product_lists_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id),
  constraint product_lists_portal_user_id_link foreign key (tenant_id, portal_user_id, customer_id)
    references portal_users (tenant_id, id, customer_id),
  constraint product_lists_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index product_lists_search_text_idx on product_lists using gin (tenant_id, search_text gin_trgm_ops);
create index product_lists_user_id_idx on product_lists (tenant_id, user_id) where user_id is not null;
create index product_lists_portal_user_id_idx on product_lists (tenant_id, portal_user_id) where portal_user_id is not null;
create index product_lists_customer_id_idx on product_lists (tenant_id, customer_id) where customer_id is not null;
create index product_lists_name_idx on product_lists (tenant_id, name, id);
create index product_lists_created_at_idx on product_lists (tenant_id, created_at, id);

create table product_list_items (
  tenant_id uuid not null,
  id uuid not null,
  product_list_id uuid not null,
  customer_id uuid,
  sku_id uuid not null,
  quantity numeric(14,3) not null default 1,
  position integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint product_list_items_pkey primary key (tenant_id, id),
  constraint product_list_items_product_list_id_sku_id_key unique (tenant_id, product_list_id, sku_id),
  constraint product_list_items_quantity_check check (quantity > 0),
  constraint product_list_items_product_list_id_link foreign key (tenant_id, product_list_id) references product_lists (tenant_id, id) on delete cascade,
  constraint product_list_items_product_list_id_customer_link foreign key (tenant_id, product_list_id, customer_id)
    references product_lists (tenant_id, id, customer_id) on delete cascade,
  constraint product_list_items_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id)
);
create index product_list_items_sku_id_idx on product_list_items (tenant_id, sku_id);
