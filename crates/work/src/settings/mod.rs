//! What a tenant decides for itself: typed groups of settings, each with defaults, bounds and words in two languages.
//!
//! A group is a struct, and fields like those of a record that describe it; the table keeps what was stated, the rest has
//! its default. Everybody who goes by a setting reads its group by [`of`] or [`read`].

mod branding;
mod imports;
mod portal;
mod retention;
pub(crate) mod security;
mod write;

use model::{
    Document,
    caller::{Caller, Scope},
    field::{Field, Text},
    problem::{FieldError, Problem},
    value::validate_input,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Db, TenantTx, sql, sql::Query};

pub use branding::Branding;
pub use imports::Imports;
pub use portal::Portal;
pub use retention::Retention;
pub use security::Security;
pub(crate) use write::state;
pub use write::{Settings, all, get, write};

/// A group of settings as programs read it.
pub trait Group: DeserializeOwned {
    /// What describes it.
    const DESCRIBED: &'static Described;
}

/// The description of a group.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name in addresses and in the table.
    pub name: &'static str,
    /// What people read.
    pub label: Text,
    /// What it is about, a sentence.
    pub about: Text,
    /// Its settings; each has a default, or may be empty.
    pub fields: &'static [Field],
    /// What contradicts itself among values that are each valid.
    pub check: fn(&Document) -> Vec<FieldError>,
}

/// Every group.
pub static GROUPS: &[&Described] =
    &[&branding::GROUP, &imports::GROUP, &portal::GROUP, &retention::GROUP, &security::GROUP];

/// No rule over the whole group.
const fn anything(_: &Document) -> Vec<FieldError> {
    vec![]
}

impl Described {
    /// The values in force where these were stated.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn values(&self, stated: Document) -> Result<Document, Vec<FieldError>> {
        let values = validate_input(self.fields, stated)?;
        let errors = (self.check)(&values);
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    /// The values in force where this document is stored. One that cannot be read stops whoever goes by it.
    fn stored<G: DeserializeOwned>(&self, document: Option<Value>) -> Result<G, Problem> {
        let stated = match document {
            Some(Value::Object(stated)) => stated,
            _ => Document::new(),
        };
        let values = self.values(stated).map_err(|errors| {
            let named =
                |error: FieldError| FieldError { field: format!("{}.{}", self.name, error.field), ..error };
            Problem::invalid(errors.into_iter().map(named).collect())
        })?;
        serde_json::from_value(Value::Object(values)).map_err(Problem::internal)
    }
}

/// The group as it is in force where this document is stored.
///
/// # Errors
/// `invalid` where what is stored cannot be read.
pub(crate) fn stored<G: Group>(document: Option<Value>) -> Result<G, Problem> {
    G::DESCRIBED.stored(document)
}

/// The group as it is in force for the transaction's tenant.
///
/// # Errors
/// `invalid` where what is stored cannot be read; a defect in a transaction of a portal, which sees no settings.
pub async fn of<G: Group>(tx: &mut TenantTx) -> Result<G, Problem> {
    if tx.caller().scope == Scope::Portal {
        return Err(Problem::internal("settings are read by staff and by the program"));
    }
    let find = sql!("select document from tenant_settings where tenant_id = $1 and setting_group = $2");
    let row = tx.optional(find, &[&tx.tenant(), &G::DESCRIBED.name]).await?;
    G::DESCRIBED.stored(row.map(|row| row.get(0)))
}

/// The group as it is in force for the caller's tenant.
///
/// # Errors
/// `invalid` where what is stored cannot be read; `unavailable`.
pub async fn read<G: Group>(db: &Db, caller: &Caller) -> Result<G, Problem> {
    let find = Query::fixed(
        sql!("select document from tenant_settings where tenant_id = $1 and setting_group = $2"),
        vec![caller.tenant.into(), G::DESCRIBED.name.into()],
    );
    let rows = db.read(&caller.program(), find).await?;
    G::DESCRIBED.stored(rows.first().map(|row| row.get(0)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn readable<G: Group>() {
        let values: Result<G, Problem> = G::DESCRIBED.stored(None);
        assert!(values.is_ok(), "{}", G::DESCRIBED.name);
    }

    #[test]
    fn every_group_reads_its_defaults() {
        readable::<Branding>();
        readable::<Imports>();
        readable::<Portal>();
        readable::<Retention>();
        readable::<Security>();
        assert_eq!(GROUPS.len(), 5);
    }

    #[test]
    fn every_setting_is_told_in_both_languages() {
        for group in GROUPS {
            assert_ne!(group.label.en, group.label.th, "{}", group.name);
            assert_ne!(group.about.en, group.about.th, "{}", group.name);
            for field in group.fields {
                assert_ne!(field.label.en, field.label.th, "{}.{}", group.name, field.name);
                assert!(!field.help.is_empty() && !field.help_th.is_empty(), "{}.{}", group.name, field.name);
            }
        }
    }

    #[test]
    fn what_is_stored_and_cannot_be_read_is_named() {
        let read = |document| Retention::DESCRIBED.stored::<Retention>(Some(document));
        assert_eq!(read(json!({ "files": 30 })).unwrap().files, 30);
        assert_eq!(read(json!({ "files": 30 })).unwrap().staged_rows, 30);
        for (bad, field) in [
            (json!({ "files": 0 }), "retention.files"),
            (json!({ "exports": 4_000 }), "retention.exports"),
            (json!({ "job_runs": -1 }), "retention.job_runs"),
            (json!({ "fils": 3 }), "retention.fils"),
        ] {
            assert_eq!(read(bad).unwrap_err().field_errors()[0].field, field);
        }
    }
}
