//! Encrypted connections to a server of the operator's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    fs,
    net::Ipv4Addr,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
    process::{Command, Output},
};

use house::text;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use store::{
    cluster::{Cluster, ClusterOptions},
    testing::execute,
};
use tempfile::TempDir;

/// A PostgreSQL server that speaks TLS on an address of the loopback, with a certificate of an authority of its own.
struct Server {
    folder: TempDir,
    _cluster: Cluster,
    address: Ipv4Addr,
}

const PASSWORD: &str = "only-for-this-test";

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The server runs as a user of its own when the tests run as root.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // An address of the loopback that nobody else's server on the usual port has.
        let [high, low] = u16::try_from(std::process::id() % 0x1_0000).unwrap().to_be_bytes();
        let address = Ipv4Addr::new(127, 41, high, low);
        certificates(folder.path(), address);
        let mut options = ClusterOptions::new(folder.path().join("server"));
        options.fast_for_tests = true;
        let cluster = Cluster::start(&options).await.unwrap();
        let owner = fs::metadata(cluster.home()).unwrap().uid();
        let kept = |name: &str| {
            let path = folder.path().join(name);
            chown(&path, Some(owner), None).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            path.display().to_string()
        };
        let statements = [
            format!("alter system set listen_addresses = '{address}'"),
            format!("alter system set ssl_cert_file = '{}'", kept("server.crt")),
            format!("alter system set ssl_key_file = '{}'", kept("server.key")),
            "alter system set ssl = on".to_owned(),
            format!("create role boss superuser login password '{PASSWORD}'"),
            "create database shop template template0 encoding 'UTF8' locale 'C.UTF-8'".to_owned(),
        ];
        execute(&cluster.admin(), &statements).await.unwrap();
        cluster.stop().await.unwrap();
        let cluster = Cluster::start(&options).await.unwrap();
        Self { folder, _cluster: cluster, address }
    }

    /// Runs the program with a connection of this mode, trusting this authority.
    fn run(&self, args: &[&str], mode: &str, authority: &str) -> Output {
        let address = self.address;
        let url =
            format!("postgresql://boss:{PASSWORD}@{address}:5432/shop?sslmode={mode}&connect_timeout=5");
        Command::new(env!("CARGO_BIN_EXE_tenantry"))
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TENANTRY_DATA", self.folder.path().join("data"))
            .env("DATABASE_URL", url)
            .env("SSL_CERT_FILE", self.folder.path().join(authority))
            .output()
            .unwrap()
    }
}

/// An authority with a server's certificate for this address, and another authority that made nothing.
fn certificates(folder: &Path, address: Ipv4Addr) {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        fs::write(folder.join(name), params.self_signed(&key).unwrap().pem()).unwrap();
        Issuer::new(params, key)
    };
    let issuer = authority("authority.pem");
    authority("stranger.pem");
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec![address.to_string()]).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("server.crt"), server.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
}

#[tokio::test]
async fn a_connection_is_encrypted_and_checked_where_the_url_says_require() {
    let server = Server::start().await;

    let refused = server.run(&["migrate"], "require", "stranger.pem");
    assert!(!refused.status.success());
    let told = text(&refused.stderr);
    assert!(told.contains("invalid peer certificate"), "{told}");

    let migrated = server.run(&["migrate"], "require", "authority.pem");
    assert!(migrated.status.success(), "{}", text(&migrated.stderr));
    let doctor = server.run(&["doctor"], "require", "authority.pem");
    let told = text(&doctor.stdout);
    assert!(told.contains("encrypted with TLSv1.3"), "{told}{}", text(&doctor.stderr));

    let plain = text(&server.run(&["doctor"], "disable", "stranger.pem").stdout);
    assert!(plain.contains("not encrypted"), "{plain}");
}
