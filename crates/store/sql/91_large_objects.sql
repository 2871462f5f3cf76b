-- as admin, optional
-- Large objects belong to no tenant and know no policies, so nobody but a superuser may make, read or change one.
revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),
  pg_catalog.lo_get(oid), pg_catalog.lo_get(oid, bigint, integer), pg_catalog.lo_open(oid, integer),
  pg_catalog.lo_put(oid, bigint, bytea), pg_catalog.lo_unlink(oid) from public;
