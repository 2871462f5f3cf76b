//! The real world: the system's clock and the operating system's randomness.

use jiff::Timestamp;
use model::world::{Clock, Random, World};
use rand::{TryRng, rngs::SysRng};

/// The system's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the program asks for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's source of randomness.
struct SystemRandom;

impl Random for SystemRandom {
    /// A machine that cannot give randomness cannot keep a secret either: the process ends.
    fn fill(&self, bytes: &mut [u8]) {
        if SysRng.try_fill_bytes(bytes).is_err() {
            std::process::abort();
        }
    }
}

/// The real clock and randomness.
pub fn system() -> World {
    World::new(SystemClock, SystemRandom)
}
