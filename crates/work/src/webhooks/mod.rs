//! Webhooks: what other software tells Tenantry.

pub mod inbound;
