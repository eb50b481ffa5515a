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

#[cfg(test)]
mod tests {
    use super::*;

    /// Permits `granted` alone, but for what `wrong` says.
    fn contender(wrong: fn(&[u8], Call) -> Option<bool>) -> Contender {
        Contender {
            name: "made up",
            granted: vec![2; 100],
            violating: vec![4; 100],
            forged: vec![("a forgery", vec![6; 100])],
            proves: true,
            decide: Box::new(move |bytes, call| {
                wrong(bytes, call).unwrap_or(call == Call::Granted && bytes == [2; 100])
            }),
        }
    }

    #[test]
    fn whoever_does_not_deny_is_void() {
        let faults = |wrong| contender(wrong).faults();
        assert_eq!(faults(|_, _| None), [""; 0]);
        assert_eq!(faults(|_, _| Some(false)), ["denies what is granted"]);
        let violated = faults(|bytes, _| (bytes == [4; 100]).then_some(true));
        assert_eq!(violated, ["permits a violated constraint"]);
        let other = faults(|bytes, _| (bytes == [2; 100]).then_some(true));
        assert_eq!(other, ["permits another call than the one sent"]);
        assert_eq!(faults(|bytes, _| (bytes == [6; 100]).then_some(true)), ["permits a forgery"]);
        let flipped = faults(|bytes, _| (bytes[50] == 3).then_some(true));
        assert_eq!(flipped, ["permits a bit flipped at byte 50"]);
    }
}
