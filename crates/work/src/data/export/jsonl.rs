//! JSON Lines: one object a record, numbers and truth values as such, decimals with every digit.

use std::fs::File;

use model::{field::Kind, problem::Problem};

use super::format::{Cells, Column, Encode};

/// JSON Lines being written.
pub(super) struct JsonLines {
    /// The names with quotes and colon, ready to be written, and the kinds.
    columns: Vec<(String, Kind)>,
    out: Vec<u8>,
}

impl JsonLines {
    pub(super) fn new(columns: &[Column]) -> Result<Self, Problem> {
        let ready = |(name, kind): &Column| Ok((format!("{}:", quoted(name)?), *kind));
        Ok(Self { columns: columns.iter().map(ready).collect::<Result<_, Problem>>()?, out: vec![] })
    }
}

impl Encode for JsonLines {
    fn add(&mut self, records: &[Cells]) -> Result<(), Problem> {
        for cells in records {
            for (at, ((name, kind), cell)) in self.columns.iter().zip(cells).enumerate() {
                self.out.push(if at == 0 { b'{' } else { b',' });
                self.out.extend(name.as_bytes());
                match cell {
                    None => self.out.extend(b"null"),
                    Some(cell) => self.out.extend(value(*kind, cell)?.as_bytes()),
                }
            }
            self.out.extend(b"}\n");
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn end(&mut self) -> Result<Option<File>, Problem> {
        Ok(None)
    }
}

/// PostgreSQL writes finite numbers, truth values and documents as JSON does.
fn value(kind: Kind, cell: &str) -> Result<String, Problem> {
    Ok(match kind {
        Kind::Integer { .. }
        | Kind::Quantity
        | Kind::Money
        | Kind::UnitPrice
        | Kind::Percent
        | Kind::Bool
        | Kind::Json => cell.to_owned(),
        Kind::Tags => {
            let tags: Vec<&str> = cell.split(", ").filter(|tag| !tag.is_empty()).collect();
            serde_json::to_string(&tags).map_err(Problem::internal)?
        }
        _ => quoted(cell)?,
    })
}

fn quoted(text: &str) -> Result<String, Problem> {
    serde_json::to_string(text).map_err(Problem::internal)
}
