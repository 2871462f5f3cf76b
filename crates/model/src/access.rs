//! Users, roles, tokens, settings and the trail of changes.

mod audit;
mod credentials;
mod identity;
mod portal_users;
pub mod roles;
mod settings;
mod teams;
mod tokens;
mod users;
mod views;

pub use credentials::CREDENTIAL_KINDS;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &users::USERS,
    &users::USER_ROLES,
    &users::ROLES,
    &users::ROLE_PERMISSIONS,
    &teams::TEAMS,
    &teams::TEAM_MEMBERS,
    &portal_users::PORTAL_USERS,
    &portal_users::PORTAL_USER_ROLES,
    &tokens::INTEGRATION_TOKENS,
    &credentials::CREDENTIALS,
    &settings::TENANT_SETTINGS,
    &audit::AUDIT_LOGS,
    &audit::AUDIT_ARCHIVES,
    &audit::DATA_INTEGRITY_SNAPSHOTS,
    &views::CUSTOM_FIELDS,
    &views::SAVED_VIEWS,
    &identity::EXTERNAL_IDS,
    &identity::MERGES,
];
