//! People's way in: passwords, a second step, sessions, links that work once.

mod attempt;
mod enroll;
mod failures;
mod forgot;
mod invite;
pub mod jwt;
pub mod links;
mod own_password;
pub mod passwords;
mod person;
mod refresh;
pub mod rules;
mod second_step;
pub mod sessions;

pub use attempt::{CODE_REFUSED, CODE_REQUIRED, Credentials, SIGN_IN_REFUSED, SignedIn, sign_in};
pub use enroll::{Setup, TOTP_STATE, disable, enable, setup, switch_off};
pub(crate) use forgot::JOBS;
pub use forgot::{SendReset, forgot};
pub use invite::OPERATIONS;
pub use links::{LINK_REFUSED, Link, Purpose, redeem};
pub use own_password::{WRONG_PASSWORD, change};
pub use passwords::{Passwords, SIGN_IN_BUSY};
pub use person::{Person, Side};
pub use refresh::{Refreshed, refresh};
pub use sessions::{Begun, Kind, Present, Secret, Visit, Which, revoke};
