-- Every table, its class and its flags; see app.make_policies and app.protect for what they mean.

create or replace function app.table_classes() returns table (table_name text, class text, flags text[], hidden text[])
language sql immutable as $$
  values
    -- Tenancy and access
    ('tenants', 'tenants', '{audit,operator,stamps}'::text[], '{under_way_until}'::text[]),
    ('tenant_slugs', 'lookup', '{}', '{}'),
    ('tenant_figures', 'system', '{operator}', '{}'),
    ('tenant_settings', 'staff', '{audit,stamps}', '{}'),
    ('users', 'staff', '{audit,stamps}', '{password_hash,totp,totp_step,failed_login_count,failing_since,last_login_at}'),
    ('roles', 'staff', '{audit,stamps}', '{}'),
    ('permissions', 'global', '{}', '{}'),
    ('role_permissions', 'staff', '{audit,stamps}', '{}'),
    ('access_stamps', 'staff', '{}', '{}'),
    ('user_roles', 'staff', '{audit,stamps}', '{}'),
    ('teams', 'staff', '{audit}', '{}'),
    ('team_members', 'staff', '{audit,stamps}', '{}'),
    ('portal_users', 'customer', '{audit}', '{password_hash,totp,totp_step,failed_login_count,failing_since,last_login_at}'),
    ('portal_user_roles', 'staff', '{audit}', '{}'),
    ('sessions', 'open', '{stamps}', '{}'),
    ('one_time_tokens', 'staff', '{}', '{}'),
    ('spent_refresh_tokens', 'system', '{}', '{}'),
    ('recovery_codes', 'system', '{}', '{}'),
    ('integration_tokens', 'staff', '{audit,stamps}', '{token_hash,former_hash,last_used_at}'),
    ('credentials', 'staff', '{audit}', '{sealed}'),
    ('files', 'customer', '{audit}', '{}'),
    ('custom_fields', 'staff', '{audit}', '{}'),
    ('saved_views', 'staff', '{audit}', '{}'),
    ('dashboards', 'staff', '{}', '{}'),
    ('dashboard_widgets', 'staff', '{}', '{}'),
    ('external_ids', 'staff', '{audit}', '{}'),
    ('merges', 'staff', '{audit}', '{before}'),
    ('data_integrity_snapshots', 'staff', '{}', '{}'),
    ('audit_logs', 'system', '{staff_reads,append_only}', '{}'),
    ('audit_archives', 'system', '{staff_reads,append_only}', '{}'),
    -- Catalogue and stock
    ('suppliers', 'staff', '{audit}', '{}'),
    ('product_categories', 'catalogue', '{audit}', '{}'),
    ('products', 'catalogue', '{audit}', '{}'),
    ('skus', 'catalogue', '{audit}', '{}'),
    ('price_lists', 'staff', '{audit}', '{}'),
    ('price_list_assignments', 'staff', '{audit}', '{}'),
    ('price_list_entries', 'staff', '{audit}', '{}'),
    ('product_lists', 'customer', '{audit}', '{}'),
    ('product_list_items', 'customer', '{audit}', '{}'),
    ('warehouses', 'staff', '{audit}', '{}'),
    ('warehouse_locations', 'staff', '{audit}', '{}'),
    ('inventory', 'staff', '{audit}', '{}'),
    ('inventory_movements', 'staff', '{audit}', '{}'),
    ('inventory_reservations', 'staff', '{audit}', '{}'),
    -- Companies, customers, contacts
    ('companies', 'staff', '{audit}', '{}'),
    ('company_lists', 'staff', '{audit}', '{}'),
    ('company_list_items', 'staff', '{audit}', '{}'),
    ('company_list_shares', 'staff', '{audit}', '{}'),
    ('customers', 'customer', '{audit}', '{}'),
    ('customer_licenses', 'customer', '{audit}', '{}'),
    ('tax_exemptions', 'customer', '{audit}', '{}'),
    ('contacts', 'customer', '{audit}', '{}'),
    ('delivery_routes', 'staff', '{audit}', '{}'),
    ('delivery_route_stops', 'staff', '{audit}', '{}'),
    -- Orders to cash
    ('carts', 'customer', '{audit}', '{}'),
    ('cart_items', 'customer', '{audit}', '{}'),
    ('orders', 'customer', '{audit}', '{}'),
    ('order_lines', 'customer', '{audit}', '{}'),
    ('shipments', 'customer', '{audit}', '{}'),
    ('shipment_lines', 'customer', '{audit}', '{}'),
    ('returns', 'customer', '{audit}', '{}'),
    ('return_lines', 'customer', '{audit}', '{}'),
    ('invoices', 'customer', '{audit}', '{}'),
    ('invoice_lines', 'customer', '{audit}', '{}'),
    ('payments', 'customer', '{audit}', '{}'),
    ('payment_allocations', 'customer', '{audit}', '{}'),
    ('document_series', 'staff', '{}', '{}'),
    -- Service operations, activities and tasks
    ('service_jobs', 'staff', '{audit}', '{}'),
    ('quality_checklists', 'staff', '{audit}', '{}'),
    ('quality_checks', 'staff', '{audit}', '{}'),
    ('training_workflows', 'staff', '{audit}', '{}'),
    ('activities', 'staff', '{audit}', '{}'),
    ('tasks', 'staff', '{audit}', '{}'),
    -- Integrations and engine room
    ('jobs', 'system', '{staff_reads,operator}', '{}'),
    ('job_runs', 'system', '{staff_reads}', '{}'),
    ('job_schedules', 'staff', '{audit,operator}', '{last_slot_at,next_slot_at}'),
    ('notifications', 'staff', '{}', '{}'),
    ('notification_preferences', 'staff', '{audit}', '{}'),
    ('email_messages', 'system', '{staff_reads}', '{contents}'),
    ('webhook_sources', 'staff', '{audit,operator}', '{secret,former_secret}'),
    ('webhook_receipts', 'system', '{}', '{}'),
    ('webhook_logs', 'system', '{staff_reads}', '{}'),
    ('failed_webhooks', 'staff', '{audit}', '{}'),
    ('idempotency_keys', 'open', '{}', '{}'),
    ('webhook_events', 'system', '{staff_reads,operator}', '{}'),
    ('webhook_subscriptions', 'staff', '{audit}', '{secret,former_secret}'),
    ('webhook_failures', 'system', '{staff_reads}', '{}'),
    ('webhook_deliveries', 'system', '{staff_reads,operator}', '{}'),
    ('webhook_attempts', 'system', '{staff_reads}', '{}'),
    ('import_templates', 'staff', '{audit}', '{}'),
    ('data_sources', 'staff', '{audit}', '{seen,last_fetched_at,last_outcome,last_error,failures,due,due_since}'),
    ('import_batches', 'staff', '{operator}', '{}'),
    ('import_rows', 'system', '{staff_reads}', '{}'),
    ('import_fixes', 'system', '{staff_reads}', '{}'),
    ('import_header_memory', 'staff', '{}', '{}'),
    ('import_dependencies', 'staff', '{}', '{}'),
    ('export_jobs', 'staff', '{operator}', '{}'),
    ('bulk_changes', 'staff', '{}', '{}'),
    ('bulk_change_rows', 'staff', '{}', '{}')
$$;

-- Applies the list; a table without a class, or a class without a table, stops the migration.
do $$
declare
  entry record;
  strays text;
begin
  select string_agg(coalesce(c.relname, t.table_name), ', ') into strays
  from (select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition) c
  full join app.table_classes() t on t.table_name = c.relname
  where c.relname is null or t.table_name is null;
  if strays is not null then
    raise exception 'tables and their classes disagree about: %', strays;
  end if;
  for entry in select * from app.table_classes() loop
    perform app.protect(format('public.%I', entry.table_name)::regclass, entry.class, entry.flags, entry.hidden);
  end loop;
  perform app.ensure_partitions(3);
end $$;

revoke all on all functions in schema app from public;
grant execute on function app.set_context(uuid, text, text, uuid, uuid, uuid, inet), app.mute_audit(uuid), app.uuid7(),
  app.uuid7_at(timestamptz), app.ensure_partitions(integer), app.table_classes() to tenantry_app;
grant execute on function app.table_classes() to tenantry_operator;
