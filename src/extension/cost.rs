//! What a type's rules cost: stated as a bound, counted as they run (AAT-02 5.1, 9.6).

/// What a type states about the cost of its rules, in steps. The size that a bound is taken at is
/// the number of bytes of the inputs' canonical JSON: the constraint and the value for `accepts`,
/// both constraints for the rules of narrowing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The most that looking at one value takes.
    pub accepts: StepBound,
    /// The most that one comparison of two constraints takes, the other being of any type.
    pub narrows: StepBound,
}

/// A polynomial of one term and a constant: at most `factor * size^degree + fixed` steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepBound {
    factor: u64,
    degree: u32,
    fixed: u64,
}

impl StepBound {
    /// At most `per_byte` steps for each byte of input, and `fixed` more.
    pub const fn linear(per_byte: u64, fixed: u64) -> Self {
        Self { factor: per_byte, degree: 1, fixed }
    }

    /// At most `factor * size^degree + fixed` steps.
    pub const fn polynomial(factor: u64, degree: u32, fixed: u64) -> Self {
        Self { factor, degree, fixed }
    }

    /// The most steps for an input of `size` bytes.
    ///
    /// ```
    /// use taper::extension::StepBound;
    ///
    /// assert_eq!(StepBound::linear(2, 10).at(100), 210);
    /// ```
    pub fn at(&self, size: usize) -> u64 {
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        self.factor.saturating_mul(size.saturating_pow(self.degree)).saturating_add(self.fixed)
    }
}

/// Counts the steps that a rule takes: one for each byte, or other small thing, each time that it
/// is looked at. [`soundness`](super::soundness) holds a type to what it stated; and when a token
/// is held against its parent, sixteen steps count as one comparison
/// ([`Limits::max_comparisons`](crate::Limits)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    steps: u64,
}

impl Work {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts `steps` more.
    pub fn add(&mut self, steps: usize) {
        self.steps = self.steps.saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// The steps counted so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }
}
