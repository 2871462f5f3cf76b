-- A data source with a cadence has a schedule of its own, which follows it whoever writes the source: a form, the API, a file.
create or replace function app.schedule_source() returns trigger language plpgsql as $$
declare
  due boolean := new.cron is not null and new.active and new.archived_at is null;
begin
  if new.schedule_id is not null then
    -- A row that comes from an archive of the tenant comes behind its schedule.
    if tg_op = 'UPDATE' then
      update public.job_schedules set cron = coalesce(new.cron, cron), time_zone = new.time_zone, enabled = due,
        archived_at = new.archived_at, archived_by = new.archived_by
      where tenant_id = new.tenant_id and id = new.schedule_id;
    end if;
  elsif due then
    new.schedule_id := app.uuid7();
    insert into public.job_schedules (tenant_id, id, code, type, payload, cron, time_zone, created_by)
    values (new.tenant_id, new.schedule_id, 'source-' || new.id, 'sources.fetch', jsonb_build_object('source', new.id),
      new.cron, new.time_zone, new.created_by);
  end if;
  return new;
end $$;
revoke all on function app.schedule_source() from public;

create or replace trigger data_sources_schedule before insert or update of cron, time_zone, active, archived_at on data_sources
  for each row execute function app.schedule_source();
