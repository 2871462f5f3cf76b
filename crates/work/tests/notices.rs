//! Telling people, through the public doors.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "notices/house.rs"]
mod house;
#[path = "notices/letters.rs"]
mod letters;
#[path = "notices/mails.rs"]
mod mails;
#[path = "notices/pages.rs"]
mod pages;
#[path = "notices/smtp.rs"]
mod smtp;
#[path = "notices/webhooks.rs"]
mod webhooks;
