//! Outbound webhooks through their public doors: endpoints on this machine are told of changes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod deliveries;
mod endpoint;
mod house;
mod libraries;
mod many;
mod operations;
mod trouble;
