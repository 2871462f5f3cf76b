-- Twin data: probe.twin(tenant, tag) fills every table for one tenant. Two tenants get the same codes, numbers and addresses, so that a
-- key or a look-up that crosses tenants shows. What belongs to a customer exists for customers x and y. Every link is set.
create schema probe;

create function probe.id(tenant uuid, label text) returns uuid language sql immutable as $$
  select md5(tenant::text || label)::uuid
$$;

create function probe.twin(t uuid, tag text) returns void language plpgsql as $$
declare
  c text;
  customer uuid;
begin
  insert into tenants (id, short_id, slug, name) values (t, tag, tag, tag);
  insert into tenant_slugs (key, kind, tenant_id) values (tag, 'slug', t);
  insert into tenant_figures (tenant_id, id, users, portal_users, customers, orders, files, file_bytes, table_rows, table_bytes, counted_at)
    values (t, probe.id(t, 'figures'), 1, 2, 2, 2, 3, 3, 100, 10000, now());
  insert into audit_archives (tenant_id, id, month, first_id, last_id, first_at, last_at, lines, storage_key, size, sha256)
    values (t, probe.id(t, 'archive'), '2026-01-01', probe.id(t, 'first line'), probe.id(t, 'first line'), now(), now(), 1, 'archive', 1,
      encode(sha256('archive'), 'hex'));
  insert into tenant_settings (tenant_id, id, setting_group) values (t, probe.id(t, 'settings'), 'orders');
  insert into users (tenant_id, id, email, name, password_hash, totp)
    values (t, probe.id(t, 'user'), 'same@example.com', 'Same Person', 'hash of a password', 'secret');
  insert into roles (tenant_id, id, code, name) values (t, probe.id(t, 'role'), 'sales_rep', 'Sales rep');
  insert into role_permissions (tenant_id, id, role_id, permission_code) values (t, probe.id(t, 'rp'), probe.id(t, 'role'), 'customers.view');
  insert into user_roles (tenant_id, id, user_id, role_id) values (t, probe.id(t, 'ur'), probe.id(t, 'user'), probe.id(t, 'role'));
  insert into teams (tenant_id, id, code, name, lead_id) values (t, probe.id(t, 'team'), 'north', 'North', probe.id(t, 'user'));
  insert into team_members (tenant_id, id, team_id, user_id) values (t, probe.id(t, 'tm'), probe.id(t, 'team'), probe.id(t, 'user'));
  insert into integration_tokens (tenant_id, id, name, token_hash, role_id)
    values (t, probe.id(t, 'token'), 'n8n', sha256('same'), probe.id(t, 'role'));
  insert into credentials (tenant_id, id, kind, name, sealed, key_id) values (t, probe.id(t, 'credential'), 'smtp', 'mail', 'sealed', 'k');
  insert into custom_fields (tenant_id, id, entity, key, label, type) values (t, probe.id(t, 'field'), 'customers', 'vip', 'VIP', 'boolean');
  insert into saved_views (tenant_id, id, entity, user_id, name) values (t, probe.id(t, 'view'), 'customers', probe.id(t, 'user'), 'Mine');
  insert into dashboards (tenant_id, id, name, owner_id) values (t, probe.id(t, 'dashboard'), 'home', probe.id(t, 'user'));
  insert into dashboard_widgets (tenant_id, id, dashboard_id, user_id, widget_type, position, size)
    values (t, probe.id(t, 'widget'), probe.id(t, 'dashboard'), probe.id(t, 'user'), 'overdue', 1, 'small');
  insert into external_ids (tenant_id, id, entity, source_system, external_id, record_id)
    values (t, probe.id(t, 'external'), 'customers', 'erp', '1', probe.id(t, 'x'));
  insert into merges (tenant_id, id, entity, winner_id, loser_id) values (t, probe.id(t, 'merge'), 'customers', probe.id(t, 'x'), probe.id(t, 'y'));
  insert into data_integrity_snapshots (tenant_id, id, check_name, ok) values (t, probe.id(t, 'snapshot'), 'stock', true);
  insert into audit_logs (tenant_id, id, entity, entity_id, action, actor_kind)
    values (t, app.uuid7(), 'customers', probe.id(t, 'x'), 'create', 'system');

  insert into suppliers (tenant_id, id, code, name) values (t, probe.id(t, 'supplier'), 'S1', 'Supplier');
  insert into product_categories (tenant_id, id, code, name) values (t, probe.id(t, 'root'), 'ALL', 'All');
  insert into product_categories (tenant_id, id, code, name, parent_id) values (t, probe.id(t, 'category'), 'WINE', 'Wine', probe.id(t, 'root'));
  insert into files (tenant_id, id, storage_key, name, media_type, size, sha256)
    values (t, probe.id(t, 'image'), 'image', 'image.png', 'image/png', 1, encode(sha256('image'), 'hex'));
  insert into products (tenant_id, id, code, name, category_id, supplier_id, image_id)
    values (t, probe.id(t, 'product'), 'P1', 'Pinot Noir', probe.id(t, 'category'), probe.id(t, 'supplier'), probe.id(t, 'image'));
  insert into skus (tenant_id, id, product_id, code, name, base_price, cost)
    values (t, probe.id(t, 'sku'), probe.id(t, 'product'), 'P1-750', 'Pinot Noir 750 ml', 20, 9);
  insert into price_lists (tenant_id, id, code, name, currency) values (t, probe.id(t, 'parent list'), 'BASE', 'Base', 'USD');
  insert into price_lists (tenant_id, id, code, name, currency, parent_id)
    values (t, probe.id(t, 'list'), 'GOLD', 'Gold', 'USD', probe.id(t, 'parent list'));
  insert into price_list_entries (tenant_id, id, price_list_id, sku_id, price)
    values (t, probe.id(t, 'entry s'), probe.id(t, 'list'), probe.id(t, 'sku'), 18);
  insert into price_list_entries (tenant_id, id, price_list_id, product_id, price)
    values (t, probe.id(t, 'entry p'), probe.id(t, 'list'), probe.id(t, 'product'), 19);
  insert into price_list_entries (tenant_id, id, price_list_id, category_id, discount_percent)
    values (t, probe.id(t, 'entry c'), probe.id(t, 'list'), probe.id(t, 'category'), 5);
  insert into warehouses (tenant_id, id, code, name) values (t, probe.id(t, 'warehouse'), 'MAIN', 'Main');
  insert into warehouse_locations (tenant_id, id, warehouse_id, code) values (t, probe.id(t, 'location'), probe.id(t, 'warehouse'), 'A-1');
  insert into inventory (tenant_id, id, sku_id, location_id, on_hand)
    values (t, probe.id(t, 'level'), probe.id(t, 'sku'), probe.id(t, 'location'), 100);
  insert into inventory_movements (tenant_id, id, sku_id, location_id, kind, quantity)
    values (t, probe.id(t, 'movement'), probe.id(t, 'sku'), probe.id(t, 'location'), 'receipt', 100);
  insert into inventory_movements (tenant_id, id, sku_id, location_id, kind, quantity, reverses_id)
    values (t, probe.id(t, 'reversal'), probe.id(t, 'sku'), probe.id(t, 'location'), 'reversal', -1, probe.id(t, 'movement'));

  insert into companies (tenant_id, id, name, registration_no, owner_id) values (t, probe.id(t, 'company'), 'Harbor', 'R1', probe.id(t, 'user'));
  insert into company_lists (tenant_id, id, name, owner_id) values (t, probe.id(t, 'clist'), 'Leads', probe.id(t, 'user'));
  insert into company_list_items (tenant_id, id, company_list_id, company_id)
    values (t, probe.id(t, 'citem'), probe.id(t, 'clist'), probe.id(t, 'company'));
  insert into company_list_shares (tenant_id, id, company_list_id, user_id)
    values (t, probe.id(t, 'cshare u'), probe.id(t, 'clist'), probe.id(t, 'user'));
  insert into company_list_shares (tenant_id, id, company_list_id, team_id)
    values (t, probe.id(t, 'cshare t'), probe.id(t, 'clist'), probe.id(t, 'team'));
  insert into delivery_routes (tenant_id, id, code, name) values (t, probe.id(t, 'route'), 'R1', 'Monday north');
  insert into document_series (tenant_id, id, series, year) values (t, probe.id(t, 'series'), 'INV', 2026);
  insert into sessions (tenant_id, id, user_id, token_hash, refresh_family, expires_at)
    values (t, probe.id(t, 'session'), probe.id(t, 'user'), sha256('session'), probe.id(t, 'family'), 'infinity');
  insert into spent_refresh_tokens (tenant_id, id, session_id, token_hash)
    values (t, probe.id(t, 'spent'), probe.id(t, 'session'), sha256('spent'));
  insert into recovery_codes (tenant_id, id, user_id, code_hash) values (t, probe.id(t, 'recovery'), probe.id(t, 'user'), sha256('recovery'));
  insert into one_time_tokens (tenant_id, id, kind, user_id, token_hash, expires_at)
    values (t, probe.id(t, 'reset'), 'reset', probe.id(t, 'user'), sha256('reset'), 'infinity');

  insert into jobs (tenant_id, id, type, unique_key) values (t, probe.id(t, 'job'), 'noop', 'same');
  insert into job_runs (tenant_id, id, job_id, type, attempt) values (t, app.uuid7(), probe.id(t, 'job'), 'noop', 1);
  insert into job_schedules (tenant_id, id, code, type, cron) values (t, probe.id(t, 'schedule'), 'nightly', 'noop', '0 3 * * *');
  insert into notifications (tenant_id, id, user_id, kind, title, entity, entity_id)
    values (t, probe.id(t, 'notification'), probe.id(t, 'user'), 'job_failed', 'A background job failed', 'jobs', probe.id(t, 'job'));
  insert into notification_preferences (tenant_id, id, user_id, kind, page)
    values (t, probe.id(t, 'preference'), probe.id(t, 'user'), 'job_failed', true);
  insert into email_messages (tenant_id, id, kind, user_id, to_address, locale, subject, contents)
    values (t, probe.id(t, 'mail'), 'job_failed', probe.id(t, 'user'), 'same@example.com', 'en', 'A background job failed', '{"template": "notice"}');
  insert into webhook_sources (tenant_id, id, code, name, kind, secret) values (t, probe.id(t, 'source'), 'form', 'Form', 'n8n', 'sealed');
  insert into webhook_receipts (tenant_id, source_id, delivery_id, body_hash, log_id)
    values (t, probe.id(t, 'source'), 'same', sha256('body'), probe.id(t, 'log'));
  insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id)
    values (t, app.uuid7(), probe.id(t, 'source'), probe.id(t, 'request'), 'same');
  insert into failed_webhooks (tenant_id, id, original_log_id, source_id)
    values (t, probe.id(t, 'failed'), probe.id(t, 'log'), probe.id(t, 'source'));
  insert into webhook_events (tenant_id, id, type, entity, entity_id)
    values (t, probe.id(t, 'event'), 'company.created', 'companies', probe.id(t, 'company'));
  insert into webhook_subscriptions (tenant_id, id, name, url, event_types, secret)
    values (t, probe.id(t, 'subscription'), 'ERP', 'https://erp.example/hooks', '{*}', sha256('sealed'));
  insert into webhook_failures (tenant_id, id, subscription_id, failures, first_failed_at, last_failed_at)
    values (t, probe.id(t, 'failures'), probe.id(t, 'subscription'), 1, now(), now());
  insert into webhook_deliveries (tenant_id, id, subscription_id, event_id, next_attempt_at)
    values (t, probe.id(t, 'delivery'), probe.id(t, 'subscription'), probe.id(t, 'event'), 'infinity');
  insert into webhook_attempts (tenant_id, id, delivery_id, subscription_id, attempt, outcome, response_status, duration_ms, url)
    values (t, app.uuid7(), probe.id(t, 'delivery'), probe.id(t, 'subscription'), 1, 'failed', 500, 7, 'https://erp.example/hooks');
  insert into idempotency_keys (tenant_id, id, actor, route, key, body_hash, expires_at)
    values (t, probe.id(t, 'idempotency'), 'user', 'POST /orders', 'same', sha256('body'), 'infinity');
  insert into import_templates (tenant_id, id, name, data_type) values (t, probe.id(t, 'template'), 'ERP', 'customers');
  insert into data_sources (tenant_id, id, name, owner_id, kind, template_id, schedule_id, credential_id)
    values (t, probe.id(t, 'data source'), 'ERP', probe.id(t, 'user'), 'upload', probe.id(t, 'template'), probe.id(t, 'schedule'),
      probe.id(t, 'credential'));
  insert into import_batches (tenant_id, id, source) values (t, probe.id(t, 'set'), 'cli');
  insert into import_batches (tenant_id, id, parent_id, source, template_id, file_id, data_source_id)
    values (t, probe.id(t, 'batch'), probe.id(t, 'set'), 'cli', probe.id(t, 'template'), probe.id(t, 'image'), probe.id(t, 'data source'));
  insert into import_rows (tenant_id, id, batch_id, part, is_file_row) values (t, app.uuid7(), probe.id(t, 'batch'), 'customers', true);
  insert into import_fixes (tenant_id, id, batch_id, row_number, place, value)
    values (t, probe.id(t, 'fix'), probe.id(t, 'batch'), 2, 1, 'a@example.com');
  insert into import_header_memory (tenant_id, id, data_type, header, header_key, field)
    values (t, probe.id(t, 'memory'), 'customers', 'Firma', 'firma', 'name');
  insert into import_dependencies (tenant_id, id, batch_id, depends_on_id)
    values (t, probe.id(t, 'dependency'), probe.id(t, 'batch'), probe.id(t, 'set'));
  insert into export_jobs (tenant_id, id, entity, format, file_id) values (t, probe.id(t, 'export'), 'customers', 'csv', probe.id(t, 'image'));
  insert into bulk_changes (tenant_id, id, entity, action) values (t, probe.id(t, 'bulk'), 'customers', 'archive');
  insert into bulk_change_rows (tenant_id, id, bulk_change_id, record_id)
    values (t, probe.id(t, 'bulk_row'), probe.id(t, 'bulk'), probe.id(t, 'x'));

  insert into quality_checklists (tenant_id, id, name) values (t, probe.id(t, 'checklist'), 'Office');
  insert into tasks (tenant_id, id, title, assignee_id) values (t, probe.id(t, 'task'), 'Call back', probe.id(t, 'user'));

  foreach c in array array['x', 'y'] loop
    customer := probe.id(t, c);
    insert into customers (tenant_id, id, code, name, line_user_id, company_id, owner_id, delivery_route_id)
      values (t, customer, c, 'Customer ' || c, c, probe.id(t, 'company'), probe.id(t, 'user'), probe.id(t, 'route'));
    insert into customer_licenses (tenant_id, id, customer_id, number, kind) values (t, probe.id(t, 'license' || c), customer, 'L1', 'retail');
    insert into tax_exemptions (tenant_id, id, customer_id, state, certificate_no, valid_from)
      values (t, probe.id(t, 'exemption' || c), customer, 'CA', 'C1', '2026-01-01');
    insert into contacts (tenant_id, id, customer_id, company_id, name)
      values (t, probe.id(t, 'contact' || c), customer, probe.id(t, 'company'), 'Contact');
    insert into service_jobs (tenant_id, id, customer_id, assigned_to_id, service_type)
      values (t, probe.id(t, 'service' || c), customer, probe.id(t, 'user'), 'Deep cleaning');
    insert into quality_checks (tenant_id, id, service_job_id, checklist_id, completed_by_id)
      values (t, probe.id(t, 'check' || c), probe.id(t, 'service' || c), probe.id(t, 'checklist'), probe.id(t, 'user'));
    insert into training_workflows (tenant_id, id, service_job_id) values (t, probe.id(t, 'training' || c), probe.id(t, 'service' || c));
    insert into activities (tenant_id, id, kind, customer_id, company_id, user_id)
      values (t, probe.id(t, 'activity' || c), 'call', customer, probe.id(t, 'company'), probe.id(t, 'user'));
    insert into delivery_route_stops (tenant_id, id, delivery_route_id, customer_id, position)
      values (t, probe.id(t, 'stop' || c), probe.id(t, 'route'), customer, 1);
    insert into price_list_assignments (tenant_id, id, price_list_id, customer_id)
      values (t, probe.id(t, 'assignment' || c), probe.id(t, 'list'), customer);
    insert into files (tenant_id, id, storage_key, name, media_type, size, sha256, customer_id)
      values (t, probe.id(t, 'file' || c), c, 'invoice.pdf', 'application/pdf', 1, encode(sha256('pdf'), 'hex'), customer);
    insert into portal_users (tenant_id, id, customer_id, email, name)
      values (t, probe.id(t, 'portal' || c), customer, c || '@example.com', 'Buyer');
    insert into portal_user_roles (tenant_id, id, portal_user_id, role_id)
      values (t, probe.id(t, 'portal role' || c), probe.id(t, 'portal' || c), probe.id(t, 'role'));
    insert into sessions (tenant_id, id, portal_user_id, customer_id, token_hash, refresh_family, expires_at)
      values (t, probe.id(t, 'session' || c), probe.id(t, 'portal' || c), customer, sha256(c::bytea), probe.id(t, 'family' || c), 'infinity');
    insert into one_time_tokens (tenant_id, id, kind, portal_user_id, token_hash, expires_at)
      values (t, probe.id(t, 'invitation' || c), 'invitation', probe.id(t, 'portal' || c), sha256(c::bytea), 'infinity');
    insert into recovery_codes (tenant_id, id, portal_user_id, code_hash)
      values (t, probe.id(t, 'recovery' || c), probe.id(t, 'portal' || c), sha256(c::bytea));
    insert into product_lists (tenant_id, id, name, portal_user_id, customer_id)
      values (t, probe.id(t, 'plist' || c), 'Usual', probe.id(t, 'portal' || c), customer);
    insert into product_list_items (tenant_id, id, product_list_id, customer_id, sku_id)
      values (t, probe.id(t, 'pitem' || c), probe.id(t, 'plist' || c), customer, probe.id(t, 'sku'));
    insert into product_lists (tenant_id, id, name, kind, user_id, customer_id)
      values (t, probe.id(t, 'staff list' || c), 'Offer', 'template', probe.id(t, 'user'), customer);
    insert into carts (tenant_id, id, customer_id, portal_user_id) values (t, probe.id(t, 'cart' || c), customer, probe.id(t, 'portal' || c));
    insert into cart_items (tenant_id, id, cart_id, customer_id, sku_id, quantity)
      values (t, probe.id(t, 'cart item' || c), probe.id(t, 'cart' || c), customer, probe.id(t, 'sku'), 1);
    insert into orders (tenant_id, id, number, customer_id, status, currency, sales_rep_id, portal_user_id, cart_id)
      values (t, probe.id(t, 'order' || c), 'SO-' || c, customer, 'confirmed', 'USD', probe.id(t, 'user'), probe.id(t, 'portal' || c),
        probe.id(t, 'cart' || c));
    insert into order_lines (tenant_id, id, order_id, customer_id, position, sku_id, quantity, unit_price, line_total)
      values (t, probe.id(t, 'line' || c), probe.id(t, 'order' || c), customer, 1, probe.id(t, 'sku'), 2, 20, 40);
    insert into shipments (tenant_id, id, number, order_id, customer_id, warehouse_id)
      values (t, probe.id(t, 'shipment' || c), 'SH-' || c, probe.id(t, 'order' || c), customer, probe.id(t, 'warehouse'));
    insert into shipment_lines (tenant_id, id, shipment_id, customer_id, order_line_id, location_id, quantity)
      values (t, probe.id(t, 'shipped' || c), probe.id(t, 'shipment' || c), customer, probe.id(t, 'line' || c), probe.id(t, 'location'), 1);
    insert into returns (tenant_id, id, number, order_id, customer_id)
      values (t, probe.id(t, 'return' || c), 'RT-' || c, probe.id(t, 'order' || c), customer);
    insert into return_lines (tenant_id, id, return_id, customer_id, order_line_id, location_id, quantity)
      values (t, probe.id(t, 'returned' || c), probe.id(t, 'return' || c), customer, probe.id(t, 'line' || c), probe.id(t, 'location'), 1);
    insert into inventory_reservations (tenant_id, id, order_line_id, sku_id, location_id, quantity)
      values (t, probe.id(t, 'reserved' || c), probe.id(t, 'line' || c), probe.id(t, 'sku'), probe.id(t, 'location'), 1);
    insert into inventory_reservations (tenant_id, id, cart_item_id, sku_id, location_id, quantity, expires_at)
      values (t, probe.id(t, 'held' || c), probe.id(t, 'cart item' || c), probe.id(t, 'sku'), probe.id(t, 'location'), 1, 'infinity');
    insert into invoices (tenant_id, id, number, order_id, customer_id, currency, status, total, outstanding)
      values (t, probe.id(t, 'invoice' || c), 'INV-' || c, probe.id(t, 'order' || c), customer, 'USD', 'ISSUED', 40, 20);
    insert into invoices (tenant_id, id, number, kind, credited_invoice_id, order_id, customer_id, currency, status, total, outstanding)
      values (t, probe.id(t, 'credit' || c), 'CN-' || c, 'credit_note', probe.id(t, 'invoice' || c), probe.id(t, 'order' || c), customer, 'USD',
        'ISSUED', 10, 0);
    insert into invoice_lines (tenant_id, id, invoice_id, customer_id, position, order_line_id, sku_id, quantity, unit_price, line_total)
      values (t, probe.id(t, 'invoiced' || c), probe.id(t, 'invoice' || c), customer, 1, probe.id(t, 'line' || c), probe.id(t, 'sku'), 2, 20, 40);
    insert into payments (tenant_id, id, customer_id, order_id, currency, amount, method, reference, received_on, unallocated)
      values (t, probe.id(t, 'payment' || c), customer, probe.id(t, 'order' || c), 'USD', 10, 'cash', 'same', '2026-01-01', 0);
    insert into payment_allocations (tenant_id, id, kind, payment_id, invoice_id, customer_id, amount)
      values (t, probe.id(t, 'paid' || c), 'payment', probe.id(t, 'payment' || c), probe.id(t, 'invoice' || c), customer, 10);
    insert into payment_allocations (tenant_id, id, kind, credit_note_id, invoice_id, customer_id, amount)
      values (t, probe.id(t, 'credited' || c), 'credit_note', probe.id(t, 'credit' || c), probe.id(t, 'invoice' || c), customer, 10);
  end loop;
end $$;

insert into permissions (code, entity, action) values ('customers.view', 'customers', 'view');
select probe.twin('0195a000-0000-7000-8000-00000000000a', 'a');
select probe.twin('0195a000-0000-7000-8000-00000000000b', 'b');
