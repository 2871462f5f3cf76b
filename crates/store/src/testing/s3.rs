//! A server of buckets for tests: rclone over a folder, on this machine.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::{Path as FilePath, PathBuf},
    process::{Child, Command, Stdio},
};

use object_store::{
    ObjectStoreExt,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};

use super::TestingError;
use crate::{
    connection::provide_cryptography,
    files::{Encryption, S3},
};

/// Where `scripts/libraries` installs it.
const RCLONE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/libraries/storage/bin/rclone");

/// The bucket that is there.
const BUCKET: &str = "files";

/// The key that opens it.
const KEY: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

/// A server with one bucket; ended with what it keeps when dropped.
#[derive(Debug)]
pub struct S3Server {
    folder: PathBuf,
    port: u16,
    running: Option<Child>,
    _home: tempfile::TempDir,
}

impl S3Server {
    /// Starts one; none where rclone is not installed, which the test says, but in CI.
    ///
    /// # Errors
    /// When it does not start, or is missing in CI.
    pub fn start() -> Result<Option<Self>, TestingError> {
        if !FilePath::new(RCLONE).is_file() {
            if std::env::var_os("CI").is_some() {
                return Err(io::Error::other("CI needs rclone: scripts/libraries").into());
            }
            println!("skipped: scripts/libraries has not installed rclone");
            return Ok(None);
        }
        let home = tempfile::tempdir()?;
        let folder = home.path().join("buckets");
        fs::create_dir_all(folder.join(BUCKET))?;
        // The server comes back to its port after `stop`, so the port is chosen here; another may take it meanwhile.
        let mut server = Self { folder, port: 0, running: None, _home: home };
        for _ in 0..4 {
            server.port = free_port()?;
            if server.resume().is_ok() {
                return Ok(Some(server));
            }
        }
        server.port = free_port()?;
        server.resume()?;
        Ok(Some(server))
    }

    /// Starts it again where it was, over what it kept.
    ///
    /// # Errors
    /// When it does not start.
    pub fn resume(&mut self) -> Result<(), TestingError> {
        let mut child = Command::new(RCLONE)
            .args(["serve", "s3", "--config", ""])
            .args(["--auth-key", &format!("{},{}", KEY.0, KEY.1)])
            .args(["--addr", &format!("127.0.0.1:{}", self.port)])
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let told = child.stderr.take().ok_or_else(|| io::Error::other("rclone says nothing"))?;
        self.running = Some(child);
        let mut told = BufReader::new(told);
        let mut line = String::new();
        while !line.contains("Starting s3 server") {
            line.clear();
            if told.read_line(&mut line)? == 0 {
                return Err(io::Error::other("rclone ended at its start").into());
            }
        }
        // It must not wait for somebody to read what else it says.
        std::thread::spawn(move || io::copy(&mut told, &mut io::sink()));
        Ok(())
    }

    /// Ends it at once, in the middle of whatever it does.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }

    /// How it is reached.
    pub fn settings(&self) -> S3 {
        S3 {
            bucket: BUCKET.to_owned(),
            endpoint: Some(format!("http://127.0.0.1:{}", self.port)),
            region: "us-east-1".to_owned(),
            access_key_id: KEY.0.to_owned(),
            secret_access_key: KEY.1.to_owned(),
            prefix: String::new(),
            encryption: Encryption::Bucket,
        }
    }

    /// The environment that leads the program to it.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        let S3 { bucket, endpoint, access_key_id, secret_access_key, .. } = self.settings();
        [
            ("TENANTRY_S3_BUCKET", bucket),
            ("TENANTRY_S3_ENDPOINT", endpoint.unwrap_or_default()),
            ("TENANTRY_S3_ACCESS_KEY_ID", access_key_id),
            ("TENANTRY_S3_SECRET_ACCESS_KEY", secret_access_key),
        ]
    }

    /// Puts an object there as other software does.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lay(&self, key: &str, content: &'static str) -> Result<(), TestingError> {
        let at = Path::parse(key).map_err(io::Error::other)?;
        Ok(self.client()?.put(&at, content.into()).await.map(drop).map_err(io::Error::from)?)
    }

    /// Takes one away.
    ///
    /// # Errors
    /// What the server says.
    pub async fn take(&self, key: &str) -> Result<(), TestingError> {
        let at = Path::parse(key).map_err(io::Error::other)?;
        Ok(self.client()?.delete(&at).await.map_err(io::Error::from)?)
    }

    fn client(&self) -> io::Result<AmazonS3> {
        provide_cryptography();
        let builder = AmazonS3Builder::new()
            .with_bucket_name(BUCKET)
            .with_endpoint(self.settings().server())
            .with_allow_http(true)
            .with_access_key_id(KEY.0)
            .with_secret_access_key(KEY.1);
        builder.build().map_err(io::Error::from)
    }

    /// The keys of all objects, and whatever else lies in the bucket.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn objects(&self) -> Result<Vec<String>, TestingError> {
        fn walk(root: &FilePath, folder: &FilePath, found: &mut Vec<String>) -> io::Result<()> {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    walk(root, &path, found)?;
                } else if let Ok(key) = path.strip_prefix(root) {
                    found.push(key.to_string_lossy().into_owned());
                }
            }
            Ok(())
        }
        let (root, mut found) = (self.folder.join(BUCKET), vec![]);
        walk(&root, &root, &mut found)?;
        found.sort();
        Ok(found)
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.stop();
    }
}
