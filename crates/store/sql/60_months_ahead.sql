-- always
-- The logs' partitions for the months ahead, made at every `migrate` in case no job has made them since the last one.
select app.ensure_partitions(3);
