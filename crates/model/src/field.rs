//! One field of an entity: its name, label, kind and what may be done with it.
//!
//! Fields are built as constants: `field::code("code", "Code").th("รหัส").required().listed()`.

pub use crate::kind::Kind;

/// A text in the two languages of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Thai; the English text where none is given.
    pub th: &'static str,
}

impl Text {
    /// The same text in both languages.
    pub const fn new(en: &'static str) -> Self {
        Self { en, th: en }
    }

    /// A text of two languages.
    pub const fn of(en: &'static str, th: &'static str) -> Self {
        Self { en, th }
    }
}

/// One of the values a choice field may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The stored value, letter for letter.
    pub value: &'static str,
    /// What people read.
    pub label: Text,
    /// Other spellings that files use.
    pub synonyms: &'static [&'static str],
}

/// A choice of stored value and labels.
pub const fn choice(value: &'static str, en: &'static str, th: &'static str) -> Choice {
    Choice { value, label: Text::of(en, th), synonyms: &[] }
}

impl Choice {
    /// With other spellings that files use.
    pub const fn or(mut self, synonyms: &'static [&'static str]) -> Self {
        self.synonyms = synonyms;
        self
    }
}

/// A column of yes and no in files that says one of a choice field's values: `Discontinued`, `Is active`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The column's header.
    pub header: &'static str,
    /// The choice that yes means.
    pub yes: &'static str,
    /// The choice that no means.
    pub no: &'static str,
}

/// A header of yes and no, and the choices these mean.
pub const fn flag(header: &'static str, yes: &'static str, no: &'static str) -> Flag {
    Flag { header, yes, no }
}

/// The default of a moment that is the time of writing; the database gives it.
pub const NOW: &str = "now";

/// Who may write a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Create and update.
    Always,
    /// Create only.
    Once,
    /// The program, and imports of documents that exist already: numbers, totals, states.
    Import,
    /// The program alone: hashes, levels, clocks.
    Never,
}

/// Who may read a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Whoever may see the record.
    Everyone,
    /// Staff, not portal users: cost prices, internal notes.
    Staff,
    /// Nobody: hashes and sealed secrets.
    Nobody,
}

/// One field of an entity.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Column and JSON name; a link's ends in `_id`.
    pub name: &'static str,
    /// What people read.
    pub label: Text,
    /// What its values are.
    pub kind: Kind,
    /// A record cannot be without it.
    pub required: bool,
    /// The column's default as a JSON text, or [`NOW`]; used where a create leaves the field out. Such a column is
    /// never null.
    pub default: Option<&'static str>,
    /// Numbers below zero are refused.
    pub non_negative: bool,
    /// Numbers of money, quantity, price or percent above this are refused.
    pub max: Option<i64>,
    /// Who may write it.
    pub write: Write,
    /// Who may read it.
    pub read: Read,
    /// Shown as a column of the list by default.
    pub listed: bool,
    /// Lists can be sorted by it: an index stands behind.
    pub sortable: bool,
    /// Filters on it use an index.
    pub indexed: bool,
    /// The column that holds the value normalised (lower case, trimmed): filters and look-ups compare it, and it
    /// bears the index.
    pub key: Option<&'static str>,
    /// The link from whose record the value is copied, so that no caller states it: `customer_id` of a line.
    pub carried: Option<&'static str>,
    /// Other headers that files use for it, English and Thai.
    pub synonyms: &'static [&'static str],
    /// Headers of yes and no that say one of its choices.
    pub flags: &'static [Flag],
    /// A sentence for forms, templates and the dictionary.
    pub help: &'static str,
    /// The same sentence in Thai, where people read it on a page.
    pub help_th: &'static str,
    /// A value that is valid, for documentation and sample files; required fields must have one.
    pub example: &'static str,
}

impl Field {
    /// A field of this kind.
    pub const fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            name,
            label: Text::new(label),
            kind,
            required: false,
            default: None,
            non_negative: false,
            max: None,
            write: Write::Always,
            read: Read::Everyone,
            listed: false,
            sortable: false,
            indexed: false,
            key: None,
            carried: None,
            synonyms: &[],
            flags: &[],
            help: "",
            help_th: "",
            example: "",
        }
    }

    /// With a Thai label.
    pub const fn th(mut self, label: &'static str) -> Self {
        self.label.th = label;
        self
    }

    /// A record cannot be without it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The value of a create that leaves it out, as JSON text (`"\"USD\""`, `"0"`, `"true"`).
    pub const fn default(mut self, json: &'static str) -> Self {
        self.default = Some(json);
        self
    }

    /// Numbers below zero are refused.
    pub const fn non_negative(mut self) -> Self {
        self.non_negative = true;
        self
    }

    /// Numbers from zero to `max`.
    pub const fn up_to(mut self, max: i64) -> Self {
        self.non_negative = true;
        self.max = Some(max);
        self
    }

    /// Written by a create, never changed after.
    pub const fn once(mut self) -> Self {
        self.write = Write::Once;
        self
    }

    /// Kept by the program, not by callers.
    pub const fn read_only(mut self) -> Self {
        self.write = Write::Never;
        self
    }

    /// Kept by the program; an import of documents that exist already states it.
    pub const fn by_import(mut self) -> Self {
        self.write = Write::Import;
        self
    }

    /// Not shown to portal users.
    pub const fn staff_only(mut self) -> Self {
        self.read = Read::Staff;
        self
    }

    /// Shown to nobody, written by operations alone.
    pub const fn secret(mut self) -> Self {
        self.read = Read::Nobody;
        self.write = Write::Never;
        self
    }

    /// Shown in the list by default.
    pub const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    /// Lists can be sorted by it; implies [`Field::indexed`].
    pub const fn sortable(mut self) -> Self {
        self.sortable = true;
        self.indexed = true;
        self
    }

    /// Filters on it use an index.
    pub const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    /// The column that holds the value normalised.
    pub const fn keyed(mut self, column: &'static str) -> Self {
        self.key = Some(column);
        self
    }

    /// Copied from the record that `link`, a field beside it, names.
    pub const fn carried_by(mut self, link: &'static str) -> Self {
        self.carried = Some(link);
        self.write = Write::Import;
        self
    }

    /// Headers of yes and no that say one of its choices.
    pub const fn flags(mut self, flags: &'static [Flag]) -> Self {
        self.flags = flags;
        self
    }

    /// Other headers that files use for it.
    pub const fn or(mut self, synonyms: &'static [&'static str]) -> Self {
        self.synonyms = synonyms;
        self
    }

    /// A sentence for forms, templates and the dictionary.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// The sentence for forms in Thai.
    pub const fn help_th(mut self, help: &'static str) -> Self {
        self.help_th = help;
        self
    }

    /// A valid value.
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    /// The entity this field links to.
    pub const fn link(&self) -> Option<&'static str> {
        if let Kind::Link(entity) = self.kind { Some(entity) } else { None }
    }

    /// The link's name in `expand`, filters over links and mappings: `owner` for `owner_id`.
    pub fn link_name(&self) -> Option<&'static str> {
        self.link().map(|_| self.name.strip_suffix("_id").unwrap_or(self.name))
    }
}

macro_rules! shorthand {
    ($($(#[$doc:meta])* $name:ident = $kind:expr;)*) => {
        $($(#[$doc])* pub const fn $name(name: &'static str, label: &'static str) -> Field {
            Field::new(name, label, $kind)
        })*
    };
}

shorthand! {
    /// One line of up to 200 characters.
    text = Kind::Text { max: 200 };
    /// Several lines of up to 10,000 characters.
    paragraph = Kind::Paragraph { max: 10_000 };
    /// A short identifying code.
    code = Kind::Code;
    /// An e-mail address.
    email = Kind::Email;
    /// A telephone number.
    phone = Kind::Phone;
    /// A web address.
    url = Kind::Url;
    /// A quantity.
    quantity = Kind::Quantity;
    /// An amount of money.
    money = Kind::Money;
    /// A unit price.
    unit_price = Kind::UnitPrice;
    /// A percentage or rate.
    percent = Kind::Percent;
    /// True or false.
    boolean = Kind::Bool;
    /// A day.
    date = Kind::Date;
    /// A moment.
    timestamp = Kind::Timestamp;
    /// A country code.
    country = Kind::Country;
    /// A currency code.
    currency = Kind::Currency;
    /// A set of words.
    tags = Kind::Tags;
    /// A JSON document.
    json = Kind::Json;
    /// An id that is no link.
    id = Kind::Id;
}

/// A whole number between `min` and `max`.
pub const fn integer(name: &'static str, label: &'static str, min: i64, max: i64) -> Field {
    Field::new(name, label, Kind::Integer { min, max })
}

/// One of `choices`.
pub const fn select(name: &'static str, label: &'static str, choices: &'static [Choice]) -> Field {
    Field::new(name, label, Kind::Choice(choices))
}

/// A link to a record of `entity`; `name` ends in `_id`.
pub const fn link(name: &'static str, label: &'static str, entity: &'static str) -> Field {
    Field::new(name, label, Kind::Link(entity))
}
