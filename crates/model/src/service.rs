//! Service operations: jobs at customers, their quality, the training that goes with them.

mod quality;
mod service_jobs;
mod training;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &service_jobs::SERVICE_JOBS,
    &quality::QUALITY_CHECKLISTS,
    &quality::QUALITY_CHECKS,
    &training::TRAINING_WORKFLOWS,
];
