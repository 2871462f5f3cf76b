//! How far an import is: a bar on a terminal, plain lines elsewhere.

use std::{io::IsTerminal, sync::Mutex};

use indicatif::{ProgressBar, ProgressStyle};
use work::import::Progress;

/// Shows the course of one step of work.
pub struct Meter {
    bar: Option<ProgressBar>,
    /// The phase and the tenth that were told last, where lines are written.
    told: Mutex<(&'static str, u64)>,
}

impl Meter {
    /// A bar if the error output is a terminal.
    pub fn new() -> Self {
        let style =
            ProgressStyle::with_template("{msg:<12} {bar:36} {human_pos}/{human_len}  {per_sec}  {eta} left");
        let bar = match style {
            Ok(style) if std::io::stderr().is_terminal() => Some(ProgressBar::new(0).with_style(style)),
            _ => None,
        };
        Self { bar, told: Mutex::new(("", 0)) }
    }

    /// Shows a step.
    pub fn show(&self, step: Progress) {
        if let Some(bar) = &self.bar {
            if bar.message() != step.phase {
                bar.reset();
                bar.set_message(step.phase);
            }
            bar.set_length(step.total.max(step.done));
            bar.set_position(step.done);
            return;
        }
        let tenth = (step.done * 10).checked_div(step.total).unwrap_or(0);
        if let Ok(mut told) = self.told.lock()
            && *told != (step.phase, tenth)
        {
            *told = (step.phase, tenth);
            eprintln!("{} {} of {}", step.phase, step.done, step.total);
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
