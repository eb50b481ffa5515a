//! A moment's measurement of what a verifier does most.

use crate::failure::Failure;
use sha2::{Digest, Sha256, Sha512};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use taper::{Signer as _, SigningKey};

/// How long each is measured.
const MOMENT: Duration = Duration::from_millis(40);

/// In microseconds.
pub(crate) struct Speed {
    /// One signature over 200 bytes.
    pub(crate) signature: f64,
    /// A digest of 1 KiB.
    pub(crate) sha256: f64,
    /// A digest of 1 KiB.
    pub(crate) sha512: f64,
}

impl Speed {
    pub(crate) fn measure() -> Result<Self, Failure> {
        let key = SigningKey::from_seed(&[1; 32]);
        let message = [7; 200];
        let signature = key.sign(&message).map_err(Failure::new)?;
        let check = || key.public_key().verify(black_box(&message), black_box(&signature));
        Ok(Self {
            signature: each(check),
            sha256: each(hash::<Sha256>),
            sha512: each(hash::<Sha512>),
        })
    }

    /// A digest of 1 KiB takes a fiftieth of a signature check in a good build, a tenth without any
    /// help of the processor, and more than a whole one in a build gone wrong.
    pub(crate) fn hashes_too_slowly(&self) -> bool {
        self.sha256.max(self.sha512) > self.signature / 2.0
    }
}

fn hash<D: Digest>() -> bool {
    black_box(D::digest(black_box([7; 1024]))).is_empty()
}

/// The fastest of many runs: whatever else the machine does can only slow one down.
fn each(run: impl Fn() -> bool) -> f64 {
    let start = Instant::now();
    let mut best = Duration::MAX;
    while start.elapsed() < MOMENT {
        let begun = Instant::now();
        black_box(run());
        best = best.min(begun.elapsed());
    }
    best.as_secs_f64() * 1e6
}
