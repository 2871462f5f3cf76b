//! A mapping made ready for work: which parts a file has, which column fills which field, what is implied.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::{civil::Date, tz::TimeZone};
use model::{
    entity::Entity,
    field::Field,
    problem::{Problem, codes},
    value::CustomField,
};
use serde_json::{Value, json};

use super::{
    cells::{ColumnPlan, To},
    mapping::Mapping,
    types::{Implied, Part, Role, data_type, nulls_alike},
};

/// What the plan needs to know of the tenant.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// ISO 4217.
    pub currency: String,
    /// Of times that name none.
    pub zone: TimeZone,
    /// In `zone`.
    pub today: Date,
    /// The tenant's own fields: entity → key → field.
    pub custom: HashMap<String, Own>,
}

/// Fields of the tenant's own by their keys.
pub type Own = BTreeMap<String, Arc<CustomField>>;

/// One part at work.
#[derive(Clone, Debug)]
pub struct PartPlan {
    /// Its description as a part.
    pub part: Part,
    /// Its description as a kind of record.
    pub entity: &'static Entity,
    /// Columns that fill it.
    pub columns: Vec<ColumnPlan>,
    /// Several rows may tell of one record.
    pub grouped: bool,
    /// Rows of one record may differ: what the first one says holds.
    pub lenient: bool,
    /// Columns of the file say which rows tell of one record, not what tells records apart.
    pub keyed: bool,
    /// A column gives the record's id.
    pub by_id: bool,
    /// Sets of fields that tell records apart, those first that the database keeps unique.
    pub identities: Vec<Identity>,
    /// Fields whose values a file may change: those of columns, without links.
    pub given: Vec<&'static Field>,
    /// Link fields, those of columns first.
    pub links: Vec<&'static Field>,
    /// Link fields that columns give.
    pub given_links: Vec<&'static Field>,
    /// Link fields that point at another part of the row, with that part's place in the plan.
    pub of: Vec<(&'static Field, usize)>,
    /// Fields with values that no column gives, best source first.
    pub implied: Vec<(&'static Field, Source)>,
    /// A column gives a field of the tenant's own.
    pub custom: bool,
    /// Fields of the tenant's own.
    pub own: Own,
    /// The document's shipping day sets the shipped quantities of its lines.
    pub ships: bool,
    /// Its records come from the program, where something the file needs is not there; no row of the file gives any.
    pub made: bool,
}

/// A set of fields that tells records apart.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The fields.
    pub fields: Vec<&'static Field>,
    /// Empty values of fields that may be empty count as equal; otherwise all must be there.
    pub alike: bool,
}

impl Identity {
    /// Whether a field must have a value for the set to tell records apart.
    pub fn needs(&self, field: &Field) -> bool {
        !self.alike || field.required
    }
}

/// A value that no column gives.
#[derive(Clone, Debug)]
pub enum Source {
    /// The same for every row.
    Always(Value),
    /// A field of another part of the row, by place.
    Same(usize, &'static str),
    /// Counted within the document.
    Position,
    /// The default location of stock.
    DefaultLocation,
}

impl PartPlan {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.part.entity
    }

    /// Whether a field helps to tell records apart.
    pub fn is_key(&self, field: &str) -> bool {
        self.identities.iter().any(|set| set.fields.iter().any(|known| known.name == field))
    }

    /// Fields that stand in a record's payload, without links.
    pub fn fields(&self) -> Vec<&'static Field> {
        let mut fields = self.given.clone();
        for (field, source) in &self.implied {
            let here =
                self.is_key(field.name) && field.link().is_none() || matches!(source, Source::Position);
            if here && fields.iter().all(|known| known.name != field.name) {
                fields.push(field);
            }
        }
        fields
    }

    /// Fields that have a value only where a record is made.
    pub fn only_made(&self) -> Vec<&'static Field> {
        let mut fields: Vec<&'static Field> = vec![];
        for (field, source) in &self.implied {
            let here = !self.is_key(field.name) && matches!(source, Source::Always(_) | Source::Same(..));
            if here && fields.iter().all(|known| known.name != field.name) {
                fields.push(field);
            }
        }
        fields
    }

    /// The header of the column that gives this field.
    pub fn header(&self, field: &str) -> Option<&str> {
        self.columns
            .iter()
            .find(|column| match &column.to {
                To::Field(known) | To::Link(known) => known.name == field || known.link_name() == Some(field),
                To::Id => field == "id",
                To::Custom(key, _) => key == field,
            })
            .map(|column| column.header.as_str())
    }
}

/// A mapping made ready for work.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its parts that the file fills, in the order in which records are made.
    pub parts: Vec<PartPlan>,
    /// Places of the columns by whose cells rows tell of one record; none where each row stands for itself.
    pub key: Vec<usize>,
}

impl Plan {
    /// Makes a mapping ready.
    ///
    /// # Errors
    /// `invalid` when the data type or a field is not known (any more), or no column has a field.
    pub fn new(mapping: &Mapping, tenant: &Tenant) -> Result<Self, Problem> {
        let kind = data_type(&mapping.data_type).ok_or_else(|| {
            Problem::new(&codes::INVALID, format!("There is no data type `{}`.", mapping.data_type))
        })?;
        let mut active = vec![false; kind.parts.len()];
        for (at, part) in kind.parts.iter().enumerate().rev() {
            active[at] |= mapping.targets().any(|target| of_part(target, part).is_some());
            if active[at] {
                for (_, of) in part.of {
                    if let Some((other, _)) = kind.part(of) {
                        active[other] = true;
                    }
                }
            }
        }
        let chosen: Vec<&Part> =
            kind.parts.iter().zip(&active).filter(|(_, active)| **active).map(|(part, _)| part).collect();
        if chosen.is_empty() {
            return Err(Problem::new(&codes::INVALID, "No column of the file has a field.")
                .hint("Map its columns to fields, or say what the file holds."));
        }
        let parts = chosen.iter().enumerate().map(|(at, part)| one(mapping, &chosen, at, part, tenant));
        let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
        let placed = |part: &PartPlan| {
            part.implied.iter().any(|(_, source)| matches!(source, Source::DefaultLocation))
        };
        let places = if parts.iter().any(placed) { default_place() } else { vec![] };
        // Places of parts count from the front.
        for part in &mut parts {
            part.of.iter_mut().for_each(|(_, place)| *place += places.len());
            for (_, source) in &mut part.implied {
                if let Source::Same(place, _) = source {
                    *place += places.len();
                }
            }
        }
        let dated = parts.iter().any(|part| part.given.iter().any(|field| field.name == "shipped_on"));
        for part in parts.iter_mut().filter(|part| part.name() == "order_lines") {
            let gives = |name: &str| part.given.iter().any(|field| field.name == name);
            part.ships = dated && gives("quantity") && !gives("shipped_quantity");
        }
        let parts = places.into_iter().chain(parts).collect();
        let key = mapping.columns.iter().filter(|column| mapping.key.contains(&column.header));
        Ok(Self { parts, key: key.map(|column| column.index).collect() })
    }

    /// The part whose rows stand for the rows of the file.
    pub fn finest(&self) -> usize {
        self.parts.len() - 1
    }
}

/// The warehouse and the location that are made where stock has no place to lie.
fn default_place() -> Vec<PartPlan> {
    let parts = [Part::program("warehouses"), Part::program("warehouse_locations")];
    let made = |part: Part, given: &[&str], of: &[(&str, usize)]| {
        let entity = part.description();
        let of: Vec<(&'static Field, usize)> =
            of.iter().filter_map(|(name, place)| Some((entity.field(name)?, *place))).collect();
        PartPlan {
            part,
            entity,
            columns: vec![],
            grouped: false,
            lenient: false,
            keyed: false,
            by_id: false,
            identities: vec![],
            given: given.iter().filter_map(|name| entity.field(name)).collect(),
            links: of.iter().map(|(field, _)| *field).collect(),
            given_links: vec![],
            of,
            implied: vec![],
            custom: false,
            own: Own::new(),
            ships: false,
            made: true,
        }
    };
    vec![made(parts[0], &["code", "name"], &[]), made(parts[1], &["code"], &[("warehouse_id", 0)])]
}

/// Sums that follow from the lines: where lines are in the file, they are not read from it.
const SUMS: &[&str] = &["subtotal", "total"];

/// The field of a target, if it is of this part.
fn of_part<'a>(target: &'a str, part: &Part) -> Option<&'a str> {
    target.split_once('.').filter(|(entity, _)| *entity == part.entity).map(|(_, field)| field)
}

fn one(
    mapping: &Mapping,
    chosen: &[&Part],
    at: usize,
    part: &Part,
    tenant: &Tenant,
) -> Result<PartPlan, Problem> {
    let entity = part.description();
    let mut columns = vec![];
    for column in &mapping.columns {
        let Some(name) = column.target.as_deref().and_then(|target| of_part(target, part)) else { continue };
        let to = to(part, name, tenant).ok_or_else(|| unknown(entity, name))?;
        let lines = chosen.iter().any(|other| other.role == Role::Child) && part.role == Role::Root;
        if lines && SUMS.contains(&name) {
            continue;
        }
        let (from, header) = (vec![column.index], column.header.clone());
        columns.push(ColumnPlan::new(from, header, to, &column.format, &column.steps, &tenant.zone));
    }
    for made in &mapping.made {
        let Some(name) = of_part(&made.target, part) else { continue };
        let to = to(part, name, tenant).ok_or_else(|| unknown(entity, name))?;
        let place = |header: &String| mapping.columns.iter().find(|column| column.header == *header);
        let from = made.from.iter().filter_map(place).map(|column| column.index).collect();
        let header = if made.from.is_empty() { made.target.clone() } else { made.from.join(" + ") };
        let plan = ColumnPlan::new(from, header, to, &made.format, &made.steps, &tenant.zone);
        columns.push(ColumnPlan { with: made.with.clone(), ..plan });
    }
    let mut given = vec![];
    let mut given_links = vec![];
    for column in &columns {
        match &column.to {
            To::Field(field) => given.push(*field),
            To::Link(field) => given_links.push(*field),
            To::Id | To::Custom(..) => {}
        }
    }
    let place = |name: &str| chosen.iter().position(|other| other.entity == name);
    let of: Vec<(&'static Field, usize)> =
        part.of.iter().filter_map(|(field, name)| Some((entity.field(field)?, place(name)?))).collect();
    let mut implied = vec![];
    for (name, from) in part.implied {
        let Some(field) = entity.field(name) else { continue };
        let covered = given_links.iter().any(|link| link.name == field.name);
        let source = match from {
            Implied::Same(other, field) => place(other).map(|place| Source::Same(place, field)),
            Implied::Currency => Some(Source::Always(json!(tenant.currency))),
            Implied::Json(text) => serde_json::from_str(text).ok().map(Source::Always),
            Implied::Today => Some(Source::Always(json!(tenant.today.to_string()))),
            Implied::Position => Some(Source::Position),
            Implied::DefaultLocation => (!covered).then_some(Source::DefaultLocation),
        };
        implied.extend(source.map(|source| (field, source)));
    }
    let mut links = given_links.clone();
    links.extend(of.iter().map(|(field, _)| *field));
    links.extend(
        implied.iter().filter(|(_, s)| matches!(s, Source::DefaultLocation)).map(|(field, _)| *field),
    );
    let known = |field: &&'static str| {
        given.iter().any(|f| f.name == *field)
            || links.iter().any(|f| f.name == *field)
            || implied.iter().any(|(f, _)| f.name == *field)
    };
    let alike = nulls_alike(entity);
    let keys = entity.keys.iter().map(|key| (key.fields, alike));
    let identities = keys
        .chain(entity.matched_by.iter().map(|fields| (*fields, false)))
        .filter(|(fields, alike)| {
            let optional = |name: &&'static str| *alike && entity.field(name).is_some_and(|f| !f.required);
            fields.iter().any(&known) && fields.iter().all(|name| known(name) || optional(name))
        })
        .map(|(fields, alike)| Identity {
            fields: fields.iter().filter_map(|name| entity.field(name)).collect(),
            alike,
        })
        .collect();
    let (finest, keyed) = (at + 1 == chosen.len(), !mapping.key.is_empty());
    Ok(PartPlan {
        part: *part,
        entity,
        grouped: if finest { keyed } else { part.grouped },
        lenient: keyed && part.role == Role::Reference,
        keyed: keyed && finest,
        ships: false,
        made: false,
        by_id: columns.iter().any(|column| matches!(column.to, To::Id)),
        custom: columns.iter().any(|column| matches!(column.to, To::Custom(..))),
        own: tenant.custom.get(part.entity).cloned().unwrap_or_default(),
        columns,
        identities,
        given,
        links,
        given_links,
        of,
        implied,
    })
}

fn unknown(entity: &Entity, name: &str) -> Problem {
    Problem::new(&codes::INVALID, format!("{} have no field `{name}`.", entity.plural.en))
}

fn to(part: &Part, name: &str, tenant: &Tenant) -> Option<To> {
    if name == "id" {
        return Some(To::Id);
    }
    if let Some(key) = name.strip_prefix("attributes.") {
        let field = tenant.custom.get(part.entity)?.get(key)?;
        return Some(To::Custom(key.to_owned(), field.clone()));
    }
    let entity = part.description();
    let link = entity.fields.iter().find(|field| field.link_name() == Some(name));
    if let Some(field) = link.filter(|field| part.takes(field)) {
        return Some(To::Link(field));
    }
    entity.field(name).filter(|field| part.takes(field)).map(To::Field)
}
