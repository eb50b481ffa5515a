//! The walk through a chain in the JWS profile.
//!
//! A token is read only when its signature holds, and only then is the next one's key known. To
//! check all signatures together all the same, each key's text is taken from its payload along with
//! the id of step 2c, as a guess: what was found under it counts only when the token, once read,
//! names that very key. Otherwise the signature is checked by itself, so no verdict and no step
//! depends on the guess.

use super::{
    begin, check_ids, finish, judge_root,
    signatures::{Found, ProofInput, most, only_or_signer},
};
use crate::{
    attenuate::{self, Widening},
    chain::{Others, VerifiedChain, VerifiedToken},
    codec::{
        EnvelopeFault, Profile,
        json::{Position, read_claims},
        jws::{Envelope, Kind, check_header},
        wire::digest,
    },
    denied::{Denied, Fault, Place, Reason, RequiredKey},
    json,
    key::{PublicKey, Signature, Signed},
    step::Step,
    time::Timestamp,
    verify::Verifier,
};
use alloc::{borrow::Cow, vec::Vec};

/// A chain that passed step 2c.
pub(in crate::verify) struct Prepared<'c> {
    /// The first tokens, when they were verified before.
    known: Option<&'c VerifiedChain>,
    /// The others.
    tokens: Vec<Token<'c>>,
}

struct Token<'c> {
    envelope: Envelope<'c>,
    payload: Vec<u8>,
    signature: Result<Signature, EnvelopeFault>,
    /// The key that it seems to hand on to. Only for tokens that are worth a look.
    guess: Option<PublicKey>,
}

const ID: &[&str] = &["jti"];
const HOLDER: &[&str] = &["cnf", "jwk", "x"];

impl<'c> Prepared<'c> {
    /// Step 2c: splits every token and compares their ids. The ids and the keys are all that is
    /// read before a signature is checked. What is known is not split again.
    pub(super) fn new(
        verifier: &Verifier,
        tokens: &'c [Cow<'_, str>],
        known: Option<&'c VerifiedChain>,
    ) -> Result<Self, Denied> {
        let most = most(&verifier.limits);
        let before = known.map_or(&[][..], VerifiedChain::tokens);
        let mut ids: Vec<Cow<'_, str>> =
            before.iter().map(|token| token.claims().id().as_str().into()).collect();
        // Not reserved: nothing bounds how many empty tokens there are.
        let mut split = Vec::new();
        for (index, token) in tokens.iter().enumerate().skip(before.len()) {
            let at = |reason: Reason| Denied::new(Step::TokenIds, Place::Token(index), reason);
            let malformed = |fault: EnvelopeFault| at(fault.into());
            let envelope = Envelope::split(token).map_err(malformed)?;
            let payload = envelope.payload().map_err(malformed)?;
            let [id, holder] = json::strings_at(&payload, [ID, HOLDER], json::MAX_DEPTH)
                .map_err(|error| malformed(error.into()))?;
            ids.push(id.ok_or_else(|| at(Reason::IdMissing))?.into_owned().into());
            let guess = holder.filter(|_| index < most).and_then(|x| PublicKey::from_x(&x));
            let signature = envelope.signature();
            split.push(Token { envelope, payload, signature, guess });
        }
        check_ids(ids.iter().map(AsRef::as_ref), ids.len())?;
        Ok(Self { known, tokens: split })
    }

    /// Every signature with its key, as far as the keys can be guessed, the proof's last.
    pub(super) fn items<'p>(
        &'p self,
        anchor: &'p PublicKey,
        proof: Option<ProofInput<'p>>,
    ) -> Vec<Signed<'p>> {
        let leaf = self.known.and_then(VerifiedChain::leaf);
        let mut key = leaf.map_or(anchor, VerifiedToken::holder);
        let mut items = Vec::new();
        for token in &self.tokens {
            let Ok(signature) = &token.signature else {
                return items;
            };
            items.push(Signed { key, message: token.envelope.signing_input.as_bytes(), signature });
            match &token.guess {
                Some(guess) => key = guess,
                None => return items,
            }
        }
        items.extend(proof.map(|ProofInput { input, signature }| Signed {
            key,
            message: input,
            signature,
        }));
        items
    }

    /// Steps 3 to 5, with what was found of the [items](Self::items). Tells also whether the proof's
    /// signature holds, if that was found out.
    pub(super) fn verify<'v>(
        self,
        verifier: &'v Verifier,
        mut anchor: Option<&'v PublicKey>,
        found: Found,
        now: Timestamp,
    ) -> Result<(VerifiedChain, Option<bool>), Denied> {
        let mut verified = begin(verifier, self.known, now)?;
        // The key that the next signature was checked under.
        let mut guess =
            self.known.and_then(VerifiedChain::leaf).map(VerifiedToken::holder).cloned();
        let tokens = self.tokens.len();
        for (place, token) in self.tokens.into_iter().enumerate() {
            let at = |fault: Fault| fault.at(Place::Token(verified.len()));
            let next_guess = token.guess.clone();
            let token = match verified.last() {
                None => {
                    let holds = found.at(place);
                    let (key, root) =
                        token.verify_root(verifier, anchor, holds, now).map_err(at)?;
                    anchor = Some(key);
                    root
                }
                Some(parent) => {
                    let same = guess.as_ref() == Some(parent.holder());
                    let holds = found.at(place).filter(|_| same);
                    token.verify_child(verifier, parent, holds, now).map_err(at)?
                }
            };
            verified.push(token);
            guess = next_guess;
        }
        let same = verified.last().map(VerifiedToken::holder) == guess.as_ref();
        let proven = found.at(tokens).filter(|_| same);
        Ok((finish(Profile::Jws, anchor, verified)?, proven))
    }

    /// The anchor's key that the root is checked under: of several that may have signed, that which
    /// did, if any.
    pub(super) fn anchor<'v>(&self, verifier: &'v Verifier) -> Result<&'v PublicKey, Found>
    where
        'c: 'v,
    {
        if let Some(known) = self.known {
            return Ok(known.anchor());
        }
        let root = self.tokens.first().ok_or(Found::NOTHING)?;
        let (Ok(key_id), Ok(signature)) =
            (check_header(Kind::Token, root.envelope.header()), &root.signature)
        else {
            return Err(Found::NOTHING);
        };
        let keys = verifier.anchors.candidate_keys(key_id.as_deref());
        only_or_signer(keys, root.envelope.signing_input.as_bytes(), signature)
            .ok_or(Found::BAD_ROOT)
    }
}

impl Token<'_> {
    /// Step 3. `holds` is what was found under `anchor`. Gives the anchor's key too.
    fn verify_root<'v>(
        self,
        verifier: &'v Verifier,
        anchor: Option<&'v PublicKey>,
        holds: Option<bool>,
        now: Timestamp,
    ) -> Result<(&'v PublicKey, VerifiedToken), Fault> {
        let key_id = check_header(Kind::Token, self.envelope.header())
            .map_err(|fault| Fault::new(Step::RootHeader, fault))?;
        let signature = self.signature.map_err(|fault| Fault::new(Step::RootSignature, fault))?;
        let input = self.envelope.signing_input.as_bytes();
        let key = match holds {
            Some(true) => anchor,
            Some(false) => None,
            None => {
                let mut keys = verifier.anchors.candidate_keys(key_id.as_deref());
                keys.find(|key| key.verify(input, &signature))
            }
        };
        let key = key.ok_or_else(|| {
            Fault::new(Step::RootSignature, Reason::Signature { key: RequiredKey::TrustAnchor })
        })?;
        let guess = self.guess.as_ref();
        let claims = read_claims(&self.payload, Position::Root, guess, verifier.terms())?;
        judge_root(verifier, key, &claims, now)?;
        let others = Others::Payload(self.payload);
        Ok((key, VerifiedToken::from_verified(claims, digest(input), others)))
    }

    /// Step 4 for one pair. `holds` is what was found under the parent's holder.
    fn verify_child(
        self,
        verifier: &Verifier,
        parent: &VerifiedToken,
        holds: Option<bool>,
        now: Timestamp,
    ) -> Result<VerifiedToken, Fault> {
        check_header(Kind::Token, self.envelope.header())
            .map_err(|fault| Fault::new(Step::Header, fault))?;
        let signature = self.signature.map_err(|fault| Fault::new(Step::Signature, fault))?;
        let input = self.envelope.signing_input.as_bytes();
        if !holds.unwrap_or_else(|| parent.holder().verify(input, &signature)) {
            let key = RequiredKey::ParentHolder;
            return Err(Fault::new(Step::Signature, Reason::Signature { key }));
        }
        let guess = self.guess.as_ref();
        let claims = read_claims(&self.payload, Position::Derived, guess, verifier.terms())?;
        let widens = |widening: Widening| Fault::new(widening.step(), widening);
        attenuate::check_issuer(parent.claims(), &claims).map_err(widens)?;
        attenuate::judge(parent.claims(), &claims, &verifier.limits, now).map_err(widens)?;
        if claims.parent.as_ref() != Some(parent.digest()) {
            return Err(Fault::new(Step::ParentHash, Reason::ParentHash));
        }
        Ok(VerifiedToken::from_verified(claims, digest(input), Others::Payload(self.payload)))
    }
}
