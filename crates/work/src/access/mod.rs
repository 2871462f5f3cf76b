//! Tenants, roles and the tokens by which programs get in.

pub mod again;
mod known;
pub mod roles;
pub mod seal;
pub mod tenants;
pub mod tokens;
