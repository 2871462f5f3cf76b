-- as admin, optional
-- Marks that let operators become index conditions under row-level security. The planner runs a leakproof function before the policy
-- has dropped a row, so it must tell nothing of its arguments but by its result: no error text, no notice. Needs a superuser; without
-- the marks everything is right but slower. Set again after a restore.

-- numeric comparison: answers for every pair of values, NaN and infinities included, and raises nothing.
alter function pg_catalog.numeric_eq(numeric, numeric) leakproof;
alter function pg_catalog.numeric_ne(numeric, numeric) leakproof;
alter function pg_catalog.numeric_lt(numeric, numeric) leakproof;
alter function pg_catalog.numeric_le(numeric, numeric) leakproof;
alter function pg_catalog.numeric_gt(numeric, numeric) leakproof;
alter function pg_catalog.numeric_ge(numeric, numeric) leakproof;

-- LIKE: its one error, "LIKE pattern must not end with escape character", speaks of the pattern. The caller gives the pattern; no
-- statement of ours takes it from a column. The text shows in no message.
alter function pg_catalog.textlike(text, text) leakproof;
-- ILIKE: as LIKE; it folds case first, which may fail for lack of memory or of a collation, naming neither argument.
alter function pg_catalog.texticlike(text, text) leakproof;

-- Trigram similarity: reads a threshold setting and compares sets of trigrams; its errors are those of memory and name no argument.
alter function public.similarity_op(text, text) leakproof;
alter function public.word_similarity_op(text, text) leakproof;
alter function public.word_similarity_commutator_op(text, text) leakproof;
alter function public.strict_word_similarity_op(text, text) leakproof;
alter function public.strict_word_similarity_commutator_op(text, text) leakproof;

-- Full text match: walks the query over the vector; its one error is a query nested too deep, which the caller wrote.
alter function pg_catalog.ts_match_vq(tsvector, tsquery) leakproof;

-- jsonb containment: compares two trees; its one error is a stack too deep, which names no value.
alter function pg_catalog.jsonb_contains(jsonb, jsonb) leakproof;
