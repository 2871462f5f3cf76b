//! `tenantry serve` as a process, and requests to it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// A server that was started, with the address it told.
pub struct Server {
    child: Child,
    pub address: String,
    told: Arc<Mutex<Vec<String>>>,
    reading: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.env("TENANTRY_LISTEN", "127.0.0.1:0").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = vec![];
        let address = loop {
            let Some(line) = lines.next() else { panic!("it ended: {}", told.join("\n")) };
            let line = line.unwrap();
            told.push(line.clone());
            if let Some((_, rest)) = line.split_once("serving on http://") {
                break rest.split(';').next().unwrap().to_owned();
            }
        };
        let told = Arc::new(Mutex::new(told));
        let kept = told.clone();
        let reading = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        Self { child, address, told, reading: Some(reading) }
    }

    /// The lines of its log so far.
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// The answer's status line and body.
    pub fn get(&self, path: &str, token: &str) -> (String, String) {
        self.ask("GET", path, &[("Authorization", &format!("Bearer {token}"))], "")
    }

    /// The answer's status line and body.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    /// Tells it to stop and gives its exit code.
    pub fn stop(self) -> Option<i32> {
        self.end().0
    }

    /// Tells it to stop; gives its exit code and the lines of its log.
    pub fn end(mut self) -> (Option<i32>, Vec<String>) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let code = self.child.wait().unwrap().code();
        self.reading.take().unwrap().join().unwrap();
        (code, self.told())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
