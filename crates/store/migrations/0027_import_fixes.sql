-- What people corrected in the cells of imported files. The file stays as it came; place is the column, from 0, and a row
-- without a place is left out.
create table import_fixes (
  tenant_id uuid not null,
  id uuid not null,
  batch_id uuid not null,
  row_number bigint not null,
  place integer,
  value text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint import_fixes_pkey primary key (tenant_id, id),
  constraint import_fixes_cell_key unique nulls not distinct (tenant_id, batch_id, row_number, place),
  constraint import_fixes_place_check check (place >= 0),
  constraint import_fixes_value_check check ((place is null) = (value is null)),
  constraint import_fixes_batch_id_link foreign key (tenant_id, batch_id) references import_batches (tenant_id, id) on delete cascade
);

-- What is wrong with a row's shape, as it was read, whatever was corrected since.
alter table import_rows add column defects jsonb;
