//! Rows of a workbook, read by a thread or a process of its own and handed over in blocks.

use std::fmt::Debug;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::Refusal;
use crate::order::{Order, Part, Sink};
use crate::record::Record;
use crate::wire;

/// The longest wait for the next rows of another process.
const PATIENCE: Duration = Duration::from_secs(60);

/// A way to read workbooks in another process, whose memory and time the system bounds: libraries for spreadsheets panic
/// and swell on crafted files. That process calls [`Order::serve`].
pub trait Isolation: Debug + Send + Sync {
    /// Starts to read.
    ///
    /// # Errors
    /// The process cannot be started.
    fn start(&self, order: &Order) -> io::Result<Running>;
}

/// A process that reads a workbook.
pub struct Running {
    /// What [`Order::serve`] writes there.
    pub output: Box<dyn Read + Send>,
    /// Ends it at once. Called when no more rows are wanted, when it takes too long, and when it is done.
    pub stop: Box<dyn FnMut() + Send>,
}

/// A sheet of a workbook with its first rows.
pub(crate) struct Preview {
    pub name: String,
    /// Place in the workbook, from 0.
    pub place: usize,
    pub hidden: bool,
    pub records: Vec<Record>,
    /// Whether `records` are all rows of the sheet.
    pub whole: bool,
    /// Last row by the sheet's own account; 0 where it gives none.
    pub rows: u64,
}

/// What comes of an order, as it comes. Dropping it ends the reading.
struct Parts {
    file: String,
    parts: Receiver<Result<Part, Refusal>>,
    stop: Option<Box<dyn FnMut() + Send>>,
}

impl Drop for Parts {
    fn drop(&mut self) {
        if let Some(stop) = &mut self.stop {
            stop();
        }
    }
}

impl Parts {
    fn start(order: Order, isolation: Option<&Arc<dyn Isolation>>) -> Result<Self, Refusal> {
        let file = order.file.clone();
        let failed = |error: io::Error| Refusal::from_io(&file, &error);
        let (sender, parts) = sync_channel(4);
        let thread = std::thread::Builder::new().name("tabular-book".to_owned());
        let mut stop = None;
        match isolation {
            Some(isolation) => {
                let running = isolation.start(&order).map_err(failed)?;
                stop = Some(running.stop);
                let (file, output) = (file.clone(), running.output);
                thread.spawn(move || forward(output, &file, &sender)).map_err(failed)?;
            }
            None => {
                thread
                    .spawn(move || {
                        let mut sink = sender.clone();
                        if let Err(refusal) = order.run(&mut sink) {
                            // Nobody waits for the end when the reader was dropped.
                            drop(sender.send(Err(refusal)));
                        }
                    })
                    .map_err(failed)?;
            }
        }
        Ok(Self { file, parts, stop })
    }

    /// The next part; `None` at the end.
    fn next(&mut self) -> Result<Option<Part>, Refusal> {
        let part = match self.stop {
            // A thread cannot be stopped, so there is no use in not waiting for it.
            None => self.parts.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) => self.parts.recv_timeout(PATIENCE),
        };
        match part {
            Ok(part) => part.map(Some),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                let seconds = PATIENCE.as_secs();
                Err(Refusal::damaged(&self.file, format!("no row of it could be read for {seconds} seconds")))
            }
        }
    }
}

impl Sink for SyncSender<Result<Part, Refusal>> {
    fn take(&mut self, part: Part) -> bool {
        self.send(Ok(part)).is_ok()
    }
}

/// Hands on what another process writes.
fn forward(output: Box<dyn Read + Send>, file: &str, sender: &SyncSender<Result<Part, Refusal>>) {
    let mut input = BufReader::with_capacity(64 << 10, output);
    loop {
        let part = match wire::next(&mut input, file) {
            Ok(Some(part)) => Ok(part),
            Ok(None) => return,
            Err(refusal) => Err(refusal),
        };
        let last = part.is_err();
        if sender.send(part).is_err() || last {
            return;
        }
    }
}

/// Rows of one sheet as they come. Dropping it ends the reading.
pub(crate) struct SheetRows {
    parts: Parts,
    block: std::vec::IntoIter<Record>,
}

impl SheetRows {
    /// Starts to read the sheet of an order.
    pub fn start(order: Order, isolation: Option<&Arc<dyn Isolation>>) -> Result<Self, Refusal> {
        Ok(Self { parts: Parts::start(order, isolation)?, block: Vec::new().into_iter() })
    }

    /// The next row; `false` at the end.
    pub fn next(&mut self, record: &mut Record) -> Result<bool, Refusal> {
        loop {
            if let Some(next) = self.block.next() {
                *record = next;
                return Ok(true);
            }
            match self.parts.next()? {
                Some(Part::Rows(rows)) => self.block = rows.into_iter(),
                Some(Part::Head(_) | Part::End { .. }) => {}
                None => return Ok(false),
            }
        }
    }
}

/// Reads the first rows of every sheet.
pub(crate) fn preview(order: Order, isolation: Option<&Arc<dyn Isolation>>) -> Result<Vec<Preview>, Refusal> {
    let mut parts = Parts::start(order, isolation)?;
    let mut previews: Vec<Preview> = Vec::new();
    while let Some(part) = parts.next()? {
        match (part, previews.last_mut()) {
            (Part::Head(head), _) => previews.push(Preview {
                name: head.name,
                place: previews.len(),
                hidden: head.hidden,
                records: Vec::new(),
                whole: false,
                rows: 0,
            }),
            (Part::Rows(rows), Some(preview)) => preview.records.extend(rows),
            (Part::End { whole, last }, Some(preview)) => (preview.whole, preview.rows) = (whole, last),
            (Part::Rows(_) | Part::End { .. }, None) => {}
        }
    }
    Ok(previews)
}
