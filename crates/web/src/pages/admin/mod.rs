//! What admins look after: the company's settings, and why somebody sees what they see.

pub mod settings;
pub mod why;
pub mod words;
