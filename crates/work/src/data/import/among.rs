//! Which staged rows a statement is about: all of a part, or some of them.

use store::sql::Arg;
use uuid::Uuid;

/// Rows of a part.
#[derive(Clone, Copy, Debug)]
pub enum Among<'a> {
    /// Each of them.
    All,
    /// Those with these ids; ids of other parts may be among them.
    These(&'a [Uuid]),
}

impl Among<'_> {
    /// The further condition on the rows that a statement knows by this name; its parameter is put behind the others.
    pub fn of(self, name: &str, args: &mut Vec<Arg>) -> String {
        match self {
            Self::All => String::new(),
            Self::These(ids) => {
                args.push(ids.to_vec().into());
                format!(" and {name}.id = any(${})", args.len())
            }
        }
    }

    /// The condition that such a row has the same key as one of these, so that others need no look.
    pub fn of_key(self, name: &str, args: &mut Vec<Arg>) -> String {
        match self {
            Self::All => String::new(),
            Self::These(ids) => {
                args.push(ids.to_vec().into());
                format!(
                    " and {name}.external_key = any(array(select y.external_key from import_rows y
                      where y.tenant_id = $1 and y.id = any(${})))",
                    args.len()
                )
            }
        }
    }
}
