//! The job queue's statements: a job comes in within its maker's transaction, is claimed with a lease, and ends
//! only for who still holds that lease.
//!
//! The database's clock alone decides what is ready and whose lease has run out, so the clocks of workers need not
//! agree. `work::jobs` runs what is claimed here.

mod claim;
mod depth;
mod enqueue;
mod finish;
mod look;
mod take;

pub use claim::{Claimed, claim};
pub use depth::{Depth, depth};
pub use enqueue::NewJob;
pub use finish::{End, Ended, finish};
pub use look::{Ready, ready, with_lost_jobs};
pub use take::{LOST, Lost, beat, cancel, held, prune, rescue, retry};
