-- One value per tenant that is another one whenever something changes that tells who may act and how far: a role's permissions, who has
-- it, a token, a session that ends, the tenant's own state. A program that remembers a caller need not look them up again while it is
-- the same. Written by the triggers app.stamp_access alone, which give it the number of their transaction. It takes the place of the
-- stamps of single roles. The id is the tenant's.
create table access_stamps (
  tenant_id uuid not null,
  id uuid not null,
  stamp bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint access_stamps_pkey primary key (tenant_id, id),
  constraint access_stamps_tenant_id_key unique (tenant_id),
  constraint access_stamps_tenant_id_link foreign key (tenant_id) references tenants (id)
);
insert into access_stamps (tenant_id, id, stamp) select id, id, 0 from tenants;

drop trigger if exists role_permissions_stamp on role_permissions;
drop function if exists app.stamp_role();
drop table role_stamps;
