//! The whole program over a real S3-compatible server: what comes in and goes out lies in the bucket, and what is wrong
//! with a bucket is said. `scripts/libraries` installs the server; without it the tests say that they were skipped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    process::Output,
    time::{Duration, Instant},
};

use house::{House, repository, server::Server, text};
use serde_json::{Value, json};
use store::testing::S3Server;

/// The program and its bucket.
struct Bucket {
    house: House,
    server: S3Server,
}

impl Bucket {
    /// None where no server is installed.
    async fn new() -> Option<Self> {
        let server = S3Server::start().unwrap()?;
        Some(Self { house: House::new().await, server })
    }

    fn run(&self, args: &[&str]) -> Output {
        self.house.command(args).envs(self.server.environment()).output().unwrap()
    }

    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    /// A tenant and a token of it.
    fn tenant(&self, slug: &str) -> String {
        self.ok(&["tenant", "create", "--slug", slug, "--name", slug]);
        self.ok(&["token", "create", "--tenant", slug]).lines().last().unwrap().trim().to_owned()
    }

    fn import(&self, slug: &str) {
        let file = repository("examples/everything.zip").display().to_string();
        self.ok(&["import", &file, "--tenant", slug, "--policy", "valid-rows", "--yes"]);
    }

    /// How many objects a tenant has there, of each kind.
    async fn kinds(&self, slug: &str) -> Vec<String> {
        let prefix = format!("tenant/{}/", self.house.tenant(slug).await);
        let objects = self.server.objects().unwrap();
        let kinds = objects.iter().filter_map(|key| key.strip_prefix(&prefix)?.split('/').next());
        kinds.map(str::to_owned).collect()
    }

    fn serve(&self) -> Server {
        Server::start(self.house.command(&["serve"]).envs(self.server.environment()))
    }
}

fn post(server: &Server, path: &str, token: &str, kind: &str, body: &str) -> (String, Value) {
    let headers = [("Authorization", &*format!("Bearer {token}")), ("Content-Type", kind)];
    let (status, body) = server.ask("POST", path, &headers, body);
    let body = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}"));
    (status, body)
}

/// Uploads a file of customers.
fn upload(server: &Server, token: &str) -> (String, Value) {
    let body = "--b\r\nContent-Disposition: form-data; name=\"data_type\"\r\n\r\ncustomers\r\n\
                --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"customers.csv\"\r\n\r\n\
                Customer code,Customer name\r\nC1,One\r\n\r\n--b--\r\n";
    post(server, "/api/v1/imports", token, "multipart/form-data; boundary=b", body)
}

/// The export's address once it is completed.
fn exported(server: &Server, token: &str) -> String {
    let input = json!({ "entity": "customers" }).to_string();
    let (_, asked) = post(server, "/api/v1/export_jobs/request", token, "application/json", &input);
    let at = format!("/api/v1/export_jobs/{}", asked["export_id"].as_str().unwrap());
    let began = Instant::now();
    loop {
        let export: Value = serde_json::from_str(&server.get(&at, token).1).unwrap();
        if export["status"] == "completed" {
            return format!("{at}/file");
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{export}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn what_comes_in_and_goes_out_lies_in_the_bucket_and_goes_with_its_tenant() {
    let Some(bucket) = Bucket::new().await else { return };
    let (token, _) = (bucket.tenant("one"), bucket.tenant("two"));
    bucket.import("one");
    bucket.import("two");
    assert_eq!(bucket.kinds("one").await, ["imports"]);
    let customers = "select count(*) from customers where tenant_id = $1";
    assert_eq!(bucket.house.number("one", customers).await, 12);

    let server = bucket.serve();
    let (status, report) = upload(&server, &token);
    assert!(status.contains("201"), "{status} {report}");
    let file = exported(&server, &token);
    let (status, content) = server.get(&file, &token);
    assert!(status.contains("200") && content.lines().count() == 13, "{status} {content}");
    assert_eq!(server.stop(), Some(0));
    assert_eq!(bucket.kinds("one").await, ["exports", "imports", "imports"]);

    // Nothing lies in the folder of files, and no copy stays.
    let files = bucket.house.folder.path().join("data/files");
    let left: Vec<_> = files.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["scratch"]);
    assert_eq!(files.join("scratch").read_dir().unwrap().count(), 0);

    assert!(
        bucket.ok(&["verify", "--tenant", "one"]).contains("Every file that is known lies in the storage")
    );
    let archive = bucket.house.folder.path().join("one.zip").display().to_string();
    let written = bucket.ok(&["tenant", "export", "one", "--out", &archive, "--json"]);
    let written: Value = serde_json::from_str(written.lines().last().unwrap()).unwrap();
    assert_eq!(written["files"], 3, "{written}");
    bucket.ok(&["tenant", "import", &archive, "--slug", "again"]);
    assert_eq!(bucket.kinds("again").await, bucket.kinds("one").await);

    let one = bucket.house.tenant("one").await.to_string();
    bucket.ok(&["tenant", "close", "one"]);
    let told = bucket.ok(&["tenant", "delete", "one", "--yes"]);
    assert!(told.ends_with("and 3 files.\n"), "{told}");
    let objects = bucket.server.objects().unwrap();
    assert!(!objects.iter().any(|key| key.contains(&one)), "{objects:?}");
    assert_eq!(
        (bucket.kinds("two").await.len(), bucket.kinds("again").await.len(), objects.len()),
        (1, 3, 4)
    );
}

#[tokio::test]
async fn a_server_that_goes_away_is_said_and_nothing_is_lost() {
    let Some(mut bucket) = Bucket::new().await else { return };
    let token = bucket.tenant("one");
    bucket.import("one");
    let server = bucket.serve();
    let file = exported(&server, &token);
    bucket.server.stop();
    let (status, body) = server.get(&file, &token);
    for (status, problem) in [upload(&server, &token), (status, serde_json::from_str(&body).unwrap())] {
        assert!(status.contains("503"), "{status} {problem}");
        assert_eq!(problem["code"], "unavailable");
        assert_eq!(problem["detail"], "The file storage cannot be used just now.");
    }
    let batches = "select count(*) from import_batches where tenant_id = $1 and parent_id is null";
    assert_eq!(bucket.house.number("one", batches).await, 1, "what could not be stored was not taken");
    bucket.server.resume().unwrap();
    assert!(server.get(&file, &token).0.contains("200"));
    assert!(upload(&server, &token).0.contains("201"));
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn what_is_wrong_with_the_bucket_is_said_at_the_start() {
    let Some(bucket) = Bucket::new().await else { return };
    let told = |command: &str, name: &str, value: &str| {
        let mut command = bucket.house.command(&[command]);
        let output = command.envs(bucket.server.environment()).env(name, value).output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    for (name, value, code, said) in [
        ("TENANTRY_S3_BUCKET", "elsewhere", 1, "There is no bucket elsewhere at http://127.0.0.1:"),
        (
            "TENANTRY_S3_SECRET_ACCESS_KEY",
            "wrong",
            1,
            "access is refused (SignatureDoesNotMatch). Correct TENANTRY_S3_ACCESS_KEY_ID",
        ),
        (
            "TENANTRY_S3_ENDPOINT",
            "http://127.0.0.1:1",
            1,
            "nobody answers (Connection refused (os error 111)). Start the server",
        ),
        ("TENANTRY_S3_ENDPOINT", "http://objects.example.com", 2, "set TENANTRY_S3_HTTP=anywhere"),
        ("TENANTRY_S3_SECRET_ACCESS_KEY", "", 2, "set TENANTRY_S3_SECRET_ACCESS_KEY too"),
        ("TENANTRY_S3_BUCKET", "", 2, "is set: say in TENANTRY_S3_BUCKET which bucket"),
    ] {
        for command in ["serve", "work"] {
            let (ended, text) = told(command, name, value);
            assert!(ended == Some(code) && text.contains(said), "{command} {name}={value}: {text}");
        }
    }
    let (_, doctor) = told("doctor", "TENANTRY_S3_BUCKET", "elsewhere");
    assert!(doctor.contains("BAD   files     There is no bucket elsewhere"), "{doctor}");
    let (_, doctor) = told("doctor", "TENANTRY_S3_ENCRYPTION", "bucket");
    assert!(doctor.contains("ok    files     bucket files at http://127.0.0.1:"), "{doctor}");
    let shown = bucket.ok(&["config"]);
    let (_, secret) = &bucket.server.environment()[3];
    assert!(shown.contains("TENANTRY_S3_BUCKET") && !shown.contains(secret), "{shown}");
}
