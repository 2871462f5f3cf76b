-- The context of a transaction (whose rows, in which scope, on whose behalf) and time-ordered ids.

-- Sets the context of the current transaction, once: a second call may only repeat it. `actor` is 'kind:uuid' or 'kind' with a kind of
-- user, portal_user, token, job, system. What is null is left unset. SET LOCAL, because set_config does not reach the nodes of a
-- distributed engine and a session setting would outlive the transaction. `client` is the address that a request came from: writes
-- tell it to the audit, reads leave it out. Gives the tenant's stamp of access (see app.stamp_access), which tells a program whether what
-- it remembers of the caller still holds; none in scope portal, whose callers are not remembered.
drop function if exists app.set_context(uuid, text, text, uuid, uuid, uuid, inet);
create function app.set_context(tenant uuid, scope text, actor text, customer uuid, request uuid, batch uuid,
  client inet default null)
returns bigint language plpgsql as $$
declare
  earlier text := nullif(current_setting('app.current_tenant_id', true), '');
  settings text;
begin
  if tenant is null then
    raise exception 'context without a tenant' using errcode = '22004';
  end if;
  if scope is null or scope not in ('staff', 'portal', 'system') then
    raise exception 'unknown scope "%", use staff, portal or system', scope using errcode = '22023';
  end if;
  if (scope = 'portal') <> (customer is not null) then
    raise exception 'a customer belongs to scope portal, and to it alone' using errcode = '22023';
  end if;
  if actor !~ '^(user|portal_user|token|job|system)(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$' then
    raise exception 'malformed actor "%", use kind:uuid or kind', actor using errcode = '22023';
  end if;
  if earlier is not null and (earlier <> tenant::text or current_setting('app.scope', true) <> scope
      or nullif(current_setting('app.current_customer_id', true), '') is distinct from customer::text) then
    raise exception 'the context of this transaction is already set' using errcode = '25001';
  end if;
  settings := format('set local app.current_tenant_id = %L; set local app.scope = %L', tenant, scope);
  if actor is not null then
    settings := settings || format('; set local app.current_actor = %L', actor);
  end if;
  if customer is not null then
    settings := settings || format('; set local app.current_customer_id = %L', customer);
  end if;
  if request is not null then
    settings := settings || format('; set local app.request_id = %L', request);
  end if;
  if batch is not null then
    settings := settings || format('; set local app.batch_id = %L', batch);
  end if;
  if client is not null then
    settings := settings || format('; set local app.client = %L', host(client));
  end if;
  execute settings;
  return (select s.stamp from public.access_stamps s where s.tenant_id = tenant);
end $$;

-- Turns the audit triggers off for the rest of the transaction. For the commit and undo of an import alone, whose staged rows hold
-- before and after; hence scope system and a batch that exists.
create or replace function app.mute_audit(batch uuid) returns void language plpgsql as $$
declare
  tenant uuid := nullif(current_setting('app.current_tenant_id', true), '')::uuid;
begin
  if current_setting('app.scope', true) is distinct from 'system' then
    raise exception 'the audit is muted in scope system only' using errcode = '42501';
  end if;
  if not exists (select from public.import_batches b where b.tenant_id = tenant and b.id = batch) then
    raise exception 'no import batch % in this tenant', batch using errcode = '42501';
  end if;
  execute format('set local app.audit = off; set local app.batch_id = %L', batch);
end $$;

-- A UUIDv7 (RFC 9562) of now: 48 bits of milliseconds, version, 12 bits of the millisecond's fraction (its section 6.2, method 3), 62
-- random bits. For rows whose ids tell their order, such as the audit's lines; others get theirs from the application.
create or replace function app.uuid7() returns uuid language sql volatile as $$
  select encode(
    overlay(uuid_send(gen_random_uuid()) placing int8send(micros / 1000 << 16 | 28672 | micros % 1000 * 4096 / 1000) from 1 for 8),
    'hex')::uuid
  from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint) as clock (micros)
$$;

-- The least id of a moment: every UUIDv7 made at or after it is greater or equal. For bounds of partitions and ranges of ids.
create or replace function app.uuid7_at(moment timestamptz) returns uuid language sql immutable strict as $$
  select (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
