-- Rights: roles for the portal, tokens that are rotated, and the history of records that imports changed.

-- Whether a role is for portal users; nobody of the staff can have it, nor a portal user one that is not.
alter table roles add column is_portal boolean not null default false;
update roles set is_portal = true where is_system and code in ('portal_admin', 'portal_user');

-- A rotated token's former secret, valid for as long as was chosen.
alter table integration_tokens add column former_hash bytea;
alter table integration_tokens add column former_until timestamptz;
alter table integration_tokens add constraint integration_tokens_former_check check ((former_hash is null) = (former_until is null)) not valid;
alter table integration_tokens validate constraint integration_tokens_former_check;
create unique index integration_tokens_former_hash_key on integration_tokens (tenant_id, former_hash) where former_hash is not null;

-- Imports write no audit line for each record: its history finds them in the staged rows. Created ones have their row's id.
create index import_rows_applied_record_id_idx on import_rows (tenant_id, applied_record_id)
  where action = 'update' and applied_version is not null;
