//! The guarded client against a real server on this machine, which only these tests allow.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use bellwether_ingest::{Accept, FetchError, FetchPolicy, Fetched, Fetcher, Step, Validators, fetch::Lookup};
use bellwether_kernel::Kind;
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, future::BoxFuture, stream};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpSocket},
};

/// Names that only these tests know.
#[derive(Clone, Default)]
struct Names {
    asked: Arc<AtomicUsize>,
}

impl Lookup for Names {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let times = self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let addresses: &[&str] = match host.as_str() {
                "site.test" => &["127.0.0.1"],
                "inside.test" => &["10.0.0.5", "fd00::1", "169.254.169.254"],
                "mixed.test" => &["10.0.0.5", "127.0.0.1"],
                // changes its mind after the first answer
                "rebinding.test" if times == 0 => &["127.0.0.1"],
                "rebinding.test" => &["10.0.0.5"],
                "nowhere.test" => &[],
                _ => return Err(io::Error::other("no such host")),
            };
            Ok(addresses.iter().map(|address| address.parse().unwrap()).collect())
        })
    }
}

fn policy() -> FetchPolicy {
    FetchPolicy {
        allow_private: vec!["127.0.0.1/32".parse().unwrap()],
        max_bytes: 100_000,
        ..FetchPolicy::default()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::with_lookup(policy(), Names::default()).unwrap()
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server that says exactly this and hangs up.
async fn raw(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // the question first, or closing would reset the answer away
            let mut question = [0; 4_096];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut question).await;
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

async fn fetch(url: &str) -> Result<Fetched, FetchError> {
    fetcher().get(url, &Accept::documents()).await
}

async fn code(url: &str) -> &'static str {
    fetch(url).await.unwrap_err().code()
}

fn html(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=UTF-8")], body.into()).into_response()
}

#[tokio::test]
async fn a_page() {
    let router = Router::new().route(
        "/page",
        get(|headers: HeaderMap| async move {
            let agent = headers[header::USER_AGENT].to_str().unwrap().to_owned();
            ([(header::ETAG, "\"7\""), (header::CONTENT_TYPE, "Text/HTML; Charset=\"ISO-8859-1\"")], agent)
        }),
    );
    let address = serve(router).await;
    let fetched = fetch(&format!("http://{address}/page#part")).await.unwrap();
    assert_eq!(fetched.status, 200);
    assert_eq!(fetched.content_type.as_deref(), Some("text/html"));
    assert_eq!(fetched.charset.as_deref(), Some("iso-8859-1"));
    assert_eq!(fetched.validators, Validators { etag: Some("\"7\"".to_owned()), last_modified: None });
    assert_eq!(fetched.final_url.as_str(), format!("http://{address}/page"));
    assert_eq!(&fetched.bytes[..], concat!("Bellwether/", env!("CARGO_PKG_VERSION")).as_bytes());
}

#[tokio::test]
async fn names_are_checked_where_they_are_resolved() {
    let address = serve(Router::new().route("/", get(async || html("hello")))).await;
    let port = address.port();
    assert_eq!(&fetch(&format!("http://site.test:{port}/")).await.unwrap().bytes[..], b"hello");
    assert_eq!(code(&format!("http://inside.test:{port}/")).await, "private_address");
    // only the allowed one of its addresses is connected to
    assert_eq!(&fetch(&format!("http://mixed.test:{port}/")).await.unwrap().bytes[..], b"hello");
    assert_eq!(code(&format!("http://nowhere.test:{port}/")).await, "dns");
    assert_eq!(code(&format!("http://unknown.test:{port}/")).await, "dns");
}

#[tokio::test]
async fn a_name_is_asked_once_for_check_and_connection() {
    let address = serve(Router::new().route("/", get(async || html("hello")))).await;
    let names = Names::default();
    let fetcher = Fetcher::with_lookup(policy(), names.clone()).unwrap();
    let url = format!("http://rebinding.test:{}/", address.port());
    assert!(fetcher.get(&url, &Accept::documents()).await.is_ok());
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    // no connection is kept that would outlive the answer
    assert_eq!(fetcher.get(&url, &Accept::documents()).await.unwrap_err().code(), "private_address");
}

#[tokio::test]
async fn every_redirect_is_checked() {
    let router = Router::new()
        .route(
            "/to/{which}",
            get(|Path(which): Path<String>| async move {
                Redirect::temporary(match which.as_str() {
                    "private" => "http://10.0.0.1/",
                    "cloud" => "http://169.254.169.254/latest/meta-data/",
                    "mapped" => "http://[::ffff:127.0.0.1]/",
                    "decimal" => "http://167772161/",
                    "name" => "http://inside.test/",
                    "file" => "file:///etc/passwd",
                    "password" => "http://a:b@127.0.0.1/",
                    _ => "/end",
                })
            }),
        )
        .route(
            "/hop/{left}",
            get(|Path(left): Path<u32>| async move {
                Redirect::to(&if left == 0 { "/end".to_owned() } else { format!("/hop/{}", left - 1) })
            }),
        )
        .route("/end", get(async || html("the end")));
    let address = serve(router).await;
    for (which, expected) in [
        ("private", "private_address"),
        ("cloud", "private_address"),
        ("mapped", "private_address"),
        ("decimal", "private_address"),
        ("name", "private_address"),
        ("file", "unsupported_scheme"),
        ("password", "invalid_url"),
    ] {
        assert_eq!(code(&format!("http://{address}/to/{which}")).await, expected, "{which}");
    }
    let fetched = fetch(&format!("http://{address}/to/end")).await.unwrap();
    assert_eq!(fetched.final_url.path(), "/end");
    // hop/4 takes five redirects, hop/5 six
    assert!(fetch(&format!("http://{address}/hop/4")).await.is_ok());
    assert_eq!(code(&format!("http://{address}/hop/5")).await, "too_many_redirects");
}

#[tokio::test]
async fn no_cookie_is_kept() {
    let router = Router::new()
        .route("/", get(async || ([(header::SET_COOKIE, "id=1; Path=/")], Redirect::to("/end"))))
        .route(
            "/end",
            get(|headers: HeaderMap| async move { html(headers.contains_key(header::COOKIE).to_string()) }),
        );
    let address = serve(router).await;
    assert_eq!(&fetch(&format!("http://{address}/")).await.unwrap().bytes[..], b"false");
}

#[tokio::test]
async fn size_is_limited() {
    let gzip = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..100 {
            encoder.write_all(&vec![b' '; 1_000_000]).unwrap();
        }
        Bytes::from(encoder.finish().unwrap())
    };
    assert!(gzip.len() < 100_000, "small enough to pass unless it is unpacked");
    let router =
        Router::new()
            .route(
                "/endless",
                get(async || {
                    html(Body::from_stream(stream::repeat_with(|| Ok::<_, io::Error>(vec![b'a'; 10_000]))))
                }),
            )
            .route("/announced", get(async || html(vec![b'a'; 100_001])))
            .route("/just", get(async || html(vec![b'a'; 100_000])))
            .route(
                "/bomb",
                get(move || {
                    let gzip = gzip.clone();
                    async move {
                        ([(header::CONTENT_TYPE, "text/html"), (header::CONTENT_ENCODING, "gzip")], gzip)
                    }
                }),
            );
    let address = serve(router).await;
    for path in ["endless", "announced", "bomb"] {
        assert_eq!(code(&format!("http://{address}/{path}")).await, "too_large", "{path}");
    }
    assert_eq!(fetch(&format!("http://{address}/just")).await.unwrap().bytes.len(), 100_000);
    // who can use the beginning gets no more than that
    for (path, cut) in
        [("endless", Some(100_000)), ("announced", Some(100_000)), ("bomb", Some(100_000)), ("just", None)]
    {
        let url = format!("http://{address}/{path}").parse().unwrap();
        let step = fetcher().step_in_part(&url, &Accept::anything(), None).await.unwrap();
        let Step::Arrived(fetched) = step else { panic!("{path}: {step:?}") };
        assert_eq!((fetched.bytes.len(), fetched.cut), (100_000, cut), "{path}");
    }
}

#[tokio::test]
async fn time_is_limited() {
    let router = Router::new().route("/never", get(std::future::pending::<Response>)).route(
        "/stuck",
        get(async || {
            html(Body::from_stream(stream::iter([Ok::<_, io::Error>("a")]).chain(stream::pending())))
        }),
    );
    let address = serve(router).await;
    let hasty = FetchPolicy { timeout: Duration::from_millis(200), ..policy() };
    let fetcher = Fetcher::with_lookup(hasty, Names::default()).unwrap();
    for path in ["never", "stuck"] {
        let error = fetcher.get(&format!("http://{address}/{path}"), &Accept::documents()).await.unwrap_err();
        assert_eq!(error.code(), "timeout", "{path}");
        assert!(error.is_temporary());
        assert_eq!(error.to_problem("input/url").kind, Kind::Upstream);
    }
}

#[tokio::test]
async fn answers_that_break_off() {
    for answer in [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n<p>hel".as_slice(),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n<p>hel",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        b"",
    ] {
        let address = raw(answer).await;
        assert_eq!(code(&format!("http://{address}/")).await, "broken_response", "{}", answer.escape_ascii());
    }
}

#[tokio::test]
async fn what_can_not_be_reached() {
    // a port that is taken and not listened on: one that was given back may be another test's by now
    let deaf = TcpSocket::new_v4().unwrap();
    deaf.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = deaf.local_addr().unwrap();
    assert_eq!(code(&format!("http://{address}/")).await, "unreachable");
    // a server that speaks no TLS
    let address = raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert_eq!(code(&format!("https://{address}/")).await, "tls");
    let strict = FetchPolicy { ports: Some(vec![80, 443]), ..policy() };
    let fetcher = Fetcher::with_lookup(strict, Names::default()).unwrap();
    let error = fetcher.get(&format!("http://{address}/"), &Accept::documents()).await.unwrap_err();
    assert_eq!(error.code(), "port_not_allowed");
}

#[tokio::test]
async fn statuses_and_types() {
    let router = Router::new()
        .route("/gone", get(async || StatusCode::GONE))
        .route("/busy", get(async || StatusCode::SERVICE_UNAVAILABLE))
        .route("/unmodified", get(async || StatusCode::NOT_MODIFIED))
        .route("/picture", get(async || ([(header::CONTENT_TYPE, "image/png")], "x")))
        .route("/untyped", get(async || Response::new(Body::from("x"))));
    let address = serve(router).await;
    let error = fetch(&format!("http://{address}/gone")).await.unwrap_err();
    let problem = error.to_problem("input/url");
    assert_eq!((error.code(), error.is_temporary(), problem.kind), ("http_status", false, Kind::Invalid));
    assert_eq!(
        (problem.errors[0].path.as_str(), problem.errors[0].code.as_str()),
        ("input/url", "http_status")
    );
    let error = fetch(&format!("http://{address}/busy")).await.unwrap_err();
    assert_eq!((error.is_temporary(), error.to_problem("x").kind), (true, Kind::Upstream));
    assert_eq!(code(&format!("http://{address}/unmodified")).await, "http_status");
    assert_eq!(code(&format!("http://{address}/picture")).await, "unsupported_content_type");
    assert_eq!(fetch(&format!("http://{address}/untyped")).await.unwrap().content_type, None);
}

#[tokio::test]
async fn asking_again_for_what_is_known() {
    let router = Router::new().route(
        "/",
        get(|headers: HeaderMap| async move {
            match headers.get(header::IF_NONE_MATCH) {
                Some(etag) if etag == "\"7\"" => StatusCode::NOT_MODIFIED.into_response(),
                _ => ([(header::ETAG, "\"7\"")], "new").into_response(),
            }
        }),
    );
    let address = serve(router).await;
    let url = format!("http://{address}/");
    let first =
        fetcher().get_if_changed(&url, &Accept::feeds(), &Validators::default()).await.unwrap().unwrap();
    assert!(fetcher().get_if_changed(&url, &Accept::feeds(), &first.validators).await.unwrap().is_none());
}
