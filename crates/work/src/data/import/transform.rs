//! What is done to a column's cells before they are read as the field's values: pure functions of one text.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use model::value::Format;
use serde::{Deserialize, Deserializer, Serialize};

use super::classify::{Rule, Test};

/// Most steps of one column, most values of a map, most rules of a classification.
const MOST: (usize, usize, usize) = (20, 1_000, 100);

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// `VODKA`.
    Upper,
    /// `vodka`.
    Lower,
    /// `Imported Vodka`.
    Title,
}

/// One thing that is done to a column's cells before they are read as the field's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Transform {
    /// A percentage is written as a fraction: `0.15` means 15.
    Fraction,
    /// Yes and no (or 1 and 0) become one of two choices.
    Flag {
        /// The choice of yes.
        yes: String,
        /// The choice of no.
        no: String,
    },
    /// Runs of white space become one blank, none at the ends.
    Trim,
    /// Letters are written so.
    Case(Case),
    /// One piece of the text; none where there are fewer pieces.
    Split {
        /// What stands between pieces.
        by: String,
        /// Which piece: 1 for the first, -1 for the last.
        take: i32,
    },
    /// Whatever the cell holds, it is this.
    Constant(String),
    /// Where the cell is empty, it is this.
    Default(String),
    /// Value → value, in whatever case; null empties the cell. Other values stay.
    Values(BTreeMap<String, Option<String>>),
    /// The value of the first rule that holds.
    Classify {
        /// In order.
        rules: Vec<Rule>,
        /// Where no rule holds; the text stays where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<String>,
    },
}

impl Transform {
    /// What is wrong with it, in a sentence with its mend.
    fn wrong(&self) -> Option<String> {
        match self {
            Self::Split { by, take } => (by.is_empty() || *take == 0).then(|| {
                "`split` needs `by`, and `take` as 1 for the first piece or -1 for the last.".into()
            }),
            Self::Values(map) if map.len() > MOST.1 => {
                Some(format!("`values` maps at most {} values; use `classify`.", MOST.1))
            }
            Self::Classify { rules, .. } if rules.is_empty() || rules.len() > MOST.2 => {
                Some(format!("`classify` takes 1 to {} rules.", MOST.2))
            }
            Self::Classify { rules, .. } => rules.iter().find_map(Rule::wrong),
            _ => None,
        }
    }
}

/// What is wrong with the steps of a column, in a sentence with its mend.
pub fn wrong(steps: &[Transform]) -> Option<String> {
    if steps.len() > MOST.0 {
        return Some(format!("A column takes at most {} steps.", MOST.0));
    }
    steps.iter().find_map(Transform::wrong)
}

/// Steps as they are stored; one alone, as batches of earlier releases have it, is read too.
pub fn stored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Transform>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Many(Vec<Transform>),
        One(Transform),
    }
    Ok(match Option::<Stored>::deserialize(deserializer)? {
        None => vec![],
        Some(Stored::Many(steps)) => steps,
        Some(Stored::One(step)) => vec![step],
    })
}

/// The steps of a column made ready for many cells.
#[derive(Clone, Debug, Default)]
pub struct Steps(Vec<Step>);

#[derive(Clone, Debug)]
enum Step {
    Trim,
    Case(Case),
    Split(String, i32),
    Constant(String),
    Default(String),
    Values(HashMap<String, String>),
    Classify(Vec<Test>, Option<String>),
}

impl Steps {
    /// Makes steps ready; fractions and flags are left to the reader of values.
    pub fn of(steps: &[Transform]) -> Self {
        let ready = steps.iter().filter_map(|step| {
            Some(match step {
                Transform::Fraction | Transform::Flag { .. } => return None,
                Transform::Trim => Step::Trim,
                Transform::Case(case) => Step::Case(*case),
                Transform::Split { by, take } => Step::Split(by.clone(), *take),
                Transform::Constant(text) => Step::Constant(text.clone()),
                Transform::Default(text) => Step::Default(text.clone()),
                Transform::Values(map) => {
                    let pair = |(from, to): (&String, &Option<String>)| {
                        (from.trim().to_lowercase(), to.clone().unwrap_or_default())
                    };
                    Step::Values(map.iter().map(pair).collect())
                }
                Transform::Classify { rules, otherwise } => {
                    Step::Classify(rules.iter().map(Test::of).collect(), otherwise.clone())
                }
            })
        });
        Self(ready.collect())
    }

    /// Whether a cell stays as it is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the steps make of a cell. `format` tells how it writes numbers.
    pub fn run<'a>(&self, cell: Cow<'a, str>, format: &Format) -> Cow<'a, str> {
        self.0.iter().fold(cell, |text, step| step.run(text, format))
    }
}

impl Step {
    fn run<'a>(&self, text: Cow<'a, str>, format: &Format) -> Cow<'a, str> {
        match self {
            Self::Trim => text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
            Self::Case(Case::Upper) => text.to_uppercase().into(),
            Self::Case(Case::Lower) => text.to_lowercase().into(),
            Self::Case(Case::Title) => title(&text).into(),
            Self::Split(by, take) => {
                let at = usize::try_from(take.unsigned_abs()).unwrap_or(usize::MAX).saturating_sub(1);
                let piece = if *take > 0 {
                    text.split(by.as_str()).nth(at)
                } else {
                    text.rsplit(by.as_str()).nth(at)
                };
                piece.unwrap_or_default().trim().to_owned().into()
            }
            Self::Constant(constant) => constant.clone().into(),
            Self::Default(default) if text.trim().is_empty() => default.clone().into(),
            Self::Default(_) => text,
            Self::Values(map) => match map.get(&text.trim().to_lowercase()) {
                Some(value) => value.clone().into(),
                None => text,
            },
            Self::Classify(tests, otherwise) => {
                let low = text.to_lowercase();
                match (tests.iter().find(|test| test.holds(&low, format)), otherwise) {
                    // An empty cell is of no class.
                    _ if text.trim().is_empty() => text,
                    (Some(test), _) => test.is.clone().into(),
                    (None, Some(otherwise)) => otherwise.clone().into(),
                    (None, None) => text,
                }
            }
        }
    }
}

/// Each word with a capital and small letters.
fn title(text: &str) -> String {
    let (mut out, mut begins) = (String::with_capacity(text.len()), true);
    for c in text.chars() {
        if begins {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        begins = !(c.is_alphanumeric() || matches!(c, '\'' | '’'));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(steps: &[Transform], cell: &str) -> String {
        Steps::of(steps).run(cell.into(), &Format::canonical()).into_owned()
    }

    fn split(by: &str, take: i32) -> Transform {
        Transform::Split { by: by.into(), take }
    }

    fn json(text: &str) -> Vec<Transform> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn each_step_does_what_it_says() {
        for (steps, cell, becomes) in [
            (r#"["trim"]"#, "  a \t b ", "a b"),
            (r#"[{"case": "upper"}]"#, "vodka", "VODKA"),
            (r#"[{"case": "title"}]"#, "IMPORTED VODKA, o'neill", "Imported Vodka, O'neill"),
            (r#"[{"split": {"by": " / ", "take": 2}}]"#, "Hy-Vee / Clinton", "Clinton"),
            (r#"[{"split": {"by": ",", "take": -1}}]"#, "a,b,c", "c"),
            (r#"[{"split": {"by": ",", "take": 4}}]"#, "a,b,c", ""),
            (r#"[{"constant": "US"}]"#, "", "US"),
            (r#"[{"default": "US"}]"#, " ", "US"),
            (r#"[{"default": "US"}]"#, "TH", "TH"),
            (r#"[{"values": {"Actv": "ACTIVE", "n/a": null}}]"#, "actv", "ACTIVE"),
            (r#"[{"values": {"Actv": "ACTIVE", "n/a": null}}]"#, "N/A", ""),
            (r#"[{"values": {"Actv": "ACTIVE"}}]"#, "other", "other"),
            (r#"[{"classify": {"rules": [{"contains": "vodka", "is": "V"}]}}]"#, "IMPORTED VODKA", "V"),
            (r#"[{"classify": {"rules": [{"like": "*80 ?roof", "is": "80"}]}}]"#, "VODKA 80 PROOF", "80"),
            (r#"[{"classify": {"rules": [{"like": "80", "is": "80"}], "otherwise": "?"}}]"#, "VODKA 80", "?"),
            (r#"[{"classify": {"rules": [{"from": "10", "to": "20", "is": "mid"}]}}]"#, "12.5", "mid"),
            (
                r#"[{"classify": {"rules": [{"from": "10", "is": "big"}], "otherwise": "small"}}]"#,
                "9",
                "small",
            ),
            (r#"[{"classify": {"rules": [{"to": "10", "is": "x"}], "otherwise": "y"}}]"#, "", ""),
        ] {
            let steps = json(steps);
            assert_eq!(wrong(&steps), None);
            assert_eq!(run(&steps, cell), becomes, "{steps:?} of {cell:?}");
        }
    }

    #[test]
    fn steps_that_cannot_be_done_are_named() {
        for steps in [
            r#"[{"split": {"by": "", "take": 1}}]"#, r#"[{"split": {"by": ",", "take": 0}}]"#,
            r#"[{"classify": {"rules": []}}]"#, r#"[{"classify": {"rules": [{"is": "A"}]}}]"#,
            r#"[{"classify": {"rules": [{"from": "ten", "is": "A"}]}}]"#,
        ] {
            assert!(wrong(&json(steps)).is_some(), "{steps}");
        }
    }

    #[test]
    fn what_earlier_releases_stored_is_read() {
        #[derive(Deserialize)]
        struct Column {
            #[serde(default, alias = "transform", deserialize_with = "stored")]
            steps: Vec<Transform>,
        }
        let read = |text: &str| serde_json::from_str::<Column>(text).unwrap().steps;
        assert_eq!(read(r#"{"transform": "fraction"}"#), [Transform::Fraction]);
        assert_eq!(read(r#"{"steps": ["trim"]}"#), [Transform::Trim]);
        assert!(read("{}").is_empty() && read(r#"{"transform": null}"#).is_empty());
    }

    proptest! {
        #[test]
        fn splitting_takes_what_joining_put_there(
            pieces in prop::collection::vec("[a-zก-ฮ]{1,6}", 1..6), at in 0..6_usize
        ) {
            let at = at % pieces.len();
            let (joined, front) = (pieces.join("|"), i32::try_from(at).unwrap() + 1);
            let back = front - i32::try_from(pieces.len()).unwrap() - 1;
            prop_assert_eq!(&run(&[split("|", front)], &joined), &pieces[at]);
            prop_assert_eq!(&run(&[split("|", back)], &joined), &pieces[at]);
        }

        #[test]
        fn trim_and_case_done_twice_are_done_once(text in "[ \ta-zA-Zก-ฮ0-9'-]{0,20}") {
            for step in [
                Transform::Trim, Transform::Case(Case::Upper), Transform::Case(Case::Lower),
                Transform::Case(Case::Title),
            ] {
                let once = run(std::slice::from_ref(&step), &text);
                prop_assert_eq!(&run(&[step], &once), &once);
            }
        }

        #[test]
        fn no_step_panics_and_steps_are_done_in_turn(
            text in ".{0,30}", by in ".{1,2}", take in -4..4_i32, pattern in "[a*?]{0,6}"
        ) {
            let like = Rule { like: Some(pattern), is: "x".into(), ..Rule::default() };
            let classify = Transform::Classify { rules: vec![like], otherwise: Some("y".into()) };
            let steps = [Transform::Trim, split(&by, take), Transform::Default("a".into()), classify];
            let mut turn = text.clone();
            for step in &steps {
                turn = run(std::slice::from_ref(step), &turn);
            }
            prop_assert_eq!(run(&steps, &text), turn);
        }
    }
}
