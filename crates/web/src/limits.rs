//! How many requests may come: a bucket of tokens for each caller, each tenant and each client address.
//!
//! Buckets are in memory, so each process counts for itself. They begin full and fill evenly; a bucket that nobody has
//! used for long is full again and may be forgotten, which bounds the memory. `governor` would do the counting, but keeps
//! every key until it is swept.
//!
//! Headers as of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "caller";q=60000;w=60` and
//! `RateLimit: "caller";r=59999;t=1`.

use std::{
    fmt::Write,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroUsize,
    str::FromStr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lru::LruCache;
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::json;
use uuid::Uuid;

/// Buckets of a kind; of more, those that were not used for longest are forgotten.
const MOST: NonZeroUsize = NonZeroUsize::new(1 << 16).unwrap();

/// So many requests within so long: also the most that may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    requests: u32,
    seconds: u32,
}

impl FromStr for Quota {
    type Err = ();

    /// Reads `600/60`: 600 requests within 60 seconds.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (requests, seconds) = text.split_once('/').ok_or(())?;
        let number = |text: &str| text.trim().parse().ok().filter(|number| (1..=1 << 30).contains(number));
        Ok(Self { requests: number(requests).ok_or(())?, seconds: number(seconds).ok_or(())? })
    }
}

/// The quotas in force; `None` is without limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotas {
    /// Of each token or person.
    pub caller: Option<Quota>,
    /// Of each company, all its callers together.
    pub tenant: Option<Quota>,
    /// Of each address that asks without being signed in.
    pub client: Option<Quota>,
}

/// The buckets of a process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Limits(Arc<Kinds>);

#[derive(Debug, Default)]
struct Kinds {
    caller: Option<Buckets<Uuid>>,
    tenant: Option<Buckets<Uuid>>,
    client: Option<Buckets<IpAddr>>,
}

/// What is told of one policy.
#[derive(Clone, Copy, Debug)]
struct Line {
    name: &'static str,
    quota: Quota,
    /// Requests left.
    left: u32,
    /// Seconds until all are there again.
    full: u64,
    /// Seconds until the next one, where none was left.
    wait: Option<u64>,
}

/// How a request stands with its limits.
#[derive(Clone, Debug, Default)]
pub struct Standing(Vec<Line>);

impl Limits {
    /// Full buckets.
    pub fn new(quotas: Quotas) -> Self {
        Self(Arc::new(Kinds {
            caller: quotas.caller.map(|quota| Buckets::new("caller", quota)),
            tenant: quotas.tenant.map(|quota| Buckets::new("tenant", quota)),
            client: quotas.client.map(|quota| Buckets::new("client", quota)),
        }))
    }

    /// Counts a request of somebody who is signed in. What their own bucket refuses takes nothing from the tenant's.
    pub fn signed(&self, caller: &Caller, now: Instant) -> Standing {
        let mut standing = Standing::default();
        let own = (self.0.caller.as_ref(), caller.actor.id().unwrap_or_default());
        for (buckets, key) in [own, (self.0.tenant.as_ref(), caller.tenant)] {
            if let Some(buckets) = buckets
                && standing.refused().is_none()
            {
                standing.0.push(buckets.take(key, now));
            }
        }
        standing
    }

    /// Counts a request from an address.
    pub fn client(&self, address: Option<IpAddr>, now: Instant) -> Standing {
        let (Some(buckets), Some(address)) = (&self.0.client, address) else { return Standing::default() };
        Standing(vec![buckets.take(network(address), now)])
    }
}

/// Whose address it is: with IPv6 each customer of a provider has a /64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        other => other,
    }
}

impl Standing {
    /// The problem of a request that is one too many.
    pub fn refused(&self) -> Option<Problem> {
        let line = self.0.iter().find(|line| line.wait.is_some())?;
        let (requests, seconds) = (line.quota.requests, line.quota.seconds);
        let whose = match line.name {
            "caller" => "you",
            "tenant" => "your company",
            _ => "your address",
        };
        let detail = format!("More than {requests} requests within {seconds} seconds came from {whose}.");
        let problem = Problem::new(&codes::RATE_LIMITED, detail)
            .hint("Wait as many seconds as `Retry-After` says; `RateLimit` tells what is left.");
        Some(problem.facts(json!({ "policy": line.name })))
    }

    /// `Retry-After` in seconds, where it is refused.
    pub fn retry_after(&self) -> Option<u64> {
        self.0.iter().find_map(|line| line.wait)
    }

    /// `RateLimit-Policy` and `RateLimit`; none where nothing limits.
    pub fn headers(&self) -> Option<(String, String)> {
        let (mut policy, mut limit) = (String::new(), String::new());
        for line in &self.0 {
            let comma = if policy.is_empty() { "" } else { ", " };
            let Line { name, quota, left, full, .. } = line;
            // Writing to a string cannot fail.
            let _ = write!(policy, "{comma}\"{name}\";q={};w={}", quota.requests, quota.seconds);
            let _ = write!(limit, "{comma}\"{name}\";r={left};t={full}");
        }
        (!self.0.is_empty()).then_some((policy, limit))
    }
}

#[derive(Debug)]
struct Buckets<K: Eq + Hash> {
    name: &'static str,
    quota: Quota,
    held: Mutex<LruCache<K, Bucket>>,
}

/// What was left at a moment.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl<K: Eq + Hash> Buckets<K> {
    fn new(name: &'static str, quota: Quota) -> Self {
        Self { name, quota, held: Mutex::new(LruCache::new(MOST)) }
    }

    fn take(&self, key: K, now: Instant) -> Line {
        let (most, a_second) = (f64::from(self.quota.requests), self.a_second());
        // A thread that died here left whole buckets.
        let mut held = self.held.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bucket = held.get_or_insert_mut(key, || Bucket { tokens: most, at: now });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        let tokens = (bucket.tokens + passed * a_second).min(most);
        let refused = tokens < 1.0;
        let left = if refused { tokens } else { tokens - 1.0 };
        *bucket = Bucket { tokens: left, at: now.max(bucket.at) };
        drop(held);
        let wait = refused.then(|| seconds((1.0 - left) / a_second).max(1));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to the quota, which is such a number"
        )]
        let whole = left.floor() as u32;
        Line {
            name: self.name,
            quota: self.quota,
            left: whole,
            full: seconds((most - left) / a_second),
            wait,
        }
    }

    fn a_second(&self) -> f64 {
        f64::from(self.quota.requests) / f64::from(self.quota.seconds)
    }
}

/// Whole seconds, rounded up.
fn seconds(time: f64) -> u64 {
    Duration::try_from_secs_f64(time.ceil()).map_or(u64::MAX, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(caller: &str, tenant: &str) -> Limits {
        let quota = |text: &str| text.parse().ok();
        Limits::new(Quotas { caller: quota(caller), tenant: quota(tenant), client: quota("2/10") })
    }

    fn caller(tenant: u128, actor: u128) -> Caller {
        let actor = model::caller::Actor::Token(Uuid::from_u128(actor));
        Caller { actor, ..Caller::system(Uuid::from_u128(tenant), Uuid::nil()) }
    }

    #[test]
    fn a_bucket_empties_refuses_and_fills_again() {
        let (limits, start) = (limits("3/6", ""), Instant::now());
        let after = |ms| limits.signed(&caller(1, 1), start + Duration::from_millis(ms));
        for left in [2, 1, 0] {
            let told = after(0);
            assert!(told.refused().is_none());
            let (policy, limit) = told.headers().unwrap();
            assert_eq!(policy, "\"caller\";q=3;w=6");
            assert_eq!(limit, format!("\"caller\";r={left};t={}", (3 - left) * 2));
        }
        assert_eq!(after(0).retry_after(), Some(2));
        assert_eq!(after(1_500).retry_after(), Some(1));
        assert!(after(2_100).refused().is_none());
        assert!(after(2_200).refused().is_some());
        assert!((0..3).all(|_| after(60_000).refused().is_none()));
        assert_eq!(after(60_000).refused().unwrap().code().code, "rate_limited");
    }

    #[test]
    fn a_flood_takes_from_its_own_buckets_alone() {
        let (limits, now) = (limits("3/60", "5/60"), Instant::now());
        let refused = |tenant, actor| limits.signed(&caller(tenant, actor), now).refused().is_some();
        assert!((0..3).all(|_| !refused(1, 1)));
        assert!((0..100).all(|_| refused(1, 1)));
        // The flood took three of the tenant's five.
        assert!((0..2).all(|_| !refused(1, 2)));
        assert!(refused(1, 2) && refused(1, 3));
        assert!(!refused(2, 4));
    }

    #[test]
    fn an_address_of_ipv6_is_one_of_its_network() {
        let (limits, now) = (limits("", ""), Instant::now());
        let refused = |address: &str| limits.client(address.parse().ok(), now).refused().is_some();
        assert!(!refused("2001:db8::1") && !refused("2001:db8::2") && refused("2001:db8::3"));
        assert!(!refused("2001:db8:0:1::1") && !refused("192.0.2.1"));
        assert!(limits.client(None, now).headers().is_none());
        assert!(limits.signed(&caller(1, 1), now).headers().is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let (limits, now) = (limits("", ""), Instant::now());
        for n in 0..100_000_u32 {
            limits.client(Some(IpAddr::from(n.to_be_bytes())), now);
        }
        assert_eq!(limits.0.client.as_ref().unwrap().held.lock().unwrap().len(), MOST.get());
    }

    #[test]
    fn a_quota_is_requests_within_seconds() {
        assert_eq!("600/60".parse(), Ok(Quota { requests: 600, seconds: 60 }));
        for none in ["600", "0/60", "600/0", "a/60", "600/60/60", "", "-1/60", "9999999999/1"] {
            assert_eq!(none.parse::<Quota>(), Err(()), "{none}");
        }
    }
}
