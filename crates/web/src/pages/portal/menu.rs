//! The portal's menu: few entries, each with the kinds of record that belong to it as tabs.

use model::{entity::Entity, field::Text, registry};

use super::words;
use crate::{
    pages::{nav, visitor::Visitor},
    ui::words as texts,
};

/// An entry of the menu and what belongs to it.
pub struct Section {
    /// What people read.
    pub label: Text,
    /// Its icon.
    pub icon: &'static str,
    /// What it shows, the first one first.
    pub tabs: Vec<Tab>,
}

/// A page of a section.
pub struct Tab {
    /// What people read.
    pub label: Text,
    /// Its address.
    pub path: String,
    /// The kind of record that it is about, if it is.
    entity: Option<&'static str>,
}

impl Tab {
    /// Whether this is the page that was asked for, or one below it.
    pub fn is_here(&self, asked: &str) -> bool {
        let path = asked.split('?').next().unwrap_or_default();
        let own = path.strip_prefix(self.path.as_str());
        let kind = self.entity.and_then(|entity| path.strip_prefix("/portal/")?.strip_prefix(entity));
        own.or(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether this is the very page that was asked for.
    pub fn is_page(&self, asked: &str) -> bool {
        asked.split('?').next() == Some(self.path.as_str())
    }
}

/// The kinds of record of each entry, by name, and what the portal calls some of them.
type Kinds = (Text, &'static str, &'static [&'static str]);

static SECTIONS: [Kinds; 4] = [
    (Text::of("Orders", "คำสั่งซื้อ"), "shopping-cart", &["orders", "shipments", "returns"]),
    (Text::of("Invoices", "ใบแจ้งหนี้"), "receipt-text", &["invoices", "payments"]),
    (words::CATALOG, "wine", &["products", "skus", "product_categories", "product_lists"]),
    (
        words::ACCOUNT,
        "user-round",
        &["customers", "contacts", "portal_users", "customer_licenses", "tax_exemptions"],
    ),
];

/// What the visitor's roles let them see; entries with nothing in them are left out. Everybody has an account.
pub fn sections(visitor: &Visitor) -> Vec<Section> {
    let section = |(label, icon, names): &Kinds| {
        let kinds = names.iter().filter_map(|name| registry::entity(name));
        let mut tabs: Vec<Tab> =
            kinds.filter(|entity| visitor.may(entity, "view")).map(|entity| tab(visitor, entity)).collect();
        if *label == words::ACCOUNT && visitor.ask.session.is_some() {
            let path = visitor.look.place("/profile");
            tabs.insert(0, Tab { label: texts::PROFILE, path, entity: None });
        }
        Section { label: *label, icon, tabs }
    };
    SECTIONS.iter().map(section).filter(|section| !section.tabs.is_empty()).collect()
}

/// The list of a kind of record; of customers there is but one, their own.
fn tab(visitor: &Visitor, entity: &'static Entity) -> Tab {
    let list = nav::place(&visitor.look, entity);
    match (entity.name, visitor.caller().customer) {
        ("customers", Some(own)) => {
            Tab { label: words::YOUR_COMPANY, path: format!("{list}/{own}"), entity: Some(entity.name) }
        }
        _ => Tab { label: entity.plural, path: list, entity: Some(entity.name) },
    }
}
