//! The supervisor: starts the server, keeps it up, stops it with us.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::{oneshot, watch};

use super::{
    Address, EmbeddedError, Install, Options, PORT,
    cluster::{self, Lock},
    launch::{self, tied_command},
    place,
    user::{Account, drop_to},
};

const LOG: &str = "server.log";
const LOG_LIMIT: u64 = 16 << 20;
/// How often a start that is under way is looked at.
const GLANCE: Duration = Duration::from_millis(5);
/// A server on the same data that is ready for this long is no leftover.
const MEANS_TO_STAY: Duration = Duration::from_secs(2);
/// A server that crashes this often in a row is given up.
const CRASHES: u32 = 5;
/// A server that has run this long has recovered from its last crash.
const STEADY: Duration = Duration::from_mins(1);

/// A running server. Dropping it stops the server, with everything written.
#[derive(Debug)]
pub struct Server {
    address: Address,
    shared: Arc<Shared>,
    gone: watch::Receiver<bool>,
    supervisor: Option<JoinHandle<()>>,
    stop_timeout: Duration,
}

#[derive(Debug, Default)]
struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The server's process, as long as its number is surely still its own.
    pid: Option<Pid>,
    stopping: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.lock().pid {
            let _ = kill_process(pid, signal);
        }
    }
}

/// Everything that a start needs, settled once.
struct Plan {
    options: Options,
    dir: PathBuf,
    address: Address,
    account: Option<Account>,
}

impl Server {
    /// Makes the data folder when there is none, starts the server on it and waits until it takes connections.
    pub async fn start(options: &Options) -> Result<Self, EmbeddedError> {
        let options = options.clone();
        let (stop_timeout, shared) = (options.stop_timeout, Arc::new(Shared::default()));
        let (started, outcome) = oneshot::channel();
        let (gone, watch_gone) = watch::channel(false);
        let theirs = Arc::clone(&shared);
        // the kernel ties the server to the thread that starts it, so that thread lives as long as the server does
        let supervisor = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || {
                let plan = match prepare(options) {
                    Ok(plan) => plan,
                    Err(error) => {
                        let _ = started.send(Err(error));
                        return;
                    }
                };
                supervise(&plan, &theirs, started);
                let _ = gone.send(true);
            })
            .map_err(|error| EmbeddedError::Program {
                program: "a thread".to_owned(),
                reason: error.to_string(),
            })?;
        // should this future be dropped half-way, so is the server, which stops what was started
        let mut server = Starting { shared, supervisor: Some(supervisor), stop_timeout };
        let address = outcome.await.map_err(|_| EmbeddedError::Program {
            program: "the supervisor".to_owned(),
            reason: "it ended without a word".to_owned(),
        })??;
        let supervisor = server.supervisor.take();
        Ok(Self { address, shared: Arc::clone(&server.shared), gone: watch_gone, supervisor, stop_timeout })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The server's process id, unless it is just being started again.
    pub fn pid(&self) -> Option<i32> {
        self.shared.lock().pid.map(Pid::as_raw_pid)
    }

    /// Resolves when the server is gone for good though nobody stopped it.
    pub async fn gone(&self) {
        let mut gone = self.gone.clone();
        // an error means that the supervisor has ended, which says the same
        let _ = gone.wait_for(|gone| *gone).await;
    }

    /// Stops it: clients are cut off, everything is written.
    pub async fn stop(mut self) {
        let (shared, timeout) = (Arc::clone(&self.shared), self.stop_timeout);
        if let Some(supervisor) = self.supervisor.take() {
            let _ = tokio::task::spawn_blocking(move || stop(&shared, supervisor, timeout)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(supervisor) = self.supervisor.take() {
            stop(&self.shared, supervisor, self.stop_timeout);
        }
    }
}

struct Starting {
    shared: Arc<Shared>,
    supervisor: Option<JoinHandle<()>>,
    stop_timeout: Duration,
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(supervisor) = self.supervisor.take() {
            stop(&self.shared, supervisor, self.stop_timeout);
        }
    }
}

fn stop(shared: &Shared, supervisor: JoinHandle<()>, timeout: Duration) {
    shared.lock().stopping = true;
    shared.signal(Signal::INT);
    let deadline = Instant::now() + timeout;
    while !supervisor.is_finished() {
        if Instant::now() > deadline {
            tracing::warn!("PostgreSQL takes too long to stop; telling it to stop at once, it will recover");
            shared.signal(Signal::QUIT);
            break;
        }
        thread::sleep(GLANCE);
    }
    let _ = supervisor.join();
}

fn prepare(options: Options) -> Result<Plan, EmbeddedError> {
    let account = drop_to(options.user.as_deref(), &options.data_dir)?;
    let mut install = Install::find(options.install_dir.as_deref())?;
    if let Some(account) = &account {
        install = install.readable_by(account)?;
    }
    let dir = place::settle(&options.data_dir, account.as_ref())?;
    cluster::ensure(&dir, &install, account.as_ref(), options.durable)?;
    let owned = || -> io::Result<()> {
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o700))?;
        Ok(())
    };
    owned().map_err(|source| EmbeddedError::Prepare { path: dir.clone(), source })?;
    let socket_dir = place::socket_dir(&dir, account.as_ref())?;
    Ok(Plan { options, dir, address: Address { socket_dir, install }, account })
}

impl Plan {
    fn log(&self) -> PathBuf {
        self.dir.join(LOG)
    }

    fn spawn(&self, tied: bool) -> io::Result<Child> {
        let log = self.log();
        if fs::metadata(&log).is_ok_and(|log| log.len() > LOG_LIMIT) {
            fs::rename(&log, log.with_extension("log.old"))?;
        }
        let out = File::options().create(true).append(true).open(&log)?;
        if let Some(account) = &self.account {
            account.own(&log)?;
        }
        let program = self.address.install.program("postgres");
        let mut command = if tied {
            tied_command(&program, self.account.as_ref())
        } else {
            launch::command(&program, self.account.as_ref())
        };
        command.arg("-D").arg(&self.dir);
        for (name, value) in self.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).spawn()
    }

    fn settings(&self) -> Vec<(String, String)> {
        let durable = if self.options.durable { "on" } else { "off" };
        let mut settings: Vec<(String, String)> = [
            ("listen_addresses", ""),
            ("port", &PORT.to_string()),
            ("unix_socket_directories", &self.address.socket_dir.to_string_lossy()),
            ("unix_socket_permissions", "0700"),
            ("fsync", durable),
            ("synchronous_commit", durable),
            ("full_page_writes", durable),
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_line_prefix", "%m [%p] %a "),
            ("log_checkpoints", "off"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        settings.extend(self.options.settings.iter().cloned());
        settings
    }

    fn failed(&self, reason: impl Into<String>) -> EmbeddedError {
        let log = self.log();
        EmbeddedError::Start { reason: reason.into(), tail: launch::tail(&log), log }
    }

    /// Starts it and waits until it is ready. A server that is just going away (its parent was killed a moment ago) is
    /// waited for; so are the last processes of one that was killed.
    fn start(&self, shared: &Shared) -> Result<Child, EmbeddedError> {
        let begun = Instant::now();
        let deadline = begun + self.options.start_timeout;
        loop {
            if shared.lock().stopping {
                return Err(self.failed("stopped while starting"));
            }
            let other = Lock::read(&self.dir).filter(Lock::is_alive);
            if let Some(other) = other {
                // one whose parent was killed this moment still says so, but not for long
                let stays = other.is_ready() && begun.elapsed() > MEANS_TO_STAY;
                if Instant::now() > deadline || stays {
                    return Err(EmbeddedError::InUse { dir: self.dir.clone(), pid: other.pid });
                }
                thread::sleep(GLANCE);
                continue;
            }
            match self.attempt(shared, deadline)? {
                Some(child) => return Ok(child),
                // an earlier server's processes still hold the lock or the shared memory
                None if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
                None => return Err(self.failed("the data stay locked by an earlier server")),
            }
        }
    }

    fn attempt(&self, shared: &Shared, deadline: Instant) -> Result<Option<Child>, EmbeddedError> {
        let before = fs::metadata(self.log()).map_or(0, |log| log.len());
        let mut child = self.spawn(true).map_err(|error| self.failed(error.to_string()))?;
        let pid = Pid::from_child(&child);
        {
            let mut state = shared.lock();
            state.pid = Some(pid);
            if state.stopping {
                let _ = kill_process(pid, Signal::INT);
            }
        }
        loop {
            if let Some(lock) = Lock::read(&self.dir)
                && lock.pid == pid.as_raw_pid()
                && lock.is_ready()
            {
                return Ok(Some(child));
            }
            if exited(pid) {
                shared.lock().pid = None;
                let status = child.wait().map_err(|error| self.failed(error.to_string()))?;
                let said = fs::read(self.log()).unwrap_or_default();
                let said =
                    String::from_utf8_lossy(said.get(before as usize..).unwrap_or_default()).into_owned();
                let locked = said.contains("lock file") || said.contains("shared memory block");
                return if locked { Ok(None) } else { Err(self.failed(status.to_string())) };
            }
            if Instant::now() > deadline {
                let _ = kill_process(pid, Signal::QUIT);
                let _ = child.wait();
                shared.lock().pid = None;
                return Err(self.failed(format!("not ready after {:?}", self.options.start_timeout)));
            }
            thread::sleep(GLANCE);
        }
    }
}

/// Whether the process has ended; it is not reaped, so that its number stays its own.
fn exited(pid: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
}

fn supervise(plan: &Plan, shared: &Shared, started: oneshot::Sender<Result<Address, EmbeddedError>>) {
    let mut child = match plan.start(shared) {
        Ok(child) => child,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    // nobody waits any more: whoever wanted the server sees to its stop
    let _ = started.send(Ok(plan.address.clone()));
    let (mut since, mut crashes) = (Instant::now(), 0);
    loop {
        let pid = Pid::from_child(&child);
        while let Err(rustix::io::Errno::INTR) =
            waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {}
        let stopping = {
            let mut state = shared.lock();
            state.pid = None;
            state.stopping
        };
        let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        if stopping {
            return;
        }
        crashes = if since.elapsed() > STEADY { 1 } else { crashes + 1 };
        tracing::error!(
            status,
            crashes,
            log = launch::tail(&plan.log()),
            "PostgreSQL ended though nobody stopped it"
        );
        if crashes > CRASHES {
            return;
        }
        child = match plan.start(shared) {
            Ok(child) => child,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "PostgreSQL could not be started again"
                );
                return;
            }
        };
        since = Instant::now();
        tracing::info!("PostgreSQL runs again");
    }
}

/// Starts a server that is tied to nobody and outlives this process: for the test cluster.
#[cfg(feature = "testing")]
pub(crate) fn start_detached(options: &Options) -> Result<Address, EmbeddedError> {
    let plan = prepare(options.clone())?;
    if let Some(lock) = Lock::read(&plan.dir).filter(Lock::is_alive)
        && lock.is_ready()
    {
        return Ok(plan.address);
    }
    let mut child = plan.spawn(false).map_err(|error| plan.failed(error.to_string()))?;
    let pid = Pid::from_child(&child);
    let deadline = Instant::now() + options.start_timeout;
    while !Lock::read(&plan.dir).is_some_and(|lock| lock.pid == pid.as_raw_pid() && lock.is_ready()) {
        if exited(pid) || Instant::now() > deadline {
            let _ = kill_process(pid, Signal::QUIT);
            let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            return Err(plan.failed(status));
        }
        thread::sleep(GLANCE);
    }
    Ok(plan.address)
}
