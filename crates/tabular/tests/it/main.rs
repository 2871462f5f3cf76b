//! The reader through its public door.

mod desk;
mod dialects;
mod encodings;
mod hostile;
mod kinds;
mod layouts;
mod roundtrip;
mod samples;
mod workbooks;
