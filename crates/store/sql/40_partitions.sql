-- Monthly partitions of the logs, by range of their UUIDv7 id.

-- Makes, protects and attaches the partitions from two months back to `months_ahead` (0 to 24) that are missing; answers how many it
-- made. Runs with the owner's rights, takes no table name and reads no tenant's rows. Called by `migrate` and by a job, never within a
-- request. LIKE and PARTITION OF bring no row-level security, so each partition gets its policies before it is attached.
create or replace function app.ensure_partitions(months_ahead integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  log record;
  month timestamp;
  child text;
  made integer := 0;
begin
  if months_ahead is null or months_ahead not between 0 and 24 then
    raise exception 'months_ahead must be 0 to 24, not %', months_ahead using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtext('app.ensure_partitions'));
  for log in
    select c.oid::regclass as parent, c.relname as name, t.class, t.flags
    from pg_class c join app.table_classes() t on t.table_name = c.relname
    where c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    order by c.relname
  loop
    for month in
      select generate_series(m - interval '2 months', m + make_interval(months => months_ahead), interval '1 month')
      from date_trunc('month', now() at time zone 'UTC') m
    loop
      child := log.name || to_char(month, '"_y"YYYY"_m"MM');
      if to_regclass(format('public.%I', child)) is null then
        execute format('create table public.%I (like %s including defaults including constraints including storage)', child, log.parent);
        perform app.make_policies(format('public.%I', child)::regclass, log.class, log.flags);
        execute format('alter table %s attach partition public.%I for values from (%L) to (%L)', log.parent, child,
          app.uuid7_at(month at time zone 'UTC'), app.uuid7_at((month + interval '1 month') at time zone 'UTC'));
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;
