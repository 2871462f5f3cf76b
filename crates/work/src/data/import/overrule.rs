//! Choices laid over a mapping: of a person, or of a template.

use model::{
    Document,
    field::Kind,
    problem::{FieldError, Problem},
    value::{ValueCode, codes as value_codes, fold, nearest},
};
use serde_json::Value;

use super::{
    choices::{Choices, Reading},
    codes,
    mapping::{CellFormat, Class, ColumnMapping, Made, Mapping},
    matcher::Target,
    transform::Transform,
    types::DataType,
};

/// Choices on their way onto a mapping.
struct Laying<'a> {
    kind: &'a DataType,
    known: &'a [Target],
    why: &'a str,
    errors: Vec<FieldError>,
}

impl Mapping {
    /// Lays choices over the mapping; `known` are the fields that columns may give, `why` the reason that is shown.
    ///
    /// # Errors
    /// `invalid` naming each unknown header or field, what cannot be read, and two columns of one field.
    pub fn overrule(
        &mut self,
        kind: &DataType,
        known: &[Target],
        choices: &Choices,
        why: &str,
    ) -> Result<(), Problem> {
        let mut laying = Laying { kind, known, why, errors: vec![] };
        for (header, choice) in &choices.columns {
            laying.column(self, header, choice);
        }
        for (field, value) in &choices.set {
            laying.set(self, field, value);
        }
        if let Some(key) = &choices.key {
            self.key = key.iter().filter_map(|header| laying.header(self, "key", header)).collect();
        }
        laying.twins(self);
        if laying.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(laying.errors)) }
    }

    /// The column of this header: letter for letter, else as the only one that reads so.
    fn column_of(&self, header: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.header == *header).or_else(|| {
            let folded = fold(header);
            let mut same = (0..self.columns.len()).filter(|at| fold(&self.columns[*at].header) == folded);
            same.next().filter(|_| same.next().is_none())
        })
    }
}

impl Laying<'_> {
    fn refuse(&mut self, name: &str, code: &'static ValueCode, message: String) -> &mut FieldError {
        self.errors.push(FieldError::new(name, code, message));
        let last = self.errors.len() - 1;
        &mut self.errors[last]
    }

    /// The header as the file has it.
    fn header(&mut self, mapping: &Mapping, name: &str, header: &str) -> Option<String> {
        if let Some(at) = mapping.column_of(header) {
            return Some(mapping.columns[at].header.clone());
        }
        let near = nearest(header, mapping.columns.iter().map(|column| column.header.as_str()));
        let message =
            format!("The file has no column “{header}”. Its columns are named in the batch's mapping.");
        let error = FieldError::new(name, &codes::UNKNOWN_COLUMN, message).suggest(near);
        self.errors.push(error);
        None
    }

    /// The path of a field.
    fn target(&mut self, name: &str, wanted: &str) -> Option<String> {
        let found = self.known.iter().find(|target| target.path == wanted).or_else(|| {
            let mut same = self.known.iter().filter(|target| target.name() == wanted);
            same.next().filter(|_| same.next().is_none())
        });
        if let Some(target) = found {
            return Some(target.path.clone());
        }
        let near = nearest(wanted, self.known.iter().map(|target| target.path.as_str()));
        let message = format!("{} have no field `{wanted}`.", self.kind.label.en);
        let error = FieldError::new(name, &value_codes::UNKNOWN_FIELD, message).value(wanted).suggest(near);
        self.errors.push(error);
        None
    }

    fn reading(&mut self, name: &str, object: Document) -> Option<Reading> {
        match Reading::of(object) {
            Ok(reading) => Some(reading),
            Err(wrong) => {
                self.refuse(
                    name,
                    &codes::BAD_READING,
                    format!("How “{name}” is read is not clear: {wrong}."),
                );
                None
            }
        }
    }

    fn column(&mut self, mapping: &mut Mapping, header: &str, choice: &Value) {
        let Some(name) = self.header(mapping, header, header) else { return };
        let (wanted, reading) = match choice {
            Value::Object(object) => {
                let mut object = object.clone();
                let field = object.shift_remove("field");
                let Some(reading) = self.reading(header, object) else { return };
                if !reading.from.is_empty() || reading.with.is_some() {
                    let message =
                        "`from` and `with` are for values of several columns; use `set`.".to_owned();
                    self.refuse(header, &codes::BAD_READING, message);
                    return;
                }
                (field, Some(reading))
            }
            other => (Some(other.clone()), None),
        };
        let target = match wanted.as_ref().map(|wanted| wanted.as_str().unwrap_or_default()) {
            None => None,
            Some("") => Some(None),
            Some(wanted) => match self.target(header, wanted) {
                Some(path) => Some(Some(path)),
                None => return,
            },
        };
        if let Some(Some(path)) = &target {
            mapping.made.retain(|made| made.target != *path);
        }
        let Some(column) = mapping.columns.iter_mut().find(|column| column.header == name) else { return };
        if let Some(target) = target {
            if column.target != target {
                // What the values tell of themselves holds for another rate too.
                let rate = target.as_deref().is_some_and(|path| {
                    let field =
                        self.known.iter().find(|known| known.path == path).and_then(|known| known.field);
                    field.is_some_and(|field| matches!(field.kind, Kind::Percent))
                });
                column.steps.retain(|step| rate && *step == Transform::Fraction);
            }
            column.target = target;
            column.class = Class::Certain;
            column.reason = self.why.to_owned();
        }
        let Some(reading) = reading else { return };
        reading.over(&mut column.format);
        if let Some(steps) = reading.steps {
            column.steps = steps;
        }
    }

    fn set(&mut self, mapping: &mut Mapping, field: &str, value: &Value) {
        let Some(target) = self.target(field, field) else { return };
        mapping.made.retain(|made| made.target != target);
        let constant = |text: String| Made {
            target: target.clone(),
            from: vec![],
            with: String::new(),
            steps: vec![Transform::Constant(text)],
            format: CellFormat::default(),
        };
        let made = match value {
            Value::Null => return,
            Value::String(text) => constant(text.clone()),
            Value::Number(number) => constant(number.to_string()),
            Value::Bool(flag) => constant(flag.to_string()),
            Value::Object(object) => {
                let Some(reading) = self.reading(field, object.clone()) else { return };
                let mut format = CellFormat::default();
                reading.over(&mut format);
                let given = reading.from.len();
                let from: Vec<String> =
                    reading.from.iter().filter_map(|header| self.header(mapping, field, header)).collect();
                if from.len() < given {
                    return;
                }
                // One column alone writes its values as they were found to be.
                let own = from.first().filter(|_| given == 1 && !format.chosen);
                let own = own.and_then(|header| mapping.column_of(header));
                if let Some(at) = own {
                    format = CellFormat { chosen: false, ..mapping.columns[at].format.clone() };
                }
                let steps = reading.steps.unwrap_or_default();
                if from.is_empty() && !steps.iter().any(|step| matches!(step, Transform::Constant(_))) {
                    let message =
                        format!("`{field}` is set from nothing: name headers in `from`, or a constant.");
                    self.refuse(field, &codes::BAD_READING, message);
                    return;
                }
                Made { target: target.clone(), from, with: reading.with.unwrap_or_default(), steps, format }
            }
            Value::Array(_) => {
                let message =
                    format!("`{field}` is set to a text, or to an object of `from`, `with` and `steps`.");
                self.refuse(field, &codes::BAD_READING, message);
                return;
            }
        };
        for column in mapping.columns.iter_mut().filter(|column| column.target.as_deref() == Some(&*target)) {
            (column.target, column.steps, column.class) = (None, vec![], Class::Certain);
            column.reason = format!("`{target}` is set for every row.");
        }
        mapping.made.push(made);
    }

    /// Two columns that give the same field.
    fn twins(&mut self, mapping: &Mapping) {
        for (at, column) in mapping.columns.iter().enumerate() {
            let same = |other: &&ColumnMapping| other.target.is_some() && other.target == column.target;
            let Some(twin) = mapping.columns[..at].iter().find(same) else { continue };
            let message = format!(
                "“{}” and “{}” both give {}.",
                twin.header,
                column.header,
                column.target.as_deref().unwrap_or_default()
            );
            let error = FieldError::new(&column.header, &codes::TWO_COLUMNS, message);
            self.errors.push(error.value(Value::from(column.target.clone())));
        }
    }
}
