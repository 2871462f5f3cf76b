-- Files that people upload for a data source: whether one is due, and since when.
alter table data_sources
  add column due text,
  add column due_since timestamptz,
  add constraint data_sources_due_choice check (due in ('due', 'overdue')) not valid,
  drop constraint data_sources_last_outcome_choice,
  add constraint data_sources_last_outcome_choice
    check (last_outcome in ('unchanged', 'importing', 'waiting', 'imported', 'cancelled', 'failed')) not valid;
alter table data_sources validate constraint data_sources_due_choice;
alter table data_sources validate constraint data_sources_last_outcome_choice;

-- What the web address of a source asks for.
alter table credentials
  drop constraint credentials_kind_choice,
  add constraint credentials_kind_choice
    check (kind in ('smtp', 'line', 'n8n', 's3', 'http_basic', 'http_bearer', 'http_header')) not valid;
alter table credentials validate constraint credentials_kind_choice;
alter table data_sources
  add column credential_id uuid,
  add constraint data_sources_credential_id_link foreign key (tenant_id, credential_id)
    references credentials (tenant_id, id) not valid;
alter table data_sources validate constraint data_sources_credential_id_link;
create index data_sources_credential_id_idx on data_sources (tenant_id, credential_id) where credential_id is not null;

-- A correction of a record that several rows tell by a key holds for all rows of its sheet with the key: their cells at
-- key_places are key, joined by the unit separator.
alter table import_fixes
  add column key_places integer[],
  add column key text,
  add constraint import_fixes_key_check check ((key is null) = (key_places is null)) not valid;
alter table import_fixes validate constraint import_fixes_key_check;
