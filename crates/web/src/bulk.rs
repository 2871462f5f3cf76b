//! Many records in one call: reading the request, writing the answer.

use model::{
    Document,
    field::{self, Choice, Field, choice},
    problem::{FieldError, Problem},
    value::{ValueCode, codes, validate_input},
};
use serde_json::Value;
use store::engine::{Action, BulkRequest, Done, Effect};

use crate::refusal;

const ACTIONS: &[Choice] = &[
    choice("create", "Create", "สร้าง"),
    choice("update", "Update", "แก้ไข"),
    choice("archive", "Archive", "เก็บถาวร"),
    choice("restore", "Restore", "นำกลับ"),
];

/// What a call says beside its records.
pub const INPUT: &[Field] = &[
    field::select("action", "Action", ACTIONS)
        .required()
        .example("create")
        .help("What is done to every record."),
    field::boolean("atomic", "All or none")
        .default("true")
        .help("All records or none; else each for itself, with what became of it."),
];

/// Reads a call.
///
/// # Errors
/// `invalid` naming each bad member.
pub fn parse(mut body: Document) -> Result<BulkRequest, Problem> {
    let records = records(body.shift_remove("records"));
    let input = validate_input(INPUT, body);
    match (input, records) {
        (Ok(input), Ok(records)) => Ok(BulkRequest {
            // One of the choices, which have been checked.
            action: input
                .get("action")
                .and_then(Value::as_str)
                .and_then(Action::named)
                .unwrap_or(Action::Create),
            records,
            atomic: input.get("atomic") != Some(&Value::Bool(false)),
        }),
        (input, records) => {
            let errors = input.err().unwrap_or_default();
            Err(Problem::invalid(errors.into_iter().chain(records.err()).collect()))
        }
    }
}

fn records(given: Option<Value>) -> Result<Vec<Document>, FieldError> {
    let error = |code: &'static ValueCode, message: &str| FieldError::new("records", code, message);
    let Some(Value::Array(items)) = given else {
        return Err(error(&codes::REQUIRED, "Give `records`, an array of objects."));
    };
    let objects = items.into_iter().map(|item| match item {
        Value::Object(document) => Ok(document),
        _ => Err(error(&codes::WRONG_TYPE, "Every one of `records` is an object.")),
    });
    objects.collect()
}

/// `{"results": […]}`: for each record, in order, what became of it and how it stands, or why it was refused.
pub fn answer(results: Vec<Result<Done, Problem>>) -> String {
    let mut text = String::from("{\"results\":[");
    for (number, result) in results.into_iter().enumerate() {
        text.push_str(if number > 0 { ",{\"effect\":\"" } else { "{\"effect\":\"" });
        match result {
            Ok(done) => {
                text.push_str(name(done.effect));
                text.push_str("\",\"record\":");
                text.push_str(&done.record.json);
            }
            Err(problem) => {
                text.push_str("failed\",\"problem\":");
                text.push_str(&Value::Object(refusal::members(&problem)).to_string());
            }
        }
        text.push('}');
    }
    text.push_str("]}");
    text
}

/// The effects as they are answered; `failed` is the fourth.
pub fn name(effect: Effect) -> &'static str {
    match effect {
        Effect::Created => "created",
        Effect::Changed => "changed",
        Effect::Unchanged => "unchanged",
    }
}
