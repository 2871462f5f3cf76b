//! The API as programs see it: requests in, answers out, no sockets between.

#![expect(clippy::unwrap_used, reason = "a test that cannot be prepared fails")]

mod attacks;
mod audit;
mod auth;
mod auth_cookies;
mod auth_links;
mod auth_second_step;
mod auth_tokens;
mod away;
mod coverage;
mod exports;
mod filters;
mod fixtures;
mod harness;
mod hooks;
mod imports;
mod limits;
mod once;
mod openapi;
mod operations;
mod page_admin;
mod page_coverage;
mod page_home;
mod page_imports;
mod page_lists;
mod pages;
mod people;
mod persons;
mod platform;
mod portal;
mod problems;
mod records;
mod requests;
mod rights;
mod search;
mod settings;
mod why;
