//! Webhooks: what other software tells Tenantry, and what it is told.

pub mod inbound;
pub mod outbound;
mod standard;
