//! Background jobs and what connects to other software.

mod inbound;
mod jobs;
mod notices;
pub mod payload;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &jobs::JOBS,
    &jobs::JOB_RUNS,
    &jobs::JOB_SCHEDULES,
    &notices::NOTIFICATIONS,
    &notices::NOTIFICATION_PREFERENCES,
    &notices::EMAIL_MESSAGES,
    &inbound::WEBHOOK_SOURCES,
    &inbound::WEBHOOK_LOGS,
    &inbound::FAILED_WEBHOOKS,
];
