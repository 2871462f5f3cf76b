//! The record engine through its public functions: two tenants with twin data on a database of the test's own.

#[cfg(test)]
mod house;
#[cfg(test)]
mod list;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod write;
