//! How a command ends when it does not succeed.

use std::fmt;

use model::problem::{Problem, Status, codes};

/// Why a command did not do what was asked; decides the exit code.
#[derive(Debug)]
pub enum Failure {
    /// The command line or a setting makes no sense: exit code 2.
    Usage(String),
    /// The work could not be done: exit code 1.
    Work(String),
    /// The work could not be done, as a problem with fields and a hint: exit code 1.
    Problem(Problem),
    /// The command has already told what is wrong: exit code 1.
    Told,
}

impl Failure {
    /// A command line or setting that makes no sense.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// Work that could not be done; the text says why and what to do.
    pub fn work(text: impl Into<String>) -> Self {
        Self::Work(text.into())
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Work(_) | Self::Problem(_) | Self::Told => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Work(text) => f.write_str(text),
            Self::Problem(problem) => {
                write!(f, "{problem}")?;
                if problem.code().status == Status::Internal && problem.get_hint().is_none() {
                    f.write_str(" The log says more (TENANTRY_LOG=debug).")?;
                }
                if problem.code() == &codes::UNAVAILABLE && problem.get_hint().is_none() {
                    f.write_str(" `tenantry doctor` tells what is wrong with the database.")?;
                }
                Ok(())
            }
            Self::Told => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        if let Some(cause) = problem.inner_cause() {
            tracing::debug!(code = problem.code().code, cause = ?cause, "a problem's inner cause");
            if problem.code().status == Status::Internal {
                tracing::error!(cause = ?cause, "a defect");
            }
        }
        Self::Problem(problem)
    }
}
