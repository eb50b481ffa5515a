//! A chain in the hands of its holder.

use crate::{
    authority::check_authority,
    chain::{Presentation, UnverifiedChain, UnverifiedProof, digest},
    codec::jws::{Envelope, Kind, seal, write_presentation},
    denied::{Denied, Place, Reason},
    derive::Derivation,
    key::Signer,
    limits::Limits,
    model::{Claims, Digest, Invocation},
    pop::{ProofOptions, ProveError},
    step::Step,
    time::Timestamp,
};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};

/// A chain that its holder derives from and proves possession for.
///
/// Holders need no trust anchors: what a holder believes of its own chain convinces nobody, since
/// every enforcement point verifies it anew.
#[derive(Clone, Debug)]
pub struct HeldChain {
    tokens: Vec<String>,
    leaf: Claims,
    digest: Digest,
    limits: Limits,
}

impl HeldChain {
    /// Takes a chain as received from whoever delegated it.
    ///
    /// # Errors
    ///
    /// When a token cannot be read. Signatures and narrowing are not checked.
    ///
    /// ```no_run
    /// use taper::{HeldChain, Limits};
    ///
    /// let text = std::fs::read("chain.json")?;
    /// let chain = HeldChain::from_json(&text, &Limits::default())?;
    /// println!("expires at {}", chain.leaf().expires_at());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(text: &[u8], limits: &Limits) -> Result<Self, Denied> {
        Self::from_chain(&UnverifiedChain::from_json(text, limits)?, limits)
    }

    /// Takes a chain that is split already.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json).
    pub fn from_chain(chain: &UnverifiedChain<'_>, limits: &Limits) -> Result<Self, Denied> {
        let empty = || Denied::new(Step::ChainEmpty, Place::Presentation, Reason::ChainEmpty);
        let leaf = chain.claims_unverified(limits)?.pop().ok_or_else(empty)?;
        let tokens: Vec<String> = chain.tokens().map(ToOwned::to_owned).collect();
        let text = tokens.last().ok_or_else(empty)?;
        let envelope = Envelope::split(text)
            .map_err(|fault| Denied::new(Step::TokenIds, Place::Presentation, fault))?;
        let digest = digest(envelope.signing_input);
        Ok(Self {
            digest,
            leaf,
            limits: limits.clone(),
            tokens,
        })
    }

    /// A root, fresh from its issuer.
    pub(crate) fn from_root(token: String, leaf: Claims, limits: Limits) -> Self {
        let digest = signing_input_digest(&token);
        Self {
            tokens: vec![token],
            leaf,
            digest,
            limits,
        }
    }

    pub(crate) fn extended(&self, token: String, leaf: Claims) -> Self {
        let digest = signing_input_digest(&token);
        let mut tokens = self.tokens.clone();
        tokens.push(token);
        Self {
            tokens,
            leaf,
            digest,
            limits: self.limits.clone(),
        }
    }

    /// The tokens in JWS compact serialization, root first.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// What the last token says.
    pub fn leaf(&self) -> &Claims {
        &self.leaf
    }

    /// SHA-256 of the last token's signing input: what children and proofs commit to.
    pub fn leaf_digest(&self) -> &Digest {
        &self.digest
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The chain as a JSON object with the member `aat_chain`, to hand to its holder.
    pub fn to_json(&self) -> String {
        write_presentation(&self.tokens, None)
    }

    /// The chain as a verifier takes it.
    pub fn as_unverified(&self) -> UnverifiedChain<'_> {
        UnverifiedChain::from_tokens(self.tokens.iter().map(String::as_str))
    }

    /// Starts deriving a narrower token, signed by `holder`, the leaf's holder.
    ///
    /// ```
    /// use core::time::Duration;
    /// use taper::{
    ///     ConstraintMap, Grant, Issuer, SigningKey, Timestamp, exact, one_of,
    /// };
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let now = Timestamp::from_unix(1_704_067_500);
    /// let [issuer, planner, reader] =
    ///     [SigningKey::generate()?, SigningKey::generate()?, SigningKey::generate()?];
    /// let files = ConstraintMap::new().require("path", one_of(["q3.pdf", "q4.pdf"])?);
    /// let root = Issuer::new("https://auth.example.com", &issuer)?.issue(
    ///     Grant::to(planner.public_key().clone())
    ///         .tool("read_file", files)
    ///         .expires_in(Duration::from_secs(3600))
    ///         .max_depth(3),
    ///     now,
    /// )?;
    /// let leaf = root
    ///     .derive(&planner)
    ///     .to(reader.public_key().clone())
    ///     .narrow("read_file", "path", exact("q3.pdf")?)
    ///     .expires_in(Duration::from_secs(300))
    ///     .sign(now)?;
    /// assert_eq!(leaf.leaf().depth(), 1);
    ///
    /// // What would widen is refused here, with the reason that a verifier would give.
    /// let wider = leaf
    ///     .derive(&reader)
    ///     .to(planner.public_key().clone())
    ///     .narrow("read_file", "path", exact("q4.pdf")?)
    ///     .sign(now);
    /// assert!(wider.unwrap_err().to_string().contains("does not narrow"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn derive<'a, S: Signer>(&'a self, holder: &'a S) -> Derivation<'a, S> {
        Derivation::new(self, holder)
    }

    /// Proves possession for one call and gives the presentation as JSON (AAT-02 7.2, 7.4).
    ///
    /// # Errors
    ///
    /// When `holder` is not the leaf's holder, when the leaf does not authorize the call (a
    /// verifier would deny it), or when the key cannot sign.
    pub fn prove(
        &self,
        holder: &impl Signer,
        call: &Invocation,
        options: &ProofOptions,
        now: Timestamp,
    ) -> Result<String, ProveError> {
        check_authority(&self.leaf, call)?;
        let proof = self.prove_unchecked(holder, call, options, now)?;
        Ok(write_presentation(&self.tokens, Some(&proof)))
    }

    /// The proof alone, in JWS compact serialization, for a call that need not be authorized: a
    /// verifier denies those that are not.
    ///
    /// # Errors
    ///
    /// When `holder` is not the leaf's holder, or when the key cannot sign.
    pub fn prove_unchecked(
        &self,
        holder: &impl Signer,
        call: &Invocation,
        options: &ProofOptions,
        now: Timestamp,
    ) -> Result<String, ProveError> {
        if holder.public_key() != self.leaf.holder() {
            return Err(ProveError::NotHolder);
        }
        let id = options.id_or_fresh(now)?;
        let payload = options.payload(&id, &self.leaf, &self.digest, call, now);
        Ok(seal(Kind::Proof, &payload, holder)?)
    }

    /// The presentation of a proof made by [`prove_unchecked`](Self::prove_unchecked).
    pub fn present(&self, proof: String) -> Presentation<'_> {
        Presentation::new(self.as_unverified(), UnverifiedProof::from_jws(proof))
    }
}

/// INVARIANT: `token` was just sealed, so it splits.
fn signing_input_digest(token: &str) -> Digest {
    digest(
        token
            .rsplit_once('.')
            .map_or("", |(signing_input, _)| signing_input),
    )
}
