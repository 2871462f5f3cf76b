//! `/dev`, the engine room: background jobs, schedules, what is told to other software and what comes in from it.

mod delivery;
mod inbound;
mod integrity;
mod jobs;
mod parts;
mod schedules;
mod webhooks;
pub mod words;

use axum::{http::Method, routing::MethodRouter};

use crate::{
    App,
    router::mount,
    routes::{Access, Route},
};

/// A page of the engine room, or what a form of one posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dev {
    /// Jobs by state and kind.
    Jobs,
    /// What is done again and again.
    Schedules,
    /// Endpoints and what they were told.
    Webhooks,
    /// One delivery with its attempts.
    Delivery,
    /// What came in.
    Inbound,
    /// Whether what is stored twice agrees.
    Integrity,
    /// Processes everything again that failed.
    ReplayAll,
}

impl Dev {
    /// Every one, with method and address.
    pub const ALL: [(Self, Method, &'static str); 7] = [
        (Self::Jobs, Method::GET, "/dev"),
        (Self::Schedules, Method::GET, "/dev/schedules"),
        (Self::Webhooks, Method::GET, "/dev/webhooks"),
        (Self::Delivery, Method::GET, "/dev/deliveries/{id}"),
        (Self::Inbound, Method::GET, "/dev/inbound"),
        (Self::Integrity, Method::GET, "/dev/integrity"),
        (Self::ReplayAll, Method::POST, "/dev/inbound/replay"),
    ];

    /// Who may come: whoever may see the same through the API.
    pub(super) fn access(self) -> Access {
        Access::Permission(self.permission().to_owned())
    }

    const fn permission(self) -> &'static str {
        match self {
            Self::Jobs => "jobs.view",
            Self::Schedules => "job_schedules.view",
            Self::Webhooks => "webhook_subscriptions.view",
            Self::Delivery => "webhook_deliveries.view",
            Self::Inbound => "webhook_logs.view",
            Self::Integrity => "data_integrity_snapshots.view",
            Self::ReplayAll => "failed_webhooks.replay",
        }
    }
}

/// The handler of one of them.
pub(super) fn endpoint(route: &'static Route, dev: Dev) -> MethodRouter<App> {
    match dev {
        Dev::Jobs => mount(route, jobs::page),
        Dev::Schedules => mount(route, schedules::page),
        Dev::Webhooks => mount(route, webhooks::page),
        Dev::Delivery => mount(route, delivery::page),
        Dev::Inbound => mount(route, inbound::page),
        Dev::Integrity => mount(route, integrity::page),
        Dev::ReplayAll => mount(route, inbound::replay_all),
    }
}
