//! What can be wrong with a row of a file beyond its single values: stable codes, documented once.

use model::value::ValueCode;

macro_rules! codes {
    ($($name:ident $code:literal $about:literal;)*) => {
        $(#[doc = $about] pub static $name: ValueCode = ValueCode { code: $code, about: $about };)*
        /// Every code, for the documentation and its test.
        pub static ALL: &[&ValueCode] = &[$(&$name),*];
    };
}

codes! {
    UNKNOWN_COLUMN "unknown_column" "The mapping names a header that the file does not have. Use a header of the file.";
    TWO_COLUMNS "two_columns" "Two columns give the same field. Ignore one of them.";
    BAD_READING "bad_reading" "What is said of how a column is read, or of how a field is set, is not clear. The message says what is missing.";
    UNKNOWN_TEMPLATE "unknown_template" "There is no template of this name, or it does not fit the file. Name one of those that the message or the page lists.";
    UNKNOWN_DATA_TYPE "unknown_data_type" "There is no such data type. The message lists them.";
    WRONG_NUMBER_OF_CELLS "wrong_number_of_cells" "The row has more or fewer cells than the header. Put cells that hold the delimiter into quotes.";
    BAD_BYTES "bad_bytes" "The row holds bytes that are no text in the file's encoding. Save the file as UTF-8.";
    CELL_TOO_LONG "cell_too_long" "A cell exceeds the limit. Shorten it.";
    UNCLOSED_QUOTE "unclosed_quote" "A quote opens and never closes. Close it.";
    ROW_REPAIRED "row_repaired" "The row is written otherwise than the rest of the file, and was read as it was meant. Check it.";
    BAD_ROW "bad_row" "The row cannot be read as it stands. Correct it.";
    DISAGREES "disagrees" "Rows of the same record say different things of it. Write the same on all of them.";
    DIFFERS "differs" "Rows of the same record say different things of it; the first one is taken. Write the same on all of them, or leave it so.";
    WITHOUT_PRICE "without_price" "The line has no price; it is kept without one and counts nothing in the totals. Fill the price in and import again, or price the line by hand.";
    LINK_FAILED "link_failed" "The record stands in the import, but its own row has an error. Correct that row.";
    AMBIGUOUS "ambiguous" "Several records fit the row. Give it a code that only one of them has.";
    EXISTS "exists" "The record exists already, and the import only makes new ones. Leave the row out, or import with mode upsert.";
    DOES_NOT_EXIST "does_not_exist" "There is no such record, and the import only changes existing ones. Leave the row out, or import with mode upsert.";
    ARCHIVED "archived" "The record is archived. Restore it, or import with `restore`.";
    NOT_IMPORTED "not_imported" "The document was made here; an import does not change it. Change the document itself.";
    BELONGS_TO_FAILED "belongs_to_failed" "The record that the row belongs to has an error. Correct that one.";
    LINE_FAILED "line_failed" "Another row of the same document has an error. Correct that one.";
    CHANGED_MEANWHILE "changed_meanwhile" "The record changed while the import ran. Validate and import the row again.";
    TIME_LEFT_OUT "time_left_out" "The cell holds a time of day and the field takes a day; the day is read. Leave it so, or map the column to a field that takes times.";
    UNDO_CONFLICT "undo_conflict" "The record changed since the import, or others point at it. Change it by hand, or undo with `force`.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_in_the_documentation() {
        let page = include_str!("../../../../../docs/imports.md");
        for code in ALL {
            let line = format!("| `{}` | {} |", code.code, code.about);
            assert!(page.contains(&line), "docs/imports.md lacks the line {line}");
        }
    }

    #[test]
    fn codes_are_their_own_and_end_in_a_mend() {
        let own: BTreeSet<&str> = ALL.iter().map(|code| code.code).collect();
        assert_eq!(own.len(), ALL.len());
        let values: BTreeSet<&str> = model::value::codes::ALL.iter().map(|code| code.code).collect();
        assert!(own.is_disjoint(&values));
        for code in ALL {
            assert!(code.about.ends_with('.') && code.about.contains(". "), "{}", code.code);
        }
    }
}
