//! A bucket of S3, or of whatever speaks as S3 does.

use std::{fmt, sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, path::Path,
    prefix::PrefixStore,
};
use serde::{Deserialize, Serialize};
use url::Url;

/// Where files of the media library are kept.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MediaConfig {
    /// `s3://bucket` or `s3://bucket/prefix`; absent, files are kept in the folder `files` of the data folder.
    pub store: Option<String>,
    /// Address of a service that speaks as S3 does, e.g. `https://minio.example.org`; absent, it is Amazon's.
    pub endpoint: Option<String>,
    /// Region; `us-east-1` when absent here and in the environment.
    pub region: Option<String>,
    /// Id of the key. With one here none of the environment's `AWS_…` are read.
    pub access_key_id: Option<String>,
    /// The key.
    pub secret_access_key: Option<String>,
    /// Whether the bucket stands in the path (`https://host/bucket/…`) or in the host's name (`https://bucket.host/…`).
    /// Absent: in the path where `endpoint` is set.
    pub path_style: Option<bool>,
}

impl fmt::Debug for MediaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaConfig")
            .field("store", &self.store)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}

/// The bucket that is configured, if one is; in words what is wrong with the configuration.
pub(super) fn open(config: &MediaConfig) -> Result<Option<Arc<dyn ObjectStore>>, String> {
    let Some(store) = &config.store else {
        let alone = [
            ("endpoint", config.endpoint.is_some()),
            ("region", config.region.is_some()),
            ("access_key_id", config.access_key_id.is_some()),
            ("secret_access_key", config.secret_access_key.is_some()),
            ("path_style", config.path_style.is_some()),
        ];
        return match alone.iter().find(|(_, set)| *set) {
            Some((name, _)) => Err(format!("media.{name} needs media.store, e.g. \"s3://bucket/prefix\"")),
            None => Ok(None),
        };
    };
    let (bucket, prefix) = bucket_and_prefix(store)?;
    // whoever is first installs it; `main` does before all else, a test may not
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let builder = match (&config.access_key_id, &config.secret_access_key) {
        (Some(id), Some(secret)) => {
            AmazonS3Builder::new().with_access_key_id(id.as_str()).with_secret_access_key(secret.as_str())
        }
        (None, None) => AmazonS3Builder::from_env(),
        _ => {
            return Err(
                "media.access_key_id and media.secret_access_key go together: one of them is missing".into(),
            );
        }
    };
    let mut builder = builder
        .with_bucket_name(bucket)
        .with_retry(patience())
        // one by one: not every service knows how to remove many at once, and we never do
        .with_disable_bulk_delete(true);
    if let Some(region) = &config.region {
        builder = builder.with_region(region.as_str());
    }
    let in_path = config.path_style.unwrap_or(config.endpoint.is_some());
    if let Some(endpoint) = &config.endpoint {
        builder = builder.with_endpoint(address(endpoint, (!in_path).then_some(bucket))?);
    }
    let store = builder
        .with_virtual_hosted_style_request(!in_path)
        .with_client_options(limits(config.endpoint.as_deref()))
        .build()
        .map_err(|error| format!("the bucket can't be used: {error}"))?;
    Ok(Some(match prefix {
        "" => Arc::new(store),
        prefix => Arc::new(PrefixStore::new(store, Path::from(prefix))),
    }))
}

/// A person waits for most of what is asked: a service that is down shall not keep them for minutes.
fn patience() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig { max_backoff: Duration::from_secs(3), ..BackoffConfig::default() },
        max_retries: 3,
        retry_timeout: Duration::from_secs(20),
    }
}

/// A film takes as long as it takes; a line on which nothing moves is given up.
fn limits(endpoint: Option<&str>) -> ClientOptions {
    ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout_disabled()
        .with_read_timeout(Duration::from_mins(1))
        .with_allow_http(endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")))
}

fn bucket_and_prefix(store: &str) -> Result<(&str, &str), String> {
    let wrong = || format!("media.store is \"s3://bucket\" or \"s3://bucket/prefix\", not \"{store}\"");
    let rest = store.strip_prefix("s3://").ok_or_else(wrong)?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_matches('/');
    let is_bucket = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    let is_prefix = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let odd = prefix.split('/').any(|part| matches!(part, "." | "..")) || prefix.contains("//");
    let right =
        (3..=63).contains(&bucket.len()) && bucket.chars().all(is_bucket) && prefix.chars().all(is_prefix);
    if right && !odd { Ok((bucket, prefix)) } else { Err(wrong()) }
}

/// The endpoint without a slash at the end, the bucket before its host where it stands there.
fn address(endpoint: &str, bucket: Option<&str>) -> Result<String, String> {
    let wrong =
        || format!("media.endpoint is an address like \"https://minio.example.org\", not \"{endpoint}\"");
    let mut url = Url::parse(endpoint).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !matches!(url.scheme(), "http" | "https") || !plain {
        // its words may hold a password
        return Err(
            "media.endpoint is an address like \"https://minio.example.org\", without user or query".into()
        );
    }
    if let Some(bucket) = bucket {
        let host = format!("{bucket}.{}", url.host_str().ok_or_else(wrong)?);
        url.set_host(Some(&host)).map_err(|_| wrong())?;
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_bucket_is() {
        assert_eq!(bucket_and_prefix("s3://files"), Ok(("files", "")));
        assert_eq!(bucket_and_prefix("s3://my.files-1/bell/wether/"), Ok(("my.files-1", "bell/wether")));
        for wrong in [
            "files",
            "s3:/files",
            "s3://",
            "s3://a",
            "s3://A-bucket",
            "s3://files/../x",
            "s3://files/a//b",
            "s3://files/ä",
        ] {
            assert!(bucket_and_prefix(wrong).is_err(), "{wrong}");
        }
        let at = |endpoint, bucket| address(endpoint, bucket).unwrap();
        assert_eq!(at("http://127.0.0.1:9000/", None), "http://127.0.0.1:9000");
        assert_eq!(at("https://s3.example.org", Some("files")), "https://files.s3.example.org");
        for wrong in ["minio", "ftp://a", "https://user:pass@a.example"] {
            let words = address(wrong, None).unwrap_err();
            assert!(words.contains("media.endpoint") && !words.contains("pass"), "{words}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let set = |change: &dyn Fn(&mut MediaConfig)| {
            let mut config = MediaConfig::default();
            change(&mut config);
            open(&config).map(|store| store.is_some())
        };
        assert_eq!(set(&|_| {}), Ok(false));
        assert!(set(&|c| c.region = Some("eu-central-1".into())).unwrap_err().contains("media.region"));
        let half = |c: &mut MediaConfig| {
            (c.store, c.secret_access_key) = (Some("s3://files".into()), Some("a secret".into()));
        };
        let words = set(&half).unwrap_err();
        assert!(words.contains("media.access_key_id") && !words.contains("a secret"), "{words}");
        assert_eq!(
            set(&|c| {
                half(c);
                c.access_key_id = Some("id".into());
                c.endpoint = Some("http://127.0.0.1:1".into());
            }),
            Ok(true)
        );
        let mut config = MediaConfig::default();
        half(&mut config);
        assert!(!format!("{config:?}").contains("a secret"));
    }
}
