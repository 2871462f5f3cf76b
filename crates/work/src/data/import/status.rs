//! The life of a batch: `received → detected → mapped → staged → validated → awaiting_approval → committing →
//! completed | failed | cancelled → undone`.

use std::fmt;

use model::problem::{Problem, codes};

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BatchStatus {
    /// The file lies in object storage.
    Received,
    /// Container, encoding, dialect, header and column kinds are known.
    Detected,
    /// Columns have their fields.
    Mapped,
    /// Every row is staged.
    Staged,
    /// Every row has its verdict; what a commit would do is known.
    Validated,
    /// Somebody with `imports.commit` is asked.
    AwaitingApproval,
    /// Records are being written.
    Committing,
    /// Done.
    Completed,
    /// It cannot go on; nothing, or nothing more, is written.
    Failed,
    /// A person stopped it.
    Cancelled,
    /// Its records are taken back.
    Undone,
}

use BatchStatus::{
    AwaitingApproval, Cancelled, Committing, Completed, Detected, Failed, Mapped, Received, Staged, Undone,
    Validated,
};

impl BatchStatus {
    /// Every status, in the order of a batch's life.
    pub const ALL: [Self; 11] = [
        Received, Detected, Mapped, Staged, Validated, AwaitingApproval, Committing, Completed, Failed,
        Cancelled, Undone,
    ];

    /// The name the database knows.
    pub const fn name(self) -> &'static str {
        match self {
            Received => "received",
            Detected => "detected",
            Mapped => "mapped",
            Staged => "staged",
            Validated => "validated",
            AwaitingApproval => "awaiting_approval",
            Committing => "committing",
            Completed => "completed",
            Failed => "failed",
            Cancelled => "cancelled",
            Undone => "undone",
        }
    }

    /// Reads the name the database knows.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether a batch may go from here to `next`. A mapping may be changed, and so staged anew, until the commit.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Received => matches!(next, Detected | Failed | Cancelled),
            Detected => matches!(next, Mapped | Failed | Cancelled),
            Mapped => matches!(next, Mapped | Staged | Failed | Cancelled),
            Staged => matches!(next, Mapped | Validated | Failed | Cancelled),
            Validated => {
                matches!(next, Mapped | Validated | AwaitingApproval | Committing | Failed | Cancelled)
            }
            AwaitingApproval => matches!(next, Mapped | Validated | Committing | Failed | Cancelled),
            Committing => matches!(next, Validated | Completed | Failed | Cancelled),
            Completed => matches!(next, Undone),
            Cancelled => matches!(next, Undone),
            Failed | Undone => false,
        }
    }

    /// Whether nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Completed | Failed | Cancelled | Undone)
    }

    /// The problem of asking for `next` here.
    pub fn refuse(self, next: Self) -> Problem {
        let hint = match (self, next) {
            (Failed, _) => "Correct the file and import it again.",
            (Undone, _) => "Import the file again.",
            (Completed, Committing) => "It has been committed already.",
            (Committing, _) => "Resume or cancel it first.",
            (_, Committing) => "Validate it first.",
            (_, Undone) => "Only a batch that has written records can be undone.",
            _ => "See the batch's status.",
        };
        Problem::new(&codes::CONFLICT, format!("The batch is {self}; it cannot become {next}.")).hint(hint)
    }
}

impl fmt::Display for BatchStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for status in BatchStatus::ALL {
            assert_eq!(BatchStatus::from_name(status.name()), Some(status));
        }
    }

    #[test]
    fn nothing_leads_back_into_a_commit() {
        for status in [Completed, Failed, Cancelled, Undone] {
            assert!(!status.may_become(Committing), "{status}");
        }
        assert!(Validated.may_become(Committing) && Committing.may_become(Validated));
        assert!(!Received.may_become(Committing) && !Staged.may_become(Committing));
    }
}
