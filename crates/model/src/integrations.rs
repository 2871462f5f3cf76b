//! Background jobs and what connects to other software.

pub mod cron;
mod inbound;
mod jobs;
mod notices;
mod outbound;
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
    &outbound::WEBHOOK_EVENTS,
    &outbound::WEBHOOK_SUBSCRIPTIONS,
    &outbound::WEBHOOK_FAILURES,
    &outbound::WEBHOOK_DELIVERIES,
    &outbound::WEBHOOK_ATTEMPTS,
];
