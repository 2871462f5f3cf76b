//! What every handler may reach.

use store::Db;

/// The running program as the handlers see it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
}
