//! The rows of a demo tenant, collected table by table and written with one statement each.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use model::{problem::Problem, world::derived_id};
use serde_json::Value;
use store::{TenantTx, sql, sql::Sql};
use uuid::Uuid;

/// A table's name and the statement that fills it: `$1` the tenant, `$2` the rows as a JSON array of objects.
struct Table {
    name: &'static str,
    insert: &'static Sql,
}

macro_rules! tables {
    ($($table:literal: [$($column:tt)+])+) => {
        &[$(Table {
            name: $table,
            insert: sql!(concat!(
                "insert into ", $table, " (tenant_id", $(", ", stringify!($column),)+
                ") select $1", $(", r.", stringify!($column),)+
                " from jsonb_populate_recordset(null::", $table, ", $2) as r"
            )),
        }),+]
    };
}

/// The tables in the order of their links.
static TABLES: &[Table] = tables! {
    "users": [id email name department is_active created_at]
    "user_roles": [id user_id role_id created_at]
    "notifications": [id user_id kind priority title body link times told_at read_at created_at]
    "notification_preferences": [id user_id kind page email created_at]
    "teams": [id code name lead_id created_at]
    "team_members": [id team_id user_id created_at]
    "custom_fields": [id entity key label type options required position created_at]
    "companies": [id name registration_no tax_id industry size website phone email address city province country tags status source owner_id created_at]
    "company_lists": [id name owner_id visibility description created_at]
    "company_list_items": [id company_list_id company_id position created_at]
    "company_list_shares": [id company_list_id user_id team_id can_edit created_at]
    "delivery_routes": [id code name weekday driver created_at]
    "customers": [id code kind company_id name email phone address city state postal_code country line_user_id tier account_type owner_id credit_limit payment_terms_days currency delivery_route_id status risk_status last_order_at notes attributes created_at archived_at]
    "delivery_route_stops": [id delivery_route_id customer_id position created_at]
    "customer_licenses": [id customer_id number kind state issued_on expires_on status created_at]
    "tax_exemptions": [id customer_id state certificate_no valid_from valid_to created_at]
    "contacts": [id customer_id company_id name title email phone is_primary created_at]
    "service_jobs": [id customer_id assigned_to_id service_type description status priority scheduled_at completed_at n8n_workflow_id webhook_data attributes created_at]
    "quality_checklists": [id name description items is_active created_at]
    "quality_checks": [id service_job_id checklist_id status results completed_by_id completed_at notes created_at]
    "training_workflows": [id service_job_id status documents_received training_completed notes created_at]
    "activities": [id kind customer_id company_id user_id outcome occurred_at notes created_at]
    "tasks": [id title assignee_id due_on status priority entity entity_id from_management notes created_at]
    "portal_users": [id customer_id email name is_active created_at]
    "portal_user_roles": [id portal_user_id role_id created_at]
    "suppliers": [id code name contact email phone city region country website created_at]
    "product_categories": [id code name parent_id created_at]
    "products": [id code name category_id brand supplier_id vintage abv country region tax_class status description created_at]
    "skus": [id product_id code name pack_size unit volume_ml barcode base_price cost currency status created_at]
    "price_lists": [id code name currency priority valid_from valid_to is_default created_at]
    "price_list_assignments": [id price_list_id customer_id tier created_at]
    "price_list_entries": [id price_list_id sku_id product_id category_id min_quantity price discount_percent valid_from valid_to created_at]
    "product_lists": [id name kind user_id portal_user_id customer_id created_at]
    "product_list_items": [id product_list_id customer_id sku_id quantity position created_at]
    "warehouses": [id code name address priority created_at]
    "warehouse_locations": [id warehouse_id code kind created_at]
    "inventory": [id sku_id location_id on_hand reserved reorder_level created_at]
    "inventory_movements": [id sku_id location_id kind quantity reason source source_id reverses_id occurred_at created_at]
    "carts": [id customer_id portal_user_id status currency expires_at created_at]
    "cart_items": [id cart_id customer_id sku_id quantity position created_at]
    "orders": [id number customer_id status fulfilment_state invoicing_state payment_state currency ordered_at requested_on shipped_on ship_to_name ship_to_address ship_to_city ship_to_state ship_to_postal_code ship_to_country freight subtotal tax total sales_rep_id portal_user_id cart_id source cancel_reason created_at]
    "order_lines": [id order_id customer_id position sku_id description quantity unit_price discount_percent tax_rate line_total price_source shipped_quantity invoiced_quantity returned_quantity created_at]
    "shipments": [id number order_id customer_id warehouse_id status shipped_at carrier tracking_number created_at]
    "shipment_lines": [id shipment_id customer_id order_line_id location_id quantity created_at]
    "returns": [id number order_id customer_id status reason received_on created_at]
    "return_lines": [id return_id customer_id order_line_id location_id quantity restock created_at]
    "inventory_reservations": [id order_line_id cart_item_id sku_id location_id quantity state expires_at created_at]
    "invoices": [id number kind order_id credited_invoice_id customer_id currency status issued_on due_on subtotal tax total outstanding created_at]
    "invoice_lines": [id invoice_id customer_id position order_line_id sku_id description quantity unit_price discount_percent tax_rate line_total created_at]
    "payments": [id customer_id order_id currency amount method reference received_on unallocated refunded created_at]
    "payment_allocations": [id kind payment_id credit_note_id invoice_id customer_id amount created_at]
    "data_sources": [id name owner_id data_type format kind location cron time_zone mode policy empty_cells waits_for_approval active quirks last_fetched_at last_outcome last_error failures due due_since created_at]
    "webhook_sources": [id code name kind enabled mapping payload_schema created_at]
    "webhook_subscriptions": [id name url event_types description status disabled_at disabled_reason created_at]
    "webhook_events": [id type entity entity_id payload state created_at]
    "webhook_deliveries": [id subscription_id event_id state attempts last_status last_error completed_at created_at]
    "webhook_attempts": [id delivery_id subscription_id attempt outcome response_status duration_ms error url request_headers started_at]
    "document_series": [id series year next_number created_at]
};

/// The rows of one tenant.
#[derive(Debug)]
pub struct Book {
    slug: &'static str,
    zone: TimeZone,
    today: Date,
    rows: BTreeMap<&'static str, Vec<Value>>,
}

impl Book {
    /// An empty book of the tenant `slug`, whose history ends the day before `now` in its time zone.
    pub fn new(slug: &'static str, zone: TimeZone, now: Timestamp) -> Self {
        Self { slug, today: now.to_zoned(zone.clone()).date(), zone, rows: BTreeMap::new() }
    }

    /// The tenant's today.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The day `days` before today; 0 counts as 1, so that nothing made up lies in the future.
    pub fn ago(&self, days: impl Into<i64>) -> Date {
        self.today.saturating_sub(days.into().max(1).days())
    }

    /// A moment of office hours on `day`: `minutes` after eight in the morning, modulo nine hours.
    pub fn moment(&self, day: Date, minutes: i64) -> Timestamp {
        let opening = day.at(8, 0, 0, 0);
        let at = opening.saturating_add((minutes.rem_euclid(9 * 60)).minutes());
        self.zone.to_ambiguous_timestamp(at).compatible().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The id of the row that `key` names in `table`, made at `at`; the same key always gives the same id.
    pub fn id(&self, table: &'static str, key: &str, at: Timestamp) -> Uuid {
        derived_id(at, &[self.slug.as_bytes(), table.as_bytes(), key.as_bytes()])
    }

    /// Adds a row.
    pub fn add(&mut self, table: &'static str, row: Value) {
        self.rows.entry(table).or_default().push(row);
    }

    /// Adds a row made on `day`, with an id from `key`, and gives the id.
    pub fn put(&mut self, table: &'static str, key: &str, at: Timestamp, mut row: Value) -> Uuid {
        let id = self.id(table, key, at);
        if let Value::Object(fields) = &mut row {
            fields.insert("id".into(), id.to_string().into());
            fields.insert("created_at".into(), at.to_string().into());
        }
        self.add(table, row);
        id
    }

    /// Writes every row.
    ///
    /// # Errors
    /// Problems of the database; a table that is not listed is a defect.
    pub async fn write(mut self, tx: &mut TenantTx) -> Result<(), Problem> {
        let tenant = tx.tenant();
        for table in TABLES {
            if let Some(rows) = self.rows.remove(table.name) {
                tx.execute(table.insert, &[&tenant, &Value::Array(rows)]).await?;
            }
        }
        match self.rows.keys().next() {
            Some(name) => Err(Problem::internal(format!("the demo has rows for the unlisted table {name}"))),
            None => Ok(()),
        }
    }
}
