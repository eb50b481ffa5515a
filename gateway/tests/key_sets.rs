//! Key sets that are fetched: rotation, servers that fail, keys that grow old.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use taper_gateway::policy::{Current, Event};
use taper_testkit::{ISSUER, key, x};

/// An HTTP server whose answer a test sets; `None` closes the connection.
struct Server {
    url: String,
    answer: Arc<Mutex<Option<String>>>,
    asked: Arc<Mutex<u32>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let server = Self { url, answer: Arc::default(), asked: Arc::default() };
        let (answer, asked) = (Arc::clone(&server.answer), Arc::clone(&server.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(&stream).lines();
                let first = lines.map(Result::unwrap).take_while(|line| !line.is_empty()).next();
                assert!(first.unwrap().starts_with("GET /jwks.json "));
                *asked.lock().unwrap() += 1;
                if let Some(answer) = &*answer.lock().unwrap() {
                    let _ = stream.write_all(answer.as_bytes());
                }
            }
        });
        server
    }

    fn answer(&self, head: &str, body: &str) {
        let length = body.len();
        let text = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}");
        *self.answer.lock().unwrap() = Some(text);
    }

    fn keys(&self, keys: &[u8]) {
        let jwk =
            |n: &u8| format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{n}","x":"{}"}}"#, x(*n));
        let keys: Vec<String> = keys.iter().map(jwk).collect();
        self.answer("200 OK", &format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    }

    fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }
}

fn policy(folder: &tempfile::TempDir, server: &Server, more: &str) -> PathBuf {
    let path = folder.path().join("policy.toml");
    let text = format!(
        "[[anchors]]\nissuer = \"{ISSUER}\"\njwks_url = \"{}\"\nrefresh = \"1m\"\n{more}\n\
         [upstreams.one]\ncommand = [\"a\"]\n",
        server.url
    );
    fs::write(&path, text).unwrap();
    path
}

fn trusted(current: &Current) -> Vec<u8> {
    let anchors = current.running().verifier().anchors();
    let number = |anchor: &taper::TrustAnchor| {
        assert_eq!(anchor.issuer(), ISSUER);
        (1..9).find(|n| key(*n).public_key() == anchor.key()).unwrap()
    };
    anchors.iter().map(number).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn keys_change_and_are_kept() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start());
    let mut current = Current::load(policy(&folder, &server, "")).unwrap();
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let runtime = runtime();
    let fetch = |current: &mut Current, seconds| {
        let events = runtime.block_on(current.fetch(at(seconds)));
        let name = |event: &Event| match event {
            Event::Changed(_) => "changed".to_owned(),
            Event::NotFetched(_, error) => error.to_string(),
            other => panic!("{other:?}"),
        };
        events.iter().map(name).collect::<Vec<_>>().join("; ")
    };
    // Nobody is there at first.
    assert!(fetch(&mut current, 0).contains("no answer"));
    assert!(trusted(&current).is_empty());
    let set = Arc::clone(&current.running().key_sets()[0]);
    assert_eq!(set.age(at(0)), None);
    server.keys(&[1]);
    assert_eq!(fetch(&mut current, 29), "");
    assert_eq!(fetch(&mut current, 30), "changed");
    assert_eq!(trusted(&current), [1]);
    // The same again is no change, and is asked for in time.
    assert_eq!((fetch(&mut current, 89), server.asked()), (String::new(), 2));
    assert_eq!((fetch(&mut current, 90), server.asked()), (String::new(), 3));
    assert_eq!(set.age(at(100)), Some(Duration::from_secs(10)));
    // A second key while the first is still good, and then alone.
    server.keys(&[1, 2]);
    assert_eq!(fetch(&mut current, 150), "changed");
    assert_eq!(trusted(&current), [1, 2]);
    server.keys(&[2]);
    assert_eq!(fetch(&mut current, 210), "changed");
    assert_eq!(trusted(&current), [2]);
    // Whatever goes wrong, they stay.
    let mut time = 210;
    for (head, body, part) in [
        ("500 Internal Server Error", "", "status 500"),
        ("302 Found\r\nlocation: /other", "", "status 302"),
        ("200 OK", "<html>", "no key set"),
        ("200 OK", r#"{"keys":[]}"#, "no Ed25519 key"),
        ("200 OK", r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"}]}"#, "private"),
        ("200 OK", &" ".repeat(2 << 20), "no answer"),
    ] {
        time += 60;
        server.answer(head, body);
        let told = fetch(&mut current, time);
        assert!(told.contains(part), "{head} {told}");
        assert_eq!(trusted(&current), [2]);
    }
    assert_eq!(set.age(at(time)), Some(Duration::from_secs(time - 210)));
}

#[test]
fn keys_that_are_too_old() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start());
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let runtime = runtime();
    for (more, after) in [("max_age = \"5m\"", vec![]), ("", vec![1])] {
        let mut current = Current::load(policy(&folder, &server, more)).unwrap();
        server.keys(&[1]);
        runtime.block_on(current.fetch(at(0)));
        assert_eq!(trusted(&current), [1]);
        server.answer("503 Service Unavailable", "");
        runtime.block_on(current.fetch(at(300)));
        assert_eq!(trusted(&current), [1]);
        runtime.block_on(current.fetch(at(301)));
        assert_eq!(trusted(&current), after, "{more}");
        // And they come back.
        server.keys(&[1]);
        runtime.block_on(current.fetch(at(400)));
        assert_eq!(trusted(&current), [1]);
    }
}

#[test]
fn a_reload_keeps_what_was_fetched() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Server::start());
    let mut current = Current::load(policy(&folder, &server, "")).unwrap();
    server.keys(&[1]);
    runtime().block_on(current.fetch(Instant::now()));
    assert_eq!(trusted(&current), [1]);
    policy(&folder, &server, "# another text");
    current.reload().unwrap();
    assert_eq!((trusted(&current), server.asked()), (vec![1], 1));
    // Another way of fetching is another set.
    policy(&folder, &server, "timeout = \"7s\"");
    current.reload().unwrap();
    assert!(trusted(&current).is_empty());
}

#[test]
fn a_server_that_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = Server { url, answer: Arc::default(), asked: Arc::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut current = Current::load(policy(&folder, &server, "timeout = \"100ms\"")).unwrap();
    let events = runtime().block_on(current.fetch(Instant::now()));
    let [Event::NotFetched(_, error)] = &*events else { panic!("{events:?}") };
    assert!(error.to_string().contains("within 100ms"), "{error}");
}
