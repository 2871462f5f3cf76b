//! A set of files made ready: the plan of each, and the order in which their records are made.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;
use model::{
    caller::Caller,
    problem::{Problem, codes},
    value::CustomField,
};
use store::{Db, sql, sql::Query};

use super::{
    batch::{Batch, Family},
    plan::{Own, PartPlan, Plan, Tenant},
    types::Role,
};

/// One part of one file.
#[derive(Clone, Debug)]
pub struct Step {
    /// The file, by place among the children.
    pub child: usize,
    /// The part, by place in the file's plan.
    pub part: usize,
}

/// The files of a set made ready, and the order in which their records are made.
#[derive(Clone, Debug)]
pub struct Work {
    /// The set.
    pub family: Family,
    /// The plan of each child; none where the file was refused.
    pub plans: Vec<Option<Arc<Plan>>>,
    /// Parts in the order of their links.
    pub steps: Vec<Step>,
}

impl Work {
    /// Makes a set ready.
    ///
    /// # Errors
    /// `invalid` where a file has no mapping or one that does not hold.
    pub async fn of(db: &Db, worker: &Caller, family: Family) -> Result<Self, Problem> {
        let tenant = tenant(db, worker).await?;
        let mut plans = vec![];
        for child in &family.children {
            plans.push(match &child.mapping {
                _ if !Family::takes_part(child) => None,
                Some(mapping) => Some(Arc::new(Plan::new(mapping, &tenant)?)),
                None => return Err(unmapped(child)),
            });
        }
        let steps = order(&plans);
        Ok(Self { family, plans, steps })
    }

    /// The plan and the part of a step.
    pub fn part(&self, step: &Step) -> Option<(&Batch, &Arc<Plan>, &PartPlan)> {
        let plan = self.plans[step.child].as_ref()?;
        Some((&self.family.children[step.child], plan, &plan.parts[step.part]))
    }
}

/// What a plan needs to know of the tenant.
pub async fn tenant(db: &Db, caller: &Caller) -> Result<Tenant, Problem> {
    let mut answers = db
        .flight(caller)
        .add(Query::fixed(
            sql!("select currency, time_zone from tenants where id = $1"),
            vec![caller.tenant.into()],
        ))
        .add(Query::fixed(
            sql!(
                "select entity, key, label, type, options, required from custom_fields
                 where tenant_id = $1 and archived_at is null"
            ),
            vec![caller.tenant.into()],
        ))
        .go()
        .await?
        .into_iter();
    let row = answers
        .next()
        .and_then(|rows| rows.into_iter().next())
        .ok_or_else(|| Problem::not_found("tenant"))?;
    let zone = TimeZone::get(row.get::<_, &str>(1)).unwrap_or(TimeZone::UTC);
    let mut custom: HashMap<String, Own> = HashMap::new();
    for row in answers.next().unwrap_or_default() {
        let (label, kind, options, required) = (row.get(2), row.get(3), row.get(4), row.get(5));
        let field = CustomField { label, kind, options, required };
        custom.entry(row.get(0)).or_default().insert(row.get(1), Arc::new(field));
    }
    Ok(Tenant { currency: row.get(0), today: db.world().now().to_zoned(zone.clone()).date(), zone, custom })
}

/// Parts of all files, each after the parts it links to. Where links run in a circle the order of the files decides.
fn order(plans: &[Option<Arc<Plan>>]) -> Vec<Step> {
    let mut waiting: Vec<(Step, &PartPlan)> = plans
        .iter()
        .enumerate()
        .flat_map(|(child, plan)| {
            plan.iter().flat_map(move |plan| {
                plan.parts.iter().enumerate().map(move |(part, of)| (Step { child, part }, of))
            })
        })
        .collect();
    let mut steps = vec![];
    while !waiting.is_empty() {
        let names: Vec<&str> = waiting.iter().map(|(_, part)| part.name()).collect();
        let free = |(step, part): &(Step, &PartPlan)| {
            // A document is made together with its lines.
            let plan = plans[step.child].iter().flat_map(|plan| &plan.parts);
            let lines = plan.filter(|other| part.part.role == Role::Root && other.part.role == Role::Child);
            let mut links =
                part.links.iter().chain(lines.flat_map(|line| &line.links)).filter_map(|field| field.link());
            links.all(|to| to == part.name() || !names.contains(&to))
        };
        let at = waiting.iter().position(free).unwrap_or(0);
        let (step, part) = waiting.remove(at);
        let child = step.child;
        steps.push(step);
        if part.part.role != Role::Root {
            continue;
        }
        // A document's verdict stands when its lines have theirs, and others that link to it come after.
        let names: Vec<&str> = waiting.iter().map(|(_, part)| part.name()).collect();
        let line = |(step, line): &(Step, &PartPlan)| {
            let mut links = line.links.iter().filter_map(|field| field.link());
            step.child == child
                && line.part.role == Role::Child
                && links.all(|to| to == part.name() || !names.contains(&to))
        };
        let (lines, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(line);
        steps.extend(lines.into_iter().map(|(step, _)| step));
        waiting = others;
    }
    steps
}

/// The problem of a file that cannot be staged because nothing says what it holds.
pub fn unmapped(batch: &Batch) -> Problem {
    Problem::new(&codes::INVALID, format!("It is not known what {} holds.", batch.file_name))
        .hint("Say so with `data_type` (`--as` on the command line), or map its columns.")
}
