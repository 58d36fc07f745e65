//! The supervisor keeps its promises. Each test has a server of its own, as the present user and, when that is root, as an
//! ordinary one too (see `as_an_ordinary_user`).

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bellwether_store::embedded::{self, EmbeddedError, Options, Server};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};

/// A folder that an ordinary user can reach, gone afterwards.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("bellwether-test").tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn connect(server: &Server) -> PgConnection {
    PgConnection::connect_with(&server.address().connect_options("postgres")).await.unwrap()
}

async fn count(connection: &mut PgConnection) -> i64 {
    connection.fetch_one("SELECT count(*) FROM kept").await.unwrap().get(0)
}

fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

fn is_there(pid: i32) -> bool {
    // a zombie is not there any more: nobody but its parent can tell
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let zombie = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok() && !zombie
}

/// Waits for something that another process does; the limit is for a failing test only.
fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !happened() {
        assert!(Instant::now() < limit, "this never happened: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test]
async fn it_listens_on_a_closed_folder_only_and_keeps_data_safe() {
    let folder = folder();
    let options = Options::new(folder.path().join("data"));
    let server = Server::start(&options).await.unwrap();
    let mut connection = connect(&server).await;
    for (setting, value) in [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("unix_socket_permissions", "0700"),
        ("server_encoding", "UTF8"),
    ] {
        let row = connection.fetch_one(sqlx::AssertSqlSafe(format!("SHOW {setting}"))).await.unwrap();
        assert_eq!(row.get::<String, _>(0), value, "{setting}");
    }
    let data = fs::metadata(&options.data_dir).unwrap();
    assert_eq!(data.permissions().mode() & 0o777, 0o700);
    assert_ne!(data.uid(), 0, "the server never runs as root");
    let socket = server.address().socket_dir();
    assert_eq!(fs::metadata(socket).unwrap().permissions().mode() & 0o777, 0o700);
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid().unwrap())).unwrap();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap().trim().to_owned();
    assert_eq!(parent, std::process::id().to_string(), "it is a direct child");
    // no port of the machine is taken by it
    let tcp = Command::new("sh").args(["-c", "cat /proc/net/tcp /proc/net/tcp6"]).output().unwrap();
    let inode = |line: &str| line.split_whitespace().nth(9).map(str::to_owned);
    let listening: Vec<String> = String::from_utf8_lossy(&tcp.stdout)
        .lines()
        .filter(|line| line.split_whitespace().nth(3) == Some("0A"))
        .filter_map(inode)
        .collect();
    let open: Vec<String> = fs::read_dir(format!("/proc/{}/fd", server.pid().unwrap()))
        .map(|fds| fds.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok()).collect::<Vec<PathBuf>>())
        .unwrap_or_default()
        .iter()
        .map(|link| link.to_string_lossy().into_owned())
        .collect();
    assert!(listening.iter().all(|inode| !open.contains(&format!("socket:[{inode}]"))));

    // the extensions that the schema needs come with it
    for extension in ["vector", "pg_trgm", "citext", "unaccent"] {
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE EXTENSION {extension}"))).await.unwrap();
    }
    PgConnection::connect(&server.address().url(embedded::NAME)).await.unwrap().ping().await.unwrap();
    let psql = server.address().psql("postgres").args(["-Atc", "SELECT 6 * 7"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&psql.stdout).trim(), "42", "{psql:?}");
    let mut by_url = PgConnection::connect(&server.address().url("postgres")).await.unwrap();
    by_url.ping().await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn data_stay_across_runs_and_dropping_stops_it() {
    let folder = folder();
    let options = Options::new(folder.path().join("a/b/data"));
    let server = Server::start(&options).await.unwrap();
    let pid = server.pid().unwrap();
    let mut connection = connect(&server).await;
    connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n").await.unwrap();
    // with a client still there
    drop(server);
    assert!(!is_there(pid));
    assert!(!options.data_dir.join("postmaster.pid").exists(), "a fast shutdown leaves no lock");
    let log = fs::read_to_string(options.data_dir.join("server.log")).unwrap();
    assert!(log.contains("received fast shutdown request"), "{log}");

    let server = Server::start(&options).await.unwrap();
    assert_eq!(count(&mut connect(&server).await).await, 1000);
    server.stop().await;
}

#[tokio::test]
async fn a_killed_postmaster_is_started_again_and_what_was_committed_is_there() {
    let folder = folder();
    let options = Options::new(folder.path().join("data"));
    let server = Server::start(&options).await.unwrap();
    let mut connection = connect(&server).await;
    connection.execute("CREATE TABLE kept (n int)").await.unwrap();
    for round in 1..=3 {
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)").await.unwrap();
        let pid = server.pid().unwrap();
        kill(pid, Signal::KILL);
        until("another server", || server.pid().is_some_and(|now| now != pid));
        let limit = Instant::now() + Duration::from_secs(30);
        connection = loop {
            match PgConnection::connect_with(&server.address().connect_options("postgres")).await {
                Ok(connection) => break connection,
                Err(error) => assert!(Instant::now() < limit, "no connection after a crash: {error}"),
            }
        };
        assert_eq!(count(&mut connection).await, round * 1000);
    }
    let log = fs::read_to_string(options.data_dir.join("server.log")).unwrap();
    assert!(log.contains("not properly shut down; automatic recovery in progress"), "{log}");
    server.stop().await;
}

#[tokio::test]
async fn a_stale_lock_is_no_obstacle() {
    let folder = folder();
    let options = Options::new(folder.path().join("data"));
    Server::start(&options).await.unwrap().stop().await;
    // a process that is there but is no server, as after a reboot
    for pid in [std::process::id().to_string(), "999999".to_owned()] {
        let lock = options.data_dir.join("postmaster.pid");
        let data = options.data_dir.display();
        fs::write(&lock, format!("{pid}\n{data}\n1700000000\n5432\n{data}\n\n  5432 1\nready   \n")).unwrap();
        let owner = fs::metadata(&options.data_dir).unwrap();
        std::os::unix::fs::chown(&lock, Some(owner.uid()), Some(owner.gid())).unwrap();
        assert!(embedded::running(&options).unwrap().is_none());
        let server = Server::start(&options).await.unwrap();
        connect(&server).await.ping().await.unwrap();
        server.stop().await;
    }
}

#[tokio::test]
async fn a_second_copy_is_refused_by_name_and_finds_the_first() {
    let folder = folder();
    let options = Options::new(folder.path().join("data"));
    let server = Server::start(&options).await.unwrap();
    let error = Server::start(&options).await.unwrap_err();
    assert!(matches!(&error, EmbeddedError::InUse { pid, .. } if Some(*pid) == server.pid()), "{error}");
    let found = embedded::running(&options).unwrap().unwrap();
    let mut connection = PgConnection::connect_with(&found.connect_options("postgres")).await.unwrap();
    connection.ping().await.unwrap();
    server.stop().await;
    assert!(embedded::running(&options).unwrap().is_none());
}

#[tokio::test]
async fn faults_say_what_to_do() {
    let folder = folder();
    let mut options = Options::new(folder.path().join("data"));
    options.install_dir = Some(folder.path().join("nowhere"));
    let error = Server::start(&options).await.unwrap_err().to_string();
    assert!(error.contains("make run") && error.contains("DATABASE_URL"), "{error}");

    let mut options = Options::new(folder.path().join("data"));
    options.settings.push(("shared_buffers".into(), "a lot".into()));
    let error = Server::start(&options).await.unwrap_err().to_string();
    assert!(
        error.contains("shared_buffers") && error.contains("server.log"),
        "the log's end is shown: {error}"
    );

    fs::write(folder.path().join("data/PG_VERSION"), "9.6\n").unwrap();
    let error = Server::start(&Options::new(folder.path().join("data"))).await.unwrap_err().to_string();
    assert!(error.contains("9.6"), "{error}");

    if rustix::process::geteuid().is_root() {
        let mut options = Options::new(folder.path().join("data"));
        options.user = Some("nobody-of-this-name".into());
        let error = Server::start(&options).await.unwrap_err().to_string();
        assert!(error.contains("nobody-of-this-name"), "{error}");
    }
}

#[tokio::test]
async fn a_deep_folder_and_an_interrupted_first_run_are_no_obstacle() {
    let folder = folder();
    let deep = folder.path().join("d".repeat(60)).join("e f%ü".repeat(10)).join("data");
    fs::create_dir_all(deep.with_file_name("data.new").join("base")).unwrap();
    let options = Options::new(&deep);
    let server = Server::start(&options).await.unwrap();
    assert!(server.address().socket_dir().as_os_str().len() < 90);
    let mut connection = PgConnection::connect(&server.address().url("postgres")).await.unwrap();
    connection.ping().await.unwrap();
    let sockets = server.address().socket_dir().to_path_buf();
    server.stop().await;
    fs::remove_dir_all(sockets).unwrap();
}

#[tokio::test]
async fn root_s_closed_folder_is_stepped_around() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root drops to another user");
        return;
    }
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let options = Options::new(closed.join("data"));
    let server = Server::start(&options).await.unwrap();
    connect(&server).await.ping().await.unwrap();
    let link = fs::read_link(closed.join("data")).unwrap();
    assert!(link.starts_with("/var/lib/bellwether"), "{}", link.display());
    assert_eq!(embedded::real_data_dir(&options).unwrap(), link);
    server.stop().await;
    let server = Server::start(&options).await.unwrap();
    server.stop().await;
    fs::remove_dir_all(link).unwrap();
}

/// The rest needs a process of our own to end: this very test binary, told to run the server and wait.
const PARENT: &str = "BELLWETHER_TEST_PARENT_OF";

#[tokio::test]
async fn parent() {
    let Ok(data) = std::env::var(PARENT) else { return };
    // on a thread that ends soon, as a runtime's may: the server must not end with it
    let starting = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Server::start(&Options::new(data))).unwrap()
    });
    let server = starting.join().unwrap();
    println!("\nserver {}", server.pid().unwrap());
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await.unwrap().unwrap();
    server.stop().await;
    println!("\nstopped");
}

/// `nobody`.
const SOMEBODY: u32 = 65_534;

struct Parent {
    process: Child,
    server: i32,
    out: BufReader<std::process::ChildStdout>,
}

fn start_parent(data: &Path, uid: Option<u32>) -> Parent {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "parent", "--nocapture"]).env(PARENT, data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).current_dir("/");
    if let Some(uid) = uid {
        command.uid(uid).gid(uid).env("HOME", "/nonexistent").env_remove("XDG_RUNTIME_DIR");
    }
    let mut process = command.spawn().unwrap();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    let server = loop {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the parent ended early");
        if let Some(pid) = line.strip_prefix("server ") {
            break pid.trim().parse().unwrap();
        }
    };
    Parent { process, server, out }
}

fn killed_parent(data: &Path, uid: Option<u32>) {
    for signal in [Signal::KILL, Signal::TERM] {
        let mut parent = start_parent(data, uid);
        assert!(is_there(parent.server));
        kill(parent.process.id() as i32, signal);
        parent.process.wait().unwrap();
        // at once, while the old server is still leaving
        let mut next = start_parent(data, uid);
        assert!(!is_there(parent.server), "the server of a killed parent is gone");
        next.process.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert!(next.process.wait().unwrap().success());
        let mut rest = String::new();
        next.out.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("stopped"), "{rest}");
        assert!(!is_there(next.server));
    }
    // both at once: nobody is left to shut anything down
    let mut parent = start_parent(data, uid);
    kill(parent.server, Signal::KILL);
    kill(parent.process.id() as i32, Signal::KILL);
    parent.process.wait().unwrap();
    let mut next = start_parent(data, uid);
    next.process.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(next.process.wait().unwrap().success());
}

#[test]
fn it_goes_with_its_parent_however_that_ends() {
    let folder = folder();
    killed_parent(&folder.path().join("data"), None);
}

#[test]
fn as_an_ordinary_user() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: we are an ordinary user, so every other test shows it");
        return;
    }
    let folder = folder();
    std::os::unix::fs::chown(folder.path(), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    killed_parent(&folder.path().join("data"), Some(SOMEBODY));
    assert_eq!(fs::metadata(folder.path().join("data")).unwrap().uid(), SOMEBODY);
}
