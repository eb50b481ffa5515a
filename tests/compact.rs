//! The compact profile through the public API: bytes that were changed on the way.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::string_slice,
    reason = "tests may be blunt"
)]

mod scenario;

use scenario::{Frame, NOW, call, chain, key, verdict, verifier};
use taper::{
    Denied, HeldChain, Limits, Presentation, Profile, ProofOptions, Reason, Step, UnverifiedChain,
    UnverifiedProof, Verifier,
};

/// A three-hop presentation in raw bytes.
fn sent() -> Vec<u8> {
    present(&chain(Profile::Compact))
}

fn present(chain: &HeldChain) -> Vec<u8> {
    let options = ProofOptions::default();
    let proof = chain.prove_unchecked(&key(4), &call(), &options, NOW).unwrap();
    chain.present(proof).to_bytes()
}

#[test]
fn both_profiles_permit_the_same_call() {
    for profile in [Profile::Jws, Profile::Compact] {
        let chain = chain(profile);
        let options = ProofOptions::default().audience("https://tools.example.com");
        let sent = chain.prove(&key(4), &call(), &options, NOW).unwrap();
        let received = Presentation::parse(sent.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(received.to_text(), sent);
        let call = call();
        let permit = verifier().authorize(&received, &call, NOW).unwrap();
        assert_eq!(permit.chain().tokens().len(), 3);
        assert_eq!(permit.chain().profile(), profile);
        // One by one gives the same.
        let verified = verifier().verify_chain(received.chain(), NOW).unwrap();
        let checked = verifier().check(&verified, received.proof(), &call, NOW).unwrap();
        assert!(verifier().commit(checked, NOW).is_ok());
        // The chain by itself travels too, as text and as bytes.
        for bytes in [chain.to_text().into_bytes(), chain.to_bytes()] {
            let held = HeldChain::parse(&bytes, &Limits::default()).unwrap();
            assert_eq!(held.leaf(), chain.leaf());
            assert_eq!(held.leaf_digest(), chain.leaf_digest());
            assert_eq!(held.to_bytes(), chain.to_bytes());
        }
    }
}

#[test]
fn every_truncation_is_denied_where_the_bytes_end() {
    let bytes = sent();
    assert_eq!(verdict(&bytes), Ok(()));
    // The proof's body is the rest, so cutting it leaves a frame; its signature covers it.
    let body = Frame::split(&bytes).proof.unwrap().1;
    for end in 0..bytes.len() {
        let (step, code) = verdict(&bytes[..end]).unwrap_err();
        let expected = match end {
            0 => ("1", "presentation_malformed"),
            end if end >= bytes.len() - body.len() => ("7b", "signature_invalid"),
            _ => ("2c", "compact_malformed"),
        };
        assert_eq!((step.label(), code), expected, "{end}");
    }
    // Bytes after a chain without proof are none of it.
    let chain = chain(Profile::Compact).to_bytes();
    let limits = Limits::default();
    for end in 0..chain.len() {
        assert!(UnverifiedChain::parse(&chain[..end], &limits).is_err(), "{end}");
    }
    assert!(UnverifiedChain::parse(&chain, &limits).is_ok());
    let denied = UnverifiedChain::parse(&[&chain[..], &[0]].concat(), &limits).unwrap_err();
    assert_eq!(fault(&denied), (chain.len(), "trailing bytes".into()));
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(verdict(&longer), Err((Step::ProofSignature, "signature_invalid")));
}

/// The offset and the rule of a denial about bytes.
fn fault(denied: &Denied) -> (usize, String) {
    match denied.reason() {
        Reason::Compact(fault) => (fault.offset(), fault.rule().to_string()),
        other => panic!("{other}"),
    }
}

#[test]
fn every_flipped_bit_is_denied_at_the_step_of_what_it_hits() {
    let bytes = sent();
    let frame = Frame::split(&bytes);
    let fixed = 4 + 96 * frame.tokens.len();
    let bodies = fixed + 64;
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        let at = bit / 8;
        flipped[at] ^= 1 << (bit % 8);
        let Err((step, code)) = verdict(&flipped) else {
            panic!("bit {bit} is permitted");
        };
        let label = step.label();
        let expected: &[&str] = match at {
            // Not a frame, or a JSON text.
            0 => &["1", "2c"],
            // Another count, so that other bytes are keys and signatures; no proof; unknown flags.
            1 => &["2c", "3b", "4b"],
            2 => &["2c", "7a"],
            3 => &["3b"],
            // A holder's key or a signature: of the root, of the first child, of the second.
            at if at < 4 + 96 => &["3b"],
            at if at < 4 + 192 => &["4b"],
            at if at < fixed => &["4b"],
            at if at < bodies => &["7b"],
            // A body, or its length.
            _ => &["2c", "3b", "4b", "7b"],
        };
        assert!(expected.contains(&label), "bit {bit} of byte {at}: {label} {code}");
        assert!(
            [
                "compact_malformed",
                "signature_invalid",
                "root_not_trusted",
                "presentation_malformed"
            ]
            .contains(&code),
            "{code}"
        );
    }
}

#[test]
fn tokens_that_are_swapped_dropped_or_doubled() {
    let bytes = sent();
    let frame = Frame::split(&bytes);
    assert_eq!(frame.join(), bytes);
    let arranged = |order: &[usize]| {
        let mut frame = frame.clone();
        frame.tokens = order.iter().map(|index| frame.tokens[*index].clone()).collect();
        verdict(&frame.join()).map_err(|(step, _)| step.label())
    };
    assert_eq!(arranged(&[0, 1, 2]), Ok(()));
    // Dropped from the end the chain is a good one; the proof is not the new leaf's.
    assert_eq!(arranged(&[0, 1]), Err("7b"));
    assert_eq!(arranged(&[0]), Err("7b"));
    assert_eq!(arranged(&[]), Err("1"));
    for order in [&[1, 2][..], &[2], &[1], &[1, 0, 2], &[2, 1, 0], &[1, 1, 2], &[2, 0, 1]] {
        assert_eq!(arranged(order), Err("3b"), "{order:?}");
    }
    for order in [&[0, 2][..], &[0, 2, 1], &[0, 0, 1, 2], &[0, 1, 1, 2], &[0, 1, 2, 2], &[0, 1, 0]]
    {
        assert_eq!(arranged(order), Err("4b"), "{order:?}");
    }
}

#[test]
fn parts_spliced_from_another_chain() {
    // The same claims and keys, but for the ids.
    let (ours, theirs) = (Frame::split(&sent()), Frame::split(&sent()));
    let step = |frame: &Frame| verdict(&frame.join()).map_err(|(step, _)| step.label());
    assert_eq!((step(&ours), step(&theirs)), (Ok(()), Ok(())));
    for index in 0..3 {
        // A token from the other chain; it also breaks the link of the one below.
        let mut spliced = ours.clone();
        spliced.tokens[index] = theirs.tokens[index].clone();
        let expected = if index == 0 { "4b" } else { ["", "4b", "4b"][index] };
        assert_eq!(step(&spliced), Err(expected), "{index}");
        let own = if index == 0 { "3b" } else { "4b" };
        let mut body = ours.clone();
        body.tokens[index].body = theirs.tokens[index].body.clone();
        assert_eq!(step(&body), Err(own), "{index}");
        let mut signature = ours.clone();
        signature.tokens[index].signature = theirs.tokens[index].signature.clone();
        assert_eq!(step(&signature), Err(own), "{index}");
        // A stranger's key, and the issuer's.
        for stranger in [9, 1] {
            let mut holder = ours.clone();
            holder.tokens[index].holder = key(stranger).public_key().as_bytes().to_vec();
            assert_eq!(step(&holder), Err(own), "{index}");
        }
    }
    // A proof of the other chain, whole and in part.
    let (ours_proof, theirs_proof) = (ours.proof.clone().unwrap(), theirs.proof.clone().unwrap());
    for proof in [
        theirs_proof.clone(),
        (theirs_proof.0, ours_proof.1.clone()),
        (ours_proof.0, theirs_proof.1),
    ] {
        let mut spliced = ours.clone();
        spliced.proof = Some(proof);
        assert_eq!(step(&spliced), Err("7b"));
    }
}

#[test]
fn proof_and_chain_are_in_one_profile() {
    let verifier = verifier();
    let call = call();
    let [jws, compact] = [Profile::Jws, Profile::Compact].map(chain);
    let proof = |chain: &HeldChain| -> UnverifiedProof<'static> {
        chain.prove_unchecked(&key(4), &call, &ProofOptions::default(), NOW).unwrap()
    };
    for (chain, other) in [(&jws, &compact), (&compact, &jws)] {
        let mixed = chain.present(proof(other));
        let denied = verifier.authorize(&mixed, &call, NOW).unwrap_err();
        assert_eq!((denied.step().label(), denied.code()), ("7a", "other_profile"));
        let verified = verifier.verify_chain(mixed.chain(), NOW).unwrap();
        let again = verifier.check(&verified, mixed.proof(), &call, NOW).unwrap_err();
        assert_eq!(again, denied);
        assert!(mixed.to_bytes().is_empty() && mixed.to_text().is_empty());
    }
}

#[test]
fn the_text_form_is_the_one_base64url() {
    let bytes = sent();
    let text = Presentation::parse(&bytes, &Limits::default()).unwrap().to_text();
    assert!(text.starts_with('t'));
    assert_eq!(verdict(text.as_bytes()), Ok(()));
    let malformed = |text: &str| {
        let limits = Limits::default();
        let denied = Presentation::parse(text.as_bytes(), &limits).unwrap_err();
        assert_eq!((denied.step().label(), denied.code()), ("2c", "compact_malformed"), "{text}");
        assert_eq!(fault(&denied), (0, "the text is not unpadded base64url".into()), "{text}");
        assert!(HeldChain::parse(text.as_bytes(), &limits).is_err());
    };
    malformed(&format!("{text}="));
    malformed(&format!("{text}=="));
    malformed(&format!("{text}\n"));
    malformed(&format!("{text} "));
    malformed(&format!("{}\n{}", &text[..76], &text[76..]));
    malformed(&format!("{text}\0"));
    malformed(&format!("{text}\u{e9}"));
    malformed(&text[..1]);
    assert!(text.contains(['-', '_']), "{text}");
    malformed(&text.replace('-', "+").replace('_', "/"));
    // Bits to spare in the last character, for both lengths that have some.
    for extra in 1..=2 {
        let mut bytes = bytes.clone();
        while bytes.len() % 3 != extra {
            bytes.push(0);
        }
        let text = Presentation::parse(&bytes, &Limits::default()).unwrap().to_text();
        let (head, _) = text.split_at(text.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let step = if extra == 1 { 16 } else { 4 };
        for (_, letter) in alphabet.char_indices().filter(|(place, _)| place % step != 0) {
            malformed(&format!("{head}{letter}"));
        }
    }
    // White space before it makes it JSON, which it is not.
    assert_eq!(verdict(format!(" {text}").as_bytes()).unwrap_err().1, "presentation_malformed");
}

#[test]
fn the_header_is_strict() {
    let bytes = sent();
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        Presentation::parse(&changed, &Limits::default()).map(|_| ()).unwrap_err()
    };
    assert_eq!(fault(&with(1, 0)), (1, "no token".into()));
    for flags in (2..=255).filter(|flags| flags & !1 != 0) {
        assert_eq!(fault(&with(2, flags)), (2, format!("unknown flags {flags:#04x}")));
    }
    // Another version, in raw bytes, is taken for JSON, but in text it says what it is.
    for version in (0..=255).filter(|version| ![0xb5, b't'].contains(version)) {
        let denied = with(0, version);
        assert_eq!(denied.code(), "presentation_malformed", "{version:#04x}");
    }
    for (text, version) in [("tAEBAQ", 0xb4), ("tgEBAQ", 0xb6), ("twEBAQ", 0xb7)] {
        let denied = Presentation::parse(text.as_bytes(), &Limits::default()).unwrap_err();
        let rule = format!("unknown profile or version {version:#04x}");
        assert_eq!(fault(&denied), (0, rule));
    }
    // A chain by itself is no presentation.
    let chain = chain(Profile::Compact).to_bytes();
    assert_eq!(verdict(&chain).unwrap_err().0, Step::ProofHeader);
    // More tokens than there are bytes for.
    assert!(fault(&with(1, 255)).1.starts_with("the bytes end within"));
}

#[test]
fn limits_are_kept() {
    let (bytes, call) = (sent(), call());
    let limited = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        let verifier: Verifier = verifier().with_limits(limits);
        Presentation::parse(&bytes, verifier.limits())
            .and_then(|sent| verifier.authorize(&sent, &call, NOW).map(|_| ()))
            .map_err(|denied| (denied.step().label(), denied.code()))
    };
    assert_eq!(limited(|_| ()), Ok(()));
    assert_eq!(limited(|l| l.max_token_size = 200), Err(("2a", "token_too_large")));
    assert_eq!(limited(|l| l.max_chain_size = 400), Err(("2b", "chain_too_large")));
    assert_eq!(limited(|l| l.max_presentation_size = 400), Err(("2b", "presentation_malformed")));
    assert_eq!(limited(|l| l.max_delegation_depth = 2), Err(("3i", "max_depth_above_limit")));
    assert_eq!(limited(|l| l.max_constraint_depth = 0), Err(("3n", "constraint_too_deep")));
}
