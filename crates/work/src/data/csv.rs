//! Lines of CSV as spreadsheets and programs read them: every record ends with a record end, and nothing in a cell is
//! run as a formula.

/// Records being written.
#[derive(Debug)]
pub struct Lines {
    delimiter: u8,
    out: Vec<u8>,
}

impl Lines {
    /// Records parted by this delimiter.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, out: vec![] }
    }

    /// Puts a byte order mark in front, by which older spreadsheet programs know UTF-8.
    pub fn mark(&mut self) {
        self.out.extend("\u{FEFF}".as_bytes());
    }

    /// Adds a record as it is.
    pub fn plain<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.record(cells, false);
    }

    /// Adds a record; a cell that a spreadsheet would run as a formula gets an apostrophe in front, a number does not.
    pub fn guarded<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.record(cells, true);
    }

    fn record<'a>(&mut self, cells: impl Iterator<Item = &'a str>, guard: bool) {
        let start = self.out.len();
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.out.push(self.delimiter);
            }
            self.cell(cell, guard && runs(cell));
        }
        if self.out.len() == start {
            // A record of one empty cell must not look like no record.
            self.out.extend(b"\"\"");
        }
        self.out.extend(b"\r\n");
    }

    fn cell(&mut self, cell: &str, guard: bool) {
        let special = |byte: u8| byte == self.delimiter || matches!(byte, b'"' | b'\r' | b'\n');
        let quoted = cell.bytes().any(special) || cell.starts_with(' ') || cell.ends_with(' ');
        if quoted {
            self.out.push(b'"');
        }
        if guard {
            self.out.push(b'\'');
        }
        for byte in cell.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        if quoted {
            self.out.push(b'"');
        }
    }

    /// What was written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

/// Whether a spreadsheet would run the cell as a formula.
fn runs(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[&str]) -> String {
        let mut lines = Lines::new(b',');
        lines.guarded(cells.iter().copied());
        String::from_utf8(lines.take()).unwrap()
    }

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        assert_eq!(line(&["=1+1", "-5.20", "+66 2 123", "@x", "a-b"]), "'=1+1,-5.20,'+66 2 123,'@x,a-b\r\n");
    }

    #[test]
    fn cells_keep_quotes_delimiters_and_line_ends() {
        assert_eq!(line(&["a\"b", "c,d", "e\nf", ""]), "\"a\"\"b\",\"c,d\",\"e\nf\",\r\n");
        assert_eq!(line(&[""]), "\"\"\r\n");
    }
}
