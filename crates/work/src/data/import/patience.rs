//! Patience with the locks of others: a step that met one is tried again a few times, later each time.

use std::time::Duration;

use model::problem::{Problem, codes};

/// Tries after the first one. Each waits for a lock as long as the database lets it, so all together are a minute.
const TRIES: u32 = 5;
/// The first pause; each further one is longer by it.
const PAUSE: Duration = Duration::from_millis(300);

/// What is left of it for one step.
#[derive(Debug, Default)]
pub struct Patience {
    tried: u32,
}

impl Patience {
    /// Whether a step that ended so is to be tried again, after a pause: it met locks of somebody else's, or both
    /// waited for each other.
    pub async fn again(&mut self, problem: &Problem) -> bool {
        if problem.code() != &codes::BUSY || self.tried == TRIES {
            return false;
        }
        self.tried += 1;
        tokio::time::sleep(PAUSE * self.tried).await;
        true
    }
}
