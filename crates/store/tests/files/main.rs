//! The storage of files through its door: a local folder and a real S3-compatible server keep the same promises.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod away;
mod encryption;
mod inbox;

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use model::problem::Problem;
use store::{
    Files,
    files::{Kept, OnDisk, Place, S3},
    testing::S3Server,
};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use uuid::Uuid;

/// Bytes of a part of an upload to a bucket.
const PART: usize = 8 << 20;

/// A storage with what it lies in.
struct Home {
    files: Files,
    folder: TempDir,
    server: Option<S3Server>,
}

impl Home {
    fn local() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { files: Files::local(folder.path()).unwrap(), folder, server: None }
    }

    /// None where no server is installed.
    fn bucket(change: impl FnOnce(&mut S3)) -> Option<Self> {
        let (server, folder) = (S3Server::start().unwrap()?, tempfile::tempdir().unwrap());
        let mut settings = server.settings();
        change(&mut settings);
        Some(Self { files: Files::s3(&settings, folder.path()).unwrap(), folder, server: Some(server) })
    }

    /// Every sort of storage.
    fn each() -> Vec<Self> {
        let prefixed = |settings: &mut S3| "some/where".clone_into(&mut settings.prefix);
        [Some(Self::local()), Self::bucket(|_| {}), Self::bucket(prefixed)].into_iter().flatten().collect()
    }

    fn server(&mut self) -> &mut S3Server {
        self.server.as_mut().unwrap()
    }

    async fn keys(&self, tenant: u128) -> Vec<String> {
        self.files.list(Uuid::from_u128(tenant)).await.unwrap().into_iter().map(|kept| kept.key).collect()
    }
}

fn place(tenant: u128, id: u128) -> Place {
    let at = "2026-01-31T23:30:00Z".parse().unwrap();
    Place { tenant: Uuid::from_u128(tenant), kind: "imports", id: Uuid::from_u128(id), at }
}

/// Bytes of which no two pieces of eight are the same.
fn bytes(many: usize) -> Vec<u8> {
    let mut all: Vec<u8> = (0..many.div_ceil(8) as u64).flat_map(u64::to_be_bytes).collect();
    all.truncate(many);
    all
}

fn code(problem: &Problem) -> &'static str {
    problem.code().code
}

/// So many bytes, and then an error, or nothing for ever.
struct Broken {
    left: usize,
    waits: bool,
}

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let many = self.left.min(into.remaining());
        match (many, self.waits) {
            (0, true) => Poll::Pending,
            (0, false) => Poll::Ready(Err(std::io::Error::other("the sender is gone"))),
            _ => {
                into.put_slice(&vec![7; many]);
                self.left -= many;
                Poll::Ready(Ok(()))
            }
        }
    }
}

#[tokio::test]
async fn a_file_is_stored_whole_and_found_again() {
    for home in Home::each() {
        let files = &home.files;
        for (id, many) in [(1, 0), (2, 3), (3, PART), (4, 3 * PART + 17)] {
            let content = bytes(many);
            let stored = files.put(place(7, id), content.as_slice(), u64::MAX).await.unwrap();
            assert_eq!((stored.size, &stored.key), (many as u64, &place(7, id).key()));
            let mut reading = files.read(&stored.key).await.unwrap();
            let mut read = vec![];
            reading.bytes.read_to_end(&mut read).await.unwrap();
            assert!(reading.size == stored.size && read == content, "{many} bytes");
            let on_disk: OnDisk = files.on_disk(&stored.key).await.unwrap();
            assert!(std::fs::read(&*on_disk).unwrap() == content, "{many} bytes");
        }
        let key = place(7, 4).key();
        files.delete(&key).await.unwrap();
        files.delete(&key).await.unwrap();
        assert!(!files.holds(&key).await.unwrap() && files.holds(&place(7, 3).key()).await.unwrap());
        assert_eq!(code(&files.on_disk(&key).await.unwrap_err()), "not_found");
        assert_eq!(code(&files.read(&key).await.unwrap_err()), "not_found");
    }
}

#[tokio::test]
async fn a_copy_goes_with_the_last_that_reads_it() {
    let Some(home) = Home::bucket(|_| {}) else { return };
    let stored = home.files.put(place(7, 1), "abc".as_bytes(), 3).await.unwrap();
    let first = home.files.on_disk(&stored.key).await.unwrap();
    let (path, second) = (first.to_path_buf(), first.clone());
    drop(first);
    assert_eq!(std::fs::read(&path).unwrap(), b"abc");
    drop(second);
    assert!(!path.exists());
    assert_eq!(home.folder.path().join("scratch").read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn the_checksum_is_that_of_the_content() {
    for home in Home::each() {
        let stored = home.files.put(place(7, 2), "abc".as_bytes(), 3).await.unwrap();
        assert_eq!(stored.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

#[tokio::test]
async fn what_is_not_stored_to_its_end_leaves_nothing() {
    for home in Home::each() {
        let files = &home.files;
        for (limit, many) in [(9, 10), (2 * PART as u64, 3 * PART)] {
            let problem = files.put(place(7, 3), bytes(many).as_slice(), limit).await.unwrap_err();
            assert_eq!(code(&problem), "too_large");
            assert_eq!(home.keys(7).await, [""; 0]);
        }
        for left in [10, 2 * PART + 5] {
            let broken = Broken { left, waits: false };
            assert_eq!(code(&files.put(place(7, 3), broken, u64::MAX).await.unwrap_err()), "unavailable");
            assert_eq!(home.keys(7).await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn an_upload_that_is_given_up_is_taken_back() {
    for home in Home::each() {
        let stalled = Broken { left: 2 * PART, waits: true };
        let putting = home.files.put(place(7, 3), stalled, u64::MAX);
        tokio::select! {
            biased;
            _ = putting => unreachable!("it waits"),
            () = begun(&home) => {}
        }
        while !home.keys(7).await.is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

/// Waits until an unfinished file is listed.
async fn begun(home: &Home) {
    while home.keys(7).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_lies_there_is_listed_by_tenant_and_removed() {
    for home in Home::each() {
        let files = &home.files;
        let mine = files.put(place(7, 1), "abc".as_bytes(), 3).await.unwrap();
        let theirs = files.put(place(8, 2), "d".as_bytes(), 1).await.unwrap();
        // Its process is taken for dead.
        let stalled = Broken { left: 2 * PART, waits: true };
        tokio::select! {
            biased;
            // What is taken from under it fails.
            _ = async { (files.put(place(7, 9), stalled, u64::MAX).await, std::future::pending::<()>().await) } => {}
            () = async {
                while home.keys(7).await.len() < 2 {
                    tokio::task::yield_now().await;
                }
                let kept: Vec<Kept> = files.list(Uuid::from_u128(7)).await.unwrap();
                assert_eq!((&kept[0].key, kept[0].size), (&mine.key, 3));
                assert!(kept[1].key.starts_with(&place(7, 9).key()), "{kept:?}");
                for one in &kept {
                    files.remove(one).await.unwrap();
                    files.remove(one).await.unwrap();
                }
                assert_eq!(home.keys(7).await, [""; 0]);
            } => {}
        }
        assert!(!files.holds(&mine.key).await.unwrap() && files.holds(&theirs.key).await.unwrap());
        assert_eq!(home.keys(9).await, [""; 0]);
    }
}

#[tokio::test]
async fn all_files_of_a_tenant_go_and_nobody_elses() {
    for mut home in Home::each() {
        let files = home.files.clone();
        for id in 1..=3 {
            files.put(place(7, id), "abc".as_bytes(), 3).await.unwrap();
        }
        let theirs = files.put(place(0x70, 3), "d".as_bytes(), 1).await.unwrap();
        let tenant = Uuid::from_u128(7);
        assert_eq!(files.remove_all(tenant).await.unwrap(), 3);
        assert_eq!(files.remove_all(tenant).await.unwrap(), 0);
        assert!(files.holds(&theirs.key).await.unwrap());
        if home.server.is_some() {
            let left = home.server().objects().unwrap();
            assert!(left.len() == 1 && left[0].ends_with(&theirs.key), "{left:?}");
        } else {
            assert!(!home.folder.path().join(format!("tenant/{tenant}")).exists());
        }
    }
}
