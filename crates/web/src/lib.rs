//! The HTTP side of Tenantry: the REST API, its OpenAPI description, and the pages.
//!
//! A request passes the [`door`] (request id, log, problems, headers), is signed in by [`ask`], and its handler
//! reads what was asked, lets the engine or an operation run, and answers. [`routes::routes`] is the one list
//! of addresses: the router, the OpenAPI description and the coverage tests read it.

mod answer;
mod app;
mod ask;
mod assets;
mod auth;
mod bulk;
mod client;
mod docs;
mod door;
mod events;
mod exports;
mod health;
mod hooks;
mod imports;
mod input;
mod limits;
mod me;
mod metrics;
mod once;
pub mod openapi;
mod operations;
mod pages;
mod people;
mod platform;
mod portal;
pub mod problems;
mod records;
pub mod reference;
mod refusal;
mod remembered;
mod router;
pub mod routes;
mod search;
mod serve;
mod settings;
mod streamed;
mod trace;
mod ui;
mod writes;

pub use app::App;
pub use auth::in_clear;
pub use limits::{Quota, Quotas};
pub use metrics::{BUCKETS, Measure, Metrics, serve_metrics};
pub use router::router;
pub use routes::routes;
pub use serve::serve;
