//! Sales intelligence: what people see of how things are going.

pub mod home;
