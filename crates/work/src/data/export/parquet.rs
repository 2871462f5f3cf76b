//! Apache Parquet: every column has the type of its field, amounts are decimals with every digit.

use std::{fs::File, sync::Arc};

use jiff::{Timestamp, civil::Date};
use model::{field::Kind, problem::Problem};
use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};
use rust_decimal::Decimal;

use super::format::{Cells, Column, Encode};

/// Records of a row group: as many as are held in memory.
const GROUP: usize = 20_000;

/// A Parquet file being written.
pub(super) struct Parquet {
    columns: Vec<Column>,
    file: SerializedFileWriter<Vec<u8>>,
    waiting: Vec<Cells>,
    /// The footer is written too.
    ended: bool,
}

impl Parquet {
    pub(super) fn new(name: &str, columns: Vec<Column>) -> Result<Self, Problem> {
        let made = || -> Result<_, ParquetError> {
            let fields = columns.iter().map(|(name, kind)| Ok(Arc::new(field(name, *kind)?)));
            let fields = fields.collect::<Result<_, ParquetError>>()?;
            let schema = Type::group_type_builder(name).with_fields(fields).build()?;
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
            SerializedFileWriter::new(vec![], Arc::new(schema), Arc::new(properties))
        };
        let file = made().map_err(Problem::internal)?;
        Ok(Self { columns, file, waiting: vec![], ended: false })
    }

    /// Writes what waits as a row group.
    fn group(&mut self) -> Result<(), Problem> {
        let records = std::mem::take(&mut self.waiting);
        if records.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group().map_err(Problem::internal)?;
        for (at, (_, kind)) in self.columns.iter().enumerate() {
            let cells = || records.iter().map(|cells| cells[at].as_deref());
            let there: Vec<i16> = cells().map(|cell| i16::from(cell.is_some())).collect();
            let column = group.next_column().map_err(Problem::internal)?;
            let mut column = column.ok_or_else(|| Problem::internal("the schema has every column"))?;
            let written = match column.untyped() {
                ColumnWriter::BoolColumnWriter(writer) => {
                    let values: Vec<bool> = cells().flatten().map(|cell| cell == "true").collect();
                    writer.write_batch(&values, Some(&there), None)
                }
                ColumnWriter::Int32ColumnWriter(writer) => {
                    let values: Result<Vec<i32>, Problem> = cells().flatten().map(days).collect();
                    writer.write_batch(&values?, Some(&there), None)
                }
                ColumnWriter::Int64ColumnWriter(writer) => {
                    let values: Result<Vec<i64>, Problem> =
                        cells().flatten().map(|cell| whole(*kind, cell)).collect();
                    writer.write_batch(&values?, Some(&there), None)
                }
                ColumnWriter::ByteArrayColumnWriter(writer) => {
                    let values: Vec<ByteArray> = cells().flatten().map(ByteArray::from).collect();
                    writer.write_batch(&values, Some(&there), None)
                }
                _ => return Err(Problem::internal("a column of a type that no field has")),
            };
            written.map_err(Problem::internal)?;
            column.close().map_err(Problem::internal)?;
        }
        group.close().map(drop).map_err(Problem::internal)
    }
}

impl Encode for Parquet {
    fn add(&mut self, records: &[Cells]) -> Result<(), Problem> {
        self.waiting.extend_from_slice(records);
        if self.waiting.len() >= GROUP { self.group() } else { Ok(()) }
    }

    fn take(&mut self) -> Vec<u8> {
        // Into memory: there is nothing to fail.
        let _ = self.file.flush();
        std::mem::take(self.file.inner_mut())
    }

    fn end(&mut self) -> Result<Option<File>, Problem> {
        self.group()?;
        if !std::mem::replace(&mut self.ended, true) {
            self.file.finish().map_err(Problem::internal)?;
        }
        Ok(None)
    }
}

/// Digits before and after the point that the column keeps, as in [`Kind::sql_type`].
const fn decimals(kind: Kind) -> Option<(i32, i32)> {
    match kind {
        Kind::Quantity => Some((14, 3)),
        Kind::Money => Some((14, 2)),
        Kind::UnitPrice => Some((18, 6)),
        Kind::Percent => Some((9, 6)),
        _ => None,
    }
}

fn field(name: &str, kind: Kind) -> Result<Type, ParquetError> {
    let (physical, logical) = match (kind, decimals(kind)) {
        (_, Some((precision, scale))) => (Physical::INT64, Some(LogicalType::decimal(scale, precision))),
        (Kind::Integer { .. }, _) => (Physical::INT64, None),
        (Kind::Bool, _) => (Physical::BOOLEAN, None),
        (Kind::Date, _) => (Physical::INT32, Some(LogicalType::Date)),
        (Kind::Timestamp, _) => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        (Kind::Json, _) => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let (precision, scale) = decimals(kind).unwrap_or((-1, -1));
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .with_precision(precision)
        .with_scale(scale)
        .build()
}

/// Days since 1970-01-01.
fn days(cell: &str) -> Result<i32, Problem> {
    let day: Date = cell.parse().map_err(Problem::internal)?;
    let since = day.since(Date::constant(1970, 1, 1)).map_err(Problem::internal)?;
    Ok(since.get_days())
}

/// A whole number, a moment in microseconds since 1970, or an amount in its smallest unit.
fn whole(kind: Kind, cell: &str) -> Result<i64, Problem> {
    if kind == Kind::Timestamp {
        let moment: Timestamp = cell.parse().map_err(Problem::internal)?;
        return Ok(moment.as_microsecond());
    }
    let Some((_, scale)) = decimals(kind) else { return cell.parse().map_err(Problem::internal) };
    let mut amount: Decimal = cell.parse().map_err(Problem::internal)?;
    amount.rescale(scale.unsigned_abs());
    i64::try_from(amount.mantissa()).map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;

    #[test]
    fn every_type_is_read_back_by_the_names_of_its_columns() {
        let columns = [
            ("id", Kind::Id),
            ("n", Kind::Integer { min: 0, max: 9 }),
            ("ok", Kind::Bool),
            ("on", Kind::Date),
            ("at", Kind::Timestamp),
            ("total", Kind::Money),
            ("rate", Kind::Percent),
            ("doc", Kind::Json),
        ];
        let columns = columns.map(|(name, kind)| (name.to_owned(), kind)).to_vec();
        let mut parquet = Parquet::new("orders", columns).unwrap();
        let record =
            ["a", "7", "true", "1969-12-31", "2026-01-02T03:04:05.000006Z", "-12.50", "0.1", r#"{"x": 1}"#];
        parquet.add(&[record.map(|cell| Some(cell.to_owned())).to_vec(), vec![None; 8]]).unwrap();
        let mut bytes = parquet.take();
        parquet.end().unwrap();
        bytes.extend(parquet.take());
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<String> =
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        let first = r#"{id: "a", n: 7, ok: true, on: 1969-12-31, at: 2026-01-02 03:04:05.000006 +00:00, total: -12.50, rate: 0.100000, doc: "{"x": 1}"}"#;
        assert_eq!(rows[0], first);
        assert!(rows[1].contains("id: null") && rows[1].contains("total: null"), "{}", rows[1]);
    }
}
