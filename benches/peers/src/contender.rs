//! One way to decide a call, and the proof that it decides.

/// The two calls of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Within what the chain grants.
    Granted,
    /// One argument above what the last hop grants.
    Violating,
}

impl Call {
    /// The argument that tells the two apart.
    pub const fn head(self) -> u32 {
        match self {
            Self::Granted => 20,
            Self::Violating => 5000,
        }
    }
}

/// The highest value of `head` that the token at this place in the chain grants, the root being 0.
pub fn highest_head(hop: u8) -> u32 {
    1000 - u32::from(hop)
}

/// Decides one call from bytes on the wire.
pub type Decide = Box<dyn Fn(&[u8], Call) -> bool>;

/// A kind of token, with the bytes that it puts on the wire for the scenario.
pub struct Contender {
    /// As the table names it.
    pub name: &'static str,
    /// What is sent for [`Call::Granted`].
    pub granted: Vec<u8>,
    /// What is sent for [`Call::Violating`]: the same chain, with the best proof that its holder can
    /// make.
    pub violating: Vec<u8>,
    /// What must be denied though the call is granted, with what was done to it.
    pub forged: Vec<(&'static str, Vec<u8>)>,
    /// Whether the holder proves possession of a key.
    pub proves: bool,
    /// From `granted` or `violating` to a verdict.
    pub decide: Decide,
}

impl Contender {
    /// The reasons why this contender's number would mean nothing; none when it decides as it should.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(self.decide)(&self.granted, Call::Granted) {
            faults.push("denies what is granted".to_owned());
        }
        if (self.decide)(&self.violating, Call::Violating) {
            faults.push("permits a violated constraint".to_owned());
        }
        if (self.decide)(&self.granted, Call::Violating) {
            faults.push("permits another call than the one sent".to_owned());
        }
        for (what, bytes) in &self.forged {
            if (self.decide)(bytes, Call::Granted) {
                faults.push(format!("permits {what}"));
            }
        }
        for (position, bytes) in self.tampered() {
            if (self.decide)(&bytes, Call::Granted) {
                faults.push(format!("permits a bit flipped at byte {position}"));
            }
        }
        faults
    }

    /// What is sent, with one bit flipped at 64 places spread over it.
    fn tampered(&self) -> impl Iterator<Item = (usize, Vec<u8>)> {
        let length = self.granted.len();
        (0..64).map(move |n| {
            let position = n * length / 64;
            let mut bytes = self.granted.clone();
            bytes[position] ^= 1;
            (position, bytes)
        })
    }
}
