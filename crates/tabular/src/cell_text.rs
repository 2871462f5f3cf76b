//! The text a person recognizes for a typed cell of a workbook.

use std::fmt::Write;

use calamine::{DataRef, ExcelDateTime};

use crate::Limits;
use crate::record::{Defect, Record, cut};

/// How many digits a number format of zeros alone (`00000`) pads whole numbers to.
pub(crate) fn padding(format: &str) -> Option<usize> {
    (format.len() > 1 && format.bytes().all(|byte| byte == b'0')).then_some(format.len())
}

/// Adds a cell's text to a record.
pub(crate) fn write(value: &DataRef<'_>, padding: Option<usize>, limits: &Limits, record: &mut Record) {
    let column = record.len();
    let start = record.begin();
    let text = &mut record.text;
    match value {
        DataRef::Empty => {}
        DataRef::String(own) => text.push_str(own),
        DataRef::SharedString(shared) => text.push_str(shared),
        DataRef::Bool(true) => text.push_str("TRUE"),
        DataRef::Bool(false) => text.push_str("FALSE"),
        DataRef::Error(error) => put(text, format_args!("{error}")),
        DataRef::Int(whole) => put(text, format_args!("{whole:0width$}", width = padding.unwrap_or(0))),
        DataRef::Float(number) => match padding {
            Some(width) if number.fract() == 0.0 && number.abs() < 1e15 => {
                put(text, format_args!("{number:0width$.0}"));
            }
            _ => number_text(*number, text),
        },
        DataRef::DateTime(moment) => moment_text(moment, text),
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => text.push_str(iso),
    }
    settle(start, column, limits, record);
}

/// Adds a text as it is.
pub(crate) fn plain(own: &str, limits: &Limits, record: &mut Record) {
    let (column, start) = (record.len(), record.begin());
    record.text.push_str(own);
    settle(start, column, limits, record);
}

/// Ends a cell that begins at `start`: without zero bytes, within the limit.
fn settle(start: usize, column: usize, limits: &Limits, record: &mut Record) {
    let text = &mut record.text;
    if text.contains('\0') {
        let clean = text[start..].replace('\0', "\u{FFFD}");
        text.truncate(start);
        text.push_str(&clean);
        record.defect.get_or_insert(Defect::InvalidBytes { column });
    }
    let bytes = text.len() - start;
    if bytes > limits.cell_bytes {
        let limit = limits.cell_bytes;
        text.truncate(start + cut(&text[start..], limit).len());
        record.defect.get_or_insert(Defect::CellTooLong { column, bytes, limit });
    }
    record.ends.push(text.len());
}

/// Writing to a string cannot fail.
fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(what);
    debug_assert!(written.is_ok());
}

/// A number as a spreadsheet shows it in a wide cell: at most 15 digits, no `.0`, no artefacts of binary fractions.
pub(crate) fn number_text(number: f64, text: &mut String) {
    if !number.is_finite() {
        text.push_str("#NUM!");
        return;
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        put(text, format_args!("{}", number as i64));
        return;
    }
    // The number with 15 digits, read back and printed shortest, drops trailing zeros.
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    put(text, format_args!("{rounded}"));
}

/// ISO text of a serial date of either epoch.
fn moment_text(moment: &ExcelDateTime, text: &mut String) {
    let serial = moment.as_f64();
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round();
        let (sign, seconds) = (if seconds < 0.0 { "-" } else { "" }, seconds.abs() as u64);
        put(text, format_args!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        return;
    }
    // What lies outside the calendar of spreadsheets is a number that merely wears a date's format.
    if !(0.0..2_958_466.0).contains(&serial) {
        number_text(serial, text);
        return;
    }
    // Seconds are what people see; half a second of binary noise must not show as 59.999.
    let seconds = (serial * 86_400.0).round();
    let (days, of_day) = ((seconds / 86_400.0).floor(), (seconds % 86_400.0) as u32);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    if serial < 1.0 {
        put(text, format_args!("{hour:02}:{minute:02}:{second:02}"));
        return;
    }
    let whole = calamine::ExcelDateTime::new(days, calamine::ExcelDateTimeType::DateTime, is_1904(moment));
    let (year, month, day, ..) = whole.to_ymd_hms_milli();
    put(text, format_args!("{year:04}-{month:02}-{day:02}"));
    if of_day != 0 {
        put(text, format_args!("T{hour:02}:{minute:02}:{second:02}"));
    }
}

/// The epoch of a moment, told by its year: the library keeps it to itself.
fn is_1904(moment: &ExcelDateTime) -> bool {
    let same = ExcelDateTime::new(moment.as_f64(), calamine::ExcelDateTimeType::DateTime, true);
    same.to_ymd_hms_milli() == moment.to_ymd_hms_milli()
}
