//! Tenants, roles and the tokens by which programs get in.

pub mod roles;
pub mod tenants;
pub mod tokens;
