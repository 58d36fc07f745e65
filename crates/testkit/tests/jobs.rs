//! The queue keeps its promises: both or neither, again after a failure, never twice at once, back after a crash.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bellwether_jobs::{
    Job, JobError, JobMeta, Options, Partitions, Worker, WorkerError, cancel, enqueue,
    testing::{assert_no_jobs_left, drain, jobs, make_due},
};
use bellwether_kernel::{Clock, id::OrganizationId};
use bellwether_store::{Store, TenantScope};
use bellwether_testkit::{TestDatabase, database};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore, oneshot};
use uuid::Uuid;

/// What the test's jobs work with: what they did, and a gate to hold them at.
#[derive(Clone)]
struct Yard {
    store: Store,
    did: Arc<Mutex<Vec<String>>>,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    arrived: Arc<Notify>,
    gate: Arc<Semaphore>,
}

impl Yard {
    fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            did: Arc::default(),
            running: Arc::default(),
            most: Arc::default(),
            arrived: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        }
    }

    fn did(&self) -> Vec<String> {
        self.did.lock().unwrap().clone()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Act {
    what: String,
}

fn act(what: &str) -> Act {
    Act { what: what.to_owned() }
}

impl Job for Act {
    const NAME: &'static str = "test.act";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Yard;

    async fn run(self, yard: Yard, meta: JobMeta) -> Result<(), JobError> {
        yard.did.lock().unwrap().push(format!("{} {}/{}", self.what, meta.attempt, meta.max_attempts));
        match self.what.as_str() {
            "retry" => Err(JobError::Retry("not yet".into())),
            "fail" => Err(JobError::Fail("never".into())),
            "panic" => panic!("on purpose"),
            "recover" if meta.attempt == 1 => Err(JobError::Retry("once".into())),
            "spawn" => {
                let mut tx = yard.store.service("a job enqueues another").await?;
                enqueue(&mut tx, &act("spawned"), Options::default()).await?;
                Ok(tx.commit().await?)
            }
            _ => Ok(()),
        }
    }
}

/// Waits at the gate, counting how many are there at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Hold {
    name: String,
}

impl Job for Hold {
    const NAME: &'static str = "test.hold";
    type Context = Yard;

    async fn run(self, yard: Yard, _: JobMeta) -> Result<(), JobError> {
        let now = yard.running.fetch_add(1, Ordering::SeqCst) + 1;
        yard.most.fetch_max(now, Ordering::SeqCst);
        yard.arrived.notify_one();
        yard.gate.acquire().await.unwrap().forget();
        yard.running.fetch_sub(1, Ordering::SeqCst);
        yard.did.lock().unwrap().push(self.name);
        Ok(())
    }
}

fn worker(yard: &Yard) -> Worker {
    Worker::builder(yard.store.clone(), Clock::system())
        .register::<Act>(yard.clone())
        .register::<Hold>(yard.clone())
        .build()
        .unwrap()
}

async fn start() -> (TestDatabase, Yard) {
    let database = database().await;
    let yard = Yard::new(database.store());
    (database, yard)
}

async fn put<J: Job>(store: &Store, job: &J, options: Options) {
    let mut tx = store.service("a test enqueues").await.unwrap();
    enqueue(&mut tx, job, options).await.unwrap();
    tx.commit().await.unwrap();
}

/// Waits for something that jobs bring about; the limit is for a failing test only.
async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), future)
        .await
        .unwrap_or_else(|_| panic!("this never happened: {what}"))
}

async fn until_empty(store: &Store) {
    soon("an empty queue", async {
        while !jobs(store).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_runs_apart_takes_no_place_of_the_others_however_long_it_waits() {
    let (_database, yard) = start().await;
    let worker = Worker::builder(yard.store.clone(), Clock::system())
        .concurrency(1)
        .register::<Act>(yard.clone())
        .register_apart::<Hold>(yard.clone(), 2)
        .build()
        .unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });
    for name in ["one", "two", "three"] {
        put(&yard.store, &Hold { name: name.into() }, Options::default()).await;
    }
    soon("two that wait", async {
        while yard.running.load(Ordering::SeqCst) < 2 {
            yard.arrived.notified().await;
        }
    })
    .await;
    put(&yard.store, &act("beside"), Options::default()).await;
    soon("another kind while they wait", async {
        while yard.did().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(yard.did(), ["beside 1/3"]);
    yard.gate.add_permits(3);
    until_empty(&yard.store).await;
    assert_eq!((yard.did().len(), yard.most.load(Ordering::SeqCst)), (4, 2), "never three at once");
    stop.send(()).unwrap();
    soon("the end of the worker", running).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_job_is_enqueued_with_the_change_or_not_at_all() {
    let (_database, yard) = start().await;
    let scope = TenantScope::organization(OrganizationId::from(Uuid::nil()));
    let mut tx = yard.store.tenant(&scope).await.unwrap();
    enqueue(&mut tx, &act("gone"), Options::default()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_no_jobs_left(&yard.store).await;

    let mut tx = yard.store.tenant(&scope).await.unwrap();
    enqueue(&mut tx, &act("kept"), Options::default()).await.unwrap();
    // the queue's own tables are no tenant's to read
    let error = sqlx::query("SELECT FROM graphile_worker.jobs").execute(tx.conn()).await.unwrap_err();
    assert!(error.to_string().contains("permission denied"), "{error}");
    drop(tx);
    let mut tx = yard.store.tenant(&scope).await.unwrap();
    enqueue(&mut tx, &act("kept"), Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = drain(&yard.store, &worker(&yard)).await.unwrap();
    assert_eq!(report.done, [Act::NAME]);
    assert_eq!(yard.did(), ["kept 1/3"]);
    assert_no_jobs_left(&yard.store).await;
}

#[tokio::test]
async fn retry_is_tried_again_until_its_tries_are_used_up() {
    let (_database, yard) = start().await;
    let worker = worker(&yard);
    put(&yard.store, &act("retry"), Options::default()).await;
    let report = drain(&yard.store, &worker).await.unwrap();
    assert_eq!(report.again, [(Act::NAME, "not yet".to_owned())]);
    let waiting = jobs(&yard.store).await.unwrap();
    assert!(!waiting[0].due && !waiting[0].failed, "it waits before its next try: {waiting:?}");
    assert!(drain(&yard.store, &worker).await.unwrap().again.is_empty());

    make_due(&yard.store).await.unwrap();
    assert_eq!(drain(&yard.store, &worker).await.unwrap().again.len(), 1);
    make_due(&yard.store).await.unwrap();
    assert_eq!(drain(&yard.store, &worker).await.unwrap().failed, [(Act::NAME, "not yet".to_owned())]);
    assert_eq!(yard.did(), ["retry 1/3", "retry 2/3", "retry 3/3"]);
    make_due(&yard.store).await.unwrap();
    assert_eq!(drain(&yard.store, &worker).await.unwrap(), bellwether_jobs::testing::Report::default());
    let left = jobs(&yard.store).await.unwrap();
    assert!(
        left[0].failed && left[0].last_error.as_deref().is_some_and(|error| error.contains("not yet")),
        "{left:?}"
    );
}

#[tokio::test]
async fn fail_is_final_with_its_reason_and_so_is_a_payload_that_can_t_be_read() {
    let (_database, yard) = start().await;
    put(&yard.store, &act("fail"), Options::default()).await;
    let mut tx = yard.store.service("a payload of another time").await.unwrap();
    sqlx::query("SELECT operations.enqueue_job('test.act', '{\"which\": 1}', NULL, NULL, NULL, 3, 0)")
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let worker = worker(&yard);
    let report = drain(&yard.store, &worker).await.unwrap();
    assert_eq!((report.failed.len(), report.again.len()), (2, 0), "{report:?}");
    assert!(report.failed.iter().any(|(_, error)| error == "never"));
    assert!(report.failed.iter().any(|(_, error)| error.contains("missing field `what`")), "{report:?}");
    make_due(&yard.store).await.unwrap();
    assert!(drain(&yard.store, &worker).await.unwrap().failed.is_empty());
    assert_eq!(yard.did(), ["fail 1/3"]);
    let left = jobs(&yard.store).await.unwrap();
    assert!(left.iter().all(|job| job.failed && job.last_error.is_some()), "{left:?}");
}

#[tokio::test]
async fn a_panic_is_a_failure_and_the_worker_lives_on() {
    let (_database, yard) = start().await;
    for what in ["panic", "fine", "recover"] {
        put(&yard.store, &act(what), Options::default()).await;
    }
    let worker = worker(&yard);
    let report = drain(&yard.store, &worker).await.unwrap();
    assert_eq!(report.done, [Act::NAME]);
    assert!(report.again.contains(&(Act::NAME, "it panicked: on purpose".to_owned())), "{report:?}");
    make_due(&yard.store).await.unwrap();
    let report = drain(&yard.store, &worker).await.unwrap();
    assert_eq!((report.done.len(), report.again.len()), (1, 1), "{report:?}");
}

#[tokio::test]
async fn draining_runs_what_jobs_enqueue_and_leaves_what_is_not_due() {
    let (_database, yard) = start().await;
    put(&yard.store, &act("spawn"), Options::default()).await;
    let later = Clock::system().now() + chrono::Duration::hours(1);
    put(&yard.store, &act("later"), Options::default().run_at(later)).await;
    let worker = worker(&yard);
    assert_eq!(drain(&yard.store, &worker).await.unwrap().done.len(), 2);
    assert_eq!(yard.did(), ["spawn 1/3", "spawned 1/3"]);
    assert_eq!(jobs(&yard.store).await.unwrap().len(), 1);
    make_due(&yard.store).await.unwrap();
    drain(&yard.store, &worker).await.unwrap();
    assert_no_jobs_left(&yard.store).await;
}

#[tokio::test]
#[should_panic(expected = "jobs are left over")]
async fn a_job_left_over_fails_the_test() {
    let (_database, yard) = start().await;
    put(&yard.store, &act("forgotten"), Options::default()).await;
    assert_no_jobs_left(&yard.store).await;
}

#[tokio::test]
async fn a_key_replaces_reschedules_and_cancels() {
    let (_database, yard) = start().await;
    let later = Clock::system().now() + chrono::Duration::hours(1);
    put(&yard.store, &act("first"), Options::default().key("k").run_at(later)).await;
    put(&yard.store, &act("second"), Options::default().key("k").run_at(later)).await;
    assert_eq!(jobs(&yard.store).await.unwrap().len(), 1);
    put(&yard.store, &act("third"), Options::default().key("k")).await;
    let worker = worker(&yard);
    drain(&yard.store, &worker).await.unwrap();
    assert_eq!(yard.did(), ["third 1/3"]);

    put(&yard.store, &act("cancelled"), Options::default().key("k").run_at(later)).await;
    let mut tx = yard.store.service("cancel").await.unwrap();
    assert!(cancel(&mut tx, "k").await.unwrap());
    assert!(!cancel(&mut tx, "k").await.unwrap());
    tx.commit().await.unwrap();
    assert_no_jobs_left(&yard.store).await;
}

#[tokio::test]
async fn lower_priority_numbers_run_first() {
    let (_database, yard) = start().await;
    for (what, priority) in [("last", 5), ("usual", 0), ("first", -5)] {
        put(&yard.store, &act(what), Options { priority, ..Options::default() }).await;
    }
    let worker =
        Worker::builder(yard.store.clone(), Clock::system()).register::<Act>(yard.clone()).concurrency(1);
    drain(&yard.store, &worker.build().unwrap()).await.unwrap();
    assert_eq!(yard.did(), ["first 1/3", "usual 1/3", "last 1/3"]);
}

struct Running {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<Result<(), WorkerError>>,
}

fn run(worker: Worker) -> Running {
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        worker
            .run(async {
                let _ = stopped.await;
            })
            .await
    });
    Running { stop, task }
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        soon("the worker stops", self.task).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_queue_runs_its_jobs_one_after_the_other_while_others_run_at_once() {
    let (_database, yard) = start().await;
    for n in 0..4 {
        put(&yard.store, &Hold { name: format!("queued {n}") }, Options::default().queue("one connection"))
            .await;
    }
    let running = run(worker(&yard));
    soon("the first of the queue", yard.arrived.notified()).await;
    put(&yard.store, &Hold { name: "beside".into() }, Options::default()).await;
    soon("one beside it", yard.arrived.notified()).await;
    yard.gate.add_permits(100);
    until_empty(&yard.store).await;
    assert_eq!(yard.most.load(Ordering::SeqCst), 2, "one of the queue and the one beside it");
    let queued: Vec<String> = yard.did().into_iter().filter(|name| name.starts_with("queued")).collect();
    assert_eq!(queued, ["queued 0", "queued 1", "queued 2", "queued 3"]);
    running.stop().await;
}

#[tokio::test]
async fn stopping_lets_running_jobs_finish_and_gives_the_fetched_ones_back() {
    let (_database, yard) = start().await;
    let worker =
        Worker::builder(yard.store.clone(), Clock::system()).register::<Hold>(yard.clone()).concurrency(2);
    for n in 0..6 {
        put(&yard.store, &Hold { name: n.to_string() }, Options::default()).await;
    }
    let running = run(worker.build().unwrap());
    for _ in 0..2 {
        soon("two run", async {
            while yard.running.load(Ordering::SeqCst) < 2 {
                yard.arrived.notified().await;
            }
        })
        .await;
    }
    running.stop.send(()).unwrap();
    yard.gate.add_permits(2);
    soon("the worker stops", running.task).await.unwrap().unwrap();
    assert_eq!(yard.did().len(), 2);
    let left = jobs(&yard.store).await.unwrap();
    assert_eq!(left.len(), 4);
    assert!(left.iter().all(|job| job.due && job.attempts == 0), "none of them lost a try: {left:?}");
    let locked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL")
            .fetch_one(yard.store.pool())
            .await
            .unwrap();
    assert_eq!(locked, 0);
}

#[tokio::test]
async fn the_jobs_of_a_dead_worker_are_given_to_others() {
    let (database, yard) = start().await;
    put(&yard.store, &Hold { name: "interrupted".into() }, Options::default()).await;
    // a worker of its own store, killed as a process is: nothing is given back
    let other = Store::connect(&database.options()).await.unwrap();
    let doomed = Yard { store: other.clone(), ..yard.clone() };
    let runtime = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let worker = runtime.block_on(async { worker(&doomed) });
        runtime.spawn(async move { worker.run(std::future::pending()).await });
        runtime
    });
    soon("it runs at the doomed worker", yard.arrived.notified()).await;
    // waited for: a task that still lives when the gate opens would do the job after all
    tokio::task::spawn_blocking(move || runtime.join().unwrap().shutdown_timeout(Duration::from_secs(30)))
        .await
        .unwrap();
    yard.running.store(0, Ordering::SeqCst);
    assert!(yard.did().is_empty());

    yard.gate.add_permits(10);
    let survivor = Worker::builder(yard.store.clone(), Clock::system())
        .register::<Hold>(yard.clone())
        .presumed_dead_after(Duration::from_millis(600));
    let running = run(survivor.build().unwrap());
    until_empty(&yard.store).await;
    assert_eq!(yard.did(), ["interrupted"]);
    running.stop().await;
}

#[tokio::test]
async fn a_running_worker_takes_new_jobs_at_once_and_many_of_them() {
    let (_database, yard) = start().await;
    let running = run(worker(&yard));
    let mut tx = yard.store.service("a batch").await.unwrap();
    for n in 0..500 {
        enqueue(&mut tx, &act(&n.to_string()), Options::default()).await.unwrap();
    }
    tx.commit().await.unwrap();
    until_empty(&yard.store).await;
    let mut times = BTreeMap::<String, usize>::new();
    for what in yard.did() {
        *times.entry(what).or_default() += 1;
    }
    assert_eq!(times.len(), 500);
    assert!(times.values().all(|times| *times == 1), "each once");
    running.stop().await;
}

#[tokio::test]
async fn faults_of_wiring_are_named() {
    let (_database, yard) = start().await;
    let builder = || Worker::builder(yard.store.clone(), Clock::system()).register::<Act>(yard.clone());
    let error = builder().register::<Act>(yard.clone()).build().unwrap_err();
    assert!(matches!(error, WorkerError::Duplicate("test.act")), "{error}");
    let error = builder().cron("0 3 * * *", "test.other").build().unwrap_err();
    assert!(error.to_string().contains("test.other"), "{error}");
    let error = builder().cron("every day", Act::NAME).build().unwrap_err();
    assert!(matches!(error, WorkerError::Schedule { .. }), "{error}");
    let subscriptions = bellwether_store::Subscriptions::new().on("post.published", "insights.follow");
    let store = yard.store.clone().with_subscriptions(subscriptions);
    let error = Worker::builder(store, Clock::system()).build().unwrap_err();
    assert!(error.to_string().contains("insights.follow"), "{error}");
    builder().cron("*/5 * * * *", Act::NAME).build().unwrap();
}

#[tokio::test]
async fn the_nightly_job_makes_partitions_for_its_clock() {
    let (_database, yard) = start().await;
    let clock = Clock::manual("2131-03-03T03:00:00Z".parse().unwrap());
    let worker = Worker::builder(yard.store.clone(), clock).build().unwrap();
    put(&yard.store, &Partitions {}, Options::default()).await;
    assert_eq!(drain(&yard.store, &worker).await.unwrap().done, [Partitions::NAME]);
    let made: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class WHERE relname LIKE 'events_y2131m%' AND relkind = 'r'",
    )
    .fetch_one(yard.store.pool())
    .await
    .unwrap();
    assert_eq!(made, 5, "last month's, this month's and three ahead");
}

/// Schedules are the queue's own affair; that ours get there is seen in its table.
#[tokio::test]
async fn schedules_reach_the_queue() {
    let (_database, yard) = start().await;
    let running = run(worker(&yard));
    soon("the schedule is known", async {
        loop {
            let known: Vec<String> =
                sqlx::query_scalar("SELECT identifier FROM graphile_worker._private_known_crontabs")
                    .fetch_all(yard.store.pool())
                    .await
                    .unwrap();
            if known == [Partitions::NAME] {
                break;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    running.stop().await;
}

/// How fast a worker drains: `cargo nextest run -p bellwether-testkit --run-ignored only --no-capture drain_rate`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, run by hand"]
async fn drain_rate() {
    let (_database, yard) = start().await;
    let mut tx = yard.store.service("a batch").await.unwrap();
    let jobs_put = 5000_u32;
    let started = std::time::Instant::now();
    for _ in 0..jobs_put {
        enqueue(&mut tx, &act("x"), Options::default()).await.unwrap();
    }
    tx.commit().await.unwrap();
    println!(
        "enqueued {:.0} jobs a second in one transaction",
        f64::from(jobs_put) / started.elapsed().as_secs_f64()
    );
    let started = std::time::Instant::now();
    let running = run(worker(&yard));
    while yard.did.lock().unwrap().len() < jobs_put as usize {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("drained {:.0} jobs a second", f64::from(jobs_put) / started.elapsed().as_secs_f64());
    running.stop().await;
}
