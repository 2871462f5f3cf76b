//! People's way in: passwords, a second step, sessions, links that work once.

mod attempt;
mod failures;
pub mod jwt;
pub mod passwords;
mod person;
mod refresh;
pub mod rules;
mod second_step;
pub mod sessions;

pub use attempt::{CODE_REFUSED, CODE_REQUIRED, Credentials, SIGN_IN_REFUSED, SignedIn, sign_in};
pub use passwords::{Passwords, SIGN_IN_BUSY};
pub use person::{Person, Side};
pub use refresh::{Refreshed, refresh};
pub use sessions::{Begun, Kind, Present, Secret, Visit, Which};
