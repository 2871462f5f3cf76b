//! Writing an archive: a thread of its own takes what is to be written, so that nothing waits for the disk but what is
//! being read. The file has its name only when it is whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use model::problem::{Problem, codes};
use sha2::{Digest, Sha256};
use store::secret::hex;
use tokio::{
    sync::{mpsc, oneshot},
    task::{JoinHandle, spawn_blocking},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Pieces on their way to the disk.
const AHEAD: usize = 8;

enum Order {
    Begin { name: String, packed: bool },
    Bytes(Vec<u8>),
    End(oneshot::Sender<(u64, String)>),
    Finish,
}

/// An archive being written; dropped unfinished, nothing of it stays.
pub struct Packer {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<Result<(), Problem>>,
}

impl Packer {
    /// Begins an archive at `path`, readable by its owner alone.
    ///
    /// # Errors
    /// Where a file cannot be made there.
    pub fn new(path: &Path) -> Result<Self, Problem> {
        let (orders, taken) = mpsc::channel(AHEAD);
        let part = Part::new(path)?;
        let task = spawn_blocking(move || work(part, taken));
        Ok(Self { orders, task })
    }

    /// Begins a member, deflated or as it is.
    pub async fn begin(&mut self, name: String, packed: bool) -> Result<(), Problem> {
        self.order(Order::Begin { name, packed }).await
    }

    /// More bytes of the member.
    pub async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Problem> {
        self.order(Order::Bytes(bytes)).await
    }

    /// Ends the member; its size and SHA-256.
    pub async fn end(&mut self) -> Result<(u64, String), Problem> {
        let (tell, told) = oneshot::channel();
        self.order(Order::End(tell)).await?;
        match told.await {
            Ok(told) => Ok(told),
            Err(_) => Err(self.failure().await),
        }
    }

    /// Puts the archive on the disk under its name.
    ///
    /// # Errors
    /// What the disk said.
    pub async fn finish(mut self) -> Result<(), Problem> {
        self.order(Order::Finish).await?;
        self.task.await.map_err(Problem::internal)?
    }

    async fn order(&mut self, order: Order) -> Result<(), Problem> {
        match self.orders.send(order).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.failure().await),
        }
    }

    /// Why the thread ended early.
    async fn failure(&mut self) -> Problem {
        match (&mut self.task).await {
            Ok(Err(problem)) => problem,
            Ok(Ok(())) => Problem::internal("the archive was closed early"),
            Err(error) => Problem::internal(error),
        }
    }
}

/// The unfinished file beside the one that it becomes.
struct Part {
    file: File,
    path: PathBuf,
    whole: PathBuf,
    done: bool,
}

impl Part {
    fn new(whole: &Path) -> Result<Self, Problem> {
        let mut name = whole.as_os_str().to_owned();
        name.push(".part");
        let path = PathBuf::from(name);
        let file = OpenOptions::new()
            .write(true)
            .read(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .map_err(disk)?;
        Ok(Self { file, path, whole: whole.to_owned(), done: false })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.done {
            // Whoever is told that the archive failed sees the file beside it, if even this fails.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn work(mut part: Part, mut orders: mpsc::Receiver<Order>) -> Result<(), Problem> {
    let mut zip = ZipWriter::new(BufWriter::new(part.file.try_clone().map_err(disk)?));
    let (mut size, mut hash) = (0_u64, Sha256::new());
    let mut whole = false;
    while let Some(order) = orders.blocking_recv() {
        match order {
            Order::Begin { name, packed } => {
                let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                let options = SimpleFileOptions::default()
                    .compression_method(method)
                    .large_file(true)
                    .unix_permissions(0o600);
                zip.start_file(name, options).map_err(disk)?;
                (size, hash) = (0, Sha256::new());
            }
            Order::Bytes(bytes) => {
                zip.write_all(&bytes).map_err(disk)?;
                hash.update(&bytes);
                size += bytes.len() as u64;
            }
            Order::End(tell) => {
                // Who does not wait for it any more needs no answer.
                let _ = tell.send((size, hex(&std::mem::take(&mut hash).finalize())));
            }
            Order::Finish => {
                whole = true;
                break;
            }
        }
    }
    // Whoever goes away in the middle closes the channel too.
    if !whole {
        return Err(Problem::internal("an archive that was given up"));
    }
    let mut file = zip.finish().map_err(disk)?;
    file.flush().map_err(disk)?;
    part.file.sync_all().map_err(disk)?;
    fs::rename(&part.path, &part.whole).map_err(disk)?;
    part.done = true;
    Ok(())
}

fn disk(cause: impl std::error::Error + Send + Sync + 'static) -> Problem {
    let detail = format!("The archive cannot be written: {cause}.");
    Problem::new(&codes::UNAVAILABLE, detail).hint("See that the folder exists, can be written and has room.")
}
