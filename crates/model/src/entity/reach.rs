//! Who reaches the records of an entity, beyond permissions and their scope.

/// How the database protects the table; the argument of the one function that makes its policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Rows of one customer: a portal sees its own.
    Customer,
    /// A portal may read.
    Catalogue,
    /// Staff alone.
    Staff,
    /// Written by the program, read by staff where listed.
    System,
}

impl Class {
    /// The name the database knows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Catalogue => "catalogue",
            Self::Staff => "staff",
            Self::System => "system",
        }
    }
}

/// What people reach of records that concern them one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    /// Their own alone.
    Alone,
    /// Their own, and those without an owner, which are everybody's.
    OrShared,
}
