//! Statements and their parameters.
//!
//! Hand-written SQL is made with [`sql!`], which registers its text, so that one test can prepare every
//! statement of the program against the migrated schema and check that it carries `tenant_id`.

use std::{borrow::Cow, sync::Arc};

use bytes::{BufMut, BytesMut};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio_postgres::types::IsNull;
pub use tokio_postgres::{
    Row,
    types::{FromSql, ToSql, Type},
};
use uuid::Uuid;

/// A hand-written statement, known to the registry.
#[derive(Debug)]
pub struct Sql {
    /// The text, parameters as `$1`, `$2`.
    pub text: &'static str,
    /// Where it stands, for the tests' messages.
    pub place: &'static str,
    /// Reads across tenants, as the operator's login.
    pub across: bool,
}

inventory::collect!(&'static Sql);

/// Every hand-written statement of the program (of the crates that are linked in).
pub fn registered() -> impl Iterator<Item = &'static Sql> {
    inventory::iter::<&'static Sql>.into_iter().copied()
}

/// A hand-written statement: `sql!("select … where tenant_id = $1 and id = $2")` gives a `&'static Sql`.
#[macro_export]
macro_rules! sql {
    ($text:expr) => {{
        static STATEMENT: $crate::sql::Sql =
            $crate::sql::Sql { text: $text, place: concat!(file!(), ":", line!()), across: false };
        $crate::sql::submit! { &STATEMENT as &'static $crate::sql::Sql }
        &STATEMENT
    }};
}

/// A hand-written statement of the operator's login, which reads listed tables across tenants and so names none.
#[macro_export]
macro_rules! across {
    ($text:expr) => {{
        static STATEMENT: $crate::sql::Sql =
            $crate::sql::Sql { text: $text, place: concat!(file!(), ":", line!()), across: true };
        $crate::sql::submit! { &STATEMENT as &'static $crate::sql::Sql }
        &STATEMENT
    }};
}

#[doc(hidden)]
pub use inventory::submit;

/// One parameter with its PostgreSQL type.
#[derive(Clone, Debug)]
pub struct Arg {
    value: Arc<dyn ToSql + Sync + Send>,
    kind: Type,
}

impl Arg {
    /// A value sent as `kind`.
    pub fn new(value: impl ToSql + Sync + Send + 'static, kind: Type) -> Self {
        Self { value: Arc::new(value), kind }
    }

    pub(crate) fn pair(&self) -> (&(dyn ToSql + Sync), Type) {
        (&*self.value, self.kind.clone())
    }
}

macro_rules! args {
    ($($rust:ty => $sql:ident),* $(,)?) => {
        $(impl From<$rust> for Arg {
            fn from(value: $rust) -> Self {
                Self::new(value, Type::$sql)
            }
        }
        impl From<Option<$rust>> for Arg {
            fn from(value: Option<$rust>) -> Self {
                Self::new(value, Type::$sql)
            }
        })*
    };
}

args! {
    Uuid => UUID, String => TEXT, &'static str => TEXT, i32 => INT4, i64 => INT8, bool => BOOL, Decimal => NUMERIC,
    Timestamp => TIMESTAMPTZ, Date => DATE, Value => JSONB,
    Vec<Uuid> => UUID_ARRAY, Vec<String> => TEXT_ARRAY, Vec<i32> => INT4_ARRAY, Vec<i64> => INT8_ARRAY,
}

/// Whether a connection keeps a statement prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// From the first time on.
    Always,
    /// From the second time on: there are many such texts, and most of them come once.
    Recurring,
    /// It is planned for its very parameters.
    Never,
}

/// A statement with its parameters, ready to run.
#[derive(Clone, Debug)]
pub struct Query {
    pub(crate) text: Cow<'static, str>,
    pub(crate) args: Vec<Arg>,
    pub(crate) keep: Keep,
    /// Of a query by ids: the place of their argument, and the one id that is asked for.
    pub(crate) by_id: Option<(usize, Uuid)>,
}

impl Query {
    /// A statement that is run often in the same form: prepared once per connection and kept.
    pub fn fixed(sql: &'static Sql, args: Vec<Arg>) -> Self {
        Self { text: Cow::Borrowed(sql.text), args, keep: Keep::Always, by_id: None }
    }

    /// A statement made from a description, run often in the same form: prepared and kept.
    ///
    /// `text` must be made of names from descriptions and `$n` alone, never of values.
    pub fn repeated(text: impl Into<Cow<'static, str>>, args: Vec<Arg>) -> Self {
        Self { text: text.into(), args, keep: Keep::Always, by_id: None }
    }

    /// The same statement, of which the argument `at` is a list of ids that holds `id` alone. It gives at most one row for each,
    /// whose last column is the id, so it can be asked together with others for theirs.
    pub fn by_id(self, at: usize, id: Uuid) -> Self {
        Self { by_id: Some((at, id)), ..self }
    }

    /// Asks for these, where it is a query by ids.
    pub(crate) fn ask_for(&mut self, ids: Vec<Uuid>) {
        if let Some((at, _)) = self.by_id
            && let Some(arg) = self.args.get_mut(at)
        {
            *arg = ids.into();
        }
    }

    /// A statement of free form (a list with its filters): planned for these very parameters, not kept.
    ///
    /// `text` must be made of names from descriptions and `$n` alone, never of values.
    pub fn free(text: impl Into<Cow<'static, str>>, args: Vec<Arg>) -> Self {
        Self { text: text.into(), args, keep: Keep::Never, by_id: None }
    }

    /// The text, for tests that explain it.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn typed(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        self.args.iter().map(Arg::pair).collect()
    }

    /// Its parameters as they are sent, ids aside, each behind its length; `None` where one cannot be sent.
    pub(crate) fn sent(&self) -> Option<BytesMut> {
        let mut all = BytesMut::new();
        let ids = self.by_id.map(|(at, _)| at);
        for (_, arg) in self.args.iter().enumerate().filter(|(at, _)| Some(*at) != ids) {
            let (value, kind) = arg.pair();
            let start = all.len();
            all.put_u32(0);
            let null = matches!(value.to_sql_checked(&kind, &mut all).ok()?, IsNull::Yes);
            let length = if null { u32::MAX } else { u32::try_from(all.len() - start - 4).ok()? };
            all[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
        Some(all)
    }
}
