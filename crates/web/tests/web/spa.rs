//! The browser app's files.

use axum::http::Method;

use crate::app::App;

#[tokio::test]
async fn every_address_that_a_person_opens_is_the_app() {
    let app = App::new().await;
    for path in ["/", "/acme/bell/studio?tab=1", "/sign-in/link", "/index.html"] {
        let answer = app.get(path).header("accept", "text/html,*/*;q=0.8").send().await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(answer.text().contains("<title>app"));
    }
    assert_eq!(app.get("/acme/bell").header("accept", "application/json").send().await.status, 404);
    assert_eq!(app.get("/robots.txt").send().await.status, 404);
    let head = app.call(Method::HEAD, "/").header("accept", "text/html").send().await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(app.post("/acme").header("accept", "text/html").send().await.status, 405);
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_others_are_asked_for_again() {
    let app = App::new().await;
    let script = app.get("/assets/app-1a2b.js").send().await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(script.text(), "console.log('app')");
    let icon = app.get("/favicon.svg").send().await;
    assert_eq!((icon.header("content-type"), icon.header("cache-control")), ("image/svg+xml", "no-cache"));
    let known = icon.header("etag").to_owned();
    assert_eq!(app.get("/favicon.svg").header("if-none-match", &known).send().await.status, 304);
}

#[tokio::test]
async fn packed_files_go_to_those_who_can_read_them() {
    let app = App::new().await;
    let packed = app.get("/assets/app-1a2b.js").header("accept-encoding", "gzip, br").send().await;
    assert_eq!((packed.header("content-encoding"), packed.text().as_str()), ("br", "packed"));
    assert_eq!(packed.header("content-type"), "text/javascript; charset=utf-8");
    let plain = app.get("/assets/app-1a2b.js").header("accept-encoding", "br;q=0").send().await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_ne!(plain.header("etag"), packed.header("etag"));
}

#[tokio::test]
async fn a_file_of_an_older_build_is_missing_and_no_page() {
    let app = App::new().await;
    assert_eq!(app.get("/assets/app-0000.js").header("accept", "text/html").send().await.status, 404);
    for path in ["/assets/../index.html", "/assets/%2e%2e/secret", "/assets/..%5csecret"] {
        let answer = app.get(path).header("accept", "*/*").send().await;
        assert_eq!(answer.status, 404, "{path}");
    }
}
