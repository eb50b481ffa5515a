//! Used proofs in a real Redis, shared by two guards.
#![cfg(feature = "redis")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::Barrier,
    time::{Duration, Instant},
};
use taper::{
    ConstraintMap, Grant, Invocation, Issuer, ProofOptions, SigningKey, Timestamp, TokenId,
    replay::{Recorded, ReplayKey, ReplayStore as _, ReplayStoreError},
};
use taper_gateway::{Decision, Guard, PRESENTATION_KEY, RedisReplayStore, policy};
use taper_testkit::{ISSUER, NOW, key};
use zeroize::Zeroizing;

/// A server of the test's own, at a port that was free.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(options: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        Self::start_at(port, options)
    }

    fn start_at(port: u16, options: &[&str]) -> Self {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no", "--loglevel", "notice"]).args(options);
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut process = started.unwrap_or_else(|error| {
            panic!(
                "`redis-server` cannot be started: {error}; install it, on Debian with \
                 `apt-get install redis-server`"
            )
        });
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ready to accept connections") {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "`redis-server` has ended");
        }
        // Whoever does not read fills the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { process, port }
    }

    fn at(&self) -> policy::Redis {
        at(self.port)
    }

    /// The answer to a command, as it comes.
    fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn at(port: u16) -> policy::Redis {
    let mut redis = policy::Redis::at(format!("redis://127.0.0.1:{port}/0"));
    redis.timeout = Duration::from_secs(5);
    redis
}

fn proof(n: u32) -> ReplayKey {
    let holder = SigningKey::from_seed(&[1; 32]);
    ReplayKey::new(holder.public_key(), &TokenId::new(format!("proof-{n}")).unwrap())
}

fn seconds(n: i64) -> Timestamp {
    Timestamp::from_unix(1_704_067_500 + n)
}

fn failed(result: Result<Recorded, ReplayStoreError>) -> bool {
    matches!(result, Err(ReplayStoreError::Failed(_)))
}

#[test]
fn one_proof_at_two_guards_at_once() {
    const ROUNDS: u32 = 2000;
    let server = Server::start(&[]);
    let stores = [(); 2].map(|()| RedisReplayStore::new(&server.at()).unwrap());
    let start = Barrier::new(4);
    // Two threads at each guard.
    let won: Vec<Vec<bool>> = std::thread::scope(|scope| {
        let threads: Vec<_> = [0, 1, 0, 1]
            .map(|guard| {
                let (store, start) = (&stores[guard], &start);
                scope.spawn(move || {
                    let round = |n| {
                        start.wait();
                        let recorded = store.record(proof(n), seconds(30), seconds(0)).unwrap();
                        recorded == Recorded::New
                    };
                    (0..ROUNDS).map(round).collect()
                })
            })
            .into();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut winners = [0; 4];
    for round in 0..ROUNDS {
        let round = usize::try_from(round).unwrap();
        let all: Vec<usize> = (0..4).filter(|thread| won[*thread][round]).collect();
        assert_eq!(all.len(), 1, "round {round}: {all:?}");
        winners[all[0]] += 1;
    }
    println!("rounds won by each thread: {winners:?}");
}

#[test]
fn what_is_stored_and_for_how_long() {
    let server = Server::start(&[]);
    let store = RedisReplayStore::new(&server.at()).unwrap();
    assert_eq!(store.record(proof(1), seconds(30), seconds(0)), Ok(Recorded::New));
    assert_eq!(store.record(proof(1), seconds(30), seconds(1)), Ok(Recorded::Before));
    assert_eq!(store.record(proof(2), seconds(0), seconds(0)), Ok(Recorded::New));
    let keys = server.ask("KEYS *");
    let keys: Vec<&str> = keys.lines().filter(|line| line.starts_with("taper:")).collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let lives: Vec<u32> = keys
        .iter()
        .map(|key| {
            // A digest, and nothing of a token.
            assert_eq!(key.len(), "taper:replay:".len() + 43);
            let left = server.ask(&format!("PTTL {key}"));
            left.lines().next().unwrap().trim_start_matches(':').trim().parse().unwrap()
        })
        .collect();
    // The last second, and a minute for clocks that differ.
    for asked in [0_u32, 30] {
        let most = (asked + 61) * 1000;
        assert!(lives.iter().any(|left| (most - 20_000..=most).contains(left)), "{lives:?}");
    }
}

#[test]
fn a_server_that_goes_and_comes_back() {
    let server = Server::start(&[]);
    let port = server.port;
    let store = RedisReplayStore::new(&server.at()).unwrap();
    assert_eq!(store.record(proof(1), seconds(30), seconds(0)), Ok(Recorded::New));
    drop(server);
    for n in 2..5 {
        assert!(failed(store.record(proof(n), seconds(30), seconds(0))));
    }
    let server = Server::start_at(port, &[]);
    // At the first attempt, also where the last one had an open connection.
    assert_eq!(store.record(proof(5), seconds(30), seconds(0)), Ok(Recorded::New));
    drop(server);
    let server = Server::start_at(port, &[]);
    assert_eq!(store.record(proof(6), seconds(30), seconds(0)), Ok(Recorded::New));
    assert_eq!(store.record(proof(6), seconds(30), seconds(0)), Ok(Recorded::Before));
    drop(server);
}

#[test]
fn a_server_that_evicts_is_refused() {
    for (policy, refused) in [("allkeys-lru", true), ("volatile-ttl", true), ("noeviction", false)]
    {
        let server = Server::start(&["--maxmemory", "100mb", "--maxmemory-policy", policy]);
        let store = RedisReplayStore::new(&server.at()).unwrap();
        let recorded = store.record(proof(1), seconds(30), seconds(0));
        assert_eq!(failed(recorded.clone()), refused, "{policy}: {recorded:?}");
        assert_eq!(store.check().is_err(), refused);
    }
    // Full, and told so.
    let server = Server::start(&["--maxmemory", "1", "--maxmemory-policy", "noeviction"]);
    let store = RedisReplayStore::new(&server.at()).unwrap();
    assert!(failed(store.record(proof(1), seconds(30), seconds(0))));
}

#[test]
fn passwords() {
    let server = Server::start(&["--requirepass", "hunter2"]);
    let mut redis = server.at();
    let record = |redis: &policy::Redis| {
        RedisReplayStore::new(redis).unwrap().record(proof(1), seconds(30), seconds(0))
    };
    assert!(failed(record(&redis)));
    redis.password = Some(Zeroizing::new("wrong".into()));
    let told = record(&redis).unwrap_err().to_string();
    assert!(!told.contains("wrong"), "{told}");
    redis.password = Some(Zeroizing::new("hunter2".into()));
    assert_eq!(record(&redis), Ok(Recorded::New));
}

#[test]
fn a_user_with_just_enough_rights() {
    let user = ["--user", "guard", "on", ">hunter2", "~taper:replay:*", "+set", "+info"];
    let server = Server::start(&user);
    let mut redis = server.at();
    redis.username = Some("guard".into());
    redis.password = Some(Zeroizing::new("hunter2".into()));
    let store = RedisReplayStore::new(&redis).unwrap();
    assert_eq!(store.record(proof(1), seconds(30), seconds(0)), Ok(Recorded::New));
    assert_eq!(store.record(proof(1), seconds(30), seconds(0)), Ok(Recorded::Before));
}

/// A server that speaks no TLS is none where TLS is asked for.
#[test]
fn tls_is_not_left_out() {
    let server = Server::start(&[]);
    let redis = policy::Redis::at(format!("rediss://127.0.0.1:{}/0", server.port));
    let store = RedisReplayStore::new(&redis).unwrap();
    assert!(failed(store.record(proof(1), seconds(30), seconds(0))));
    assert!(server.ask("KEYS *").starts_with("*0"));
}

/// It takes connections and answers nothing, or nonsense.
#[test]
fn a_server_that_does_not_answer() {
    for answer in [None, Some("nonsense\r\n"), Some("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut redis = at(listener.local_addr().unwrap().port());
        redis.timeout = Duration::from_millis(100);
        redis.connect_timeout = Duration::from_millis(300);
        std::thread::spawn(move || {
            let mut open = vec![];
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if let Some(answer) = answer {
                    let _ = stream.write_all(answer.as_bytes());
                }
                open.push(stream);
            }
        });
        let store = RedisReplayStore::new(&redis).unwrap();
        let since = Instant::now();
        assert!(failed(store.record(proof(1), seconds(30), seconds(0))), "{answer:?}");
        // Not how fast it is, but that it ends at all: without the timeouts it does not.
        assert!(since.elapsed() < Duration::from_secs(20));
    }
}

/// The same call at two guards with one policy, and what becomes of it when the server is away.
#[test]
fn two_guards_with_one_policy() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key.jwk"), key(1).public_key().to_jwk()).unwrap();
    let text = format!(
        "replicas = 2\n[[anchors]]\nissuer = \"{ISSUER}\"\nkey_file = \"key.jwk\"\n\
         [upstreams.one]\ncommand = [\"a\"]\n[tools.look]\nidempotent = true\n\
         [replay.redis]\nurl = \"redis://127.0.0.1:{}/0\"\n",
        server.port
    );
    let path = folder.path().join("policy.toml");
    fs::write(&path, text).unwrap();
    let guards = [(); 2].map(|()| policy::Current::load(&path).unwrap().running().guard());
    let now = Timestamp::from_unix(NOW);
    let permitted = |guard: &Guard, call: &str| match guard.decide(call.as_bytes(), now) {
        Decision::Call(_) => "permitted",
        Decision::Answer(_, denial) => denial.code(),
        other => panic!("{other:?}"),
    };
    for _ in 0..50 {
        let call = call("change");
        let mut both = std::thread::scope(|scope| {
            let threads = guards.each_ref().map(|guard| scope.spawn(|| permitted(guard, &call)));
            threads.map(|thread| thread.join().unwrap())
        });
        both.sort_unstable();
        assert_eq!(both, ["permitted", "proof_replayed"]);
    }
    drop(server);
    for guard in &guards {
        assert_eq!(permitted(guard, &call("change")), "replay_store_failed");
        assert_eq!(permitted(guard, &call("look")), "permitted");
    }
}

/// A call with a new proof.
fn call(tool: &str) -> String {
    let now = Timestamp::from_unix(NOW);
    let grant = Grant::to(key(2).public_key().clone())
        .tool(tool, ConstraintMap::unrestricted())
        .expires_in(Duration::from_secs(600));
    let chain = Issuer::new(ISSUER, key(1)).unwrap().issue(grant, now).unwrap();
    let call = Invocation::from_json(tool, b"{}").unwrap();
    let proof = chain.prove(&key(2), &call, &ProofOptions::default(), now).unwrap();
    format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"{tool}","_meta":{{"{PRESENTATION_KEY}":{proof}}}}}}}"#
    )
}
