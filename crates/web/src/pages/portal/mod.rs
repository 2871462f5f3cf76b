//! The portal: a calmer house for people at customers, around the same lists, records and forms that the staff has.
//!
//! What is here is what the portal has of its own: its shell and menu, its home, and how a document is shown whole. Which
//! pages of the staff it has is said by [`crate::portal::page`].

mod home;
mod menu;
mod record;
mod shell;
mod words;

pub use home::home;
pub use record::{buttons, overview, up};
pub use shell::shell;
