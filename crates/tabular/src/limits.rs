//! The bounds a file must keep, whatever it claims about itself.

/// Bounds of one file and of what it unpacks to. The defaults are the product's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file as received, in bytes.
    pub file_bytes: u64,
    /// Real size of everything an archive or workbook unpacks to, in bytes.
    pub unpacked_bytes: u64,
    /// Members of a ZIP, folders included.
    pub members: usize,
    /// Unpacked bytes for each packed byte; looked at once `ratio_floor` bytes have come out.
    pub ratio: u64,
    /// Unpacked bytes below which no ratio is refused: a small table of equal rows packs very well.
    pub ratio_floor: u64,
    /// Columns of a sheet.
    pub columns: usize,
    /// Bytes of one cell's text.
    pub cell_bytes: usize,
    /// Rows of a workbook's sheet. Delimited text has no such bound.
    pub sheet_rows: u64,
    /// Unpacked bytes of a workbook's table of shared strings, the one part that is held in memory.
    pub shared_strings_bytes: u64,
    /// Bytes of one record of delimited text, all its cells together.
    pub record_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            file_bytes: 512 * MIB,
            unpacked_bytes: 5120 * MIB,
            members: 10_000,
            ratio: 100,
            ratio_floor: MIB,
            columns: 1_000,
            cell_bytes: 1 << 20,
            sheet_rows: 1_048_576,
            shared_strings_bytes: 512 * MIB,
            record_bytes: 16 << 20,
        }
    }
}
