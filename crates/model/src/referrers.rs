//! Who names records of an entity: the links of all descriptions turned round, for whoever makes two records one.

use crate::{
    entity::{Class, Entity},
    registry::{ENTITIES, LINKS_BESIDE},
};

/// A column that names a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// It names a record of any entity, which the column `entity` beside it tells; else it is a link.
    pub about: bool,
}

/// A table whose rows name records of an entity.
#[derive(Clone, Debug)]
pub struct Referrer {
    /// The table.
    pub table: &'static str,
    /// Its description; `None` for tables that are no entity.
    pub entity: Option<&'static Entity>,
    /// The columns that do so.
    pub columns: Vec<Column>,
    /// Its links to other referrers that must name the same record: column and table. A line and its order are of one
    /// customer, and the database holds that by a key of both.
    pub parents: Vec<(&'static str, &'static str)>,
}

impl Referrer {
    /// The column that is a link, where there is one.
    pub fn link(&self) -> Option<&'static str> {
        self.columns.iter().find(|column| !column.about).map(|column| column.name)
    }

    /// Its rows belong to one customer, as those that its links name.
    fn of_customer(&self) -> bool {
        self.link().is_some() && self.entity.is_none_or(|entity| entity.class == Class::Customer)
    }
}

/// Every table whose rows name records of `target`.
pub fn of(target: &Entity) -> Vec<Referrer> {
    let mut all: Vec<Referrer> = ENTITIES.iter().filter_map(|entity| described(entity, target)).collect();
    let beside = LINKS_BESIDE.iter().filter(|beside| beside.target == target.name);
    all.extend(beside.map(|beside| Referrer {
        table: beside.table,
        entity: None,
        columns: vec![Column { name: beside.column, about: false }],
        parents: vec![beside.through],
    }));
    if target.class == Class::Customer {
        let tables: Vec<&str> = all.iter().filter(|one| one.of_customer()).map(|one| one.table).collect();
        for one in all.iter_mut().filter(|one| one.of_customer()) {
            let fields = one.entity.map_or(&[][..], |entity| entity.fields);
            let links = fields.iter().filter_map(|field| Some((field.name, field.link()?)));
            one.parents.extend(links.filter(|(_, table)| *table != target.name && tables.contains(table)));
        }
    }
    all
}

fn described(entity: &'static Entity, target: &Entity) -> Option<Referrer> {
    let links = entity.fields.iter().filter(|field| field.link() == Some(target.name));
    let links = links.map(|field| Column { name: field.name, about: false });
    let about = entity.about_any.map(|name| Column { name, about: true });
    let columns: Vec<Column> = links.chain(about).collect();
    let parents = vec![];
    (!columns.is_empty()).then_some(Referrer { table: entity.name, entity: Some(entity), columns, parents })
}
