-- What may be done with a tenant as a whole, and with its audit trail, which nobody else may shorten.

-- Turns the audit triggers off for the rest of the transaction, for the import and the deletion of a whole tenant alone: each row of it
-- would leave a line, and the tenant's and the system tenant's audit tell of the whole.
create or replace function app.mute_audit_of_tenant() returns void language plpgsql as $$
declare
  tenant uuid := nullif(current_setting('app.current_tenant_id', true), '')::uuid;
begin
  if current_setting('app.scope', true) is distinct from 'system' then
    raise exception 'the audit is muted in scope system only' using errcode = '42501';
  end if;
  if not exists (select from public.tenants t where t.id = tenant and t.under_way is not null) then
    raise exception 'this tenant is neither being imported nor deleted' using errcode = '42501';
  end if;
  set local app.audit = off;
end $$;

-- Removes up to `most` lines of the audit trail, and the list of its archives with the last of them, of the tenant of the context, which
-- must be closed and being deleted; answers how many went. Runs with the owner's rights: the trail is append-only for everybody else.
create or replace function app.erase_audit(most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.current_tenant_id', true), '')::uuid;
  gone integer;
  archives integer := 0;
begin
  if most is null or most not between 1 and 100000 then
    raise exception 'most must be 1 to 100000, not %', most using errcode = '22023';
  end if;
  if current_setting('app.scope', true) is distinct from 'system' then
    raise exception 'the audit is erased in scope system only' using errcode = '42501';
  end if;
  if tenant = '00000000-0000-7000-8000-000000000001' or not exists (
      select from public.tenants t where t.id = tenant and t.status = 'closed' and t.under_way = 'delete') then
    raise exception 'this tenant is not being deleted' using errcode = '42501';
  end if;
  delete from public.audit_logs where tenant_id = tenant and id = any(array(
    select l.id from public.audit_logs l where l.tenant_id = tenant order by l.id limit most));
  get diagnostics gone = row_count;
  if gone = 0 then
    delete from public.audit_archives where tenant_id = tenant and id = any(array(
      select a.id from public.audit_archives a where a.tenant_id = tenant limit most));
    get diagnostics archives = row_count;
  end if;
  return gone + archives;
end $$;

-- Removes the lines that an archive of the context's tenant holds, exactly these, or none: a line that came between since the archive
-- was written stands against it. Lines younger than a day are never removed. Runs with the owner's rights.
create or replace function app.prune_audit(archive uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.current_tenant_id', true), '')::uuid;
  held record;
  gone bigint;
begin
  if current_setting('app.scope', true) is distinct from 'system' then
    raise exception 'the audit is pruned in scope system only' using errcode = '42501';
  end if;
  select a.first_id, a.last_id, a.lines into held from public.audit_archives a where a.tenant_id = tenant and a.id = archive;
  if not found then
    raise exception 'no archive % in this tenant', archive using errcode = '42501';
  end if;
  if held.last_id >= app.uuid7_at(now() - interval '1 day') then
    raise exception 'lines of the last day stay' using errcode = '42501';
  end if;
  delete from public.audit_logs where tenant_id = tenant and id between held.first_id and held.last_id;
  get diagnostics gone = row_count;
  if gone <> held.lines then
    raise exception 'the archive holds % lines and the trail %', held.lines, gone using errcode = '55000';
  end if;
  return gone;
end $$;

revoke all on function app.mute_audit_of_tenant(), app.erase_audit(integer), app.prune_audit(uuid) from public;
grant execute on function app.mute_audit_of_tenant(), app.erase_audit(integer), app.prune_audit(uuid) to tenantry_app;
