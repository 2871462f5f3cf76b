//! Data sources at work: fetched by address and from the inbox, checked, approved or written, and told of when they fail.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod address;
mod credentials;
mod house;
mod inbox;
mod rules;
