//! What needs a superuser to set, and the partitions of the months to come.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    // Without the mark the operator never becomes an index condition under row-level security.
    Check {
        rule: "leakproof_mark",
        sql: "select f::text, 'is not marked LEAKPROOF: filters that use it read all rows of the tenant'
             from unnest(array[
               'pg_catalog.numeric_eq(numeric,numeric)', 'pg_catalog.numeric_ne(numeric,numeric)',
               'pg_catalog.numeric_lt(numeric,numeric)', 'pg_catalog.numeric_le(numeric,numeric)',
               'pg_catalog.numeric_gt(numeric,numeric)', 'pg_catalog.numeric_ge(numeric,numeric)',
               'pg_catalog.textlike(text,text)', 'pg_catalog.texticlike(text,text)',
               'public.similarity_op(text,text)', 'public.word_similarity_op(text,text)',
               'public.word_similarity_commutator_op(text,text)', 'public.strict_word_similarity_op(text,text)',
               'public.strict_word_similarity_commutator_op(text,text)',
               'pg_catalog.ts_match_vq(tsvector,tsquery)', 'pg_catalog.jsonb_contains(jsonb,jsonb)']) f
             where not coalesce((select p.proleakproof from pg_proc p where p.oid = to_regprocedure(f)), false)
             order by 1",
    },
    // Large objects belong to no tenant and know no policies.
    Check {
        rule: "large_objects",
        sql: "select p.oid::regprocedure::text, 'may be called by tenantry_app: large objects belong to no tenant'
             from pg_proc p
             where p.pronamespace = 'pg_catalog'::regnamespace
               and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_get', 'lo_open', 'lo_put', 'lo_unlink')
               and has_function_privilege('tenantry_app', p.oid, 'execute')
             order by 1",
    },
    Check {
        rule: "partitions_run_out",
        sql: "select c.relname::text, 'has no partition for next month: run `tenantry migrate`'
             from pg_class c
             where c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
               and to_regclass(format('public.%I', c.relname || to_char(now() at time zone 'UTC' + interval '1 month', '\"_y\"YYYY\"_m\"MM')))
                 is null
             order by 1",
    },
];
