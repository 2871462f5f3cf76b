//! What the reader of files refuses, as problems.

use model::problem::{Problem, codes};
use serde_json::json;
use tabular::Refusal;

/// A refusal names file, reason and mend in one sentence: the part behind the semicolon is the mend.
pub fn problem(refusal: Refusal) -> Problem {
    let kind = refusal.code();
    let text = refusal.to_string();
    let facts = json!({ "reason": kind });
    match text.rsplit_once("; ") {
        Some((what, mend)) => {
            let mut letters = mend.chars();
            let mend: String =
                letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
            Problem::new(&codes::BAD_FILE, format!("{what}.")).hint(format!("{mend}.")).facts(facts)
        }
        None => Problem::new(&codes::BAD_FILE, text).facts(facts),
    }
}
