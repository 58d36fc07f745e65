//! A PostgreSQL of its own, the application on it, and worker processes that can be killed: for the chaos test and the
//! measurements of publishing.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use bellwether::{config::Config, demo, wiring::App};
use bellwether_kernel::{BrandAccess, Clock, RequestContext, Rng, id::PostId};
use bellwether_networks::publish::Provider;
use bellwether_publishing::{ConnectionId, connections::CreateConnection};
use bellwether_store::{
    DatabaseOptions, Store,
    embedded::{NAME, Options, Server},
};
use bellwether_vault::Vault;
use serde_json::json;
use uuid::Uuid;

pub struct Rig {
    _dir: tempfile::TempDir,
    options: Options,
    server: Option<Server>,
    pub config: Config,
    pub store: Store,
    pub app: App,
    pub access: BrandAccess,
    pub connection: ConnectionId,
}

impl Rig {
    pub async fn start(adjust: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // the server of a root's test runs as an ordinary user, who has to get there
        #[cfg(unix)]
        std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut options = Options::new(dir.path().join("postgres"));
        options.install_dir = std::env::var_os("BELLWETHER_POSTGRES_DIR").map(PathBuf::from);
        let server = Server::start(&options).await.unwrap();
        let address = server.address().clone();
        let mut database = DatabaseOptions::new(address.connect_options(NAME));
        database.max_connections = 20;
        let store = Store::connect(&database).await.unwrap();
        bellwether_jobs::migrate(&store).await.unwrap();
        let mut config = Config::default();
        config.secrets.keys = vec![Vault::new_key(&Rng::seeded(2))];
        config.data.database_url = Some(address.url(NAME));
        adjust(&mut config);
        let url = "http://bellwether.test".parse().unwrap();
        let app = App::new(store.clone(), Clock::system(), Rng::system(), config.clone(), url).unwrap();
        let access = demo::prepare(&app).await.unwrap().access().clone();
        let input: CreateConnection =
            serde_json::from_value(json!({ "provider": Provider::Sandbox })).unwrap();
        let connected = app.publishing.connect(&access, input, &RequestContext::default()).await.unwrap();
        let connection = connected[0].id;
        Self { _dir: dir, options, server: Some(server), config, store, app, access, connection }
    }

    /// Kills the database server as a power cut would, or stops it as an operator would, and starts it again.
    pub async fn restart_database(&mut self, rudely: bool) {
        if rudely {
            let killed = self.server.as_ref().unwrap().pid().unwrap();
            let pid = rustix::process::Pid::from_raw(killed).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            // its supervisor starts it again
            while self.server.as_ref().unwrap().pid().is_none_or(|pid| pid == killed) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        } else {
            self.server.take().unwrap().stop().await;
            self.server = Some(Server::start(&self.options).await.unwrap());
        }
        // our own pool still holds connections to the server before: each is found dead once
        let mut whole = false;
        while !whole {
            let asked = (0..self.config.data.max_connections).map(|_| self.store.ping());
            whole = futures::future::join_all(asked).await.iter().all(Result::is_ok);
        }
    }

    pub async fn stop(mut self) {
        self.store.close().await;
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// A worker in a process of its own.
    pub fn worker(&self, environment: &[(&str, String)]) -> Worker {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
        command
            .arg("work")
            .env("DATABASE_URL", self.config.data.database_url.as_deref().unwrap())
            .env("BELLWETHER_SECRETS__KEYS", format!("[\"{}\"]", self.config.secrets.keys[0]))
            .env("BELLWETHER_LOG__FILTER", "error")
            .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if std::env::var_os("CHAOS_LOUD").is_none() {
            command.stderr(Stdio::null());
        }
        Worker(command.spawn().unwrap())
    }

    /// Approved posts for the sandbox whose texts occur nowhere else; those with a number that `threads` divides are threads of
    /// three.
    pub async fn posts(&self, count: usize, threads: usize) -> Vec<PostId> {
        self.posts_for(("sandbox.post", "x.thread"), count, threads).await
    }

    /// The same, for targets of another network: of a post and of a thread.
    pub async fn posts_for(
        &self,
        (post, thread): (&'static str, &'static str),
        count: usize,
        threads: usize,
    ) -> Vec<PostId> {
        let mut ids = Vec::with_capacity(count);
        let mut contents = Vec::with_capacity(count);
        let mut targets = Vec::with_capacity(count);
        for number in 0..count {
            let id = PostId::new(&self.app.clock, self.app.rng());
            let text = |part: usize| format!("Part {part} of {id}, and nothing else says so.");
            let content = if threads > 0 && number % threads == 0 {
                targets.push(thread);
                json!({ "shape": "thread", "thread": [text(1), text(2), text(3)], "post_count": 3, "hashtags": [],
                        "mentions": [], "media_prompt": null })
            } else {
                targets.push(post);
                json!({ "shape": "post", "post": text(1), "opening_hook": text(1), "cta": null, "hashtags": [],
                        "mentions": [], "media_prompt": null })
            };
            ids.push(id);
            contents.push(content);
        }
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        sqlx::query(
            "INSERT INTO studio.posts (organization_id, id, brand_id, target, network, content_type, status, content, original,
                                       search_text, counts, issues, tone, provider, model, reviewed_at)
             SELECT $1, p.id, $2, p.target, split_part(p.target, '.', 1), split_part(p.target, '.', 2), 'approved', p.content,
                    p.content, '', '[]', '[]', 'conversational', 'test', 'test', now()
             FROM unnest($3::uuid[], $4::text[], $5::jsonb[]) AS p (id, target, content)",
        )
        .bind(self.access.organization.uuid())
        .bind(self.access.brand.uuid())
        .bind(&uuids)
        .bind(&targets)
        .bind(&contents)
        .execute(self.store.pool())
        .await
        .unwrap();
        ids
    }
}

/// A worker process, killed with the value.
pub struct Worker(pub Child);

impl Worker {
    /// As the kernel would when memory runs out.
    pub fn kill(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    pub fn ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_some())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
