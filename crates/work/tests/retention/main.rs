//! The built-in schedules' jobs: what each removes, and what stays.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audit;
mod house;
mod imports;
mod logs;
mod secrets;
mod stock;
mod upkeep;
