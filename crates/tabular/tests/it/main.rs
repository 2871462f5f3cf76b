//! The reader through its public door.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod encodings;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod old_books;
#[cfg(test)]
mod roundtrip;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod workbooks;
#[cfg(test)]
mod writers;
