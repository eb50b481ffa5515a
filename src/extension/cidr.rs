//! `cidr`: IP addresses in a network (`spec/extensions.md` 6).

use super::{Cost, Extension, ExtensionConstraint, MemberFault, StepBound, Work, listed};
use crate::{
    json::{Object, Value},
    model::Constraint,
};
use core::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// Accepts IP addresses in a network, IPv4 or IPv6, in the one spelling that nobody reads
/// differently.
///
/// ```
/// use taper::{Value, extension::Cidr};
///
/// let office = Cidr::constraint("192.0.2.0/24")?;
/// assert!(office.accepts(&Value::from("192.0.2.77")));
/// assert!(!office.accepts(&Value::from("192.0.2.077")));
/// assert!(!office.accepts(&Value::from("::ffff:192.0.2.77")));
///
/// let desk = Cidr::constraint("192.0.2.64/26")?;
/// assert!(desk.narrows(&office) && !office.narrows(&desk));
/// # Ok::<_, taper::extension::MemberFault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    /// Leading bits that an address shares with the network.
    length: u32,
}

/// What is longer is no address: eight groups of four digits, with colons, take 39 characters, the
/// dotted form of the last two 45.
const LONGEST: usize = 45;

impl Cidr {
    /// The constraint with this network.
    ///
    /// # Errors
    ///
    /// When `network` is not `address/length`, has bits set beyond the length, or is one that the
    /// type does not take.
    pub fn constraint(network: &str) -> Result<Constraint, MemberFault> {
        let members = Object::from_distinct([("network".into(), network.into())]);
        Extension::parse::<Self>(members).map(Constraint::Extension)
    }

    fn read(text: &str) -> Option<Self> {
        let (network, length) = text.split_once('/')?;
        let network = address(network, &mut Work::new())?;
        let length = decimal(length).filter(|length| *length <= width(network))?;
        let this = Self { network, length };
        (bits(network) & !this.mask() == 0).then_some(this)
    }

    /// The bits that count, in the order of [`bits`].
    fn mask(&self) -> u128 {
        let unused = width(self.network).saturating_sub(self.length);
        u128::MAX.checked_shl(unused).unwrap_or(0)
    }

    fn holds(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.network.is_ipv4()
            && bits(address) & self.mask() == bits(self.network)
    }
}

impl ExtensionConstraint for Cidr {
    const NAME: &'static str = "cidr";
    const MEMBERS: &'static [&'static str] = &["network"];
    const COST: Cost = Cost { accepts: StepBound::linear(1, 1), narrows: StepBound::linear(1, 1) };

    fn parse(members: &Object) -> Result<Self, MemberFault> {
        let network = members.get("network").and_then(Value::as_str).and_then(Self::read);
        let expected = "an IPv4 or IPv6 network as `address/length`, no bit set beyond the length";
        network.ok_or(MemberFault::new("network", expected))
    }

    fn accepts(&self, value: &Value, work: &mut Work) -> bool {
        let address = value.as_str().and_then(|text| address(text, work));
        address.is_some_and(|address| self.holds(address))
    }

    fn narrows(&self, parent: &Self, work: &mut Work) -> bool {
        work.add(1);
        self.length >= parent.length && parent.holds(self.network)
    }

    /// `exact` and `one_of` whose values are all accepted.
    fn is_narrowed_by(&self, child: &Constraint, work: &mut Work) -> bool {
        listed(child).is_some_and(|values| values.iter().all(|value| self.accepts(value, work)))
    }

    /// `not_one_of` whose values are all refused.
    fn narrows_other(&self, parent: &Constraint, work: &mut Work) -> bool {
        match parent {
            Constraint::NotOneOf(excluded) => {
                !excluded.iter().any(|value| self.accepts(value, work))
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cidr({}/{})", self.network, self.length)
    }
}

/// Reads an address: dotted decimal of four numbers without leading zeros, or a text form of
/// RFC 4291 2.2 without a zone. `None` for an IPv4-mapped IPv6 address too, which a dual-stack
/// socket takes for the IPv4 one.
fn address(text: &str, work: &mut Work) -> Option<IpAddr> {
    if text.len() > LONGEST {
        return None;
    }
    work.add(text.len());
    let address: IpAddr = text.parse().ok()?;
    match address {
        IpAddr::V6(address) if is_mapped(address) => None,
        address => Some(address),
    }
}

fn is_mapped(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some()
}

/// A number without sign or leading zero.
fn decimal(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leads = text.len() > 1 && text.starts_with('0');
    if is_plain && !leads { text.parse().ok() } else { None }
}

/// Bits of an address of this family.
fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address as a number.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}
