//! Tenants, roles and the ways in: who may act, and what of it the audit trail tells.

pub mod again;
pub mod audit;
mod known;
pub mod roles;
pub mod seal;
pub mod sign_in;
pub mod standing;
pub mod tenants;
pub mod tokens;
