//! A chain in the hands of its holder.

use crate::{
    authority::check_authority,
    chain::{Presentation, UnverifiedChain, UnverifiedProof},
    codec::{
        Profile,
        wire::{Wire, to_text},
    },
    denied::{Denied, Place, Reason},
    extension::Extensions,
    key::Signer,
    limits::Limits,
    model::{Claims, Digest, Invocation},
    pop::{ProofOptions, ProveError},
    step::Step,
    terms::Terms,
    time::Timestamp,
};
use alloc::{string::String, vec::Vec};

/// A chain that its holder derives from and proves possession for.
///
/// Holders need no trust anchors: what a holder believes of its own chain convinces nobody, since
/// every enforcement point verifies it anew.
#[derive(Clone, Debug)]
pub struct HeldChain {
    wire: Wire<'static>,
    /// Root first; never empty.
    claims: Vec<Claims>,
    leaf: Claims,
    digest: Digest,
    limits: Limits,
    extensions: Extensions,
}

impl HeldChain {
    /// Takes a chain as received from whoever delegated it, in either profile.
    ///
    /// # Errors
    ///
    /// When a token cannot be read. Signatures and narrowing are not checked.
    ///
    /// ```no_run
    /// use taper::{HeldChain, Limits};
    ///
    /// let received = std::fs::read("chain.json")?;
    /// let chain = HeldChain::parse(&received, &Limits::default())?;
    /// println!("expires at {}", chain.leaf().expires_at());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse<'t>(bytes: &[u8], terms: impl Into<Terms<'t>>) -> Result<Self, Denied> {
        let terms = terms.into();
        Self::from_chain(UnverifiedChain::parse(bytes, terms.limits)?, terms)
    }

    /// Takes a chain that is split already.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn from_chain<'t>(
        chain: UnverifiedChain<'_>,
        terms: impl Into<Terms<'t>>,
    ) -> Result<Self, Denied> {
        let terms = terms.into();
        let empty = || Denied::new(Step::ChainEmpty, Place::Presentation, Reason::ChainEmpty);
        chain.check_sizes(terms.limits)?;
        let read = chain.0.read_unverified(terms)?;
        let (leaf, digest) = read.last().cloned().ok_or_else(empty)?;
        let claims = read.into_iter().map(|(claims, _)| claims).collect();
        let (limits, extensions) = (terms.limits.clone(), terms.extensions.clone());
        Ok(Self { wire: chain.0.into_owned(), claims, leaf, digest, limits, extensions })
    }

    /// A chain whose last token was just sealed, below `parents`.
    pub(crate) fn sealed(
        wire: Wire<'static>,
        parents: &[Claims],
        leaf: Claims,
        digest: Digest,
        terms: Terms<'_>,
    ) -> Self {
        let claims = parents.iter().chain([&leaf]).cloned().collect();
        let (limits, extensions) = (terms.limits.clone(), terms.extensions.clone());
        Self { wire, claims, leaf, digest, limits, extensions }
    }

    /// The profile that the chain is in, and that what is derived from it will be in.
    pub fn profile(&self) -> Profile {
        self.wire.profile()
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.wire.len()
    }

    /// Never: a held chain has at least its root.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What each token says, root first.
    pub fn claims(&self) -> &[Claims] {
        &self.claims
    }

    /// What the last token says.
    pub fn leaf(&self) -> &Claims {
        &self.leaf
    }

    /// SHA-256 of the last token's signing input: what children and proofs commit to.
    pub fn leaf_digest(&self) -> &Digest {
        &self.digest
    }

    pub(crate) fn terms(&self) -> Terms<'_> {
        Terms::new(&self.limits, &self.extensions)
    }

    pub(crate) fn wire(&self) -> &Wire<'static> {
        &self.wire
    }

    /// The chain as text, to hand to its holder: a JSON object with the member `aat_chain`, or the
    /// compact profile's base64url.
    pub fn to_text(&self) -> String {
        to_text(self.profile(), self.to_bytes())
    }

    /// The chain as bytes: the JSON text, or the compact profile's raw bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.wire.write(None).unwrap_or_default()
    }

    /// The chain as a verifier takes it.
    pub fn as_unverified(&self) -> UnverifiedChain<'_> {
        UnverifiedChain(self.wire.clone())
    }

    /// Proves possession for one call and gives the presentation as text: the JSON object of
    /// AAT-02 7.4, or the compact profile's base64url.
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
        let bytes = self.wire.write(Some(&proof.0)).unwrap_or_default();
        Ok(to_text(self.profile(), bytes))
    }

    /// The proof alone, for a call that need not be authorized: a verifier denies those that are
    /// not.
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
    ) -> Result<UnverifiedProof<'static>, ProveError> {
        if holder.public_key() != self.leaf.holder() {
            return Err(ProveError::NotHolder);
        }
        let content = options.content(now)?;
        let leaf = (&self.leaf, &self.digest);
        Ok(UnverifiedProof(self.wire.seal_proof(&self.claims, leaf, &content, call, holder)?))
    }

    /// The presentation of a proof made by [`prove_unchecked`](Self::prove_unchecked).
    pub fn present<'a>(&'a self, proof: UnverifiedProof<'a>) -> Presentation<'a> {
        Presentation::new(self.as_unverified(), proof)
    }
}

impl Presentation<'_> {
    /// The presentation as text: the JSON object of AAT-02 7.4, or the compact profile's
    /// base64url. Empty when chain and proof are in different profiles.
    pub fn to_text(&self) -> String {
        to_text(self.chain.profile(), self.to_bytes())
    }

    /// The presentation as bytes: the JSON text, or the compact profile's raw bytes. Empty when
    /// chain and proof are in different profiles.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.chain.0.write(Some(&self.proof.0)).unwrap_or_default()
    }
}
