-- Row triggers: time and version of a change, and the audit trail. They write to tables of the same tenant only.

-- Dates a change.
create or replace function app.touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;

-- Dates a change and counts it: the version is what ETag and If-Match compare.
create or replace function app.touch_version() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  new.version := old.version + 1;
  return new;
end $$;

-- Records a change in audit_logs. Arguments: the entity's name, then the columns that are never recorded. An update keeps what
-- changed, an insert what was given, a delete what was there; an update that changes nothing recordable leaves no line.
create or replace function app.audit() returns trigger language plpgsql as $$
declare
  hidden text[] := tg_argv[1:] || array['tenant_id', 'version', 'updated_at'];
  whole jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  who text := coalesce(nullif(current_setting('app.current_actor', true), ''), 'system');
  who_id uuid := nullif(split_part(who, ':', 2), '')::uuid;
  what text := case tg_op when 'INSERT' then 'create' when 'DELETE' then 'delete' else 'update' end;
  before jsonb;
  after jsonb;
begin
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, n.value) into before, after
    from jsonb_each(to_jsonb(old) - hidden) o
    join jsonb_each(whole - hidden) n on n.key = o.key and n.value is distinct from o.value;
    if before is null then
      return null;
    end if;
    if before ? 'archived_at' and before -> 'archived_at' = 'null' then
      what := 'archive';
    elsif before ? 'archived_at' and after -> 'archived_at' = 'null' then
      what := 'restore';
    end if;
  else
    select jsonb_object_agg(e.key, e.value) into after from jsonb_each(whole - hidden) e where e.value <> 'null';
    if tg_op = 'DELETE' then
      before := after;
      after := null;
    end if;
  end if;
  insert into public.audit_logs (tenant_id, id, entity, entity_id, action, old_values, new_values,
    actor_kind, actor_id, token_id, batch_id, request_id, ip)
  values (coalesce(whole ->> 'tenant_id', whole ->> 'id')::uuid, app.uuid7(), tg_argv[0], (whole ->> 'id')::uuid, what, before, after,
    split_part(who, ':', 1), who_id, case when who like 'token:%' then who_id end,
    nullif(current_setting('app.batch_id', true), '')::uuid, nullif(current_setting('app.request_id', true), '')::uuid,
    nullif(current_setting('app.client', true), '')::inet);
  return null;
end $$;

-- Gives the tenant another stamp of access, once in a transaction, when a row changes that says who of the staff may act and how far. New
-- users, roles, sessions and tokens change nothing for those who are remembered; nor do the columns that tell of use alone.
create or replace function app.stamp_access() returns trigger language plpgsql as $$
declare
  whole jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  tenant uuid := coalesce(whole ->> 'tenant_id', whole ->> 'id')::uuid;
  current bigint := pg_current_xact_id()::text::bigint;
  quiet text[] := array['version', 'updated_at'] || case tg_table_name
    when 'tenants' then array['under_way_until']
    when 'users' then array['failed_login_count', 'failing_since', 'last_login_at', 'totp', 'totp_step']
    when 'sessions' then array['last_seen_at', 'expires_at']
    when 'integration_tokens' then array['last_used_at'] end;
begin
  if tg_table_name = 'tenants' and tg_op = 'INSERT' then
    insert into public.access_stamps (tenant_id, id, stamp) values (tenant, tenant, current);
  elsif tg_op = 'INSERT' and tg_table_name in ('users', 'roles', 'sessions', 'integration_tokens')
      or tg_op = 'UPDATE' and to_jsonb(old) - quiet = whole - quiet then
    return null;
  else
    update public.access_stamps set stamp = current where tenant_id = tenant and stamp <> current;
  end if;
  return null;
end $$;
