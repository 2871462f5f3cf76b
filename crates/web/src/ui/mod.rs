//! What pages are made of: each piece is a function that gives markup.

pub mod avatar;
pub mod chart;
pub mod chip;
pub mod entry;
pub mod icon;
pub mod look;
pub mod number;
pub mod time;
pub mod toast;
pub mod url;
pub mod value;
pub mod words;

pub use avatar::person;
pub use icon::{icon, small};
pub use look::{Lang, Look, Theme};
pub use url::Url;
