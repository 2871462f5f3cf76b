//! Reads any spreadsheet as sheets of rows: container, encoding, dialect, header and types are found, never assumed.
