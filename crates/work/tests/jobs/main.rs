//! Background jobs through their public doors, each test with a database of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod documents;
mod house;
mod kinds;
mod operations;
mod run;
