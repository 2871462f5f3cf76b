-- What a merge found, so that it can be taken back: the ids of what it moved, by table and column, and earlier values. `moved` tells
-- people how many records of each kind there were.
alter table merges add column before jsonb not null default '{}';
