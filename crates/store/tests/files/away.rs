//! A bucket that is not there, does not let us in, or goes away in the middle.

use store::files::{Fault, S3};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use super::{Home, PART, bytes, code, place};

/// What the check says of a bucket with other settings.
async fn fault(change: impl FnOnce(&mut S3)) -> Option<Fault> {
    let home = Home::bucket(change)?;
    Some(home.files.check().await.unwrap_err())
}

#[tokio::test]
async fn a_check_leaves_nothing_behind() {
    let Some(mut home) = Home::bucket(|_| {}) else { return };
    home.files.check().await.unwrap();
    assert_eq!(home.server().objects().unwrap(), [""; 0]);
    let local = Home::local();
    local.files.check().await.unwrap();
    assert_eq!(local.folder.path().join("check").read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_bucket_is_told() {
    let missing = fault(|settings| "elsewhere".clone_into(&mut settings.bucket)).await;
    let Some(missing) = missing else { return };
    assert_eq!(missing, Fault::NoBucket);
    let wrong_key = fault(|settings| "wrong".clone_into(&mut settings.secret_access_key)).await.unwrap();
    assert_eq!(wrong_key, Fault::Refused("SignatureDoesNotMatch".to_owned()));
    let unknown_key = fault(|settings| "NOBODY".clone_into(&mut settings.access_key_id)).await.unwrap();
    assert!(matches!(unknown_key, Fault::Refused(_)), "{unknown_key:?}");
    let away = fault(|settings| settings.endpoint = Some("http://127.0.0.1:1".to_owned())).await.unwrap();
    assert!(matches!(&away, Fault::Away(text) if text.contains("refused")), "{away:?}");
}

#[tokio::test]
async fn wrong_keys_and_a_missing_bucket_are_no_missing_file() {
    let change = |settings: &mut S3| "wrong".clone_into(&mut settings.secret_access_key);
    let Some(refused) = Home::bucket(change) else { return };
    let missing = Home::bucket(|settings| "elsewhere".clone_into(&mut settings.bucket)).unwrap();
    for home in [&refused, &missing] {
        let key = place(7, 1).key();
        let put = home.files.put(place(7, 1), "abc".as_bytes(), 3).await.unwrap_err();
        assert_eq!((code(&put), put.detail()), ("unavailable", "The file storage cannot be used just now."));
        assert_eq!(code(&home.files.read(&key).await.unwrap_err()), "unavailable");
        assert_eq!(code(&home.files.list(Uuid::from_u128(7)).await.unwrap_err()), "unavailable");
        assert_eq!(code(&home.files.remove_all(Uuid::from_u128(7)).await.unwrap_err()), "unavailable");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_loses_nothing_that_was_stored() {
    let Some(mut home) = Home::bucket(|_| {}) else { return };
    let files = home.files.clone();
    let content = bytes(2 * PART);
    let stored = files.put(place(7, 1), content.as_slice(), u64::MAX).await.unwrap();
    let (mut sender, receiver) = tokio::io::duplex(PART);
    let putting = tokio::spawn({
        let files = files.clone();
        async move { files.put(place(7, 2), receiver, u64::MAX).await }
    });
    sender.write_all(&content).await.unwrap();
    home.server().stop();
    // It may be given up before everything is sent.
    let _sent = sender.write_all(&content[..PART]).await;
    drop(sender);
    assert_eq!(code(&putting.await.unwrap().unwrap_err()), "unavailable");
    assert_eq!(code(&files.read(&stored.key).await.unwrap_err()), "unavailable");
    assert_eq!(code(&files.holds(&stored.key).await.unwrap_err()), "unavailable");
    home.server().resume().unwrap();
    assert_eq!(home.keys(7).await, [stored.key.as_str()]);
    let mut read = vec![];
    files.read(&stored.key).await.unwrap().bytes.read_to_end(&mut read).await.unwrap();
    assert!(read == content);
    // What failed is stored as if nothing had been.
    files.put(place(7, 2), content.as_slice(), u64::MAX).await.unwrap();
    assert_eq!(home.keys(7).await, [stored.key, place(7, 2).key()]);
}
