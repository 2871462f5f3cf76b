//! Secrets of subscriptions as they are stored: sealed, as their text.

use model::{problem::Problem, world::World};
use uuid::Uuid;

use crate::{
    access::seal::{Keyring, Place},
    webhooks::standard::Secret,
};

/// What is stored for the subscription.
///
/// # Errors
/// As [`Keyring::seal`].
pub fn seal(
    secret: &Secret,
    keys: &Keyring,
    world: &World,
    tenant: Uuid,
    subscription: Uuid,
) -> Result<Vec<u8>, Problem> {
    keys.seal(world, place(tenant, subscription), secret.text().as_bytes())
}

/// What was stored for the subscription.
///
/// # Errors
/// As [`Keyring::open`].
pub fn open(keys: &Keyring, tenant: Uuid, subscription: Uuid, sealed: &[u8]) -> Result<Secret, Problem> {
    let text = keys.open(place(tenant, subscription), sealed)?;
    let secret = std::str::from_utf8(&text).ok().and_then(Secret::read);
    secret.ok_or_else(|| Problem::internal("a stored webhook secret cannot be read"))
}

fn place(tenant: Uuid, subscription: Uuid) -> Place {
    Place { tenant, purpose: "webhook_subscription", record: subscription }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_for_its_subscription_alone() {
        let world = store::world::system();
        let keys = Keyring::from_text(&"0".repeat(64)).unwrap();
        let (tenant, one, other) = (world.id(), world.id(), world.id());
        let secret = Secret::new(&world);
        let sealed = seal(&secret, &keys, &world, tenant, one).unwrap();
        assert_eq!(open(&keys, tenant, one, &sealed).unwrap().text(), secret.text());
        assert!(open(&keys, tenant, other, &sealed).is_err());
        assert!(secret.text().len() > 40);
    }
}
