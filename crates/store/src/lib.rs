//! The one door to the data: transactions with a tenant's context, the record engine, migrations, policies,
//! the local cluster, object storage.

pub mod catalog;
pub mod cluster;
mod connection;
pub mod db;
pub mod engine;
pub mod files;
pub mod migrate;
pub mod queue;
pub mod secret;
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verify;
pub mod world;

pub use connection::{is_on_this_machine, provide_cryptography};
pub use db::{Db, DbSettings, Lane, SystemTask, SystemTx, TenantTx, Usage, Wake, Wakes};
pub use files::Files;
pub use queue::NewJob;
