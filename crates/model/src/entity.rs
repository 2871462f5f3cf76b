//! The description of one kind of record, from which everything about it comes.

mod reach;

pub use reach::{Class, Personal};

use crate::{
    Document,
    field::{Field, Text},
    problem::FieldError,
};

/// Which room of each floor an entity lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Tenants, users, roles, tokens, settings.
    Access,
    /// Products, SKUs, suppliers, prices.
    Catalog,
    /// Warehouses, levels, movements, reservations.
    Stock,
    /// Companies, customers, contacts, routes.
    Crm,
    /// Carts, orders, invoices, payments.
    Sales,
    /// Activities and tasks.
    Insight,
    /// Service jobs, quality, training.
    Service,
    /// Imports, exports, files.
    Data,
    /// Jobs and what connects to other software.
    Integrations,
}

/// What callers may do with records through the API and imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Create, update, archive and restore.
    All,
    /// Nothing: operations and the program write it.
    None,
}

/// A set of fields that no two records of a tenant share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The constraint's name in the database.
    pub constraint: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
}

/// Records of another entity that point at this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// The name in the API: `GET /customers/{id}/orders`.
    pub name: &'static str,
    /// The other entity.
    pub entity: &'static str,
    /// Its link field.
    pub field: &'static str,
}

/// A rule over a whole record, beyond single fields; pure.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The constraint of the database that says the same, where there is one.
    pub constraint: Option<&'static str>,
    /// Gives the errors of a record whose fields are each valid. Fields that are not known are absent.
    pub run: fn(&Document) -> Vec<FieldError>,
}

/// One kind of record.
#[derive(Clone, Copy, Debug)]
pub struct Entity {
    /// Table, API path and first half of permissions: plural, `snake_case`.
    pub name: &'static str,
    /// One record in names of events and links: `customer`.
    pub singular: &'static str,
    /// One record, as people read it.
    pub label: Text,
    /// Several, as people read it.
    pub plural: Text,
    /// A sentence for the dictionary.
    pub about: &'static str,
    /// Which room.
    pub area: Area,
    /// How the database protects it.
    pub class: Class,
    /// Its own fields, beyond the standard ones every record has.
    pub fields: &'static [Field],
    /// Natural keys, the one that imports upsert by first.
    pub keys: &'static [Key],
    /// Sets of fields by which imports recognize a record that no key decides, best first. No constraint holds
    /// them: several matches are an error.
    pub matched_by: &'static [&'static [&'static str]],
    /// Fields by which people and files name a record, best first.
    pub named_by: &'static [&'static str],
    /// The field that serves as a record's title.
    pub title: &'static str,
    /// The table has `search_text`.
    pub searchable: bool,
    /// Records of other entities shown with it.
    pub children: &'static [Child],
    /// From a record to its owner, for record scope: `["owner_id"]`, `["customer_id", "owner_id"]`.
    pub owner: &'static [&'static str],
    /// Concerns people one by one: whatever their roles, they do not reach what is somebody else's. Tokens and the
    /// program reach what their permission says.
    pub personal: Option<Personal>,
    /// Rules over the whole record.
    pub checks: &'static [Check],
    /// Tenants may add fields of their own; values live in `attributes`.
    pub custom_fields: bool,
    /// The table has `version`: what ETag and `If-Match` compare.
    pub versioned: bool,
    /// The table has `archived_at` and `archived_by`: DELETE archives. Without them it removes.
    pub archives: bool,
    /// An index over `created_at` stands behind, so that lists can be sorted by it.
    pub sorts_by_creation: bool,
    /// Standard columns that the table lacks beyond these.
    pub without: &'static [&'static str],
    /// The field that, with `entity` beside it, names a record of any entity that it belongs to or is about, and follows
    /// that record where it becomes one with another.
    pub about_any: Option<&'static str>,
    /// Columns that the program alone knows: sealed secrets, leases.
    pub internal: &'static [&'static str],
    /// The entity whose records hold what is too old to be listed here.
    pub older: Option<&'static str>,
    /// The values of `status` in which the program is at work on a record: its pages refresh themselves.
    pub under_way: &'static [&'static str],
    /// What callers may do.
    pub writes: Writes,
    /// Files may hold its records. Not where each write is looked at, as of rights.
    pub imports: bool,
}

impl Entity {
    /// An entity with standard behaviour: versioned, writable, nothing searchable.
    pub const fn new(name: &'static str, singular: &'static str, area: Area, class: Class) -> Self {
        Self {
            name,
            singular,
            label: Text::new(singular),
            plural: Text::new(name),
            about: "",
            area,
            class,
            fields: &[],
            keys: &[],
            matched_by: &[],
            named_by: &[],
            title: "id",
            searchable: false,
            children: &[],
            owner: &[],
            personal: None,
            checks: &[],
            custom_fields: false,
            versioned: true,
            archives: true,
            sorts_by_creation: true,
            without: &[],
            about_any: None,
            internal: &[],
            older: None,
            under_way: &[],
            writes: Writes::All,
            imports: true,
        }
    }

    /// With labels: one and several, in English and Thai.
    pub const fn labels(mut self, label: Text, plural: Text) -> Self {
        self.label = label;
        self.plural = plural;
        self
    }

    /// What is too old to be listed is in records of this entity.
    pub const fn older_in(mut self, entity: &'static str) -> Self {
        self.older = Some(entity);
        self
    }

    /// With a sentence for the dictionary.
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// With its fields.
    pub const fn fields(mut self, fields: &'static [Field]) -> Self {
        self.fields = fields;
        self
    }

    /// With natural keys.
    pub const fn keys(mut self, keys: &'static [Key]) -> Self {
        self.keys = keys;
        self
    }

    /// With the fields by which people and files name a record; the last one is its title.
    pub const fn named_by(mut self, fields: &'static [&'static str]) -> Self {
        self.named_by = fields;
        if let [.., last] = fields {
            self.title = last;
        }
        self
    }

    /// `q=` finds its records.
    pub const fn searchable(mut self) -> Self {
        self.searchable = true;
        self
    }

    /// With records of other entities shown with it.
    pub const fn children(mut self, children: &'static [Child]) -> Self {
        self.children = children;
        self
    }

    /// With the path from a record to its owner.
    pub const fn owner(mut self, path: &'static [&'static str]) -> Self {
        self.owner = path;
        self
    }

    /// No role reaches those of other people.
    pub const fn personal(mut self, personal: Personal) -> Self {
        self.personal = Some(personal);
        self
    }

    /// With rules over the whole record.
    pub const fn checks(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }

    /// Tenants may add fields of their own.
    pub const fn custom_fields(mut self) -> Self {
        self.custom_fields = true;
        self
    }

    /// A plain table: no version, no archive.
    pub const fn unversioned(mut self) -> Self {
        self.versioned = false;
        self.archives = false;
        self
    }

    /// At work on a record in these states of its `status`.
    pub const fn under_way(mut self, states: &'static [&'static str]) -> Self {
        self.under_way = states;
        self
    }

    /// Never archived: what is deleted is gone.
    pub const fn permanent(mut self) -> Self {
        self.archives = false;
        self
    }

    /// Without an index over `created_at`: ids tell the order of creation too.
    pub const fn without_creation_index(mut self) -> Self {
        self.sorts_by_creation = false;
        self
    }

    /// Without some of the standard columns.
    pub const fn without(mut self, columns: &'static [&'static str]) -> Self {
        self.without = columns;
        self
    }

    /// With the field that names a record of any entity, told by `entity` beside it.
    pub const fn about_any(mut self, field: &'static str) -> Self {
        self.about_any = Some(field);
        self
    }

    /// With columns that the program alone knows.
    pub const fn internal(mut self, columns: &'static [&'static str]) -> Self {
        self.internal = columns;
        self
    }

    /// With sets of fields by which imports recognize a record that no key decides.
    pub const fn matched_by(mut self, sets: &'static [&'static [&'static str]]) -> Self {
        self.matched_by = sets;
        self
    }

    /// With another title than the last of [`Entity::named_by`].
    pub const fn title(mut self, field: &'static str) -> Self {
        self.title = field;
        self
    }

    /// No file may hold its records.
    pub const fn not_imported(mut self) -> Self {
        self.imports = false;
        self
    }

    /// Callers only read it.
    pub const fn read_only(mut self) -> Self {
        self.writes = Writes::None;
        self
    }

    /// Its own field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Its own or a standard field of this name.
    pub fn any_field(&self, name: &str) -> Option<&'static Field> {
        self.field(name).or_else(|| self.standard().find(|field| field.name == name))
    }

    /// The fields every record has, as far as this entity's table holds them.
    pub fn standard(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let (versioned, archives, without) = (self.versioned, self.archives, self.without);
        let sorted = self.sorts_by_creation;
        STANDARD
            .iter()
            .filter(move |field| match field.name {
                "version" => versioned,
                "archived_at" | "archived_by" => archives,
                name => !without.contains(&name),
            })
            .map(move |field| if field.name == "created_at" && !sorted { &CREATED_UNSORTED } else { field })
    }

    /// The permission `customers.view` for the action `view`.
    pub fn permission(&self, action: &str) -> String {
        format!("{}.{action}", self.name)
    }

    /// The fields imports upsert by.
    pub fn upsert_key(&self) -> Option<&'static Key> {
        self.keys.first()
    }
}

/// A natural key: the constraint's name and its fields.
pub const fn key(constraint: &'static str, fields: &'static [&'static str]) -> Key {
    Key { constraint, fields }
}

/// Records of another entity shown with one.
pub const fn child(name: &'static str, entity: &'static str, field: &'static str) -> Child {
    Child { name, entity, field }
}

const CREATED: Field = crate::field::timestamp("created_at", "Created").th("สร้างเมื่อ").read_only();

static CREATED_UNSORTED: Field = CREATED;

/// The fields every record has. `tenant_id` is not among them: no caller ever sees or sends it.
pub static STANDARD: &[Field] = &[
    crate::field::id("id", "ID").read_only(),
    CREATED.sortable(),
    crate::field::timestamp("updated_at", "Updated").th("แก้ไขเมื่อ").read_only(),
    crate::field::id("created_by", "Created by").th("สร้างโดย").read_only().staff_only(),
    crate::field::integer("version", "Version", 1, i32::MAX as i64).th("รุ่น").read_only(),
    crate::field::timestamp("archived_at", "Archived").th("เก็บถาวรเมื่อ").read_only(),
    crate::field::id("archived_by", "Archived by").th("เก็บถาวรโดย").read_only().staff_only(),
];
