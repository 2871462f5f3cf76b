//! The words of `tenantry webhooks`.

use clap::{Args, Subcommand};
use uuid::Uuid;

/// `tenantry webhooks`.
#[derive(Debug, Args)]
pub struct WebhooksArgs {
    /// Slug of the tenant
    #[arg(long, global = true, value_name = "SLUG")]
    pub tenant: Option<String>,
    /// Print one JSON object a line instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: WebhooksCommand,
}

/// What can be done about webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// List subscriptions and how their endpoints are doing
    List,
    /// List deliveries, the latest first
    Deliveries(DeliveriesArgs),
    /// Send a delivery again, at once and with all its attempts
    Resend {
        /// Id of the delivery
        delivery: Uuid,
    },
    /// Send an endpoint what it has missed
    Replay(ReplayArgs),
    /// Send an endpoint an event that tells nothing, and wait for its answer
    Test {
        /// Name or id of the subscription
        subscription: String,
    },
    /// Give a subscription a secret and print it, this once
    Rotate(RotateArgs),
    /// Tell an endpoint events again
    Enable {
        /// Name or id of the subscription
        subscription: String,
    },
    /// Tell an endpoint nothing for now
    Disable {
        /// Name or id of the subscription
        subscription: String,
        /// What others read about it
        #[arg(long)]
        reason: Option<String>,
    },
}

/// `tenantry webhooks deliveries`.
#[derive(Debug, Args)]
pub struct DeliveriesArgs {
    /// Of this subscription alone, by name or id
    #[arg(long, value_name = "NAME")]
    pub subscription: Option<String>,
    /// Those in this state alone
    #[arg(long, value_parser = ["pending", "delivered", "failed", "cancelled"])]
    pub state: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub limit: i64,
}

/// `tenantry webhooks replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Name or id of the subscription
    pub subscription: String,
    /// Events from this moment on: 2026-01-31T09:30:00Z, or how long ago: 36h, 90m
    #[arg(long, value_name = "TIME")]
    pub since: String,
    /// What was delivered already, too
    #[arg(long)]
    pub delivered_too: bool,
}

/// `tenantry webhooks rotate`.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// Name or id of the subscription
    pub subscription: String,
    /// Hours in which the former secret signs too
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(i64).range(0..=168))]
    pub overlap_hours: i64,
}
