//! The record engine through its public functions: two tenants with twin data on a database of the test's own.

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod events;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod house;
#[cfg(test)]
mod limit;
#[cfg(test)]
mod list;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod together;
#[cfg(test)]
mod write;
