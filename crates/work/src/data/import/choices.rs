//! What a person or a template says of a mapping.

use model::Document;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    mapping::{CellFormat, Mapping},
    transform::{self, Transform},
};

/// What is said of a mapping.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Header → field (`customers.code`, or `code` where one part alone has it), null to leave the column out, or an
    /// object of `field`, `steps`, `decimal`, `date_order`, `buddhist`; without `field` the column keeps its own.
    #[serde(skip_serializing_if = "Document::is_empty")]
    pub columns: Document,
    /// Field → value for every row, null for none, or an object of `from` (headers), `with` (what stands between their
    /// cells) and the same as of a column.
    #[serde(skip_serializing_if = "Document::is_empty")]
    pub set: Document,
    /// The headers by whose cells rows tell of one record; empty for each row by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Vec<String>>,
}

/// How cells are read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// The headers of the columns that are joined.
    pub from: Vec<String>,
    /// What stands between their cells.
    pub with: Option<String>,
    /// What is done to the text, in turn.
    pub steps: Option<Vec<Transform>>,
    decimal: Option<char>,
    date_order: Option<String>,
    buddhist: Option<bool>,
}

impl Reading {
    /// Reads what is said; else what is wrong with it.
    pub fn of(object: Document) -> Result<Self, String> {
        let read: Self = serde_json::from_value(Value::Object(object))
            .map_err(|error| format!("it cannot be read ({error})"))?;
        if read.decimal.is_some_and(|mark| !matches!(mark, '.' | ',')) {
            return Err("`decimal` is . or ,".into());
        }
        if read.date_order.as_deref().is_some_and(|order| !matches!(order, "dmy" | "mdy" | "ymd")) {
            return Err("`date_order` is dmy, mdy or ymd".into());
        }
        match transform::wrong(read.steps.as_deref().unwrap_or_default()) {
            Some(wrong) => Err(wrong.trim_end_matches('.').to_owned()),
            None => Ok(read),
        }
    }

    /// Lays it over what was found.
    pub fn over(&self, format: &mut CellFormat) {
        if let Some(mark) = self.decimal {
            format.decimal = Some(mark);
        }
        if let Some(order) = &self.date_order {
            (format.date_order, format.ambiguous) = (Some(order.clone()), false);
        }
        if let Some(buddhist) = self.buddhist {
            format.buddhist = buddhist;
        }
        format.chosen |= self.decimal.is_some() || self.date_order.is_some() || self.buddhist.is_some();
    }
}

impl Choices {
    /// Header → field alone.
    pub fn of_columns(columns: Document) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.set.is_empty() && self.key.is_none()
    }

    /// What repeats a mapping for another file with its headers.
    pub fn repeating(mapping: &Mapping) -> Self {
        let reading = |object: &mut Document, steps: &[Transform], format: &CellFormat| {
            if !steps.is_empty() {
                object.insert("steps".into(), serde_json::to_value(steps).unwrap_or_default());
            }
            if format.chosen {
                object.extend(format.decimal.map(|mark| ("decimal".to_owned(), mark.to_string().into())));
                object.extend(format.date_order.clone().map(|order| ("date_order".to_owned(), order.into())));
                if format.buddhist {
                    object.insert("buddhist".into(), true.into());
                }
            }
        };
        let mut said =
            Self { key: (!mapping.key.is_empty()).then(|| mapping.key.clone()), ..Self::default() };
        for column in &mapping.columns {
            let Some(target) = &column.target else { continue };
            let mut object = Document::new();
            reading(&mut object, &column.steps, &column.format);
            let value = if object.is_empty() {
                target.as_str().into()
            } else {
                object.insert("field".into(), target.as_str().into());
                Value::Object(object)
            };
            said.columns.insert(column.header.clone(), value);
        }
        for made in &mapping.made {
            let value = match (made.from.as_slice(), made.steps.as_slice()) {
                ([], [Transform::Constant(text)]) => text.as_str().into(),
                _ => {
                    let mut object = Document::new();
                    object.insert("from".into(), made.from.clone().into());
                    object.insert("with".into(), made.with.clone().into());
                    reading(&mut object, &made.steps, &made.format);
                    Value::Object(object)
                }
            };
            said.set.insert(made.target.clone(), value);
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use model::problem::Problem;

    use super::*;
    use crate::data::import::{
        mapping::{Class, ColumnMapping},
        matcher::targets,
        types::data_type,
    };

    fn blank() -> Mapping {
        let column = |(index, header): (usize, &&str)| ColumnMapping {
            index,
            header: (*header).to_owned(),
            kind: "text".into(),
            target: None,
            class: Class::Weak,
            reason: String::new(),
            format: CellFormat::default(),
            steps: vec![],
            proposals: vec![],
            samples: vec![],
        };
        Mapping {
            data_type: "customers".into(),
            alternatives: vec![],
            columns: ["No", "Name", "Limit", "Mail"].iter().enumerate().map(column).collect(),
            made: vec![],
            key: vec![],
            template: None,
        }
    }

    fn laid(over: &mut Mapping, choices: &Choices) -> Result<(), Problem> {
        let kind = data_type("customers").unwrap();
        over.overrule(kind, &targets(kind), choices, "Said.")
    }

    fn said(text: serde_json::Value) -> Choices {
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn what_repeats_a_mapping_makes_it_again() {
        let choices = said(json!({
            "columns": {
                "no": { "field": "code", "steps": ["trim", { "case": "upper" }] }, "Name": "customers.name",
                "Limit": { "field": "credit_limit", "decimal": "," }, "Mail": null,
            },
            "set": { "country": "US", "notes": { "from": ["No", "Mail"], "with": ", ", "steps": ["trim"] }, "state": { "from": ["Name"] } },
            "key": ["NO"],
        }));
        let mut first = blank();
        laid(&mut first, &choices).unwrap();
        assert_eq!(first.key, ["No"]);
        assert_eq!(first.ignored().count(), 0, "{:?}", first.ignored().collect::<Vec<_>>());
        assert_eq!(first.targets().count(), 6);
        let mut second = blank();
        laid(&mut second, &Choices::repeating(&first)).unwrap();
        // Whether a column is left out or was never said anything of is the same.
        for mapping in [&mut first, &mut second] {
            mapping
                .columns
                .iter_mut()
                .for_each(|column| (column.class, column.reason) = (Class::Weak, String::new()));
        }
        assert_eq!(first, second);
    }

    #[test]
    fn a_value_that_is_set_goes_before_a_column_and_a_column_chosen_later_before_it() {
        let mut mapping = blank();
        laid(&mut mapping, &said(json!({ "columns": { "Name": "name" } }))).unwrap();
        laid(&mut mapping, &said(json!({ "set": { "name": "One" } }))).unwrap();
        assert_eq!((mapping.columns[1].target.as_deref(), mapping.made.len()), (None, 1));
        laid(&mut mapping, &said(json!({ "columns": { "Mail": "name" } }))).unwrap();
        assert_eq!((mapping.columns[3].target.as_deref(), mapping.made.len()), (Some("customers.name"), 0));
        laid(&mut mapping, &said(json!({ "set": { "name": null } }))).unwrap();
        assert_eq!(mapping.targets().collect::<Vec<_>>(), ["customers.name"]);
    }
}
