-- The one function that protects a table by its class, and the one that makes the policies.
--
-- Policies name their roles, are PERMISSIVE, hold everything in one condition joined by AND, and call no function of ours and no
-- sub-select: a distributed engine refuses sub-selects and silently turns RESTRICTIVE into permissive. "Scope is one of" is written with
-- array_position, because the planner takes it to be true of nearly all rows; `in` it takes to be true of one row in a hundred, and then
-- sorts a whole tenant for the first page of a list instead of walking the index (seen).

-- Replaces all policies of `target`. Classes:
--   customer   staff and system everything, a portal the rows of its customer
--   catalogue  all three scopes read, staff and system write
--   staff      staff and system everything
--   system     all three scopes insert, system the rest
--   open       all three scopes everything
--   tenants    all three scopes read, staff and system update, system inserts and deletes
--   lookup     everybody reads, without context too; system writes
--   global     everybody reads, without context too; nobody writes
-- Flags: staff_reads (a system table that staff may read), append_only (never updated or deleted), operator (the operator may read).
create or replace function app.make_policies(target regclass, class text, flags text[]) returns void language plpgsql as $$
declare
  base text := (select relname from pg_class where oid = target);
  root regclass := coalesce((select inhparent from pg_inherits where inhrelid = target), target);
  columns text[] := (select array_agg(attname::text) from pg_attribute where attrelid = target and attnum > 0 and not attisdropped);
  tenant_column text := case when 'tenant_id' = any(columns) then 'tenant_id' else 'id' end;
  customer_column text := case when root = 'public.customers'::regclass then 'id' else 'customer_id' end;
  tenant text := format('%I = nullif(current_setting(''app.current_tenant_id'', true), '''')::uuid', tenant_column);
  anyone text := tenant || ' and array_position(''{staff,portal,system}''::text[], current_setting(''app.scope'', true)) is not null';
  staff text := tenant || ' and array_position(''{staff,system}''::text[], current_setting(''app.scope'', true)) is not null';
  system text := tenant || ' and current_setting(''app.scope'', true) = ''system''';
  own text := tenant || format(' and (array_position(''{staff,system}''::text[], current_setting(''app.scope'', true)) is not null
    or (current_setting(''app.scope'', true) = ''portal''
      and %I = nullif(current_setting(''app.current_customer_id'', true), '''')::uuid))', customer_column);
  reads text;
  inserts text;
  updates text;
  deletes text;
  name name;
begin
  case class
    when 'customer' then reads := own; inserts := own; updates := own; deletes := own;
    when 'catalogue' then reads := anyone; inserts := staff; updates := staff; deletes := staff;
    when 'staff' then reads := staff; inserts := staff; updates := staff; deletes := staff;
    when 'system' then reads := system; inserts := anyone; updates := system; deletes := system;
    when 'open' then reads := anyone; inserts := anyone; updates := anyone; deletes := anyone;
    when 'tenants' then reads := anyone; inserts := system; updates := staff; deletes := system;
    when 'lookup' then reads := 'true'; inserts := system; updates := system; deletes := system;
    when 'global' then reads := 'true';
    else raise exception 'table % has no class "%"', target, class;
  end case;
  if 'staff_reads' = any(flags) then
    reads := staff;
  end if;
  if 'append_only' = any(flags) then
    updates := null;
    deletes := null;
  end if;

  execute format('alter table %s enable row level security, force row level security', target);
  for name in select polname from pg_policy where polrelid = target loop
    execute format('drop policy %I on %s', name, target);
  end loop;
  execute format('create policy %I on %s as permissive to tenantry_owner using (true) with check (true)', base || '_owner', target);
  execute format('create policy %I on %s as permissive for select to tenantry_app using (%s)', base || '_app_select', target, reads);
  if inserts is not null then
    execute format('create policy %I on %s as permissive for insert to tenantry_app with check (%s)', base || '_app_insert', target, inserts);
  end if;
  if updates is not null then
    execute format('create policy %I on %s as permissive for update to tenantry_app using (%s) with check (%s)',
      base || '_app_update', target, updates, updates);
  end if;
  if deletes is not null then
    execute format('create policy %I on %s as permissive for delete to tenantry_app using (%s)', base || '_app_delete', target, deletes);
  end if;
  if 'operator' = any(flags) then
    execute format('create policy %I on %s as permissive for select to tenantry_operator using (true)', base || '_operator', target);
  end if;
end $$;

-- Protects a table: policies, grants, triggers, for its partitions policies only. Flag stamps: changes give the tenant another stamp of
-- access (see app.stamp_access). Flag audit: changes are recorded, all columns but
-- `hidden` and the generated ones.
create or replace function app.protect(target regclass, class text, flags text[], hidden text[]) returns void language plpgsql as $$
declare
  base text := (select relname from pg_class where oid = target);
  partitioned boolean := (select relkind = 'p' from pg_class where oid = target);
  columns text[] := (select array_agg(attname::text) from pg_attribute where attrelid = target and attnum > 0 and not attisdropped);
  generated text[] := (select coalesce(array_agg(attname::text order by attnum), '{}')
    from pg_attribute where attrelid = target and attgenerated <> '' and not attisdropped);
  grants text := case when class = 'global' then 'select' when 'append_only' = any(flags) then 'select, insert'
    else 'select, insert, update, delete' end;
  partition regclass;
begin
  perform app.make_policies(target, class, flags);
  for partition in select inhrelid from pg_inherits where inhparent = target loop
    perform app.make_policies(partition, class, flags);
  end loop;

  execute format('revoke all on %s from public, tenantry_app, tenantry_operator', target);
  execute format('grant %s on %s to tenantry_app', grants, target);
  if 'operator' = any(flags) then
    execute format('grant select on %s to tenantry_operator', target);
  end if;

  if 'updated_at' = any(columns) and not partitioned then
    execute format('create or replace trigger %I before update on %s for each row execute function app.%I()', base || '_touch', target,
      case when 'version' = any(columns) then 'touch_version' else 'touch' end);
  end if;
  if 'audit' = any(flags) then
    execute format('create or replace trigger %I after insert or update or delete on %s for each row
        when (current_setting(''app.audit'', true) is distinct from ''off'') execute function app.audit(%s)', base || '_audit', target,
      (select string_agg(quote_literal(a), ', ') from unnest(array[base] || hidden || generated) a));
  elsif exists (select from pg_trigger where tgrelid = target and tgname = base || '_audit') then
    execute format('drop trigger %I on %s', base || '_audit', target);
  end if;
  if 'stamps' = any(flags) then
    execute format('create or replace trigger %I after insert or update or delete on %s for each row execute function app.stamp_access()',
      base || '_stamp', target);
  end if;
end $$;
