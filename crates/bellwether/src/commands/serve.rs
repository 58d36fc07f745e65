//! `bellwether up`, `serve`, `work` and `migrate`.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail};
use bellwether_kernel::{Clock, Rng};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::database::Database;
use crate::{
    cli::{End, tell},
    config::Config,
    demo, secret_keys,
    wiring::App,
};

/// Everything in one process.
pub async fn up(mut config: Config) -> Result<End> {
    secret_keys::read_or_make(&mut config, &Rng::system())?;
    let (listener, port) = listen(&config).await?;
    let database = Database::open(&config).await?;
    let ended = run(&config, &database, listener, port).await;
    database.close().await;
    ended
}

async fn run(config: &Config, database: &Database, listener: TcpListener, port: u16) -> Result<End> {
    database.migrate().await?;
    let app = app(config, database, port)?;
    let stop = stop_signal()?;
    let worker = app.worker().build()?;
    let working = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stopped(stop)).await }
    });
    let sending = tokio::spawn(app.dispatcher().run(stopped(stop.clone())));
    let demo = if config.demo.enabled { Some(demo::prepare(&app).await?) } else { None };
    banner(config, &app, port, demo.as_ref()).await?;
    // the rest of the demo is made while the app is already up
    let filling = demo.map(|demo| {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = demo::fill(&app, &demo).await {
                tracing::error!(error = format!("{error:#}"), "the demo could not be completed");
            }
        })
    });
    let web = app.web(|_| {});
    let router = app.router(&web);
    let gone = async {
        match &database.server {
            Some(server) => server.gone().await,
            None => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        served = bellwether_web::serve(web, listener, router, stopped(stop)) => served.context("the web server failed"),
        () = gone => Err(anyhow::anyhow!("the embedded PostgreSQL ended by itself; its log is in the data folder")),
    };
    if let Some(filling) = filling {
        filling.abort();
    }
    if served.is_ok() {
        working.await.context("the worker panicked")??;
        sending.await.context("publishing panicked")?;
    }
    served?;
    Ok(End::Done)
}

/// The web server alone.
pub async fn serve(config: Config) -> Result<End> {
    let (listener, port) = listen(&config).await?;
    let database = Database::open(&config).await?;
    database.migrate().await?;
    let app = app(&config, &database, port)?;
    let web = app.web(|_| {});
    let router = app.router(&web);
    tell(&format!("Bellwether serves at {}", config.public_url(port)?));
    let served = bellwether_web::serve(web, listener, router, stopped(stop_signal()?)).await;
    database.close().await;
    served.context("the web server failed")?;
    Ok(End::Done)
}

/// The worker alone.
pub async fn work(config: Config) -> Result<End> {
    let database = Database::open(&config).await?;
    database.migrate().await?;
    let app = app(&config, &database, config.server.port)?;
    tell("Bellwether works");
    let stop = stop_signal()?;
    let sending = tokio::spawn(app.dispatcher().run(stopped(stop.clone())));
    let worked = app.worker().build()?.run(stopped(stop)).await;
    // what stopped the one stops the other: when the queue failed there was no signal
    if worked.is_ok() {
        sending.await.context("publishing panicked")?;
    } else {
        sending.abort();
    }
    database.close().await;
    worked?;
    Ok(End::Done)
}

/// Migrations alone.
pub async fn migrate(config: Config) -> Result<End> {
    let database = Database::open(&config).await?;
    let migrated = database.migrate().await;
    database.close().await;
    migrated?;
    tell("The database is up to date.");
    Ok(End::Done)
}

fn app(config: &Config, database: &Database, port: u16) -> Result<App> {
    let mut config = config.clone();
    secret_keys::read(&mut config)?;
    if config.secrets.keys.is_empty() {
        tracing::warn!(
            "there are no secret keys: second factors can't be set up until secrets.keys is configured"
        );
    }
    let url = config.public_url(port)?;
    App::new(database.store.clone(), Clock::system(), Rng::system(), config, url)
}

/// Takes the port before anything slow happens.
async fn listen(config: &Config) -> Result<(TcpListener, u16)> {
    let (host, port) = (config.server.host, config.server.port);
    match TcpListener::bind((host, port)).await {
        Ok(listener) => {
            let port = listener.local_addr()?.port();
            Ok((listener, port))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "port {port} on {host} is taken by another program. Choose another one with --port, server.port in \
             bellwether.toml or BELLWETHER_SERVER__PORT; --port 0 takes a free one"
        ),
        Err(error) => Err(error).with_context(|| {
            format!("can't listen on {host}:{port} (server.host and server.port in the configuration)")
        }),
    }
}

async fn banner(config: &Config, app: &App, port: u16, demo: Option<&demo::Demo>) -> Result<()> {
    let url = config.public_url(port)?;
    let url = url.as_str().trim_end_matches('/');
    let mut out = std::io::stdout();
    writeln!(out, "\n  Bellwether is up at {url}\n")?;
    if let Some(demo) = demo {
        let link = app.identity.create_link(&demo.email).await?;
        writeln!(out, "  Look around in the demo (one use, 30 minutes):\n  {link}\n")?;
        writeln!(out, "  A new link:   bellwether admin user link {}", demo.email)?;
    }
    if config.sign_up_mode() == bellwether_identity::intake::SignUpMode::Open {
        writeln!(out, "  Your own:     {url}/sign-up")?;
    }
    writeln!(out, "  The API:      {url}/api/docs\n  Stop:         Ctrl-C\n")?;
    out.flush()?;
    Ok(())
}

/// Turns true on SIGTERM or SIGINT; a second signal ends the process at once.
fn stop_signal() -> Result<watch::Receiver<bool>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        for round in 0..2 {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if round == 1 {
                std::process::exit(130);
            }
            tell("Stopping (again to stop at once) …");
            // nobody listens any more: the program is ending already
            let _ = sender.send(true);
        }
    });
    Ok(receiver)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // an error means that the sender is gone, which is a stop as well
    let _ = stop.wait_for(|stopped| *stopped).await;
}
