//! The company's people as their admin looks after them: in and out of office, and what they did.

mod activate;
mod activity;
mod add;
mod deactivate;

pub use activity::activity;
pub use add::add;

use crate::operation::Operation;

/// The operations on users.
pub(super) const OPERATIONS: [Operation; 2] = [deactivate::OPERATION, activate::OPERATION];
