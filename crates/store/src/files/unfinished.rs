//! Uploads that nobody finished: a bucket keeps their parts, counts them, and lists them apart.
//!
//! The library begins and ends uploads and does not list them, so the request for that
//! ([ListMultipartUploads](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html)) is made here
//! and signed by it.

use std::fmt;

use jiff::Timestamp;
use model::problem::Problem;
use object_store::{
    ClientOptions,
    aws::{AwsAuthorizer, AwsCredential},
    client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{
    Fault, S3,
    fault::{code, storage},
};

/// What stands in a query as it is, as signatures want it.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The uploads of a bucket.
pub(super) struct Uploads {
    client: HttpClient,
    credential: AwsCredential,
    region: String,
    /// The bucket's address.
    address: String,
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploads").field("address", &self.address).finish_non_exhaustive()
    }
}

/// One that was begun.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Unfinished {
    /// Where its file would lie.
    #[serde(rename = "Key")]
    pub location: String,
    /// Its name.
    pub upload_id: String,
    /// When it was begun.
    pub initiated: Timestamp,
}

/// A page of them, and behind which the next one begins.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(rename = "Upload", default)]
    uploads: Vec<Unfinished>,
    #[serde(default)]
    is_truncated: bool,
    next_key_marker: Option<String>,
    next_upload_id_marker: Option<String>,
}

impl Uploads {
    pub(super) fn new(settings: &S3, options: &ClientOptions) -> Result<Self, Fault> {
        Ok(Self {
            client: ReqwestConnector::default().connect(options)?,
            credential: AwsCredential {
                key_id: settings.access_key_id.clone(),
                secret_key: settings.secret_access_key.clone(),
                token: None,
            },
            region: settings.region.clone(),
            address: format!("{}/{}", settings.server(), settings.bucket),
        })
    }

    /// Those whose place begins so. A bucket that does not tell them, or not us, has none that we could remove.
    pub(super) async fn below(&self, prefix: &str) -> Result<Vec<Unfinished>, Problem> {
        let (mut all, mut after) = (vec![], None);
        loop {
            let Some(page) = self.page(prefix, after.as_ref()).await? else { return Ok(all) };
            all.extend(page.uploads);
            after = page.next_key_marker.zip(page.next_upload_id_marker).filter(|_| page.is_truncated);
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    async fn page(&self, prefix: &str, after: Option<&(String, String)>) -> Result<Option<Page>, Problem> {
        let encoded = |text| utf8_percent_encode(text, QUERY);
        let mut query = format!("prefix={}", encoded(prefix));
        if let Some((key, upload)) = after {
            query = format!("key-marker={}&{query}&upload-id-marker={}", encoded(key), encoded(upload));
        }
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.uri_mut() =
            format!("{}?{query}&uploads=", self.address).parse().map_err(Problem::internal)?;
        let signer = AwsAuthorizer::new(&self.credential, "s3", &self.region);
        signer.try_authorize(&mut request, None).map_err(storage)?;
        let answer = self.client.execute(request).await.map_err(storage)?;
        let status = answer.status();
        let text = answer.into_body().bytes().await.map_err(storage)?;
        let text = String::from_utf8_lossy(&text);
        match code(&text) {
            None if status.is_success() => quick_xml::de::from_str(&text).map(Some).map_err(storage),
            // What servers say that have none at all, against the letter.
            Some("NoSuchUpload") => Ok(None),
            Some("AccessDenied" | "MethodNotAllowed" | "NotImplemented") => {
                tracing::warn!(%status, "the bucket does not tell which uploads were not finished");
                Ok(None)
            }
            _ => Err(storage(std::io::Error::other(format!("{status}: {text}")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_with_where_the_next_one_begins() {
        let read = |text| quick_xml::de::from_str::<Page>(text).unwrap();
        let page = read(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Bucket>files</Bucket><KeyMarker/><UploadIdMarker/><Prefix>a &amp; b/</Prefix>
              <NextKeyMarker>a &amp; b/2</NextKeyMarker><NextUploadIdMarker>II</NextUploadIdMarker>
              <MaxUploads>2</MaxUploads><IsTruncated>true</IsTruncated>
              <Upload><Key>a &amp; b/1</Key><UploadId>I</UploadId><Owner><ID>x</ID></Owner>
                <Initiated>2026-01-31T23:30:00.000Z</Initiated></Upload>
              <Upload><Key>a &amp; b/2</Key><UploadId>II</UploadId><Initiated>2026-02-01T00:00:00Z</Initiated></Upload>
            </ListMultipartUploadsResult>"#,
        );
        let initiated = "2026-01-31T23:30:00Z".parse().unwrap();
        let first = Unfinished { location: "a & b/1".to_owned(), upload_id: "I".to_owned(), initiated };
        assert_eq!((page.uploads.len(), &page.uploads[0], page.is_truncated), (2, &first, true));
        assert_eq!(
            page.next_key_marker.as_deref().zip(page.next_upload_id_marker.as_deref()),
            Some(("a & b/2", "II"))
        );
        assert_eq!(
            read("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
                .uploads,
            []
        );
    }
}
