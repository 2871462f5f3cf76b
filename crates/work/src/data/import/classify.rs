//! Classification: the value of a cell by what it holds, reads like or lies between.

use model::{
    field::{self, Field},
    value::{Format, parse_text},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A rule of a classification; all that it states must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// The value that a cell becomes.
    pub is: String,
    /// The cell holds this text, in whatever case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// The whole cell reads like this, in whatever case: `*` stands for any characters, `?` for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// The cell is a number of at least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The cell is a number of at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Rule {
    /// What is wrong with it, in a sentence with its mend.
    pub fn wrong(&self) -> Option<String> {
        let bounds = [&self.from, &self.to];
        if self.contains.is_none() && self.like.is_none() && bounds.iter().all(|bound| bound.is_none()) {
            return Some("A rule of `classify` states `contains`, `like`, `from` or `to`.".into());
        }
        let bad = bounds.into_iter().flatten().find(|bound| bound.trim().parse::<Decimal>().is_err());
        bad.map(|bad| format!("“{bad}” is no number; write a bound like \"12.5\"."))
    }
}

/// A rule made ready for many cells.
#[derive(Clone, Debug)]
pub struct Test {
    /// The value that a cell becomes.
    pub is: String,
    contains: Option<String>,
    like: Option<Vec<char>>,
    from: Option<Decimal>,
    to: Option<Decimal>,
}

impl Test {
    /// Makes a rule ready.
    pub fn of(rule: &Rule) -> Self {
        let bound = |bound: &Option<String>| bound.as_ref().and_then(|bound| bound.trim().parse().ok());
        Self {
            is: rule.is.clone(),
            contains: rule.contains.as_ref().map(|text| text.to_lowercase()),
            like: rule.like.as_ref().map(|text| text.to_lowercase().chars().collect()),
            from: bound(&rule.from),
            to: bound(&rule.to),
        }
    }

    /// Whether it holds; `low` is the cell in lower case.
    pub fn holds(&self, low: &str, format: &Format) -> bool {
        let ranged = self.from.is_some() || self.to.is_some();
        let within = || {
            number(low, format).is_some_and(|number| {
                self.from.is_none_or(|from| number >= from) && self.to.is_none_or(|to| number <= to)
            })
        };
        self.contains.as_ref().is_none_or(|text| low.contains(text.as_str()))
            && self.like.as_ref().is_none_or(|pattern| like(pattern, low.trim()))
            && (!ranged || within())
    }
}

/// The number that a cell writes.
fn number(text: &str, format: &Format) -> Option<Decimal> {
    static NUMBER: Field = field::unit_price("number", "The number");
    parse_text(&NUMBER, text.trim(), format).ok()?.as_str()?.parse().ok()
}

/// Whether a text reads like a pattern of `*` and `?`: the last `*` is tried again one character later whenever what
/// follows it does not fit, so the time is that of pattern times text at most.
fn like(pattern: &[char], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pattern_holds_for_what_it_was_made_of(text in "[ab]{0,12}", holes in prop::collection::vec(0..12_usize, 0..4)) {
            let mut pattern: Vec<char> = text.chars().collect();
            for hole in holes {
                if let Some(c) = pattern.get_mut(hole) {
                    *c = if hole % 2 == 0 { '*' } else { '?' };
                }
            }
            prop_assert!(like(&pattern, &text));
        }
    }
}
