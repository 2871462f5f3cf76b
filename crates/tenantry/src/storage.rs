//! The storage of files that the settings name: a folder, or a bucket.

use store::{
    Files,
    files::{Encryption, Fault, S3},
};

use crate::{failure::Failure, settings::Settings};

/// Opens it. Nothing is sent to a bucket yet.
///
/// # Errors
/// When the folder cannot be used, or a bucket's settings cannot.
pub fn open(settings: &Settings) -> Result<Files, Failure> {
    let folder = settings.data.join("files");
    match &settings.s3 {
        None => Ok(Files::local(&folder)?),
        Some(s3) => Files::s3(s3, &folder).map_err(|fault| Failure::usage(told(s3, &fault))),
    }
}

/// Whether a bucket takes and gives files: for processes that are to serve for long. A folder was looked at when it was
/// opened.
///
/// # Errors
/// What hinders it, with the mend.
pub async fn check(settings: &Settings, files: &Files) -> Result<(), Failure> {
    match &settings.s3 {
        None => Ok(()),
        Some(s3) => files.check().await.map_err(|fault| Failure::work(told(s3, &fault))),
    }
}

/// What a fault means and how it is mended.
pub fn told(s3: &S3, fault: &Fault) -> String {
    let (bucket, server) = (&s3.bucket, s3.server());
    let what = format!("The bucket {bucket} at {server} cannot be used");
    match fault {
        Fault::NoBucket => {
            format!("There is no bucket {bucket} at {server}: make it, or correct TENANTRY_S3_BUCKET.")
        }
        Fault::Refused(code) => format!(
            "{what}: access is refused ({code}). Correct TENANTRY_S3_ACCESS_KEY_ID and TENANTRY_S3_SECRET_ACCESS_KEY; the key must \
             be let list, read, write and delete there."
        ),
        Fault::Region => format!("{what}: it is not in {}. Correct TENANTRY_S3_REGION.", s3.region),
        Fault::Away(text) => {
            format!("{what}: nobody answers ({text}). Start the server, or correct TENANTRY_S3_ENDPOINT.")
        }
        Fault::Failed(text) => format!("{what}: {text}."),
    }
}

/// Where files lie and whether they are encrypted there.
pub fn described(s3: &S3) -> String {
    let encrypted = match &s3.encryption {
        Encryption::Bucket => "encrypted as the bucket says",
        Encryption::Server => "encrypted with the server's keys",
        Encryption::Kms(_) => "encrypted with a key of the key management",
    };
    format!("bucket {} at {}, {encrypted}", s3.bucket, s3.server())
}
