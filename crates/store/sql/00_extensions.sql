-- as admin
-- Extensions behind the search indexes: trigrams, and tenant_id in the same GIN index as the text. Both are trusted extensions.
create extension if not exists pg_trgm schema public;
create extension if not exists btree_gin schema public;
