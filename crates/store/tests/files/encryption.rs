//! What a bucket is asked to do with what it keeps, as it stands in the request.

use store::{
    Files,
    files::{Encryption, S3},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::place;

/// The head of the request that stores a file in a bucket with this encryption.
async fn head(encryption: Encryption) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = S3 {
        bucket: "files".to_owned(),
        endpoint: Some(format!("http://{}", listener.local_addr().unwrap())),
        region: "eu-central-1".to_owned(),
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: "hush".to_owned(),
        prefix: "here".to_owned(),
        encryption,
    };
    let folder = tempfile::tempdir().unwrap();
    let files = Files::s3(&settings, folder.path()).unwrap();
    let answered = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![];
        while !request.ends_with(b"abc") {
            stream.read_buf(&mut request).await.unwrap();
        }
        let answer = b"HTTP/1.1 200 OK\r\netag: \"a\"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        String::from_utf8(request).unwrap()
    };
    let (stored, request) = tokio::join!(files.put(place(7, 1), "abc".as_bytes(), 3), answered);
    assert_eq!(stored.unwrap().key, place(7, 1).key());
    request
}

#[tokio::test]
async fn a_bucket_is_told_how_to_encrypt_and_never_the_key() {
    let header = "x-amz-server-side-encryption";
    for (encryption, said) in [
        (Encryption::Server, format!("{header}: AES256\r\n")),
        (Encryption::Kms(None), format!("{header}: aws:kms\r\n")),
        (Encryption::Kms(Some("key/a".to_owned())), format!("{header}-aws-kms-key-id: key/a\r\n")),
    ] {
        let head = head(encryption).await;
        assert!(head.contains(&said), "{head}");
        // Signed, so that nobody on the way takes it out.
        assert!(head.contains(&format!(";{header}")), "{head}");
    }
    let plain = head(Encryption::Bucket).await;
    assert!(plain.starts_with(&format!("PUT /files/here/{} HTTP/1.1\r\n", place(7, 1).key())), "{plain}");
    assert!(!plain.contains(header) && !plain.contains("hush"), "{plain}");
    // The content as it was sent, or the bucket refuses it.
    let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert!(plain.contains(&format!("x-amz-content-sha256: {sum}")), "{plain}");
}
