//! A record of any entity, made from its description, with the records it needs.

use std::collections::HashMap;

use model::{
    Document,
    caller::Caller,
    entity::Entity,
    field::{Field, Kind},
    registry,
    value::{Author, Format, Mode, parse_text, validate},
};
use serde_json::{Value, json};
use store::{Db, sql::Query};
use uuid::Uuid;

/// Stands in fields that hold an id without being a link.
pub const LOOSE: &str = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1dff";

/// Makes records straight in the database, as the program itself.
pub struct Fixtures<'a> {
    db: &'a Db,
    count: usize,
    made: HashMap<Uuid, Document>,
    shared: HashMap<(Uuid, &'static str), Uuid>,
}

impl<'a> Fixtures<'a> {
    pub fn new(db: &'a Db) -> Self {
        Self { db, count: 0, made: HashMap::new(), shared: HashMap::new() }
    }

    /// A new record of the tenant.
    pub async fn record(&mut self, tenant: Uuid, entity: &'static Entity) -> Uuid {
        self.record_with(tenant, entity, Document::new()).await
    }

    /// A new record of the tenant in which some fields are stated.
    pub async fn record_with(&mut self, tenant: Uuid, entity: &'static Entity, stated: Document) -> Uuid {
        let stated = self.beyond(tenant, entity, stated).await;
        let mut document = self.document(tenant, entity, |_| true, stated).await;
        let id = self.db.world().id();
        document.insert("id".to_owned(), json!(id));
        document.insert("tenant_id".to_owned(), json!(tenant));
        let columns: Vec<&str> = document.keys().map(String::as_str).collect();
        let columns = columns.join(", ");
        let text = format!(
            "insert into {0} ({columns}) select {columns} from jsonb_populate_record(null::{0}, $1)",
            entity.name
        );
        let mut tx = self.db.begin(&Caller::system(tenant, Uuid::nil())).await.unwrap();
        let insert = Query::free(text, vec![Value::Object(document.clone()).into()]);
        if let Err(problem) = tx.run(&insert).await {
            panic!("a {} cannot be made of {document:?}: {problem:?}", entity.singular);
        }
        tx.commit().await.unwrap();
        self.made.insert(id, document);
        id
    }

    /// What is made from now on for the tenant points at this record, which is there.
    pub fn share(&mut self, tenant: Uuid, entity: &'static str, id: Uuid) {
        self.shared.insert((tenant, entity), id);
    }

    /// What is made from now on points at records of its own.
    pub fn apart(&mut self) {
        self.shared.clear();
    }

    /// What one of the staff sends to make a record; links lead to new records of `links`.
    pub async fn body(&mut self, links: Uuid, entity: &'static Entity) -> Value {
        self.body_of(Author::Staff, links, entity).await
    }

    /// What this author sends to make a record.
    pub async fn body_of(&mut self, author: Author, links: Uuid, entity: &'static Entity) -> Value {
        let writable = |field: &Field| author.sees(field) && author.writes(field, Mode::Create);
        let stated = self.beyond(links, entity, Document::new()).await;
        let stated =
            stated.into_iter().filter(|(name, _)| entity.field(name).is_some_and(writable)).collect();
        Value::Object(self.document(links, entity, writable, stated).await)
    }

    /// What the database asks for beyond the description: columns that the program alone knows, and records that
    /// must belong together.
    async fn beyond(&mut self, tenant: Uuid, entity: &'static Entity, mut stated: Document) -> Document {
        let known = |name: &str| registry::entity(name).unwrap();
        match entity.name {
            "integration_tokens" => {
                let hash = format!("\\x{}", self.db.world().id().simple());
                stated.insert("token_hash".to_owned(), json!(hash));
            }
            "credentials" => {
                stated.insert("sealed".to_owned(), json!("\\x01"));
                stated.insert("key_id".to_owned(), json!("00000000"));
            }
            "role_permissions" => _ = stated.insert("permission_code".to_owned(), json!("suppliers.view")),
            "portal_user_roles" => {
                let portal = Document::from_iter([("is_portal".to_owned(), json!(true))]);
                let role = Box::pin(self.record_with(tenant, known("roles"), portal)).await;
                stated.insert("role_id".to_owned(), json!(role));
            }
            "audit_archives" => {
                let line = json!(self.db.world().id());
                stated.entry("storage_key").or_insert_with(|| line.clone());
                stated.insert("first_id".to_owned(), line.clone());
                stated.insert("last_id".to_owned(), line);
            }
            "notification_preferences" => _ = stated.insert("kind".to_owned(), json!("job_failed")),
            "merges" => _ = stated.entry("loser_id").or_insert_with(|| json!(self.db.world().id())),
            "inventory_reservations" => {
                let line = Box::pin(self.record(tenant, known("order_lines"))).await;
                stated.insert("order_line_id".to_owned(), json!(line));
            }
            "payment_allocations" => {
                let customer = match self.shared.get(&(tenant, "customers")) {
                    Some(customer) => *customer,
                    None => Box::pin(self.record(tenant, known("customers"))).await,
                };
                let customer = Document::from_iter([("customer_id".to_owned(), json!(customer))]);
                for (link, other) in [("invoice_id", "invoices"), ("payment_id", "payments")] {
                    let id = Box::pin(self.record_with(tenant, known(other), customer.clone())).await;
                    stated.insert(link.to_owned(), json!(id));
                }
            }
            "shipment_lines" | "return_lines" => {
                let (holder, link) = match entity.name {
                    "shipment_lines" => ("shipments", "shipment_id"),
                    _ => ("returns", "return_id"),
                };
                let order = Document::from_iter([(
                    "order_id".to_owned(),
                    json!(Box::pin(self.record(tenant, known("orders"))).await),
                )]);
                let holder = Box::pin(self.record_with(tenant, known(holder), order.clone())).await;
                let line = Box::pin(self.record_with(tenant, known("order_lines"), order)).await;
                stated.insert(link.to_owned(), json!(holder));
                stated.insert("order_line_id".to_owned(), json!(line));
            }
            _ => {}
        }
        stated
    }

    /// The required fields, and of the others those without which the record contradicts itself.
    async fn document(
        &mut self,
        tenant: Uuid,
        entity: &'static Entity,
        takes: impl Fn(&Field) -> bool,
        mut document: Document,
    ) -> Document {
        self.count += 1;
        let number = self.count;
        let fields: Vec<&'static Field> = entity.fields.iter().filter(|field| takes(field)).collect();
        let needed = |field: &Field| field.required && field.default.is_none() && field.carried.is_none();
        for field in fields.iter().filter(|field| needed(field)) {
            if document.contains_key(field.name) {
                continue;
            }
            let value = self.value(tenant, entity, field, number).await;
            document.insert(field.name.to_owned(), value);
        }
        for field in fields.iter().filter(|field| field.carried.is_some()) {
            if let Some(value) = self.carried(field, &document) {
                document.insert(field.name.to_owned(), value);
            }
        }
        let mut wrong = faults(entity, &document);
        for field in fields.iter().filter(|field| field.carried.is_none()) {
            if wrong == 0 {
                break;
            }
            let shown = !field.example.is_empty() || field.link().is_some();
            if shown && !document.contains_key(field.name) {
                let mut fuller = document.clone();
                fuller.insert(field.name.to_owned(), self.value(tenant, entity, field, number).await);
                let now = faults(entity, &fuller);
                if now < wrong {
                    (document, wrong) = (fuller, now);
                }
            }
        }
        document
    }

    /// What is copied from the record that a link leads to.
    fn carried(&self, field: &Field, document: &Document) -> Option<Value> {
        let link = document.get(field.carried?)?.as_str()?;
        self.made.get(&Uuid::try_parse(link).ok()?)?.get(field.name).cloned()
    }

    async fn value(
        &mut self,
        tenant: Uuid,
        entity: &'static Entity,
        field: &'static Field,
        number: usize,
    ) -> Value {
        let in_key = entity.keys.iter().any(|key| key.fields.contains(&field.name));
        if let Some(other) = field.link() {
            let other = registry::entity(other).unwrap();
            // Many may point at one record, unless the link is part of a key.
            if let Some(id) = self.shared.get(&(tenant, other.name)).filter(|_| !in_key) {
                return json!(id);
            }
            let id = Box::pin(self.record(tenant, other)).await;
            self.shared.insert((tenant, other.name), id);
            return json!(id);
        }
        match field.kind {
            Kind::Id if in_key => json!(self.db.world().id()),
            Kind::Id => json!(LOOSE),
            Kind::Text { .. } | Kind::Code if in_key => json!(format!("{}-{number}", field.name)),
            Kind::Email => json!(format!("person{number}@example.com")),
            _ => {
                let example = if field.example.is_empty() { "x" } else { field.example };
                parse_text(field, example, &Format::canonical())
                    .unwrap_or_else(|error| panic!("{}.{}: {error:?}", entity.name, field.name))
            }
        }
    }
}

/// How many fields are wrong, columns aside that no caller knows.
fn faults(entity: &'static Entity, document: &Document) -> usize {
    let mut document = document.clone();
    document.retain(|name, _| !entity.internal.contains(&name.as_str()));
    validate(entity, document, Mode::Create, Author::Program).err().map_or(0, |errors| errors.len())
}
