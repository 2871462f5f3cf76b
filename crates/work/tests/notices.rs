//! Telling people, through the public doors.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "notices/house.rs"]
mod house;
#[path = "notices/pages.rs"]
mod pages;
