//! What can be wrong with one value: the stable codes of field errors, documented once.

use crate::problem::Documented;

/// A kind of field error: its code is stable for ever.
#[derive(Debug, PartialEq, Eq)]
pub struct ValueCode {
    /// Stable name in `snake_case`, what programs compare.
    pub code: &'static str,
    /// When it happens and how it is mended, for `docs/problems.md`.
    pub about: &'static str,
}

impl Documented for ValueCode {
    fn code(&self) -> &'static str {
        self.code
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $about:literal;)*) => {
        $(#[doc = $about] pub static $name: ValueCode = ValueCode { code: $code, about: $about };)*
        /// Every code, for the documentation and its test.
        pub static ALL: &[&ValueCode] = &[$(&$name),*];
    };
}

codes! {
    REQUIRED "required" "The field has no value and a record cannot be without it. Give one.";
    UNKNOWN_FIELD "unknown_field" "The entity has no such field. The suggestion gives the nearest name.";
    READ_ONLY "read_only" "The program keeps this field itself, or it cannot change after the record is made. Leave it out.";
    WRONG_TYPE "wrong_type" "The JSON value is of another type than the field. The message says which type is read.";
    TOO_SHORT "too_short" "The text has fewer characters than it must have. Write more.";
    TOO_EASY "too_easy" "The password is guessed easily: it is a common one, a pattern, or made of a name that belongs to the account. Choose a few words that have nothing to do with each other.";
    TOO_LONG "too_long" "The text has more characters than the field holds. Shorten it.";
    BAD_CHARACTER "bad_character" "The text holds a control character that cannot be stored. Remove it.";
    NOT_A_NUMBER "not_a_number" "The text cannot be read as a number. Write it like 1234.50.";
    NOT_A_WHOLE_NUMBER "not_a_whole_number" "The number has decimals and the field takes whole numbers only.";
    TOO_PRECISE "too_precise" "The number has more decimals than the field keeps, or came as a JSON float that may have lost digits. Round it yourself or send it as a string.";
    TOO_LARGE "too_large" "The number is above the largest value the field takes.";
    TOO_SMALL "too_small" "The number is below the smallest value the field takes.";
    NOT_A_BOOLEAN "not_a_boolean" "The value is neither yes nor no. Write true or false.";
    NOT_A_DATE "not_a_date" "The text cannot be read as a day. Write it like 2026-01-31.";
    AMBIGUOUS_DATE "ambiguous_date" "Day and month cannot be told apart. Say which comes first, or write the day like 2026-01-31.";
    NOT_A_TIME "not_a_time" "The text cannot be read as a moment. Write it like 2026-01-31T09:30:00Z.";
    NOT_A_CHOICE "not_a_choice" "The value is none of the field's choices. The message lists them.";
    NOT_AN_EMAIL "not_an_email" "The text is not one e-mail address. Write it like name@example.com.";
    NOT_A_PHONE "not_a_phone" "The text is not a telephone number of 3 to 20 digits.";
    NOT_A_URL "not_a_url" "The text is not a web address. Write it like https://example.com.";
    NOT_AN_ID "not_an_id" "The text is not an id. Ids are UUIDs like 0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00.";
    NOT_AN_ADDRESS "not_an_address" "The text is not a network address. Write it like 203.0.113.7.";
    NOT_A_COUNTRY "not_a_country" "The text is neither the name of a country nor its two-letter code.";
    NOT_A_CURRENCY "not_a_currency" "The text is neither an ISO 4217 currency code nor a currency sign that stands for one.";
    NOT_JSON "not_json" "The text cannot be read as JSON.";
    NOT_A_SLUG "not_a_slug" "The text does not fit into an address. Use 1 to 63 lower-case letters, digits and hyphens.";
    UNKNOWN_LINK "unknown_link" "The record that the field names is not there, or the caller may not see it. Give the id, code or name of one that is.";
    AMBIGUOUS_LINK "ambiguous_link" "Several records have that name. Use the code instead.";
    OUT_OF_REACH "out_of_reach" "The permission reaches records of the caller or the team alone. Choose an owner among them.";
    DUPLICATE "duplicate" "Another record has the same key. Change the value, or update that record.";
    REPEATED "repeated" "The same record stands more than once in one request or file. Keep one of them.";
    NOT_A_SCHEDULE "not_a_schedule" "The text is no schedule, or one that is never due. Give minute, hour, day, month and weekday, such as `0 2 * * *` for 02:00 every day.";
    INCONSISTENT "inconsistent" "Each field is valid, but together they contradict each other; the message names the other field.";
}
