//! Pages of the web, from the address to the text.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod support;

use axum::{Router, body::Body, http::header, response::Response, routing::get};
use bellwether_ingest::{IngestError, Ingested, Input, Kind};
use support::{SENTENCE, reader};

fn answer(content_type: &'static str, body: impl Into<Body>) -> Response {
    Response::builder().header(header::CONTENT_TYPE, content_type).body(body.into()).unwrap()
}

async fn read(
    content_type: &'static str,
    path: &'static str,
    body: Vec<u8>,
) -> Result<Ingested, IngestError> {
    let router = Router::new().route(path, get(move || async move { answer(content_type, body) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    reader().read(Input::Url(format!("http://{address}{path}"))).await
}

#[tokio::test]
async fn the_readable_part() {
    let body = SENTENCE.repeat(4);
    let page = format!(
        r#"<!doctype html><html lang=en><head><title>Rye keeps | The Bread Blog</title><meta name=author content="Ada Miller"><link rel=canonical href="/bread/rye"></head><body><nav><a href=/>Home</a><a href=/shop>Shop</a></nav><article><h1>Rye keeps</h1><p>{body}</p><h2>Why</h2><p>{body}</p></article><footer>Imprint. Cookies. Subscribe to our newsletter.</footer></body></html>"#
    );
    let read = read("text/html", "/bread/rye.html", page.into_bytes()).await.unwrap();
    assert_eq!(read.kind, Kind::Html);
    assert!(read.title.as_deref().unwrap().starts_with("Rye keeps"));
    assert_eq!(read.author.as_deref(), Some("Ada Miller"));
    assert!(read.source_url.as_deref().unwrap().ends_with("/bread/rye"));
    for noise in ["Home", "Shop", "Imprint", "newsletter", "<"] {
        assert!(!read.text.contains(noise), "{noise} in {}", read.text);
    }
    assert_eq!(read.text.matches("Sourdough").count(), 8);
}

#[tokio::test]
async fn wrong_charsets() {
    let page = format!("<html><body><p>Grüße aus Köln. {SENTENCE}</p></body></html>");
    let read_as = read("text/html; charset=iso-8859-1", "/", page.into_bytes()).await.unwrap();
    assert!(read_as.text.starts_with("Grüße aus Köln."));
    let latin =
        [b"<html><meta charset=utf-8><body><p>Gr\xfc\xdfe aus K\xf6ln. ", SENTENCE.as_bytes()].concat();
    assert!(read("text/html; charset=utf-8", "/", latin).await.unwrap().text.starts_with("Grüße aus Köln."));
    let unknown = format!("<p>{SENTENCE}</p>").into_bytes();
    assert_eq!(read("text/html; charset=klingon", "/", unknown).await.unwrap().text, SENTENCE.trim());
}

#[tokio::test]
async fn other_files_of_the_web() {
    let markdown = format!("# Rye\n\n{SENTENCE}").into_bytes();
    assert_eq!(read("text/plain", "/post.md", markdown.clone()).await.unwrap().kind, Kind::Markdown);
    assert_eq!(read("application/octet-stream", "/post.md", markdown).await.unwrap().kind, Kind::Markdown);
    let pdf = include_bytes!("fixtures/article.pdf").to_vec();
    // what the bytes say is truer than what the server says
    assert_eq!(read("text/html", "/paper", pdf).await.unwrap().kind, Kind::Pdf);
    let word = support::docx(&format!("<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"));
    assert_eq!(read("application/zip", "/a", word).await.unwrap().kind, Kind::Docx);
}

#[tokio::test]
async fn pages_without_text() {
    for page in [
        "",
        "   ",
        "<html><body></body></html>",
        "<html><body><div id=root></div><script src=a.js></script></body></html>",
    ] {
        let error = read("text/html", "/", page.as_bytes().to_vec()).await.unwrap_err();
        assert!(matches!(error.code(), "empty" | "no_text"), "{page}: {error}");
        assert!(!error.is_temporary());
    }
}

#[tokio::test]
async fn addresses_that_are_refused() {
    for (url, code) in [
        ("http://10.0.0.1/", "private_address"),
        ("nonsense", "invalid_url"),
        ("ftp://a.example/", "unsupported_scheme"),
    ] {
        let error = reader().read(Input::Url(url.to_owned())).await.unwrap_err();
        let problem = error.to_problem("input/url");
        assert_eq!((problem.errors[0].path.as_str(), problem.errors[0].code.as_str()), ("input/url", code));
    }
}
