//! The server's loop over real connections.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use bellwether_web::serve;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::app::App;

const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<io::Result<()>>,
}

async fn start(app: &App) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let (web, router): (_, Router) = (app.web.clone(), app.router.clone());
    let done = tokio::spawn(serve(web, listener, router, async {
        let _ = stopped.await;
    }));
    Server { address, stop, done }
}

async fn ask(address: SocketAddr, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// Everything until the server closes.
async fn rest(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    tokio::time::timeout(PATIENCE, socket.read_to_end(&mut bytes)).await.expect("the server closes").unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn until(socket: &mut TcpStream, wanted: &str) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(wanted) {
        let read =
            tokio::time::timeout(PATIENCE, socket.read(&mut buffer)).await.expect("more comes").unwrap();
        assert!(read > 0, "closed after {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
}

#[tokio::test]
async fn a_handler_sees_the_peer_and_figures_are_for_this_machine() {
    let app = App::new().await;
    let server = start(&app).await;
    let answer =
        rest(ask(server.address, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await)
            .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    server.stop.send(()).unwrap();
    server.done.await.unwrap().unwrap();
}

#[tokio::test]
async fn rubbish_is_refused_and_the_server_goes_on() {
    let app = App::new().await;
    let server = start(&app).await;
    for rubbish in
        ["\u{16}\u{3}\u{1} TLS?\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nhost: x\r\n\r\n"]
    {
        let answer = rest(ask(server.address, rubbish).await).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let answer =
        rest(ask(server.address, "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await)
            .await;
    assert!(answer.ends_with("alive\n"), "{answer}");
    server.stop.send(()).unwrap();
    server.done.await.unwrap().unwrap();
}

#[tokio::test]
async fn stopping_ends_streams_and_lets_requests_finish() {
    let app = App::new().await;
    let server = start(&app).await;
    let cookie = "cookie: bellwether_session=owner\r\n";
    let mut stream = ask(
        server.address,
        &format!("GET /api/v1/organizations/acme/events HTTP/1.1\r\nhost: x\r\n{cookie}\r\n"),
    )
    .await;
    until(&mut stream, "stream.open").await;
    let body = r#"{"what":"wait"}"#;
    let slow = ask(
        server.address,
        &format!(
            "POST /api/v1/work HTTP/1.1\r\nhost: x\r\n{cookie}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
    .await;
    app.work.started.notified().await;
    server.stop.send(()).unwrap();
    // the stream ends though nothing else does
    rest(stream).await;
    assert!(!server.done.is_finished());
    app.work.go_on.notify_one();
    let answer = rest(slow).await;
    assert!(answer.starts_with("HTTP/1.1 201 Created"), "{answer}");
    tokio::time::timeout(PATIENCE, server.done).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server_from_stopping() {
    let app = App::with(|config| config.shutdown_grace = Duration::from_millis(50)).await;
    let server = start(&app).await;
    let _never = ask(server.address, "GET /api/v1/never HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let again = ask(server.address, "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    rest(again).await;
    server.stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, server.done).await.unwrap().unwrap().unwrap();
}
