-- Companies, customers, contacts and the routes that serve them.
--
-- Rows a portal may see carry customer_id, held true by links of (tenant_id, parent_id, customer_id).

-- Any business in the tenant's directory, prospect or not.
create table companies (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  registration_no text collate "C",
  tax_id text collate "C",
  industry text,
  size text,
  website text,
  phone text,
  email text,
  email_key text collate "C" generated always as (lower(btrim(email) collate "und-x-icu")) stored,
  address text,
  city text,
  province text,
  postal_code text,
  country text,
  tags text[] not null default '{}',
  status text not null default 'PROSPECT',
  source text,
  owner_id uuid,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(registration_no collate "und-x-icu", '') || ' ' || coalesce(tax_id collate "und-x-icu", '') || ' ' || coalesce(email collate "und-x-icu", '') || ' ' || coalesce(phone collate "und-x-icu", ''))) stored,
  constraint companies_pkey primary key (tenant_id, id),
  constraint companies_status_choice check (status in ('PROSPECT', 'CUSTOMER', 'INACTIVE')),
  constraint companies_registration_no_key unique (tenant_id, registration_no),
  constraint companies_owner_id_link foreign key (tenant_id, owner_id) references users (tenant_id, id)
);
create index companies_search_text_idx on companies using gin (tenant_id, search_text gin_trgm_ops);
create index companies_owner_id_idx on companies (tenant_id, owner_id) where owner_id is not null;
create index companies_name_idx on companies (tenant_id, name, id);
create index companies_created_at_idx on companies (tenant_id, created_at, id);
create index companies_status_idx on companies (tenant_id, status, id);
create index companies_tax_id_idx on companies (tenant_id, tax_id) where tax_id is not null;
create index companies_email_key_idx on companies (tenant_id, email_key) where email_key is not null;

create table company_lists (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  owner_id uuid not null,
  visibility text not null default 'private',
  description text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", ''))) stored,
  constraint company_lists_pkey primary key (tenant_id, id),
  constraint company_lists_visibility_choice check (visibility in ('private', 'shared')),
  constraint company_lists_owner_id_link foreign key (tenant_id, owner_id) references users (tenant_id, id)
);
create index company_lists_search_text_idx on company_lists using gin (tenant_id, search_text gin_trgm_ops);
create index company_lists_owner_id_idx on company_lists (tenant_id, owner_id);
create index company_lists_name_idx on company_lists (tenant_id, name, id);
create index company_lists_created_at_idx on company_lists (tenant_id, created_at, id);

create table company_list_items (
  tenant_id uuid not null,
  id uuid not null,
  company_list_id uuid not null,
  company_id uuid not null,
  position integer not null default 0,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint company_list_items_pkey primary key (tenant_id, id),
  constraint company_list_items_company_list_id_company_id_key unique (tenant_id, company_list_id, company_id),
  constraint company_list_items_company_list_id_link foreign key (tenant_id, company_list_id) references company_lists (tenant_id, id) on delete cascade,
  constraint company_list_items_company_id_link foreign key (tenant_id, company_id) references companies (tenant_id, id)
);
create index company_list_items_company_id_idx on company_list_items (tenant_id, company_id);

-- Who else may read a list, or edit it too: one user or one team.
create table company_list_shares (
  tenant_id uuid not null,
  id uuid not null,
  company_list_id uuid not null,
  user_id uuid,
  team_id uuid,
  can_edit boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint company_list_shares_pkey primary key (tenant_id, id),
  constraint company_list_shares_company_list_id_user_id_team_id_key unique nulls not distinct (tenant_id, company_list_id, user_id, team_id),
  constraint company_list_shares_reader_check check (num_nonnulls(user_id, team_id) = 1),
  constraint company_list_shares_company_list_id_link foreign key (tenant_id, company_list_id) references company_lists (tenant_id, id) on delete cascade,
  constraint company_list_shares_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  constraint company_list_shares_team_id_link foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade
);
create index company_list_shares_user_id_idx on company_list_shares (tenant_id, user_id) where user_id is not null;
create index company_list_shares_team_id_idx on company_list_shares (tenant_id, team_id) where team_id is not null;

create table delivery_routes (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C" not null,
  name text collate "und-x-icu" not null,
  weekday text,
  driver text,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", '') || ' ' || coalesce(driver collate "und-x-icu", ''))) stored,
  constraint delivery_routes_pkey primary key (tenant_id, id),
  constraint delivery_routes_weekday_choice check (weekday in ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
  constraint delivery_routes_code_key unique (tenant_id, code)
);
create index delivery_routes_search_text_idx on delivery_routes using gin (tenant_id, search_text gin_trgm_ops);
create index delivery_routes_name_idx on delivery_routes (tenant_id, name, id);
create index delivery_routes_created_at_idx on delivery_routes (tenant_id, created_at, id);

-- An account the tenant sells to or serves, business or person.
create table customers (
  tenant_id uuid not null,
  id uuid not null,
  code text collate "C",
  kind text not null default 'business',
  company_id uuid,
  name text collate "und-x-icu" not null,
  email text,
  email_key text collate "C" generated always as (lower(btrim(email) collate "und-x-icu")) stored,
  phone text,
  address text,
  city text,
  state text,
  postal_code text,
  country text,
  line_user_id text collate "C",
  tier text,
  account_type text not null default 'PROSPECT',
  owner_id uuid,
  credit_limit numeric(14,2),
  payment_terms_days integer,
  currency text collate "C",
  delivery_route_id uuid,
  status text not null default 'ACTIVE',
  risk_status text not null default 'HEALTHY',
  last_order_at timestamptz,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(code collate "und-x-icu", '') || ' ' || coalesce(email collate "und-x-icu", '') || ' ' || coalesce(phone collate "und-x-icu", ''))) stored,
  constraint customers_pkey primary key (tenant_id, id),
  constraint customers_kind_choice check (kind in ('business', 'person')),
  constraint customers_account_type_choice check (account_type in ('ACTIVE', 'TARGET', 'PROSPECT')),
  constraint customers_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint customers_status_choice check (status in ('ACTIVE', 'INACTIVE', 'BLOCKED')),
  constraint customers_risk_status_choice check (risk_status in ('HEALTHY', 'WATCH', 'AT_RISK', 'CLOSED')),
  constraint customers_code_key unique (tenant_id, code),
  constraint customers_line_user_id_key unique (tenant_id, line_user_id),
  constraint customers_credit_limit_check check (credit_limit >= 0),
  constraint customers_payment_terms_days_check check (payment_terms_days between 0 and 3650),
  constraint customers_company_id_link foreign key (tenant_id, company_id) references companies (tenant_id, id),
  constraint customers_owner_id_link foreign key (tenant_id, owner_id) references users (tenant_id, id),
  constraint customers_delivery_route_id_link foreign key (tenant_id, delivery_route_id) references delivery_routes (tenant_id, id)
);
create index customers_search_text_idx on customers using gin (tenant_id, search_text gin_trgm_ops);
create index customers_company_id_idx on customers (tenant_id, company_id) where company_id is not null;
create index customers_owner_id_idx on customers (tenant_id, owner_id) where owner_id is not null;
create index customers_delivery_route_id_idx on customers (tenant_id, delivery_route_id) where delivery_route_id is not null;
create index customers_name_idx on customers (tenant_id, name, id);
create index customers_created_at_idx on customers (tenant_id, created_at, id);
create index customers_status_idx on customers (tenant_id, status, id);
create index customers_risk_status_idx on customers (tenant_id, risk_status, id);
create index customers_account_type_idx on customers (tenant_id, account_type, id);
create index customers_email_key_idx on customers (tenant_id, email_key) where email_key is not null;
create index customers_last_order_at_idx on customers (tenant_id, last_order_at, id);
create index customers_last_order_at_desc_idx on customers (tenant_id, last_order_at desc nulls last, id desc);
create index customers_code_desc_idx on customers (tenant_id, code desc nulls last, id desc);

create table customer_licenses (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  number text collate "C" not null,
  kind text not null,
  state text,
  issued_on date,
  expires_on date,
  status text not null default 'ACTIVE',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint customer_licenses_pkey primary key (tenant_id, id),
  constraint customer_licenses_status_choice check (status in ('ACTIVE', 'EXPIRED', 'REVOKED')),
  constraint customer_licenses_customer_id_kind_state_number_key unique nulls not distinct (tenant_id, customer_id, kind, state, number),
  constraint customer_licenses_period_check check (expires_on >= issued_on),
  constraint customer_licenses_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index customer_licenses_expires_on_idx on customer_licenses (tenant_id, expires_on, id);
create index customer_licenses_expires_on_desc_idx on customer_licenses (tenant_id, expires_on desc nulls last, id desc);
create index customer_licenses_created_at_idx on customer_licenses (tenant_id, created_at, id);

-- A certificate that frees a customer from tax in one state.
create table tax_exemptions (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  state text collate "C" not null,
  certificate_no text collate "C" not null,
  valid_from date not null,
  valid_to date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint tax_exemptions_pkey primary key (tenant_id, id),
  constraint tax_exemptions_customer_id_state_certificate_no_key unique (tenant_id, customer_id, state, certificate_no),
  constraint tax_exemptions_period_check check (valid_to >= valid_from),
  constraint tax_exemptions_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index tax_exemptions_valid_to_idx on tax_exemptions (tenant_id, valid_to, id);
create index tax_exemptions_valid_to_desc_idx on tax_exemptions (tenant_id, valid_to desc nulls last, id desc);
create index tax_exemptions_created_at_idx on tax_exemptions (tenant_id, created_at, id);

-- A person at a company, a customer, or both.
create table contacts (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid,
  company_id uuid,
  name text collate "und-x-icu" not null,
  title text,
  email text,
  email_key text collate "C" generated always as (lower(btrim(email) collate "und-x-icu")) stored,
  phone text,
  is_primary boolean not null default false,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(email collate "und-x-icu", '') || ' ' || coalesce(phone collate "und-x-icu", '') || ' ' || coalesce(title collate "und-x-icu", ''))) stored,
  constraint contacts_pkey primary key (tenant_id, id),
  constraint contacts_account_check check (num_nonnulls(customer_id, company_id) > 0),
  constraint contacts_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint contacts_company_id_link foreign key (tenant_id, company_id) references companies (tenant_id, id)
);
create index contacts_search_text_idx on contacts using gin (tenant_id, search_text gin_trgm_ops);
create index contacts_customer_id_idx on contacts (tenant_id, customer_id) where customer_id is not null;
create index contacts_company_id_idx on contacts (tenant_id, company_id) where company_id is not null;
create index contacts_name_idx on contacts (tenant_id, name, id);
create index contacts_created_at_idx on contacts (tenant_id, created_at, id);
create index contacts_email_key_idx on contacts (tenant_id, email_key) where email_key is not null;

create table delivery_route_stops (
  tenant_id uuid not null,
  id uuid not null,
  delivery_route_id uuid not null,
  customer_id uuid not null,
  position integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint delivery_route_stops_pkey primary key (tenant_id, id),
  constraint delivery_route_stops_delivery_route_id_customer_id_key unique (tenant_id, delivery_route_id, customer_id),
  constraint delivery_route_stops_position_check check (position > 0),
  constraint delivery_route_stops_delivery_route_id_link foreign key (tenant_id, delivery_route_id) references delivery_routes (tenant_id, id) on delete cascade,
  constraint delivery_route_stops_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index delivery_route_stops_customer_id_idx on delivery_route_stops (tenant_id, customer_id);
