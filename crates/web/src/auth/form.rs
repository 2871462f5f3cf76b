//! The fields of a body about sign-in. What is wrong with one is told without its value, which may be a password.

use model::{
    Document,
    problem::{FieldError, Problem},
    value::codes,
};
use serde_json::Value;

/// A body that is being read.
pub struct Form {
    document: Document,
    errors: Vec<FieldError>,
}

impl Form {
    /// Of this body.
    pub fn of(document: Document) -> Self {
        Self { document, errors: vec![] }
    }

    /// A text that must be there; empty where it is not, which is told at the end.
    pub fn text(&mut self, name: &str) -> String {
        let text = self.maybe(name);
        if text.is_none() && !self.errors.iter().any(|error| error.field == name) {
            self.errors.push(FieldError::new(name, &codes::REQUIRED, format!("`{name}` is missing.")));
        }
        text.unwrap_or_default()
    }

    /// A text that may be left out.
    pub fn maybe(&mut self, name: &str) -> Option<String> {
        match self.document.shift_remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                self.errors.push(FieldError::new(name, &codes::WRONG_TYPE, format!("`{name}` is a text.")));
                None
            }
        }
    }

    /// Yes or no; no where it is left out.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.document.shift_remove(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.errors.push(FieldError::new(
                    name,
                    &codes::WRONG_TYPE,
                    format!("`{name}` is true or false."),
                ));
                false
            }
        }
    }

    /// Something else that is wrong.
    pub fn wrong(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Whether all was read and right.
    ///
    /// # Errors
    /// `invalid` with every bad field, those included that nobody asked for.
    pub fn done(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.document) {
            let message = format!("There is no field `{name}` here.");
            self.errors.push(FieldError::new(name, &codes::UNKNOWN_FIELD, message));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}
