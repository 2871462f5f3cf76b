//! Background jobs under faults: processes of the real program that are killed, stopped and cut off from their
//! database. No job is lost, and each one's effect is there once.
//!
//! `TENANTRY_CHAOS_KILLS` (8) and `TENANTRY_CHAOS_BACKLOG` (20,000) make it bigger, `TENANTRY_CHAOS_SEED` moves the
//! moments.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod database;
mod ground;
mod kills;
mod turns;
