//! The server's loop: connections in, and an orderly end.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::Web;

/// How long a client may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(30);
/// Pause after a connection could not be taken, e.g. for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` completes, then ends streams at once, lets requests finish for the configured grace, and
/// returns. Also runs the listener for events.
pub async fn serve(
    web: Web,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let hub = tokio::spawn(web.events.clone().run(web.store.clone(), web.shutdown.clone()));
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // answers are small and wanted now; a socket that refuses is served all the same
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let router = router.clone();
        let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
            let router = router.clone();
            async move { Ok::<_, Infallible>(respond(router, request, peer).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(socket), service).into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // clients hang up and send rubbish all day
            if let Err(error) = watched.await {
                tracing::debug!(%error, %peer, "a connection broke");
            }
        });
    }
    drop(listener);
    web.shutdown.cancel();
    if tokio::time::timeout(web.config.shutdown_grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish within {} s", web.config.shutdown_grace.as_secs());
    }
    hub.await.map_err(io::Error::other)
}

async fn respond(
    router: Router,
    request: http::Request<Incoming>,
    peer: SocketAddr,
) -> axum::response::Response {
    let mut request = request.map(axum::body::Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
