//! Writes seeds for the fuzz targets from the test vectors: `fuzzseeds VECTORS CORPUS`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use std::{
    env,
    error::Error,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};
use taper_testkit::{Forgery, compact::CompactForgery};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let [vectors, corpus]: [PathBuf; 2] = env::args_os()
        .skip(1)
        .map(PathBuf::from)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: fuzzseeds VECTORS CORPUS")?;
    let mut seeds = Seeds { corpus, count: 0 };
    for file in json_files(&vectors)? {
        let vectors: Value = serde_json::from_slice(&fs::read(file)?)?;
        for vector in vectors["vectors"].as_array().into_iter().flatten() {
            seeds.of_vector(vector)?;
        }
    }
    // Behind the signatures.
    let Forgery { mut tokens, proof } = Forgery::good();
    for token in &tokens {
        seeds.write("payload", token.payload.as_bytes())?;
    }
    tokens.push(proof);
    let lines: Vec<String> =
        tokens.into_iter().map(|jws| format!("{}\n{}\n", jws.header, jws.payload)).collect();
    seeds.write("jws", lines.concat().as_bytes())?;
    let compact = CompactForgery::good();
    let mut bodies: Vec<Vec<u8>> = compact.tokens.into_iter().map(|token| token.body).collect();
    for body in &bodies {
        seeds.write("body", body)?;
    }
    bodies.extend(compact.proof.map(|proof| proof.body));
    seeds.write("compact", &bodies.join(&[0xff, 0xff][..]))?;
    println!("{} seeds", seeds.count);
    Ok(())
}

struct Seeds {
    corpus: PathBuf,
    count: usize,
}

impl Seeds {
    fn of_vector(&mut self, vector: &Value) -> Outcome<()> {
        let text = |member: &str| vector[member].as_str();
        let id = text("id").unwrap_or_default();
        match &vector["presentation"] {
            Value::String(compact) => {
                self.write("presentation", compact.as_bytes())?;
                if let Ok(frame) = URL_SAFE_NO_PAD.decode(compact) {
                    self.write("presentation", &frame)?;
                }
            }
            Value::Null => {}
            jws => {
                self.write("presentation", jws.to_string().as_bytes())?;
                if let Some(lines) = lines(jws) {
                    self.write("jws", lines.as_bytes())?;
                }
                for token in jws["aat_chain"].as_array().into_iter().flatten() {
                    let payload = token.as_str().and_then(|token| token.split('.').nth(1));
                    if let Some(Ok(payload)) = payload.map(|text| URL_SAFE_NO_PAD.decode(text)) {
                        self.write("payload", &payload)?;
                    }
                }
            }
        }
        if let Some(input) = text("input") {
            self.write(if id.starts_with("keys") { "keys" } else { "json" }, input.as_bytes())?;
        }
        for member in ["constraint", "value", "parent", "child", "args_json"] {
            if let Some(text) = text(member) {
                self.write("json", text.as_bytes())?;
            }
        }
        if let (Some(parent), Some(child)) = (text("parent"), text("child")) {
            let [parent, child] = [parent, child].map(|entry| match text("level") {
                Some("arguments") => format!(r#"{{"t":{entry}}}"#),
                Some("tools") => entry.into(),
                _ => format!(r#"{{"t":{{"x":{entry}}}}}"#),
            });
            self.write("narrows", format!("{parent}\n{child}\n{{\"x\":\"a\"}}").as_bytes())?;
        }
        let hex = |member: &str| text(member).and_then(|text| hex::decode(text).ok());
        if let (Some(key), Some(signature), Some(message)) =
            (hex("public_key_hex"), hex("signature_hex"), hex("message_hex"))
        {
            self.write("keys", &[key, signature, message].concat())?;
        }
        Ok(())
    }

    /// By a name that follows from the bytes, so that a seed is written once.
    fn write(&mut self, target: &str, bytes: &[u8]) -> Outcome<()> {
        let mut hash = DefaultHasher::new();
        bytes.hash(&mut hash);
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("vector-{:016x}", hash.finish())), bytes)?;
        self.count += 1;
        Ok(())
    }
}

/// Headers and payloads of a presentation, as the target `jws` takes them.
fn lines(presentation: &Value) -> Option<String> {
    let mut lines = vec![];
    for jws in presentation["aat_chain"].as_array()?.iter().chain([&presentation["aat_pop"]]) {
        let mut parts = jws.as_str()?.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
        let [Some(Ok(header)), Some(Ok(payload))] = [parts.next(), parts.next()] else {
            return None;
        };
        let [header, mut payload] = [header, payload].map(String::from_utf8);
        for (member, stands) in [("par_hash", "$PARENT"), ("aat_hash", "$LEAF")] {
            // Another token's digest is that of another text here.
            let read: Value = serde_json::from_str(payload.as_ref().ok()?).ok()?;
            if let Some(digest) = read[member].as_str() {
                payload = payload.map(|text| text.replace(digest, stands));
            }
        }
        lines.extend([header.ok()?, payload.ok()?]);
    }
    Some(lines.join("\n"))
}

fn json_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(json_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
