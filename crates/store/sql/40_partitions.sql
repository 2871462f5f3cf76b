-- Monthly partitions of the logs, by range of their UUIDv7 id.

-- Makes, protects and attaches the partitions of the months from `first` to `last` that are missing; answers how many it made. Runs with
-- the owner's rights, takes no table name and reads no tenant's rows. LIKE and PARTITION OF bring no row-level security, so each
-- partition gets its policies before it is attached.
create or replace function app.make_partitions(first timestamp, last timestamp) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  log record;
  month timestamp;
  child text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('app.ensure_partitions'));
  for log in
    select c.oid::regclass as parent, c.relname as name, t.class, t.flags
    from pg_class c join app.table_classes() t on t.table_name = c.relname
    where c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    order by c.relname
  loop
    for month in
      select generate_series(date_trunc('month', first), date_trunc('month', last), interval '1 month')
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

-- The partitions from two months back to `months_ahead` (0 to 24). Called by `migrate` and by a job, never within a request.
create or replace function app.ensure_partitions(months_ahead integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  today timestamp := now() at time zone 'UTC';
begin
  if months_ahead is null or months_ahead not between 0 and 24 then
    raise exception 'months_ahead must be 0 to 24, not %', months_ahead using errcode = '22023';
  end if;
  return app.make_partitions(today - interval '2 months', today + make_interval(months => months_ahead));
end $$;

-- The partitions from `oldest`, ten years back at most, to now: for a tenant that is brought in with logs of its own.
create or replace function app.ensure_partitions_since(oldest timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if oldest is null or oldest not between now() - interval '10 years' and now() then
    raise exception 'partitions are made for the last ten years, not since %', oldest using errcode = '22023';
  end if;
  return app.make_partitions(oldest at time zone 'UTC', now() at time zone 'UTC');
end $$;
revoke all on function app.ensure_partitions_since(timestamptz), app.make_partitions(timestamp, timestamp) from public;
grant execute on function app.ensure_partitions_since(timestamptz) to tenantry_app;

-- Drops partitions that ended more than thirteen months ago and hold no row, which is when every tenant's retention has passed; answers
-- how many. Runs with the owner's rights, takes no table name, and can lose nothing: it looks once nobody else can write. One that is in
-- use is left for the next time. Called by a job.
create or replace function app.drop_empty_partitions() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  part record;
  used boolean;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('app.ensure_partitions'));
  for part in
    select c.oid::regclass as name
    from pg_inherits h
    join pg_class c on c.oid = h.inhrelid
    join pg_class p on p.oid = h.inhparent
    join app.table_classes() t on t.table_name = p.relname
    where p.relkind = 'p' and p.relnamespace = 'public'::regnamespace and c.relname ~ '_y\d{4}_m\d{2}$'
      and to_date(right(c.relname, 9), '"y"YYYY"_m"MM') < date_trunc('month', now() at time zone 'UTC') - interval '14 months'
    order by c.relname
  loop
    begin
      execute format('lock table %s in access exclusive mode', part.name);
      execute format('select exists (select from %s)', part.name) into used;
      if not used then
        execute format('drop table %s', part.name);
        dropped := dropped + 1;
      end if;
    exception when lock_not_available then
      continue;
    end;
  end loop;
  return dropped;
end $$;
revoke all on function app.drop_empty_partitions() from public;
grant execute on function app.drop_empty_partitions() to tenantry_app;
