//! What a list that always stands in one order asks for.

use super::{
    USUAL,
    parse::{limit, unknown_parameter},
};
use crate::problem::Problem;

/// A page: `limit=` and `after=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// Most items of the page, 1 to [`super::MOST`].
    pub limit: u16,
    /// The cursor of the page before; still sealed.
    pub after: Option<String>,
}

impl PageQuery {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// `unknown_field` for a parameter that does not exist; `bad_request` for a limit that cannot be read.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let mut query = Self { limit: USUAL, after: None };
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => query.limit = limit(value)?,
                "after" => query.after = Some(value.clone()).filter(|text| !text.is_empty()),
                other => return Err(unknown_parameter(other, &["limit", "after"])),
            }
        }
        Ok(query)
    }
}
