//! What admins look after: the company's settings, why somebody sees what they see, and, for operators, the tenants.

pub mod audit;
pub mod settings;
pub mod tenants;
pub mod why;
pub mod words;
