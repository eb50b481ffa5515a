//! Grants, derivations, calls and forged chains made of dice, small enough to meet each other
//! often. The one set of generators for all tests that draw.

mod call;
mod chain;
mod constraint;
mod forged;
mod mutation;

pub use call::{beyond, invocation, permitted};
pub use chain::{derive, grant};
pub use constraint::{capabilities, constraint, narrower};
pub use forged::{forgery, prove};
pub use mutation::mutation;

use taper::Value;

/// Numbers drawn from bytes, the same for the same bytes.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
    /// What is rolled first, the next number last.
    rolls: Vec<u8>,
    values: &'static [&'static str],
}

impl Dice {
    /// Dice that roll as `bytes` say, with values of all sorts.
    pub fn new(bytes: &[u8]) -> Self {
        let fold =
            |state: u64, byte: &u8| (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let state = bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold) | 1;
        Self { state, rolls: Vec::new(), values: &VALUES }
    }

    /// Dice that roll the bytes themselves, as long as there are any, so that a fuzzer sees what
    /// changing one does.
    pub fn rolling(bytes: &[u8]) -> Self {
        Self { rolls: bytes.iter().rev().copied().collect(), ..Self::new(bytes) }
    }

    /// With no other numbers than integers that fit in 64 bits.
    #[must_use]
    pub fn of_integers(mut self) -> Self {
        self.values = &INTEGERS;
        self
    }

    /// Dice that roll other numbers.
    pub fn reversed(&self) -> Self {
        Self { state: self.state.reverse_bits() | 1, rolls: Vec::new(), values: self.values }
    }

    /// A number below `below`, which is not 0.
    pub fn below(&mut self, below: usize) -> usize {
        let low = self.rolls.pop().map(usize::from);
        if let Some(low) = low {
            let high = if below > 256 { self.rolls.pop().map_or(0, usize::from) } else { 0 };
            return (high * 256 + low) % below;
        }
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from((self.state >> 8) % u64::try_from(below).unwrap()).unwrap()
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of `of`, which is not empty.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// About half of `of`.
    pub fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.below(2) == 0).cloned().collect()
    }

    /// All values that can be drawn.
    pub fn universe(&self) -> Vec<Value> {
        self.values.iter().map(|text| read(text)).collect()
    }

    /// One value.
    pub fn value(&mut self) -> Value {
        let values = self.values;
        read(values[self.below(values.len())])
    }

    /// Up to four values.
    pub fn values(&mut self) -> Vec<Value> {
        (0..self.below(5)).map(|_| self.value()).collect()
    }
}

const TOOLS: [&str; 3] = ["s", "t", "\u{fc}"];
const ARGUMENTS: [&str; 4] = ["a", "b", "\u{10000}", "\u{ffff}"];

const VALUES: [&str; 16] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-3",
    "0.5",
    "9007199254740992",
    "1e300",
    r#""a""#,
    r#""b""#,
    r#""""#,
    "[]",
    r#"["a"]"#,
    r#"["a",1,"b"]"#,
    r#"{"b":1,"a":[{"x":null}]}"#,
];

const INTEGERS: [&str; 16] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-3",
    "2",
    "9007199254740992",
    "-9007199254740992",
    r#""a""#,
    r#""b""#,
    r#""""#,
    "[]",
    r#"["a"]"#,
    r#"["a",1,"b"]"#,
    r#"{"b":1,"a":[{"x":null}]}"#,
];

fn read(text: &str) -> Value {
    Value::from_json(text.as_bytes()).unwrap()
}
