-- Invoices, money received, and how the one settles the other.

-- An invoice or a credit note. outstanding is what is not yet settled, or for a credit note not yet used.
create table invoices (
  tenant_id uuid not null,
  id uuid not null,
  number text collate "C",
  kind text not null default 'invoice',
  order_id uuid,
  credited_invoice_id uuid,
  customer_id uuid not null,
  currency text collate "C" not null,
  status text not null default 'DRAFT',
  issued_on date,
  due_on date,
  subtotal numeric(14,2) not null default 0,
  tax numeric(14,2) not null default 0,
  rounding numeric(14,2) not null default 0,
  total numeric(14,2) not null default 0,
  outstanding numeric(14,2) not null default 0,
  imported boolean not null default false,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(number collate "und-x-icu", ''))) stored,
  constraint invoices_pkey primary key (tenant_id, id),
  constraint invoices_kind_choice check (kind in ('invoice', 'credit_note')),
  constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint invoices_status_choice check (status in ('DRAFT', 'ISSUED', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'VOID')),
  constraint invoices_number_key unique (tenant_id, number),
  constraint invoices_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint invoices_number_check check (number is not null or status = 'DRAFT'),
  constraint invoices_amounts_check check (subtotal >= 0 and tax >= 0 and total >= 0),
  constraint invoices_outstanding_check check (outstanding >= 0 and outstanding <= total),
  constraint invoices_credited_invoice_check check (credited_invoice_id is null or kind = 'credit_note'),
  constraint invoices_order_id_link foreign key (tenant_id, order_id, customer_id)
    references orders (tenant_id, id, customer_id),
  constraint invoices_credited_invoice_id_link foreign key (tenant_id, credited_invoice_id, customer_id)
    references invoices (tenant_id, id, customer_id),
  constraint invoices_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index invoices_search_text_idx on invoices using gin (tenant_id, search_text gin_trgm_ops);
create index invoices_order_id_idx on invoices (tenant_id, order_id) where order_id is not null;
create index invoices_credited_invoice_id_idx on invoices (tenant_id, credited_invoice_id) where credited_invoice_id is not null;
create index invoices_customer_id_issued_on_idx on invoices (tenant_id, customer_id, issued_on, id);
create index invoices_status_due_on_idx on invoices (tenant_id, status, due_on, id);
create index invoices_issued_on_idx on invoices (tenant_id, issued_on, id);
create index invoices_issued_on_desc_idx on invoices (tenant_id, issued_on desc nulls last, id desc);
create index invoices_due_on_idx on invoices (tenant_id, due_on, id);
create index invoices_due_on_desc_idx on invoices (tenant_id, due_on desc nulls last, id desc);
create index invoices_total_idx on invoices (tenant_id, total, id);
create index invoices_outstanding_idx on invoices (tenant_id, outstanding, id);
create index invoices_created_at_idx on invoices (tenant_id, created_at, id);
create index invoices_number_desc_idx on invoices (tenant_id, number desc nulls last, id desc);

create table invoice_lines (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  position integer not null,
  order_line_id uuid,
  sku_id uuid,
  description text,
  quantity numeric(14,3) not null,
  unit_price numeric(18,6) not null,
  discount_percent numeric(9,6) not null default 0,
  tax_rate numeric(9,6) not null default 0,
  line_total numeric(14,2) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint invoice_lines_pkey primary key (tenant_id, id),
  constraint invoice_lines_invoice_id_position_key unique (tenant_id, invoice_id, position),
  constraint invoice_lines_position_check check (position > 0),
  constraint invoice_lines_discount_percent_check check (discount_percent between 0 and 100),
  constraint invoice_lines_tax_rate_check check (tax_rate >= 0),
  constraint invoice_lines_invoice_id_link foreign key (tenant_id, invoice_id, customer_id)
    references invoices (tenant_id, id, customer_id) on delete cascade,
  constraint invoice_lines_order_line_id_link foreign key (tenant_id, order_line_id, customer_id)
    references order_lines (tenant_id, id, customer_id),
  constraint invoice_lines_sku_id_link foreign key (tenant_id, sku_id) references skus (tenant_id, id)
);
create index invoice_lines_order_line_id_idx on invoice_lines (tenant_id, order_line_id) where order_line_id is not null;
create index invoice_lines_sku_id_idx on invoice_lines (tenant_id, sku_id) where sku_id is not null;

-- Money received from a customer. unallocated is the part that settles nothing yet and was not given back.
create table payments (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  order_id uuid,
  currency text collate "C" not null,
  amount numeric(14,2) not null,
  method text not null,
  reference text collate "C",
  received_on date not null,
  unallocated numeric(14,2) not null,
  refunded numeric(14,2) not null default 0,
  imported boolean not null default false,
  notes text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(reference collate "und-x-icu", '') || ' ' || coalesce(notes collate "und-x-icu", ''))) stored,
  constraint payments_pkey primary key (tenant_id, id),
  constraint payments_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint payments_method_choice check (method in ('cash', 'bank_transfer', 'card', 'check', 'direct_debit', 'other')),
  constraint payments_customer_id_method_reference_key unique (tenant_id, customer_id, method, reference),
  constraint payments_id_customer_id_key unique (tenant_id, id, customer_id),
  constraint payments_amount_check check (amount > 0),
  constraint payments_balance_check check (unallocated >= 0 and refunded >= 0 and unallocated + refunded <= amount),
  constraint payments_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint payments_order_id_link foreign key (tenant_id, order_id, customer_id)
    references orders (tenant_id, id, customer_id)
);
create index payments_search_text_idx on payments using gin (tenant_id, search_text gin_trgm_ops);
create index payments_order_id_idx on payments (tenant_id, order_id) where order_id is not null;
create index payments_received_on_idx on payments (tenant_id, received_on, id);
create index payments_amount_idx on payments (tenant_id, amount, id);
create index payments_created_at_idx on payments (tenant_id, created_at, id);

-- Ties part of a payment, a credit note or a write-off to an invoice.
create table payment_allocations (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  payment_id uuid,
  credit_note_id uuid,
  invoice_id uuid not null,
  customer_id uuid not null,
  amount numeric(14,2) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint payment_allocations_pkey primary key (tenant_id, id),
  constraint payment_allocations_kind_choice check (kind in ('payment', 'credit_note', 'write_off')),
  constraint payment_allocations_amount_check check (amount > 0),
  constraint payment_allocations_source_check check ((kind = 'payment') = (payment_id is not null) and (kind = 'credit_note') = (credit_note_id is not null)),
  constraint payment_allocations_pair_check check (credit_note_id <> invoice_id),
  constraint payment_allocations_payment_id_link foreign key (tenant_id, payment_id, customer_id)
    references payments (tenant_id, id, customer_id),
  constraint payment_allocations_credit_note_id_link foreign key (tenant_id, credit_note_id, customer_id)
    references invoices (tenant_id, id, customer_id),
  constraint payment_allocations_invoice_id_link foreign key (tenant_id, invoice_id, customer_id)
    references invoices (tenant_id, id, customer_id)
);
create index payment_allocations_payment_id_idx on payment_allocations (tenant_id, payment_id) where payment_id is not null;
create index payment_allocations_credit_note_id_idx on payment_allocations (tenant_id, credit_note_id) where credit_note_id is not null;
create index payment_allocations_invoice_id_idx on payment_allocations (tenant_id, invoice_id);
create index payment_allocations_created_at_idx on payment_allocations (tenant_id, created_at, id);

-- The next number of a gap-free series; year 0 is a series that does not restart.
create table document_series (
  tenant_id uuid not null,
  id uuid not null,
  series text collate "C" not null,
  year integer not null default 0,
  next_number bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  constraint document_series_pkey primary key (tenant_id, id),
  constraint document_series_series_year_key unique (tenant_id, series, year),
  constraint document_series_next_number_check check (next_number > 0),
  constraint document_series_tenant_id_link foreign key (tenant_id) references tenants (id)
);
