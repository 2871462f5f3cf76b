//! Why a file is not read, in words for the person who brought it.

use std::io;

/// A file, or one member of it, that is not read. Every message names the file and the mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No bytes, or nothing but blanks.
    #[error("{file} is empty; check that it was saved and uploaded completely")]
    Empty {
        /// The file.
        file: String,
    },
    /// More bytes than a file may have.
    #[error("{file} is larger than {limit_mib} MiB; split it into smaller files")]
    TooLarge {
        /// The file.
        file: String,
        /// The bound, in MiB.
        limit_mib: u64,
    },
    /// A format that is recognized and not read.
    #[error("{file} is {what}, which cannot be read; save it as .xlsx or .csv")]
    Unsupported {
        /// The file.
        file: String,
        /// The format, with its article.
        what: String,
    },
    /// Neither a workbook nor text.
    #[error("{file} is {what}, not a table; export the data as .xlsx or .csv")]
    NotATable {
        /// The file.
        file: String,
        /// What was found, with its article.
        what: String,
    },
    /// Protected by a password.
    #[error("{file} is protected by a password; save a copy without one")]
    Encrypted {
        /// The file.
        file: String,
    },
    /// A workbook with a macro project.
    #[error("{file} contains macros; save it as .xlsx, which leaves them out")]
    Macros {
        /// The file.
        file: String,
    },
    /// A workbook whose XML declares a document type or entities.
    #[error(
        "{file} declares XML entities in {part}, which no spreadsheet program does; save it again as .xlsx"
    )]
    XmlEntities {
        /// The file.
        file: String,
        /// The part inside the workbook.
        part: String,
    },
    /// A member whose name points out of the archive.
    #[error(
        "{file} holds a member with the unsafe name {member:?}; pack the files again by their plain names"
    )]
    UnsafeName {
        /// The file.
        file: String,
        /// The member's name as found.
        member: String,
    },
    /// An archive inside an archive.
    #[error("{file} holds another archive, {member}; unpack it and pack the tables themselves")]
    NestedArchive {
        /// The file.
        file: String,
        /// The inner archive.
        member: String,
    },
    /// More members than an archive may have.
    #[error("{file} holds {count} members, more than {limit}; split it into smaller archives")]
    TooManyMembers {
        /// The file.
        file: String,
        /// Members found.
        count: usize,
        /// The bound.
        limit: usize,
    },
    /// Unpacks to more bytes than allowed, in all or for its packed size.
    #[error(
        "{file} unpacks to far more than its size ({detail}); upload the tables unpacked, or in smaller files"
    )]
    UnpacksTooLarge {
        /// The file.
        file: String,
        /// Which bound was passed.
        detail: String,
    },
    /// Cut off or corrupt.
    #[error("{file} is damaged or cut off ({detail}); save it again and upload the new copy")]
    Damaged {
        /// The file.
        file: String,
        /// What the reader met.
        detail: String,
    },
    /// More columns than a sheet may have.
    #[error(
        "{file}, row {row}: {count} columns are more than {limit}; remove the columns that are not needed"
    )]
    TooManyColumns {
        /// The file.
        file: String,
        /// The row, from 1.
        row: u64,
        /// Columns found.
        count: usize,
        /// The bound.
        limit: usize,
    },
    /// More rows than a workbook's sheet may have.
    #[error("{file}, sheet {sheet}: more than {limit} rows; split the sheet or save it as .csv")]
    TooManyRows {
        /// The file.
        file: String,
        /// The sheet.
        sheet: String,
        /// The bound.
        limit: u64,
    },
    /// A record longer than the reader holds.
    #[error(
        "{file}, row {row}: the row is longer than {limit_mib} MiB; check its line ends, or remove what is not a value"
    )]
    RecordTooLong {
        /// The file.
        file: String,
        /// The row, from 1.
        row: u64,
        /// The bound, in MiB.
        limit_mib: usize,
    },
    /// A sheet that is not there.
    #[error("{file} has no sheet {sheet}; choose one of: {have}")]
    NoSuchSheet {
        /// The file.
        file: String,
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        have: String,
    },
    /// An encoding nobody knows.
    #[error("{file}: the encoding {label:?} is not known; give a name such as utf-8, windows-874 or cp437")]
    UnknownEncoding {
        /// The file.
        file: String,
        /// The name given.
        label: String,
    },
    /// The disk or the system failed.
    #[error("{file} could not be read from disk ({detail}); try again")]
    Io {
        /// The file.
        file: String,
        /// The system's words.
        detail: String,
    },
}

impl Refusal {
    /// A stable name of the kind of refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "file_empty",
            Self::TooLarge { .. } => "file_too_large",
            Self::Unsupported { .. } => "file_format_unsupported",
            Self::NotATable { .. } => "file_not_a_table",
            Self::Encrypted { .. } => "file_encrypted",
            Self::Macros { .. } => "file_has_macros",
            Self::XmlEntities { .. } => "file_xml_entities",
            Self::UnsafeName { .. } => "archive_unsafe_name",
            Self::NestedArchive { .. } => "archive_nested",
            Self::TooManyMembers { .. } => "archive_too_many_members",
            Self::UnpacksTooLarge { .. } => "archive_unpacks_too_large",
            Self::Damaged { .. } => "file_damaged",
            Self::TooManyColumns { .. } => "sheet_too_many_columns",
            Self::TooManyRows { .. } => "sheet_too_many_rows",
            Self::RecordTooLong { .. } => "sheet_record_too_long",
            Self::NoSuchSheet { .. } => "sheet_not_found",
            Self::UnknownEncoding { .. } => "encoding_unknown",
            Self::Io { .. } => "file_unreadable",
        }
    }

    /// The refusal of a file whose reading failed in the system, or in an unpacker that reports bad data so.
    pub(crate) fn from_io(file: &str, error: &io::Error) -> Self {
        let (file, detail) = (file.to_owned(), error.to_string());
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                Self::Damaged { file, detail }
            }
            _ => Self::Io { file, detail },
        }
    }

    /// The refusal of a damaged file.
    pub(crate) fn damaged(file: &str, detail: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), detail: detail.into() }
    }
}
