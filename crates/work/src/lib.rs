//! What Tenantry does: operations, imports and exports.

pub mod access;
pub mod crm;
pub mod data;
pub mod events;
pub mod insight;
pub mod integrity;
pub mod jobs;
pub mod mail;
pub mod merging;
pub mod notices;
pub mod once;
pub mod operation;
pub mod outbound;
pub mod retention;
pub mod sales;
pub mod settings;
pub mod stock;
pub mod telemetry;
pub mod webhooks;

pub use access::{tenants, tokens};
pub use data::{export, import, sources};
pub use operation::{Operation, operations};
