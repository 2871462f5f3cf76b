//! The outside world as values: the clock and the source of randomness.
//!
//! Nothing else in the program asks the operating system for time or randomness, so that a test can hold both.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Gives bytes that nobody can guess.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// Clock and randomness together; cheap to clone.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl World {
    /// A world of the given clock and randomness.
    pub fn new(clock: impl Clock + 'static, random: impl Random + 'static) -> Self {
        Self { clock: Arc::new(clock), random: Arc::new(random) }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then randomness.
    pub fn id(&self) -> Uuid {
        let mut rest = [0; 10];
        self.random.fill(&mut rest);
        uuid7(self.now(), rest)
    }

    /// `N` unguessable bytes.
    pub fn secret<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// The UUIDv7 that `parts` always give at time `at`: the same thing named twice gets the same id.
///
/// Used where work may be repeated after a crash (staged rows, records grouped from several rows). The parts
/// are hashed with their lengths, so `["ab", "c"]` and `["a", "bc"]` differ.
pub fn derived_id(at: Timestamp, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut rest = [0; 10];
    rest.copy_from_slice(&digest[..10]);
    uuid7(at, rest)
}

/// A [`derived_id`] that also keeps the order of its `place` (0 to 4095) among those of the same millisecond.
///
/// The place stands in the twelve bits behind the time, as RFC 9562 (method 1 of section 6.2) lets a counter do.
pub fn derived_id_at_place(at: Timestamp, place: u16, parts: &[&[u8]]) -> Uuid {
    let mut rest = *derived_id(at, parts).as_bytes();
    let [high, low] = (place & 0x0fff).to_be_bytes();
    rest[6] = 0x70 | high;
    rest[7] = low;
    Uuid::from_bytes(rest)
}

/// Times before 1970 count as 1970; UUIDv7 knows none earlier.
fn uuid7(at: Timestamp, rest: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_repeat_and_keep_time_order() {
        let (early, late) = (Timestamp::from_second(1_000).unwrap(), Timestamp::from_second(2_000).unwrap());
        assert_eq!(derived_id(early, &[b"a", b"b"]), derived_id(early, &[b"a", b"b"]));
        assert_ne!(derived_id(early, &[b"ab", b"c"]), derived_id(early, &[b"a", b"bc"]));
        assert!(derived_id(early, &[b"z"]) < derived_id(late, &[b"a"]));
        assert_eq!(derived_id(early, &[]).get_version_num(), 7);

        let places: Vec<_> = (0..4096).map(|place| derived_id_at_place(early, place, &[b"a"])).collect();
        assert!(places.is_sorted() && places.iter().all(|id| id.get_version_num() == 7));
        assert!(places.iter().all(|id| *id < derived_id(late, &[b"a"])));
    }
}
