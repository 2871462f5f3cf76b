//! Tenants, roles and the ways in: who may act, and what of it the audit trail tells.

pub mod again;
pub mod audit;
mod copy_role;
pub mod credentials;
pub mod head;
mod known;
pub mod me;
pub mod platform;
pub mod refusals;
pub mod rights;
pub mod roles;
pub mod seal;
pub mod sign_in;
pub mod staff;
pub mod standing;
pub mod tenants;
pub mod tokens;
pub mod views;
pub mod why;

use crate::operation::Operation;

/// The operations of this area.
pub(crate) static OPERATIONS: &[Operation] = &{
    let [deactivate, activate] = staff::OPERATIONS;
    let [create, rotate, revoke] = tokens::OPERATIONS;
    let [keep, renew, archive] = credentials::OPERATIONS;
    [copy_role::OPERATION, deactivate, activate, create, rotate, revoke, keep, renew, archive]
};
