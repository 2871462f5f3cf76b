//! Who owns what, what the runtime roles may do, and the ways around a policy: views and definer functions.

use super::{Check, tables};

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "owner",
        sql: tables!(
            "select name, 'owned by ' || pg_get_userbyid(relowner) || ', not by tenantry_owner'
             from tables where pg_get_userbyid(relowner) <> 'tenantry_owner'
             union all
             select p.oid::regprocedure::text, 'owned by ' || pg_get_userbyid(p.proowner) || ', not by tenantry_owner'
             from pg_proc p where p.pronamespace = 'app'::regnamespace and pg_get_userbyid(p.proowner) <> 'tenantry_owner'
             order by 1"
        ),
    },
    // Partitions are reached through their parent: they carry policies and no grants.
    Check {
        rule: "grant",
        sql: tables!(
            ", granted as (
               select t.oid, a.grantee, string_agg(a.privilege_type, ', ' order by a.privilege_type) as privileges
               from tables t, aclexplode(t.relacl) a where a.grantee <> t.relowner group by 1, 2
             ), meant as (
               select t.oid, 'tenantry_app'::regrole::oid as grantee, case
                   when t.class = 'global' then 'SELECT'
                   when 'append_only' = any(t.flags) then 'INSERT, SELECT'
                   else 'DELETE, INSERT, SELECT, UPDATE' end as privileges
               from tables t where t.class is not null and not t.relispartition
               union all
               select t.oid, 'tenantry_operator'::regrole::oid, 'SELECT'
               from tables t where 'operator' = any(t.flags) and not t.relispartition
             )
             select coalesce(g.oid, m.oid)::regclass::text,
               case coalesce(g.grantee, m.grantee) when 0 then 'PUBLIC' else pg_get_userbyid(coalesce(g.grantee, m.grantee)) end
                 || ' holds ' || coalesce(g.privileges, 'nothing') || ' instead of ' || coalesce(m.privileges, 'nothing')
             from granted g full join meant m on m.oid = g.oid and m.grantee = g.grantee
             where g.privileges is distinct from m.privileges
             union all
             select t.name || '.' || a.attname, 'has grants of its own'
             from tables t join pg_attribute a on a.attrelid = t.oid where a.attacl is not null
             order by 1, 2"
        ),
    },
    Check {
        rule: "role",
        sql: "select r.rolname::text, fault
             from pg_roles r, unnest(array[
               case when r.rolsuper then 'is a superuser' end,
               case when r.rolbypassrls then 'bypasses row-level security' end,
               case when r.rolcreaterole then 'may create roles' end,
               case when r.rolcreatedb then 'may create databases' end,
               case when r.rolreplication then 'may replicate' end,
               case when r.rolcanlogin <> (r.rolname <> 'tenantry_owner') then 'may log in, or may not, the wrong way round' end,
               case when exists (select from pg_auth_members m where m.member = r.oid) then 'is a member of another role' end,
               case when r.rolname <> 'tenantry_owner' and exists (
                 select from pg_shdepend d where d.refobjid = r.oid and d.refclassid = 'pg_authid'::regclass and d.deptype = 'o')
                 then 'owns something' end,
               case when r.rolname <> 'tenantry_owner' and has_schema_privilege(r.oid, 'public', 'create')
                 then 'may create in schema public' end,
               case when r.rolname <> 'tenantry_owner' and has_schema_privilege(r.oid, 'app', 'create')
                 then 'may create in schema app' end,
               case when r.rolname <> 'tenantry_owner' and has_database_privilege(r.oid, current_database(), 'temporary')
                 then 'may create temporary tables' end,
               case when r.rolname <> 'tenantry_owner' and has_database_privilege(r.oid, current_database(), 'create')
                 then 'may create schemas' end
             ]) fault
             where r.rolname in ('tenantry_owner', 'tenantry_app', 'tenantry_operator') and fault is not null
             union all
             select wanted, 'does not exist'
             from unnest(array['tenantry_owner', 'tenantry_app', 'tenantry_operator']) wanted
             where not exists (select from pg_roles where rolname = wanted)
             order by 1, 2",
    },
    Check {
        rule: "view",
        sql: "select c.oid::regclass::text, case c.relkind when 'm' then 'a materialized view, which knows no policies'
               else 'a view with its owner''s rights: make it security_invoker' end
             from pg_class c
             where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and c.relkind in ('v', 'm')
               and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
               and (c.relkind = 'm' or not coalesce((select o.option_value::boolean from pg_options_to_table(c.reloptions) o
                 where o.option_name = 'security_invoker'), false))
             order by 1",
    },
    Check {
        rule: "definer_function",
        sql: "select p.oid::regprocedure::text, 'runs with its owner''s rights and no search_path of its own'
             from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
               and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
               and not exists (select from unnest(p.proconfig) setting where setting like 'search\\_path=%')
             order by 1",
    },
    Check {
        rule: "public_function",
        sql: "select p.oid::regprocedure::text, 'may be called by everybody'
             from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
             where p.pronamespace = 'app'::regnamespace and a.grantee = 0
             order by 1",
    },
];
