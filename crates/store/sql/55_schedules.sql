-- A schedule that is changed is planned anew: its next slot was worked out from what it said before.
create or replace function app.replan() returns trigger language plpgsql as $$
begin
  new.next_slot_at := null;
  return new;
end $$;
revoke all on function app.replan() from public;

create or replace trigger job_schedules_replan before update of cron, time_zone, enabled, archived_at on job_schedules
  for each row when ((old.cron, old.time_zone, old.enabled, old.archived_at) is distinct from (new.cron, new.time_zone, new.enabled, new.archived_at))
  execute function app.replan();
