//! Stock: levels and the movements behind them.

mod adjust;
mod default_location;

use crate::operation::Operation;

pub use adjust::AdjustStock;
pub use default_location::default_location;

/// The operations on stock.
pub const OPERATIONS: &[Operation] = &[adjust::OPERATION];
