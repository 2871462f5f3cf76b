//! Sales intelligence: what staff did for accounts and what they are to do.

mod activities;
mod tasks;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[&activities::ACTIVITIES, &tasks::TASKS];
