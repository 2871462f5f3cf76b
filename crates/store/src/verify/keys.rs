//! Keys, links and indexes carry the tenant; links among a customer's rows carry the customer.

use super::{Check, tables};

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "key_without_tenant",
        sql: tables!(
            "select i.indexrelid::regclass::text, 'a unique key of ' || t.name || ' that holds across tenants'
             from pg_index i join tables t on t.oid = i.indrelid
             where (i.indisunique or i.indisexclusion) and t.class is distinct from 'lookup' and t.class is distinct from 'global'
               and not coalesce(t.tenant_column = any((i.indkey::int2[])[0:i.indnkeyatts - 1]), false)
             order by 1"
        ),
    },
    Check {
        rule: "index_not_led_by_tenant",
        sql: tables!(
            "select i.indexrelid::regclass::text, 'an index of ' || t.name || ' whose first column is not the tenant'
             from pg_index i join tables t on t.oid = i.indrelid
             where t.class is distinct from 'lookup' and t.class is distinct from 'global'
               and i.indkey[0] is distinct from t.tenant_column
             order by 1"
        ),
    },
    Check {
        rule: "link_without_tenant",
        sql: tables!(
            "select f.conname::text, 'a link from ' || f.conrelid::regclass || ' to ' || f.confrelid::regclass
               || ' that does not tie the tenants together'
             from pg_constraint f
             left join tables child on child.oid = f.conrelid
             left join tables parent on parent.oid = f.confrelid
             where f.contype = 'f' and f.connamespace = 'public'::regnamespace
               and not exists (
                 select from unnest(f.conkey, f.confkey) as pair(child_column, parent_column)
                 where pair.child_column = child.tenant_column and pair.parent_column = parent.tenant_column)
             order by 1"
        ),
    },
    // A row of customer X that hangs on a document of customer Y would show in X's portal.
    Check {
        rule: "link_without_customer",
        sql: tables!(
            "select f.conname::text, 'a link from ' || child.name || ' to ' || parent.name
               || ' that does not tie the customers together'
             from pg_constraint f
             join tables child on child.oid = f.conrelid
             join tables parent on parent.oid = f.confrelid
             where f.contype = 'f' and child.class = 'customer' and parent.class = 'customer' and parent.root <> 'customers'
               and not exists (
                 select from pg_constraint twin,
                   unnest(twin.conkey, twin.confkey) as pair(child_column, parent_column)
                 where twin.contype = 'f' and twin.conrelid = f.conrelid and twin.confrelid = f.confrelid
                   and twin.conkey @> f.conkey
                   and pair.child_column = child.customer_column and pair.parent_column = parent.customer_column)
             order by 1"
        ),
    },
    Check {
        rule: "customer_column",
        sql: tables!(
            "select t.name, case when t.class = 'customer' then 'of class customer, without a customer_id'
               else 'carries customer_id, but is of class ' || coalesce(t.class, 'none') end
             from tables t
             where t.class = 'customer' and t.customer_column is null and t.root <> 'customers'
               or t.class is distinct from 'customer' and t.customer_column is not null
                 and t.root not in ('sessions', 'price_list_assignments', 'delivery_route_stops', 'service_jobs', 'activities')
             order by 1"
        ),
    },
];
