//! The shape every table has, and the rules that keep the schema fit for one machine and for many.

use super::{Check, tables};

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "identity",
        sql: tables!(
            "select t.name, 'its primary key is not (tenant_id, id), both uuid and not null'
             from tables t
             where t.class not in ('tenants', 'lookup', 'global') and t.root <> 'webhook_receipts' and not exists (
               select from pg_constraint k
               join pg_attribute tenant on tenant.attrelid = t.oid and tenant.attname = 'tenant_id' and tenant.attnum = k.conkey[1]
               join pg_attribute id on id.attrelid = t.oid and id.attname = 'id' and id.attnum = k.conkey[2]
               where k.conrelid = t.oid and k.contype = 'p' and cardinality(k.conkey) = 2
                 and tenant.atttypid = 'uuid'::regtype and id.atttypid = 'uuid'::regtype and not id.atthasdef)
             order by 1"
        ),
    },
    Check {
        rule: "columns",
        sql: tables!(
            "select t.name, 'lacks ' || wanted
             from tables t, unnest(array['created_at', 'updated_at', 'created_by']) wanted
             where t.relkind = 'r' and not t.relispartition and t.class not in ('lookup', 'global') and t.root <> 'webhook_receipts'
               and not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = wanted and not a.attisdropped)
             order by 1, 2"
        ),
    },
    Check {
        rule: "trigger_missing",
        sql: tables!(
            "select t.name, 'its trigger ' || t.name || wanted.suffix || ' is missing or off'
             from tables t
             join (values ('_touch'), ('_audit'), ('_stamp')) wanted(suffix) on case wanted.suffix
               when '_audit' then 'audit' = any(t.flags)
               when '_stamp' then 'stamps' = any(t.flags)
               else t.relkind = 'r' and exists (select from pg_attribute a
                 where a.attrelid = t.oid and a.attname = 'updated_at' and not a.attisdropped) end
             where not exists (select from pg_trigger g
               where g.tgrelid = t.oid and g.tgname = t.name || wanted.suffix and g.tgenabled in ('O', 'A'))
             order by 1, 2"
        ),
    },
    Check {
        rule: "trigger_unfit",
        sql: tables!(
            "select t.name, 'its trigger ' || g.tgname || ' is not per row, or uses transition tables'
             from tables t join pg_trigger g on g.tgrelid = t.oid
             where not g.tgisinternal and (g.tgtype & 1 = 0 or g.tgoldtable is not null or g.tgnewtable is not null)
             order by 1, 2"
        ),
    },
    Check {
        rule: "constraint_unfit",
        sql: tables!(
            "select k.conname::text, t.name || ': ' || case
                 when k.condeferrable then 'is deferrable'
                 when k.contype = 'f' and k.confupdtype <> 'a' then 'acts on update'
                 when k.contype = 'f' and k.confdeltype in ('n', 'd') then 'sets columns on delete'
                 else 'its name ends in a digit' end
             from tables t join pg_constraint k on k.conrelid = t.oid
             where not t.relispartition and (k.condeferrable
               or k.contype = 'f' and (k.confupdtype <> 'a' or k.confdeltype in ('n', 'd'))
               or k.conname ~ '[0-9]$')
             order by 1"
        ),
    },
    Check {
        rule: "link_without_index",
        sql: tables!(
            "select k.conname::text, 'no index of ' || t.name || ' begins with its first two columns'
             from tables t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
             where cardinality(k.conkey) > 1 and not exists (select from pg_index i
               where i.indrelid = t.oid and i.indkey[0] = k.conkey[1] and i.indkey[1] = k.conkey[2])
             order by 1"
        ),
    },
    Check {
        rule: "own_numbers",
        sql: tables!(
            "select t.name || '.' || a.attname, 'draws its numbers from a sequence'
             from tables t join pg_attribute a on a.attrelid = t.oid
             left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
             where a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like '%nextval(%'
             order by 1"
        ),
    },
    Check {
        rule: "expression_index",
        sql: tables!(
            "select i.indexrelid::regclass::text, 'an index of ' || t.name || ' over an expression: store the normalized value instead'
             from pg_index i join tables t on t.oid = i.indrelid
             where i.indexprs is not null
             order by 1"
        ),
    },
];
