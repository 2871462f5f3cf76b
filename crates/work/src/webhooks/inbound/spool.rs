//! The spool: what was accepted while the database was away, on disk until it is back.
//!
//! Each process appends to a file of its own in the folder and holds its lock. An append is answered when it is on the
//! disk; appends that come together share one sync. A file whose process is gone is taken over by whoever gets its lock.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::{delivery::Delivery, frame};

/// Most bytes of one append that shares its sync with others.
const TOGETHER: usize = 8 << 20;

/// Bytes read at once when a file is drained.
const PIECE: usize = 4 << 20;

/// Why an append was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The file has its greatest size.
    Full,
    /// The disk said no.
    Failed,
}

enum Order {
    Append(Vec<u8>, oneshot::Sender<Result<(), Refused>>),
    /// Everything up to this length is in the database: the file begins anew, if nothing came since.
    Drained(u64, oneshot::Sender<bool>),
}

/// This process's file.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    orders: mpsc::Sender<Order>,
    length: Arc<AtomicU64>,
}

impl Spool {
    /// Makes this process's file in the folder, `most` bytes at most.
    ///
    /// # Errors
    /// When the folder or file cannot be made, or its lock is refused.
    pub fn open(folder: &Path, name: Uuid, most: u64) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let path = folder.join(format!("{name}.spool"));
        let file = OpenOptions::new().create_new(true).append(true).read(true).mode(0o600).open(&path)?;
        file.try_lock().map_err(io::Error::from)?;
        File::open(folder)?.sync_all()?;
        let length = Arc::new(AtomicU64::new(0));
        let (orders, taken) = mpsc::channel();
        let told = Arc::clone(&length);
        thread::Builder::new()
            .name("webhook-spool".into())
            .spawn(move || write(file, &taken, &told, most))?;
        Ok(Self { path, orders, length })
    }

    /// Appends deliveries; done when they are on the disk.
    ///
    /// # Errors
    /// Why they were not taken; none of them is in the file then.
    pub async fn append(&self, deliveries: &[Delivery]) -> Result<(), Refused> {
        let mut bytes = vec![];
        for delivery in deliveries {
            frame::write(&mut bytes, delivery).map_err(|_| Refused::Failed)?;
        }
        let (tell, told) = oneshot::channel();
        self.orders.send(Order::Append(bytes, tell)).map_err(|_| Refused::Failed)?;
        told.await.unwrap_or(Err(Refused::Failed))
    }

    /// Bytes in the file.
    pub fn length(&self) -> u64 {
        self.length.load(Ordering::Acquire)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins anew if the file holds `length` bytes and no more; whether it did.
    pub async fn drained(&self, length: u64) -> bool {
        let (tell, told) = oneshot::channel();
        self.orders.send(Order::Drained(length, tell)).is_ok() && told.await.unwrap_or(false)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // An empty file is of no use to anybody; one that holds something is taken over.
        if self.length() == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The writer's thread: takes orders until nobody can give any.
fn write(mut file: File, orders: &mpsc::Receiver<Order>, length: &AtomicU64, most: u64) {
    let mut next = orders.recv().ok();
    while let Some(order) = next.take() {
        match order {
            Order::Drained(done, tell) => {
                let fits = length.load(Ordering::Acquire) == done;
                let emptied = fits && file.set_len(0).and_then(|()| file.sync_data()).is_ok();
                if emptied {
                    length.store(0, Ordering::Release);
                }
                let _ = tell.send(emptied);
            }
            Order::Append(first, tell) => {
                let (mut bytes, mut waiting) = (vec![], vec![]);
                let held = length.load(Ordering::Acquire);
                let mut take = |more: Vec<u8>, tell: oneshot::Sender<_>| {
                    if held + (bytes.len() + more.len()) as u64 > most {
                        let _ = tell.send(Err(Refused::Full));
                    } else {
                        bytes.extend(more);
                        waiting.push(tell);
                    }
                    bytes.len() < TOGETHER
                };
                if take(first, tell) {
                    loop {
                        match orders.try_recv() {
                            Ok(Order::Append(more, tell)) => {
                                if !take(more, tell) {
                                    break;
                                }
                            }
                            Ok(other) => {
                                next = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                }
                let written = file.write_all(&bytes).and_then(|()| file.sync_data());
                match &written {
                    Ok(()) => length.store(held + bytes.len() as u64, Ordering::Release),
                    // Half a frame must not stand before the next one.
                    Err(error) => {
                        let mended = file.set_len(held).and_then(|()| file.sync_data());
                        tracing::error!(%error, ?mended, "the webhook spool cannot be written");
                    }
                }
                for tell in waiting {
                    let _ = tell.send(written.as_ref().copied().map_err(|_| Refused::Failed));
                }
            }
        }
        if next.is_none() {
            next = orders.recv().ok();
        }
    }
}

/// A file of frames being read from its beginning.
#[derive(Debug)]
pub struct Reader {
    file: File,
    rest: Vec<u8>,
    /// Bytes of whole frames given so far.
    pub offset: u64,
}

impl Reader {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, rest: vec![], offset: 0 })
    }

    /// The next deliveries, in order: up to `most` of them. None where the file has no further whole frame.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn next(&mut self, most: usize) -> io::Result<Vec<Delivery>> {
        let (mut found, mut at) = (vec![], 0);
        while found.len() < most {
            if let Some((delivery, taken)) = frame::read(&self.rest[at..]) {
                found.push(delivery);
                at += taken;
                continue;
            }
            let read = self.fill()?;
            if read == 0 {
                break;
            }
        }
        self.rest.drain(..at);
        self.offset += at as u64;
        Ok(found)
    }

    fn fill(&mut self) -> io::Result<usize> {
        let held = self.rest.len();
        self.file.seek(SeekFrom::Start(self.offset + held as u64))?;
        (&self.file).take(PIECE as u64).read_to_end(&mut self.rest)
    }
}

/// A file that a process left behind, now this one's.
#[derive(Debug)]
pub struct Orphan {
    _lock: File,
    /// Where it is.
    pub path: PathBuf,
}

/// The files of the folder whose processes are gone.
///
/// # Errors
/// When the folder cannot be read.
pub fn orphans(folder: &Path, own: &Path) -> io::Result<Vec<Orphan>> {
    let mut found = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path == own || path.extension().is_none_or(|extension| extension != "spool") {
            continue;
        }
        // One that goes away just now was drained by another.
        let Ok(file) = OpenOptions::new().read(true).append(true).open(&path) else { continue };
        if file.try_lock().is_ok() && path.exists() {
            found.push(Orphan { _lock: file, path });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

impl Orphan {
    /// Removes it: everything in it is in the database.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}
