#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::restriction, dead_code)]
#[path = "../benches/scenario/mod.rs"]
mod scenario;
use ed25519_dalek::{Signer as _, Verifier as _};
use scenario::{NOW, call, chain, key, verifier};
use std::hint::black_box;
use std::time::Instant;
use taper::{Presentation, Profile, ProofOptions, PublicKey, UnverifiedChain};

fn main() {
    let filter: Vec<String> = std::env::args().skip(1).collect();
    let mut ops: Vec<(String, Box<dyn FnMut()>)> = Vec::new();
    {
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
        let message = [7; 200];
        let signature = key.sign(&message);
        let public = key.verifying_key();
        ops.push((
            "floor".into(),
            Box::new(move || public.verify(black_box(&message), black_box(&signature)).unwrap()),
        ));
        let k = scenario::key(1);
        use taper::Signer as _;
        for n in [200usize, 1100] {
            let m = vec![7u8; n];
            let s = k.sign(&m).unwrap();
            let p = k.public_key().clone();
            ops.push((
                format!("ours/{n}"),
                Box::new(move || assert!(p.verify(black_box(&m), black_box(&s)))),
            ));
        }
        for n in [2usize, 3, 4, 5, 8, 16, 64] {
            let items: Vec<_> = (0..n as u8)
                .map(|i| {
                    let k = scenario::key(i + 1);
                    let m = vec![i; 200];
                    let s = k.sign(&m).unwrap();
                    (k.public_key().clone(), m, s)
                })
                .collect();
            ops.push((
                format!("batch/{n}"),
                Box::new(move || {
                    let it: Vec<_> = items
                        .iter()
                        .map(|(k, m, s)| taper::key::Signed { key: k, message: m, signature: s })
                        .collect();
                    assert!(taper::key::verify_batch(black_box(&it)));
                }),
            ));
        }
        let kk = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
        ops.push((
            "sign".into(),
            Box::new(move || {
                black_box(kk.sign(black_box(&message)));
            }),
        ));
    }
    {
        let bytes = *key(5).public_key().as_bytes();
        ops.push((
            "key".into(),
            Box::new(move || {
                PublicKey::from_bytes(black_box(&bytes)).unwrap();
            }),
        ));
    }
    for (profile, name) in [(Profile::Jws, "jws"), (Profile::Compact, "compact")] {
        for depth in [1u8, 3, 8] {
            let (ch, holder) = chain(profile, depth);
            let sent = ch.prove(&holder, &call(), &ProofOptions::default(), NOW).unwrap();
            let (v, call) = (verifier(), call());
            let limits = scenario::limits();
            if depth == 3 {
                let s2 = sent.clone();
                let l2 = limits.clone();
                ops.push((
                    format!("parse/{name}/{depth}"),
                    Box::new(move || {
                        black_box(Presentation::parse(black_box(s2.as_bytes()), &l2).unwrap());
                    }),
                ));
                let s2 = sent.clone();
                ops.push((
                    format!("read/{name}/{depth}"),
                    Box::new(move || {
                        let chain =
                            UnverifiedChain::parse(black_box(s2.as_bytes()), &limits).unwrap();
                        black_box(chain.claims_unverified(&limits).unwrap());
                    }),
                ));
                let verified = v.verify_chain(&ch.as_unverified(), NOW).unwrap();
                let proof =
                    ch.prove_unchecked(&holder, &call, &ProofOptions::default(), NOW).unwrap();
                let (v2, c2) = (verifier(), scenario::call());
                ops.push((
                    format!("warm/{name}/{depth}"),
                    Box::new(move || {
                        let checked = v2.check(&verified, black_box(&proof), &c2, NOW).unwrap();
                        v2.commit(checked, NOW).map(|_| ()).unwrap();
                    }),
                ));
                let (dchain, dholder) = chain(profile, 2);
                let next = key(77).public_key().clone();
                ops.push((
                    format!("derive/{name}/3"),
                    Box::new(move || {
                        let hop = dchain.derive(&dholder).to(next.clone());
                        let exact = taper::exact("/data/q3-report.pdf").unwrap();
                        black_box(
                            hop.narrow("read_file", "path", black_box(exact)).sign(NOW).unwrap(),
                        );
                    }),
                ));
                let chp = ch.clone();
                let c3 = scenario::call();
                let h3 = key(4);
                ops.push((
                    format!("prove/{name}/3"),
                    Box::new(move || {
                        black_box(chp.prove(&h3, &c3, &ProofOptions::default(), NOW).unwrap());
                    }),
                ));
            }
            ops.push((
                format!("cold/{name}/{depth}"),
                Box::new(move || {
                    let sent = Presentation::parse(black_box(sent.as_bytes()), v.limits()).unwrap();
                    v.authorize(&sent, &call, NOW).map(|_| ()).unwrap();
                }),
            ));
        }
    }
    let mut best = vec![f64::MAX; ops.len()];
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(300);
    for _ in 0..rounds {
        for (i, (name, op)) in ops.iter_mut().enumerate() {
            if i > 0 && !filter.is_empty() && !filter.iter().any(|f| name.contains(f)) {
                continue;
            }
            let n = 8;
            let t = Instant::now();
            for _ in 0..n {
                op();
            }
            best[i] = best[i].min(t.elapsed().as_secs_f64() * 1e6 / n as f64);
        }
    }
    for (i, (name, _)) in ops.iter().enumerate() {
        if best[i] < 1e12 {
            println!("{name:20} {:8.2} µs  {:.3} F", best[i], best[i] / best[0]);
        }
    }
}
