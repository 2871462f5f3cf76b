-- One value per role that is another one whenever its permissions change, so that a request need not read them all to know that the
-- grants it remembers still hold: the number of the transaction that last changed them. The id is the role's. Written by the trigger
-- on role_permissions alone.
create table role_stamps (
  tenant_id uuid not null,
  id uuid not null,
  stamp bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint role_stamps_pkey primary key (tenant_id, id),
  constraint role_stamps_id_link foreign key (tenant_id, id) references roles (tenant_id, id) on delete cascade
);
insert into role_stamps (tenant_id, id, stamp) select distinct tenant_id, role_id, 0 from role_permissions;
