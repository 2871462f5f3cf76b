//! Companies, customers, contacts.

mod convert_company;

use crate::operation::Operation;

pub use convert_company::ConvertCompany;

/// The operations on companies and customers.
pub const OPERATIONS: &[Operation] = &[convert_company::OPERATION];
