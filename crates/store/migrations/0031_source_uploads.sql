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
