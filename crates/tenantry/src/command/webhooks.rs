//! `tenantry webhooks`: who is told of events, and how that goes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::{Document, caller::Caller, problem::Problem};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;
use work::{
    jobs::Services,
    operation::{execute, named},
    tenants,
    webhooks::outbound::{self, Delivery, Subscription, Wanted},
};

use crate::{
    cli::{WebhooksArgs, WebhooksCommand},
    database::Database,
    failure::Failure,
    settings::Settings,
};

/// How long a test waits for what comes of it: an attempt takes 15 s at most, and a worker looks once a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// One tenant's webhooks.
struct Desk {
    services: Services,
    tenant: Uuid,
    json: bool,
}

/// Does what is said about a tenant's webhooks.
pub async fn run(settings: &Settings, database: &Database, args: WebhooksArgs) -> Result<(), Failure> {
    let slug = args.tenant.ok_or_else(|| Failure::usage("Say whose webhooks are meant: --tenant SLUG."))?;
    let tenant = tenants::find(&database.db, &slug).await?;
    let desk = Desk { services: database.services(settings)?, tenant, json: args.json };
    match args.command {
        WebhooksCommand::List => {
            let all = outbound::subscriptions(&desk.services.db, tenant).await?;
            desk.print(all.iter().map(|one| (json!(one), shown(one))));
        }
        WebhooksCommand::Deliveries(args) => {
            let subscription = match &args.subscription {
                Some(name) => Some(desk.find(name).await?),
                None => None,
            };
            let wanted = Wanted { subscription, state: args.state, most: args.limit };
            let all = outbound::deliveries(&desk.services.db, tenant, &wanted).await?;
            desk.print(all.iter().map(|one| (json!(one), line(one))));
        }
        WebhooksCommand::Resend { delivery } => {
            let done = desk.operate("webhook_deliveries.resend", delivery, json!({})).await?;
            desk.say(&done, "It is sent again as soon as a worker sees it.");
        }
        WebhooksCommand::Replay(args) => {
            let since = moment(&args.since, desk.services.db.world().now())?;
            let input = json!({ "since": since, "delivered_too": args.delivered_too });
            let id = desk.find(&args.subscription).await?;
            let done = desk.operate("webhook_subscriptions.replay", id, input).await?;
            desk.say(&done, &format!("{} deliveries are under way.", done["deliveries"]));
        }
        WebhooksCommand::Test { subscription } => desk.test(&subscription).await?,
        WebhooksCommand::Rotate(args) => {
            let id = desk.find(&args.subscription).await?;
            let input = json!({ "overlap_hours": args.overlap_hours });
            let done = desk.operate("webhook_subscriptions.rotate", id, input).await?;
            // The secret alone goes to the standard output, so that a script can take it.
            if !desk.json {
                eprintln!("The new secret of {}, shown this once:", args.subscription);
            }
            desk.say(&done, done["secret"].as_str().unwrap_or_default());
        }
        WebhooksCommand::Enable { subscription } => {
            let id = desk.find(&subscription).await?;
            let done = desk.operate("webhook_subscriptions.enable", id, json!({})).await?;
            desk.say(&done, "It is told events again, from now on. `replay` sends what it has missed.");
        }
        WebhooksCommand::Disable { subscription, reason } => {
            let id = desk.find(&subscription).await?;
            let done = desk.operate("webhook_subscriptions.disable", id, json!({ "reason": reason })).await?;
            desk.say(&done, "It is told nothing from now on.");
        }
    }
    Ok(())
}

impl Desk {
    async fn find(&self, name: &str) -> Result<Uuid, Problem> {
        outbound::find(&self.services.db, self.tenant, name).await
    }

    async fn operate(&self, name: &str, id: Uuid, input: Value) -> Result<Document, Failure> {
        let operation = named(name)?;
        let caller = Caller::system(self.tenant, self.services.db.world().id());
        // What was not said is left out.
        let input = input.as_object().cloned().unwrap_or_default();
        let input = input.into_iter().filter(|(_, value)| !value.is_null()).collect();
        Ok(execute(&self.services, &caller, operation, Some(id), input).await?)
    }

    fn print(&self, all: impl Iterator<Item = (Value, String)>) {
        let mut none = true;
        for (json, text) in all {
            none = false;
            match self.json {
                true => println!("{json}"),
                false => println!("{text}"),
            }
        }
        if none && !self.json {
            println!("There is none.");
        }
    }

    fn say(&self, done: &Document, text: &str) {
        match self.json {
            true => println!("{}", Value::Object(done.clone())),
            false => println!("{text}"),
        }
    }

    async fn test(&self, name: &str) -> Result<(), Failure> {
        let id = self.find(name).await?;
        let sent = self.operate("webhook_subscriptions.test", id, json!({})).await?;
        let delivery: Uuid = sent["delivery_id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Problem::internal("a test without a delivery"))?;
        let end = Instant::now() + PATIENCE;
        let tried = loop {
            match outbound::delivery(&self.services.db, self.tenant, delivery).await? {
                tried if tried.attempts > 0 => break tried,
                _ if Instant::now() >= end => {
                    return Err(Failure::work(format!(
                        "Nobody has attempted the delivery {delivery} within {} s. Is `tenantry serve` or `tenantry work` \
                         running, and has the subscription a secret?",
                        PATIENCE.as_secs()
                    )));
                }
                _ => sleep(Duration::from_millis(200)).await,
            }
        };
        let status = tried.last_status.map_or(String::new(), |status| format!(" {status}"));
        match (self.json, tried.state.as_str()) {
            (true, _) => println!("{}", json!(tried)),
            (false, "delivered") => println!("The endpoint took it and answered{status}."),
            (false, _) => {}
        }
        match (tried.state.as_str(), tried.last_error) {
            ("delivered", _) => Ok(()),
            (_, error) => {
                Err(Failure::work(error.unwrap_or_else(|| "The endpoint did not take it.".to_owned())))
            }
        }
    }
}

fn shown(one: &Subscription) -> String {
    let state = match (&*one.status, one.has_secret) {
        ("active", false) => "no secret",
        (status, _) => status,
    };
    let trouble = one.disabled_reason.as_ref().or(one.last_error.as_ref());
    let trouble =
        trouble.map_or(String::new(), |trouble| format!("\n    {} failures: {trouble}", one.failures));
    format!(
        "{:<24} {:<10} {:>6} waiting  {}  {}{trouble}",
        one.name,
        state,
        one.pending,
        one.url,
        one.event_types.join(", ")
    )
}

fn line(one: &Delivery) -> String {
    let next = one.next_attempt_at.map_or(String::new(), |next| format!(", next {next:.0}"));
    let error = one.last_error.as_ref().map_or(String::new(), |error| format!("\n    {error}"));
    format!(
        "{}  {:<10} {:<28} {:<24} {} attempts{next}{error}",
        one.id, one.state, one.event_type, one.subscription, one.attempts
    )
}

/// A moment, or how long ago it was.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let ago = || text.parse::<SignedDuration>().ok().and_then(|ago| now.checked_sub(ago).ok());
    text.parse().ok().or_else(ago).ok_or_else(|| {
        Failure::usage(format!(
            "--since is `{text}`: expected a moment such as 2026-01-31T09:30:00Z, or how long ago it was, such as 36h or 90m."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_stated_or_counted_back() {
        let now: Timestamp = "2026-01-31T09:30:00Z".parse().unwrap();
        let read = |text| moment(text, now).map(|moment| moment.to_string());
        assert_eq!(read("2026-01-30T16:30:00+07:00").unwrap(), "2026-01-30T09:30:00Z");
        assert_eq!(read("36h").unwrap(), "2026-01-29T21:30:00Z");
        assert_eq!(read("90m").unwrap(), "2026-01-31T08:00:00Z");
        assert!(read("yesterday").unwrap_err().to_string().contains("36h"));
    }
}
