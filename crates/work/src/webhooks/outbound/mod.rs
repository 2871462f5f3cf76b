//! Outbound webhooks: other software is told of events.
//!
//! An event commits with its change ([`store::TenantTx::emit`]). It is handed to the subscriptions that want it
//! ([`dispatch`]), each of which gets a delivery; deliveries are attempted until the endpoint answers with a 2xx or ten
//! attempts have failed. An endpoint may get an event twice (an answer may be lost on its way), always with the same
//! `webhook-id`, and events in another order than they happened in.

mod claim;
mod deliver;
mod disable;
mod dispatch;
mod enable;
mod health;
mod look;
mod message;
mod prune;
mod replay;
mod resend;
mod rotate;
mod secret;
mod settle;
mod test;
mod verdict;

use crate::{
    jobs::{Kind, Loop},
    operation::Operation,
};

pub use dispatch::{Dispatched, dispatch};
pub use look::{Delivery, Subscription, Wanted, deliveries, delivery, find, subscriptions};
pub use prune::prune;

/// Operations on subscriptions and deliveries.
pub const OPERATIONS: &[Operation] = &[
    rotate::OPERATION,
    enable::OPERATION,
    disable::OPERATION,
    test::OPERATION,
    replay::OPERATION,
    resend::OPERATION,
];

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[prune::KIND];

/// What goes on beside jobs.
pub(crate) const LOOPS: &[Loop] = &[
    Loop { name: "events", run: |services, stop| Box::pin(dispatch::keep(services, stop)) },
    Loop { name: "deliveries", run: |services, stop| Box::pin(deliver::keep(services, stop)) },
];
