//! Inbound webhooks: `POST /hooks/{tenant}/{source}`.
//!
//! [`Inbox`] verifies a request on its raw bytes, stores its events and enqueues their processing in one transaction,
//! and answers; while the database is away it keeps them on disk. [`process`] does what an event says.

mod apply;
mod delivery;
mod drain;
mod effect;
mod frame;
mod inbox;
mod keep;
mod mend;
mod process;
mod rotate;
mod signature;
mod source;
mod spool;

pub use inbox::{Accepted, BODY_LIMIT, Inbox, NOT_ACCEPTED};
pub use process::{Process, Replay};
pub use rotate::{Rotate, Rotated};
pub use signature::Headers;
pub use source::Kind;

use crate::{jobs, operation::Operation};

/// Operations on sources and failed webhooks.
pub const OPERATIONS: &[Operation] = &[rotate::OPERATION, mend::EDIT, mend::REPLAY];

/// Jobs of inbound webhooks.
pub(crate) const JOBS: &[jobs::Kind] = &[
    jobs::Kind::of::<Process>("Does what an inbound webhook says."),
    jobs::Kind::of::<Replay>("Processes an event of the dead-letter queue again."),
];
