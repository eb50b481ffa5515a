//! A constraint type of one's own: e-mail addresses in a domain.
//!
//! `cargo run --example extension`

use std::error::Error;
use taper::{
    Constraint, Object, Value,
    extension::{Cost, ExtensionConstraint, MemberFault, StepBound, Work, listed},
};

/// Accepts plain addresses in one domain: `{"constraint_type": "email_domain", "domain": "…"}`.
pub(crate) struct EmailDomain(String);

/// The domain of an address that no mail system reads in two ways: plain characters, one `@`, and
/// everything in lower case.
fn domain_of<'v>(address: &'v Value, work: &mut Work) -> Option<&'v str> {
    let address = address.as_str()?;
    work.add(address.len());
    let (user, domain) = address.split_once('@')?;
    let is_plain = |text: &str| {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
        !text.is_empty() && text.bytes().all(plain)
    };
    (is_plain(user) && is_plain(domain)).then_some(domain)
}

impl ExtensionConstraint for EmailDomain {
    const NAME: &'static str = "email_domain";
    const MEMBERS: &'static [&'static str] = &["domain"];
    const COST: Cost = Cost { accepts: StepBound::linear(2, 0), narrows: StepBound::linear(2, 0) };

    fn parse(members: &Object) -> Result<Self, MemberFault> {
        let domain = members.get("domain").and_then(Value::as_str).unwrap_or_default();
        // A domain is good when an address in it is.
        let address = Value::from(format!("a@{domain}"));
        match domain_of(&address, &mut Work::new()) {
            Some(domain) => Ok(Self(domain.into())),
            None => Err(MemberFault::new("domain", "a domain in lower case")),
        }
    }

    fn accepts(&self, address: &Value, work: &mut Work) -> bool {
        // The whole domain, not how it ends: `evil-example.com` is not `example.com`.
        domain_of(address, work) == Some(&self.0)
    }

    fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
        work.add(parent.0.len());
        self.0 == parent.0
    }

    /// `exact` and `one_of` may stand below, when all that they list is accepted.
    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        listed(child).is_some_and(|values| values.iter().all(|value| self.accepts(value, work)))
    }
}

#[allow(dead_code, reason = "the tests include this file for its type")]
fn main() -> Result<(), Box<dyn Error>> {
    let members = Object::new([("domain", Value::from("example.com"))])?;
    let staff = Constraint::extension::<EmailDomain>(members)?;
    for address in ["ana@example.com", "ana@evil-example.com", "ana@example.com@evil.example"] {
        println!("{address}: {}", staff.accepts(&Value::from(address)));
    }
    let ana = taper::exact("ana@example.com")?;
    println!("{ana} narrows {staff}: {}", ana.narrows(&staff));
    // Whoever issues, derives or verifies is told of the type; without it a chain is denied.
    let known = taper::extension::Extensions::new().with::<EmailDomain>()?;
    println!("known: {:?}", known.names().collect::<Vec<_>>());
    Ok(())
}
