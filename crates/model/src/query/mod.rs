//! What a list asks for, read from the parameters of a request: filter, search, sort, page, fields, expand.
//!
//! Reading is pure: names are looked up in descriptions and values read with the fields' own parsers, so that
//! what arrives at the database is known to make sense. See [`ListQuery`] for the syntax.

mod cursor;
mod filter;
mod kept;
mod names;
mod offered;
mod page;
mod parse;
mod sort;

pub use self::{
    cursor::{Cursor, Found},
    filter::{Filter, Target, Test, operators},
    kept::Kept,
    names::linked,
    offered::{Offered, offered},
    page::PageQuery,
    parse::unknown_parameter,
    sort::{Key, SortKey, offered as sortable},
};
use crate::{entity::Entity, field::Field};

/// Most records of a page.
pub const MOST: u16 = 200;
/// Most characters of a search.
pub const LONGEST_SEARCH: usize = 200;
/// Records of a page where `limit` is not given.
pub const USUAL: u16 = 50;
/// `count=capped` counts no further.
pub const COUNT_CAP: i64 = 10_000;

/// Whether and how exactly the matching records are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// Not at all.
    #[default]
    None,
    /// Up to [`COUNT_CAP`]; of a ranked search, up to what its pages are made of.
    Capped,
    /// All of them.
    Exact,
}

/// Whether archived records are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Archived {
    /// They are left out.
    #[default]
    Without,
    /// Beside the others.
    With,
    /// They alone.
    Only,
}

/// Where a page begins; cursors are still sealed, see [`Cursor::open`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// At the first record.
    #[default]
    First,
    /// Behind the record of this cursor.
    After(String),
    /// The records in front of the record of this cursor.
    Before(String),
}

/// What a search over all kinds of record asks for.
#[derive(Clone, Debug)]
pub struct SearchQuery {
    /// What to look for.
    pub text: String,
    /// Most matches.
    pub limit: usize,
    /// The kinds of record, of those that were offered.
    pub entities: Vec<&'static Entity>,
}

/// What of each record is answered.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// These fields (`id` always comes along); `None` means all that the caller may read.
    pub fields: Option<Vec<&'static Field>>,
    /// Custom fields come along where `fields` is given.
    pub attributes: bool,
    /// Links whose records come along under the link's name.
    pub expand: Vec<&'static Field>,
}

/// What a list asks for.
///
/// `filter[status]=ACTIVE`, `filter[credit_limit][gte]=1000`, `filter[owner.name][contains]=ann`,
/// `filter[attributes.region]=north`, `q=`, `sort=-created_at,name`, `limit=`, `after=`, `before=`, `fields=`,
/// `expand=owner`, `count=none|capped|exact`, `archived=only|with|without`.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Words to search for.
    pub search: Option<String>,
    /// Sort keys in order; empty means best match first for a search, else newest first.
    pub sort: Vec<SortKey>,
    /// Most records of the page, 1 to [`MOST`].
    pub limit: u16,
    /// Where the page begins.
    pub start: Start,
    /// What of each record is answered.
    pub view: View,
    /// Whether matches are counted.
    pub count: Count,
    /// Whether archived records are listed.
    pub archived: Archived,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            filters: vec![],
            search: None,
            sort: vec![],
            limit: USUAL,
            start: Start::First,
            view: View::default(),
            count: Count::None,
            archived: Archived::Without,
        }
    }
}

/// What a request for one record asks for: `fields=` and `expand=` as in a list.
#[derive(Clone, Debug, Default)]
pub struct GetQuery {
    /// What of the record is answered.
    pub view: View,
}

/// Whether the column of `field` can be empty; sort orders and page conditions are simpler where it cannot.
pub fn nullable(field: &Field) -> bool {
    let standard = matches!(field.name, "id" | "created_at" | "updated_at" | "version");
    !(standard || field.required || field.default.is_some())
}

/// Whether filters on a field use an index: it is marked so, or it is the id.
pub fn has_index(field: &Field) -> bool {
    field.indexed || field.name == "id"
}

/// The names of the fields whose filters use an index, for hints.
pub fn indexed_names(entity: &Entity) -> Vec<&'static str> {
    entity.fields.iter().chain(entity.standard()).filter(|f| has_index(f)).map(|f| f.name).collect()
}
