//! A database that can be away: a socket in front of the real one, closed and opened by the test.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use store::{DbSettings, testing::TestDb};
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    task::{JoinHandle, JoinSet},
};

/// The way to the database.
pub struct Way {
    folder: tempfile::TempDir,
    real: PathBuf,
    port: u16,
    open: Mutex<Option<JoinHandle<()>>>,
}

impl Way {
    /// An open way to the test's database, and the settings of whoever takes it.
    pub fn to(test: &TestDb) -> (Arc<Self>, DbSettings) {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = DbSettings::new(test.app.clone(), test.operator.clone());
        let real = match test.app.get_hosts().first() {
            Some(host) => PathBuf::from(format!("{host:?}").split('"').nth(1).unwrap()),
            None => panic!("the test's database has a socket"),
        };
        let port = test.app.get_ports().first().copied().unwrap_or(5432);
        for config in [&mut settings.app, &mut settings.operator] {
            let password = String::from_utf8(config.get_password().unwrap().to_vec()).unwrap();
            let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
            let host = folder.path().display();
            let text = format!("host='{host}' port={port} user={user} password={password} dbname='{name}'");
            *config = text.parse().unwrap();
        }
        settings.direct = None;
        let way = Arc::new(Self { folder, real, port, open: Mutex::new(None) });
        way.open();
        (way, settings)
    }

    fn socket(&self, folder: &Path) -> PathBuf {
        folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Lets connections through.
    pub fn open(&self) {
        let listener = UnixListener::bind(self.socket(self.folder.path())).unwrap();
        let real = self.socket(&self.real);
        let task = tokio::spawn(async move {
            // Dropped with the task, and every connection with it.
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let real = real.clone();
                connections.spawn(async move {
                    if let Ok(mut server) = UnixStream::connect(real).await {
                        let _ = copy_bidirectional(&mut client, &mut server).await;
                    }
                });
            }
        });
        *self.open.lock().unwrap() = Some(task);
    }

    /// Ends every connection and takes no new one.
    pub async fn close(&self) {
        let task = self.open.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
            std::fs::remove_file(self.socket(self.folder.path())).unwrap();
        }
    }
}
