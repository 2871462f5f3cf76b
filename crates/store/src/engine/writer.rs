//! A statement being written: names and `$n` into the text, values into the arguments.

use uuid::Uuid;

use crate::sql::{Arg, Keep, Query};

/// A statement being written. Its first parameter is the tenant.
#[derive(Debug)]
pub struct Writer {
    text: String,
    args: Vec<Arg>,
}

impl Writer {
    /// Begins a statement about rows of `tenant`, which is `$1`.
    pub fn new(tenant: Uuid) -> Self {
        Self { text: String::with_capacity(2_048), args: vec![tenant.into()] }
    }

    /// Writes a piece of the program's own text.
    pub fn put(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes a name of a description, quoted.
    pub fn name(&mut self, name: &'static str) -> &mut Self {
        self.quoted(&[name])
    }

    /// Writes a name made of a description's name and an ending, quoted.
    pub fn quoted(&mut self, parts: &[&'static str]) -> &mut Self {
        self.text.push('"');
        for part in parts {
            self.text.push_str(part);
        }
        self.text.push('"');
        self
    }

    /// Writes a name of a description as a text. Descriptions' names are letters, digits and `_`.
    pub fn literal(&mut self, name: &'static str) -> &mut Self {
        self.put("'").put(name).put("'")
    }

    /// Writes a table's alias: a letter and a number.
    pub fn alias(&mut self, alias: Alias) -> &mut Self {
        self.text.push_str(alias.0);
        if let Some(number) = alias.1 {
            self.number(number);
        }
        self
    }

    /// Writes `alias."column"`.
    pub fn column(&mut self, alias: Alias, name: &'static str) -> &mut Self {
        self.alias(alias).put(".").name(name)
    }

    /// Writes a whole number.
    pub fn number(&mut self, number: usize) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// Writes `$n` for a value.
    pub fn bind(&mut self, value: impl Into<Arg>) -> &mut Self {
        self.args.push(value.into());
        let number = self.args.len();
        self.put("$").number(number)
    }

    /// Writes `alias."id" = any(…)` of a list of ids and gives the list's place among the arguments. Its length is hidden from
    /// the planner: one plan serves one id and many.
    pub fn among(&mut self, alias: Alias, ids: Vec<Uuid>) -> usize {
        self.column(alias, "id").put(" = any((select ").bind(ids).put("::uuid[])::uuid[])");
        self.args.len() - 1
    }

    /// Writes `alias.tenant_id = $1`.
    pub fn tenant(&mut self, alias: Alias) -> &mut Self {
        self.alias(alias).put(".tenant_id = $1")
    }

    /// Planned for these very values.
    pub fn free(self) -> Query {
        Query::free(self.text, self.args)
    }

    /// Kept once it comes again where nothing but the tenant is a parameter (PostgreSQL then decides whether one plan
    /// serves all tenants), else planned for these very values.
    pub fn planned(self) -> Query {
        let keep = if self.args.len() == 1 { Keep::Recurring } else { Keep::Never };
        Query { keep, ..self.free() }
    }

    /// Prepared and kept: the text depends on descriptions alone.
    pub fn repeated(self) -> Query {
        Query::repeated(self.text, self.args)
    }
}

/// The name of a table within a statement.
#[derive(Clone, Copy, Debug)]
pub struct Alias(pub &'static str, pub Option<usize>);

impl Alias {
    /// The table the statement is about.
    pub const MAIN: Self = Self("t", None);
}
