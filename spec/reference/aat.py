#!/usr/bin/env python3
"""A second reader of AAT-02 in its JWS profile, written from the specification alone.

It is for comparing and for reading, not for use: plain rather than fast, and it keeps no secret
from a clock. What it decides stands in the documents beside it; ids in brackets ([V-4p3], [M-46],
[J-38]) name their sentences.

    python3 aat.py            answers requests of test-vectors/README.md, one JSON line each

Needs Python 3.8 or later. Where the package `cryptography` is installed, good signatures are
recognized faster; every answer is the same without it.
"""

import base64
import hashlib
import ipaddress
import json
import re
import sys
from functools import lru_cache

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

LIMITS = {
    "max_token_size": 65536,
    "max_chain_size": 262144,
    "max_presentation_size": 1048576,
    "max_proof_size": 262144,
    "max_delegation_depth": 8,
    "max_constraint_depth": 32,
    "max_comparisons": 131072,
    "max_token_lifetime": 7776000,
    "max_iat_skew": 30,
    "pop_window": 30,
}
NESTING = 128


class Deny(Exception):
    """A denial: the step of section 8, the code of errors.md, the token at fault (0 is the root)."""

    def __init__(self, step, code, detail="", token=None):
        super().__init__(detail)
        self.step, self.code, self.detail, self.token = step, code, detail, token


def need(holds, step, code, detail="", token=None):
    if not holds:
        raise Deny(step, code, detail, token)


# ---------------------------------------------------------------- JSON text [J-1 to J-5]

class Malformed(Exception):
    """Bytes that are no strict JSON text."""


class Number:
    """A number of JSON, as written [J-4]."""

    def __init__(self, text):
        self.text = text

    def double(self):
        """The nearest double; infinite where no finite one is near."""
        return float(self.text)

    def integer(self):
        """Its value when it is written without fraction and exponent [J-14], otherwise None."""
        return int(self.text) if re.fullmatch("-?[0-9]+", self.text) else None


SPACE = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
UNESCAPED = re.compile(r'[^"\\\x00-\x1f]*')
HEX4 = re.compile(r"[0-9a-fA-F]{4}")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"null": None, "true": True, "false": False}


class Reader:
    """Reads one JSON text into None, bool, str, Number, list and dict.

    Of members that stand twice in an object the first is kept, and `repeats` gets the level of the
    object, so that whoever asked can refuse them where they are not allowed [J-3].
    """

    def __init__(self, data, nesting):
        try:
            self.text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("not UTF-8")
        self.at, self.nesting, self.repeats = 0, nesting, set()

    def space(self):
        self.at = SPACE.match(self.text, self.at).end()

    def next(self, char):
        """Steps over white space and over `char`, if that is what comes."""
        self.space()
        if self.text.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def expect(self, char):
        if not self.next(char):
            raise Malformed("expected %s at character %d" % (char, self.at))

    def value(self, level=1):
        self.space()
        char = self.text[self.at:self.at + 1]
        if char and char in "[{":
            if level > self.nesting:
                raise Malformed("nested too deep")
            return self.array(level) if char == "[" else self.object(level)
        if char == '"':
            return self.string()
        number = NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            return Number(number[0])
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        raise Malformed("no value at character %d" % self.at)

    def array(self, level):
        self.expect("[")
        items = []
        if self.next("]"):
            return items
        while True:
            items.append(self.value(level + 1))
            if self.next("]"):
                return items
            self.expect(",")

    def object(self, level):
        self.expect("{")
        members = {}
        if self.next("}"):
            return members
        while True:
            self.space()
            name = self.string()
            self.expect(":")
            value = self.value(level + 1)
            if name in members:
                self.repeats.add(level)
            else:
                members[name] = value
            if self.next("}"):
                return members
            self.expect(",")

    def string(self):
        self.expect('"')
        parts = []
        while True:
            run = UNESCAPED.match(self.text, self.at)
            parts.append(run[0])
            self.at = run.end()
            char = self.text[self.at:self.at + 1]
            if char == '"':
                self.at += 1
                return "".join(parts)
            if char != "\\":
                raise Malformed("a control character, or no end, in the string at %d" % self.at)
            letter = self.text[self.at + 1:self.at + 2]
            self.at += 2
            if letter == "u":
                parts.append(self.escaped())
            elif letter in ESCAPES:
                parts.append(ESCAPES[letter])
            else:
                raise Malformed("unknown escape")

    def escaped(self):
        """What follows `\\u`: one unit, or a pair of surrogates [J-2]."""
        unit = self.unit()
        if 0xD800 <= unit < 0xDC00:
            if not self.text.startswith("\\u", self.at):
                raise Malformed("a lone surrogate")
            self.at += 2
            low = self.unit()
            if not 0xDC00 <= low < 0xE000:
                raise Malformed("a lone surrogate")
            return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        if 0xDC00 <= unit < 0xE000:
            raise Malformed("a lone surrogate")
        return chr(unit)

    def unit(self):
        digits = HEX4.match(self.text, self.at)
        if not digits:
            raise Malformed("an escape without four digits")
        self.at += 4
        return int(digits[0], 16)


def read(data, nesting=NESTING):
    """The value that the bytes are, and the levels of objects that have a member twice."""
    reader = Reader(data, nesting)
    value = reader.value()
    reader.space()
    if reader.at != len(reader.text):
        raise Malformed("something follows the value")
    return value, reader.repeats


def read_unique(data):
    value, repeats = read(data)
    if repeats:
        raise Malformed("a member stands twice")
    return value


# ---------------------------------------------------------------- values [M-1 to M-7]

SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
TO_ESCAPE = re.compile(r'["\\\x00-\x1f]')


def quote(text):
    return '"%s"' % TO_ESCAPE.sub(lambda m: SHORT.get(m[0]) or "\\u%04x" % ord(m[0]), text)


def ecmascript(double):
    """A finite double as ECMAScript prints it [M-5]. Python's repr has the same digits."""
    if double == 0:
        return "0"
    sign, digits, exponent = parts(repr(double))
    k, n = len(digits), len(digits) + exponent
    if k <= n <= 21:
        text = digits + "0" * (n - k)
    elif 0 < n <= 21:
        text = digits[:n] + "." + digits[n:]
    elif -6 < n <= 0:
        text = "0." + "0" * -n + digits
    else:
        text = digits[0] + ("." + digits[1:] if k > 1 else "") + "e%+d" % (n - 1)
    return sign + text


def parts(text):
    """Sign, digits d and exponent e of a number text that denotes d times 10^e; d begins and ends
    with no zero, and zero is ("", "", 0). Equal exactly for texts of the same number [M-2]."""
    sign, whole, fraction, mark, power = re.fullmatch(
        r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?)0*([0-9]*))?", text).groups("")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "", "", 0
    if len(power) > 18:
        # No text is long enough to bring such an exponent back to where doubles are.
        return sign, digits, None
    exponent = int(mark + power) if power else 0
    kept = digits.rstrip("0")
    return sign, kept, exponent - len(fraction) + len(digits) - len(kept)


def admissible(number):
    double = number.double()
    return abs(double) != float("inf") and parts(ecmascript(double)) == parts(number.text)


def canonical(value):
    """The JCS text [M-5]. Raises OverflowError for a number that no finite double is near."""
    if isinstance(value, Number):
        double = value.double()
        if abs(double) == float("inf"):
            raise OverflowError("beyond every double")
        return ecmascript(double)
    if isinstance(value, list):
        return "[%s]" % ",".join(map(canonical, value))
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{%s}" % ",".join(quote(name) + ":" + canonical(value[name]) for name in names)
    return scalar(value)


def as_written(value):
    """The text with the order of members and the spelling of numbers that were read."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, list):
        return "[%s]" % ",".join(map(as_written, value))
    if isinstance(value, dict):
        return "{%s}" % ",".join(quote(name) + ":" + as_written(value[name]) for name in value)
    return scalar(value)


def scalar(value):
    if isinstance(value, str):
        return quote(value)
    return {None: "null", True: "true", False: "false"}[value]


def inadmissible(value):
    """Whether some number in the value, at whatever depth, is not admissible."""
    if isinstance(value, Number):
        return not admissible(value)
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(map(inadmissible, value))


def utf8(text):
    return text.encode("utf-8")


# ---------------------------------------------------------------- base64url, digests [J-7, J-27]

def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text):
    """The bytes, or None when the text is not the one base64url text of some bytes."""
    if not re.fullmatch("[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if encode(data) == text else None


def digest(signing_input):
    return encode(hashlib.sha256(utf8(signing_input)).digest())


# ---------------------------------------------------------------- the curve [J-32 to J-38]
#
# Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032, 5.1.4). The formulas for adding hold
# for all pairs of points, those of small order and equal ones included.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def negative(p):
    return P - p[0], p[1], p[2], P - p[3]


def is_neutral(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def times8(p):
    for _ in range(3):
        p = add(p, p)
    return p


def sum_of_products(m, p, n, q):
    """[m]p + [n]q."""
    table = (None, p, q, add(p, q))
    total = NEUTRAL
    for i in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        total = add(total, total)
        summand = table[(m >> i & 1) + 2 * (n >> i & 1)]
        if summand:
            total = add(total, summand)
    return total


@lru_cache(maxsize=4096)
def point(data):
    """The point that 32 bytes encode canonically, or None [J-32, J-33]."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(data) != 32 or y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def point_bytes(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def sha512_number(*data):
    return int.from_bytes(hashlib.sha512(b"".join(data)).digest(), "little") % L


def is_public_key(data):
    """J-32 to J-34."""
    p = point(data)
    return p is not None and not is_neutral(times8(p))


@lru_cache(maxsize=65536)
def signature_holds(key, message, signature):
    """J-36 to J-38, for a key that is_public_key accepts."""
    if len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    if fast_yes(key, message, signature):
        return True
    r_point = point(r)
    if r_point is None:
        return False
    k = sha512_number(r, key, message)
    rest = sum_of_products(s, BASE, k, negative(point(key)))
    return is_neutral(times8(add(rest, negative(r_point))))


def fast_yes(key, message, signature):
    """Whether the library, if it is there, accepts the signature. Its no decides nothing.

    Its yes decides. The library (OpenSSL's ED25519_verify, as all descendants of ref10) reads A from the
    key, computes Q = [S]B - [k]A with k = SHA-512(R, A, M) mod L over the bytes given, encodes Q, and
    says yes only if these 32 bytes are R. What it encodes is a point and the encoding is canonical, so R
    encodes the point Q canonically, which is J-37. And [S]B - Q - [k]A is the neutral element, so 8 times
    it is, which is J-38. S < L (J-36) and the key (J-32 to J-34) were judged before; for a canonical key
    the library's A is ours.
    """
    if Ed25519PublicKey is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


class Signer:
    """An Ed25519 key of RFC 8032, 5.1.5, from its seed."""

    def __init__(self, seed):
        secret = hashlib.sha512(seed).digest()
        self.scalar = (int.from_bytes(secret[:32], "little") & (2**254 - 8)) | 2**254
        self.prefix = secret[32:]
        self.public = point_bytes(sum_of_products(self.scalar, BASE, 0, NEUTRAL))

    def sign(self, message):
        nonce = sha512_number(self.prefix, message)
        r = point_bytes(sum_of_products(nonce, BASE, 0, NEUTRAL))
        s = (nonce + sha512_number(r, self.public, message) * self.scalar) % L
        return r + s.to_bytes(32, "little")


# ---------------------------------------------------------------- keys and anchors [J-28 to J-35]

PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")


def public_key(jwk):
    """The 32 bytes of an accepted JWK, or None."""
    if not isinstance(jwk, dict) or any(name in jwk for name in PRIVATE_MEMBERS):
        return None
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(jwk.get("x"), str):
        return None
    data = decode(jwk["x"])
    return data if data is not None and is_public_key(data) else None


def public_jwk(key):
    return {"crv": "Ed25519", "kty": "OKP", "x": encode(key)}


def thumbprint(key):
    return digest(canonical(public_jwk(key)))


def thumbprint_uri(key):
    return "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + thumbprint(key)


def uri_pattern():
    """RFC 3986, appendix A. What stands in the brackets of an IPv6 address is judged apart."""
    pchar = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
    name = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
    user = r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*"
    literal = r"\[(?:[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+|(?P<v6>[0-9A-Fa-f:.]+))\]"
    authority = "(?:%s@)?(?:%s|%s)(?::[0-9]*)?" % (user, literal, name)
    path = "(?://%s(?:/%s*)*|/(?:%s+(?:/%s*)*)?|%s+(?:/%s*)*|)" % (authority, pchar, pchar, pchar, pchar, pchar)
    return re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:%s(?:\?(?:%s|[/?])*)?(?:#(?:%s|[/?])*)?" % (path, pchar, pchar))


URI = uri_pattern()


def is_uri(text):
    match = URI.fullmatch(text)
    if match and match["v6"]:
        try:
            ipaddress.IPv6Address(match["v6"])
        except ValueError:
            return False
    return bool(match)


def usable_anchors(listed):
    """The pairs (issuer, key) of a configuration; one that is not as required is not there."""
    pairs = []
    for anchor in listed:
        key, issuer = public_key(anchor.get("jwk")), anchor.get("iss")
        if key is not None and isinstance(issuer, str) and is_uri(issuer):
            pairs.append((issuer, key))
    return pairs


# ---------------------------------------------------------------- constraints [M-8 to M-27]

# The members of each type, with those that must be there.
TYPES = {
    "exact": (("value",), ("value",)),
    "range": (("min", "max", "min_inclusive", "max_inclusive"), ()),
    "one_of": (("values",), ("values",)),
    "not_one_of": (("excluded",), ("excluded",)),
    "contains": (("required",), ("required",)),
    "subset": (("allowed",), ("allowed",)),
    "wildcard": ((), ()),
    "all": (("constraints",), ("constraints",)),
    "any": (("constraints",), ("constraints",)),
}


class Constraint:
    """A well-formed constraint, made for comparing: sets are sets of canonical texts."""

    def __init__(self, kind, optional=False):
        self.kind, self.optional = kind, optional
        self.value = None            # exact: canonical text
        self.number = None           # exact: its double, when it is a number
        self.members = frozenset()   # one_of, not_one_of, contains, subset
        self.clauses = ()            # all, any
        self.min = self.max = None   # range: doubles
        self.min_inclusive = self.max_inclusive = True


WILDCARD = Constraint("wildcard")


def constraint(json_value, place, step, deepest, depth=1):
    """Reads a constraint that is the entry of an "argument" or of "*", a "clause", or "alone"."""

    def well_formed(holds, detail, code="constraint_malformed"):
        need(holds, step, code, detail)

    well_formed(depth <= deepest, "constraints are nested too deep", "constraint_too_deep")
    well_formed(isinstance(json_value, dict), "a constraint is no object")
    kind = json_value.get("constraint_type")
    well_formed(isinstance(kind, str), "no string constraint_type")
    well_formed(kind in TYPES, "an unknown constraint_type", "constraint_type_unknown")
    known, required = TYPES[kind]
    for name in json_value:
        if name == "optional":
            well_formed(place == "argument", "optional where it may not stand")
        else:
            well_formed(name == "constraint_type" or name in known, "an unknown member")
    for name in required:
        well_formed(name in json_value, "a member is missing")

    result = Constraint(kind)
    for name, value in json_value.items():
        if name == "constraint_type":
            continue
        if name in ("optional", "min_inclusive", "max_inclusive"):
            well_formed(isinstance(value, bool), name + " is no boolean")
        elif name in ("min", "max"):
            well_formed(isinstance(value, Number), name + " is no number")
        elif name == "value":
            well_formed(not isinstance(value, (list, dict)), "value is no scalar")
        else:
            well_formed(isinstance(value, list), name + " is no array")
        if name == "constraints":
            result.clauses = [constraint(c, "clause", step, deepest, depth + 1) for c in value]
            continue
        well_formed(not inadmissible(value), "a number is not admissible", "number_inadmissible")
        if name in ("min", "max"):
            setattr(result, name, value.double())
        elif name == "value":
            result.value = canonical(value)
            result.number = value.double() if isinstance(value, Number) else None
        elif isinstance(value, list):
            result.members = frozenset(map(canonical, value))
        else:
            setattr(result, name, value)

    if kind == "range":
        well_formed(result.min is None or result.max is None or result.min <= result.max, "min is above max")
        for side in ("min", "max"):
            well_formed(side in json_value or side + "_inclusive" not in json_value, "an inclusivity without its bound")
    if kind == "one_of":
        well_formed(result.members, "values is empty")
    if kind in ("all", "any"):
        well_formed(result.clauses, "no clauses")
    if place == "*":
        well_formed(kind == "wildcard", '"*" is no wildcard')
    return result


def constraint_map(json_value, step, deepest):
    """The map of one tool, by argument; the empty map is that of "*" alone [M-26]."""
    read_map = {name: constraint(value, "*" if name == "*" else "argument", step, deepest)
                for name, value in json_value.items()}
    return read_map or {"*": WILDCARD}


def tools_map(json_value, step, deepest):
    return {tool: constraint_map(value, step, deepest) for tool, value in json_value.items()}


# ---------------------------------------------------------------- checking [M-15 to M-33]

def accepts(c, value):
    """Whether a constraint accepts a value, whose numbers are admissible."""
    if c.kind == "exact":
        return canonical(value) == c.value
    if c.kind == "range":
        return isinstance(value, Number) and in_range(c, value.double())
    if c.kind == "one_of":
        return canonical(value) in c.members
    if c.kind == "not_one_of":
        return canonical(value) not in c.members
    if c.kind == "contains":
        return isinstance(value, list) and c.members <= set(map(canonical, value))
    if c.kind == "subset":
        return isinstance(value, list) and c.members >= set(map(canonical, value))
    if c.kind == "all":
        return all(accepts(clause, value) for clause in c.clauses)
    if c.kind == "any":
        return any(accepts(clause, value) for clause in c.clauses)
    return c.kind == "wildcard"


def in_range(c, double):
    above = c.min is None or double > c.min or (double == c.min and c.min_inclusive)
    below = c.max is None or double < c.max or (double == c.max and c.max_inclusive)
    return above and below


def check_arguments(args, named, step="6b"):
    """M-30 and M-31: `named` is a map of constraints."""
    for name in sorted(args, key=lambda name: name.encode("utf-16-be")):
        if name in named and name != "*":
            need(accepts(named[name], args[name]), step, "argument_refused", name)
        else:
            need("*" in named, step, "argument_not_named", name)
    for name, c in named.items():
        need(name == "*" or c.optional or name in args, step, "argument_missing", name)


# ---------------------------------------------------------------- narrowing [M-34 to M-53]

class Comparisons:
    """How many more there may be for one token [V-4p4.2]."""

    def __init__(self, limits):
        self.left = limits["max_comparisons"]

    def take(self, count):
        self.left -= count
        need(self.left >= 0, "4p4", "too_many_comparisons")


def narrows(child, parent, comparisons):
    comparisons.take(1)
    pair = (parent.kind, child.kind)
    if parent.kind == "wildcard":
        return True
    if pair == ("exact", "exact"):
        return child.value == parent.value
    if pair == ("range", "range"):
        return (bound_narrows(child.min, child.min_inclusive, parent.min, parent.min_inclusive, 1)
                and bound_narrows(child.max, child.max_inclusive, parent.max, parent.max_inclusive, -1))
    if pair == ("range", "exact"):
        return child.number is not None and in_range(parent, child.number)
    if pair == ("one_of", "exact"):
        return child.value in parent.members
    if pair in (("one_of", "one_of"), ("subset", "subset")):
        comparisons.take(len(child.members))
        return child.members <= parent.members
    if pair in (("not_one_of", "not_one_of"), ("contains", "contains")):
        comparisons.take(len(child.members))
        return child.members >= parent.members
    if pair == ("all", "all"):
        return all(any(narrows(c, p, comparisons) for c in child.clauses) for p in parent.clauses)
    if pair == ("any", "any"):
        return all(any(narrows(c, p, comparisons) for p in parent.clauses) for c in child.clauses)
    return False


def bound_narrows(child, child_inclusive, parent, parent_inclusive, inward):
    """M-46; `inward` is 1 for lower and -1 for upper bounds."""
    if parent is None:
        return True
    if child is None:
        return False
    if child == parent:
        return parent_inclusive or not child_inclusive
    return child * inward > parent * inward


def narrow_tools(child, parent, limits):
    """Steps 4p1 to 4p4, each for all tools before the next."""
    tools, comparisons = sorted(child, key=utf8), Comparisons(limits)
    for tool in tools:
        need(tool in parent, "4p1", "tool_added", tool)
    for tool in tools:
        narrow_keys(child[tool], parent[tool])
    for tool in tools:
        for name in sorted(set(child[tool]) & set(parent[tool]) - {"*"}, key=utf8):
            need(parent[tool][name].optional or not child[tool][name].optional, "4p3", "made_optional", name)
    for tool in tools:
        for name in sorted(set(child[tool]) & set(parent[tool]), key=utf8):
            need(narrows(child[tool][name], parent[tool][name], comparisons), "4p4", "constraint_widened", name)


def narrow_keys(child, parent):
    """Step 4p2 for one tool [M-47 to M-50]."""
    for name in sorted(set(child) - set(parent) - {"*"}, key=utf8):
        need("*" in parent, "4p2", "argument_added", name)
    for name in sorted(set(parent) - set(child) - {"*"}, key=utf8):
        need(parent[name].optional, "4p2", "required_argument_dropped", name)
        need("*" not in child, "4p2", "argument_readmitted", name)
    need("*" in parent or "*" not in child, "4p2", "unnamed_added")


# ---------------------------------------------------------------- tokens [J-8 to J-21]

class Token:
    """The claims of a token that were read and typed, each as its step asks."""


def check_header(segment, typ, step):
    data = decode(segment)
    try:
        header = read_unique(data) if data is not None else None
    except Malformed as fault:
        raise Deny(step, "header_malformed", str(fault))
    need(isinstance(header, dict), step, "header_malformed")
    need(header.get("alg") == "Ed25519", step, "algorithm_not_allowed")
    need(header.get("typ") == typ, step, "type_wrong")
    need("crit" not in header, step, "critical_header")


def signature_bytes(segment, step):
    data = decode(segment)
    need(data is not None and len(data) == 64, step, "envelope_malformed", "the signature is not 64 bytes")
    return data


def unverified_jti(token):
    """Step 2c for one token: the one thing that is read before a signature is checked."""
    segments = token.split(".")
    need(len(segments) == 3, "2c", "envelope_malformed", "not three segments")
    data = decode(segments[1])
    need(data is not None, "2c", "envelope_malformed", "the payload is not base64url")
    try:
        payload, _ = read(data)
    except Malformed as fault:
        raise Deny("2c", "envelope_malformed", str(fault))
    need(isinstance(payload, dict), "2c", "envelope_malformed", "the payload is no object")
    need(isinstance(payload.get("jti"), str), "2c", "id_missing")
    return payload["jti"]


def verified_payload(token, step):
    """The claims of a token whose signature held."""
    try:
        return read_unique(decode(token.split(".")[1]))
    except Malformed as fault:
        raise Deny(step, "claims_malformed", str(fault))


def integer(claims, name, step, least=None):
    value = claims.get(name)
    number = value.integer() if isinstance(value, Number) else None
    need(number is not None and (least is None or number >= least), step, "claim_type", name)
    return number


def string(claims, name, step, empty=False):
    value = claims.get(name)
    need(isinstance(value, str) and (empty or value != ""), step, "claim_type", name)
    return value


def holder(claims, step):
    cnf = claims.get("cnf")
    need(isinstance(cnf, dict) and isinstance(cnf.get("jwk"), dict), step, "claim_type", "cnf")
    key = public_key(cnf["jwk"])
    need(key is not None, step, "holder_key")
    return key


def capability(claims, step, array_step, least):
    """The `tools` of the capability entry, or None where there is none [J-21]."""
    details = claims.get("authorization_details")
    need(isinstance(details, list), array_step, "claim_type", "authorization_details")
    entries = [e for e in details if isinstance(e, dict) and e.get("type") == "attenuating_agent_token"]
    need(least <= len(entries) <= 1, step, "capability_count")
    if not entries:
        return None
    tools = entries[0].get("tools")
    need(isinstance(tools, dict), step, "claim_type", "tools")
    need(all(isinstance(value, dict) for value in tools.values()), step, "tool_malformed")
    return tools


def read_root(claims, limits):
    """The types of a root's claims, steps 3b to 3n."""
    t = Token()
    t.iat, t.exp = integer(claims, "iat", "3b"), integer(claims, "exp", "3b")
    t.depth = integer(claims, "del_depth", "3c", 0)
    need("par_hash" not in claims, "3d", "claim_present", "par_hash")
    t.max_depth = integer(claims, "del_max_depth", "3i", 0)
    t.jti = string(claims, "jti", "3j")
    t.iss = string(claims, "iss", "3k", empty=True)
    t.key = holder(claims, "3l")
    t.tools_json = capability(claims, "3m", "3m", 1)
    t.tools = tools_map(t.tools_json, "3n", limits["max_constraint_depth"])
    t.claims = claims
    return t


def read_child(claims, limits):
    """The types of a derived token's claims, steps 4b1 to 4b5, 4n, 4o."""
    t = Token()
    t.iat, t.exp = integer(claims, "iat", "4b5"), integer(claims, "exp", "4b5")
    t.depth = integer(claims, "del_depth", "4b4", 0)
    t.par_hash = string(claims, "par_hash", "4b5", empty=True)
    need(len(decode(t.par_hash) or b"") == 32, "4q", "claim_type", "par_hash")
    t.max_depth = integer(claims, "del_max_depth", "4b4", 0)
    t.jti = string(claims, "jti", "4b1")
    t.iss = string(claims, "iss", "4b5", empty=True)
    t.key = holder(claims, "4b2")
    t.tools_json = capability(claims, "4n", "4b3", 0)
    t.tools = tools_map(t.tools_json or {}, "4o", limits["max_constraint_depth"])
    t.claims = claims
    return t


def check_root(t, now, limits):
    """What a root's claims have to say of time and depth."""
    need(t.depth == 0, "3c", "root_depth")
    need(t.exp > now, "3e", "expired")
    need(t.iat <= now + limits["max_iat_skew"], "3f", "issued_in_future")
    need(t.exp > t.iat, "3g", "expires_before_issued")
    need(t.exp <= t.iat + limits["max_token_lifetime"], "3h", "lifetime_too_long")
    need(t.max_depth <= limits["max_delegation_depth"], "3i", "max_depth_above_limit")


def check_child(t, parent, now, limits):
    """What a child's claims have to be beside the parent's, steps 4c to 4q."""
    need(t.iss == thumbprint_uri(parent.key), "4c", "issuer_not_parent_holder")
    need(t.depth == parent.depth + 1, "4d", "depth_not_next")
    need(t.depth <= parent.max_depth, "4e", "depth_above_parent_max")
    need(t.depth <= limits["max_delegation_depth"], "4f", "depth_above_limit")
    need(t.max_depth <= parent.max_depth, "4g", "max_depth_raised")
    need(t.exp <= parent.exp, "4h", "outlives_parent")
    need(t.exp > now, "4i", "expired")
    need(t.iat >= parent.iat, "4j", "issued_before_parent")
    need(t.iat <= now + limits["max_iat_skew"], "4k", "issued_in_future")
    need(t.exp > t.iat, "4l", "expires_before_issued")
    need(t.depth <= t.max_depth, "4m", "depth_above_own_max")
    narrow_tools(t.tools, parent.tools, limits)
    need(t.par_hash == parent.digest, "4q", "parent_hash_mismatch")


# ---------------------------------------------------------------- verification

def read_presentation(data, limits):
    """Steps 1 to 2c: the tokens as strings, and the proof, of whatever type it is."""
    need(len(data) <= limits["max_presentation_size"], "2b", "presentation_malformed", "too large")
    try:
        value, repeats = read(data)
    except Malformed as fault:
        raise Deny("1", "presentation_malformed", str(fault))
    if isinstance(value, list):
        value = {"aat_chain": value}
    need(isinstance(value, dict) and 1 not in repeats, "1", "presentation_malformed")
    chain = value.get("aat_chain")
    need(isinstance(chain, list), "1", "presentation_malformed", "no aat_chain")
    for i, token in enumerate(chain):
        need(isinstance(token, str), "2c", "presentation_malformed", "a token is no string", i)
    need(chain, "1", "chain_empty")
    sizes = [len(utf8(token)) for token in chain]
    for i, size in enumerate(sizes):
        need(size <= limits["max_token_size"], "2a", "token_too_large", token=i)
    need(sum(sizes) <= limits["max_chain_size"], "2b", "chain_too_large")
    ids = []
    for i, token in enumerate(chain):
        at_token(i, lambda: ids.append(unverified_jti(token)))
    need(len(set(ids)) == len(ids), "2c", "id_repeated")
    return chain, value.get("aat_pop")


def at_token(index, check):
    """Runs a check, of which a denial is the fault of that token."""
    try:
        return check()
    except Deny as denial:
        denial.token = index
        raise


def verify_root(token, anchors, now, limits):
    header, _, signature = token.split(".")
    check_header(header, "aat+jwt", "3a")
    signature = signature_bytes(signature, "3b")
    signed = token.rpartition(".")[0]
    trusted = [(issuer, key) for issuer, key in anchors if signature_holds(key, utf8(signed), signature)]
    need(trusted, "3b", "root_not_trusted")
    t = read_root(verified_payload(token, "3b"), limits)
    check_root(t, now, limits)
    need(any(issuer == t.iss for issuer, _ in trusted), "3k", "issuer_mismatch")
    t.digest = digest(signed)
    return t


def verify_child(token, parent, now, limits):
    header, _, signature = token.split(".")
    check_header(header, "aat+jwt", "4a")
    signature = signature_bytes(signature, "4b")
    signed = token.rpartition(".")[0]
    need(signature_holds(parent.key, utf8(signed), signature), "4b", "signature_invalid")
    t = read_child(verified_payload(token, "4b"), limits)
    check_child(t, parent, now, limits)
    t.digest = digest(signed)
    return t


def verify_chain(chain, anchors, now, limits):
    tokens = [at_token(0, lambda: verify_root(chain[0], anchors, now, limits))]
    for i, token in enumerate(chain[1:], 1):
        tokens.append(at_token(i, lambda: verify_child(token, tokens[-1], now, limits)))
    need(len(tokens) == tokens[-1].depth + 1, "5", "chain_length")
    return tokens


def read_arguments(text, code="arguments_malformed"):
    """A value of a call: strict JSON of admissible numbers."""
    try:
        value = read_unique(text)
    except Malformed as fault:
        raise Deny("6b", code, str(fault))
    need(not inadmissible(value), "6b", code, "a number is not admissible")
    return value


def verify_proof(proof, leaf, limits):
    """Steps 7a and 7b and the types of 7c."""
    need(isinstance(proof, str), "7a", "presentation_malformed", "no aat_pop")
    need(len(utf8(proof)) <= limits["max_proof_size"], "7a", "proof_too_large")
    segments = proof.split(".")
    need(len(segments) == 3, "7a", "envelope_malformed", "not three segments")
    check_header(segments[0], "aat-pop+jwt", "7a")
    signature = signature_bytes(segments[2], "7b")
    signed = utf8(proof.rpartition(".")[0])
    need(signature_holds(leaf.key, signed, signature), "7b", "signature_invalid")
    data = decode(segments[1])
    need(data is not None, "7b", "envelope_malformed", "the payload is not base64url")
    try:
        claims = read_unique(data)
    except Malformed as fault:
        raise Deny("7b", "claims_malformed", str(fault))
    need(isinstance(claims, dict), "7b", "claim_type", "the payload is no object")
    string(claims, "jti", "7c")
    integer(claims, "iat", "7c")
    need(isinstance(claims.get("hta"), dict), "7c", "claim_type", "hta")
    for name in ("aat_id", "aat_hash", "aat_tool"):
        string(claims, name, "7c")
    return claims


def check_call(leaf, tool, args, policy):
    """Steps 6a and 6b."""
    need(leaf.tools_json is not None, "6a", "leaf_without_capability", token=leaf.depth)
    need(tool != "" and tool in leaf.tools, "6b", "tool_not_authorized", tool)
    check_arguments(args, leaf.tools[tool])
    need(leaf.depth >= policy["min_depth"].get(tool, 0), "6b", "leaf_too_shallow")


def check_audiences(tokens, policy):
    """Step 6c."""
    with_audience = [(i, t.claims["aud"]) for i, t in enumerate(tokens) if "aud" in t.claims]
    for i, aud in with_audience:
        names = [aud] if isinstance(aud, str) else aud
        well_typed = isinstance(names, list) and all(isinstance(name, str) for name in names)
        need(well_typed, "6c", "audience_malformed", token=i)
        need(any(name in policy["audiences"] for name in names), "6c", "audience_mismatch", token=i)
    need(with_audience or not policy["require_chain_aud"], "6c", "audience_required")


def check_proof(claims, leaf, tool, args, now, limits, policy):
    """Steps 7c to 7h."""
    need(claims["aat_id"] == leaf.jti, "7c", "proof_of_other_token", "aat_id")
    need(claims["aat_hash"] == leaf.digest, "7c", "proof_of_other_token", "aat_hash")
    if "aat_aud" in claims:
        aud = claims["aat_aud"]
        need(isinstance(aud, str) and aud in policy["audiences"], "7d", "proof_audience_mismatch")
    else:
        need(not policy["require_pop_aud"], "7d", "proof_audience_required")
    need(claims["aat_tool"] == tool, "7e", "proof_of_other_tool")
    try:
        same = canonical(claims["hta"]) == canonical(args)
    except OverflowError:
        same = False
    need(same, "7f", "proof_of_other_arguments")
    need(abs(claims["iat"].integer() - now) <= limits["pop_window"], "7g", "proof_outside_window")
    if policy["nonces"] is not None:
        nonce = claims.get("nonce")
        need(isinstance(nonce, str), "7h", "nonce_required")
        need(nonce in policy["nonces"], "7h", "nonce_refused")


class Replay:
    """The proofs that were accepted, by holder key and id, with the last second that each is remembered."""

    def __init__(self):
        self.until = {}

    def check(self, key, jti, now):
        need((key, jti) not in self.until or now > self.until[key, jti], "7i", "proof_replayed")

    def record(self, key, jti, until):
        self.until[key, jti] = until


def verify(data, tool, arguments, now, anchors, limits, policy, replay=None):
    """Section 8. Returns when the call is permitted, and raises Deny otherwise."""
    chain, proof = read_presentation(data, limits)
    tokens = verify_chain(chain, anchors, now, limits)
    leaf = tokens[-1]
    args = read_arguments(arguments)
    need(isinstance(args, dict), "6b", "arguments_malformed", "the arguments are no object")
    claims = verify_proof(proof, leaf, limits)
    check_call(leaf, tool, args, policy)
    check_audiences(tokens, policy)
    check_proof(claims, leaf, tool, args, now, limits, policy)
    need(claims["jti"] not in policy["seen_jti"], "7i", "proof_replayed")
    if replay is not None and tool not in policy["idempotent"]:
        replay.check(leaf.key, claims["jti"], now)
        replay.record(leaf.key, claims["jti"], claims["iat"].integer() + limits["pop_window"])


# ---------------------------------------------------------------- making [J-40 to J-46]

def sort_key(value):
    """The order of the members of a set [J-42]."""
    if value is None or isinstance(value, bool):
        return ((None, False, True).index(value),)
    if isinstance(value, Number):
        return 3, value.double()
    if isinstance(value, str):
        return 4, utf8(value)
    if isinstance(value, list):
        return 5, [sort_key(item) for item in value]
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return 6, [(utf8(name), sort_key(value[name])) for name in names]


def written_constraint(c):
    """A well-formed constraint with the members that are needed and its sets in order [J-42]."""
    result = {}
    for name, value in c.items():
        if name in ("min_inclusive", "max_inclusive") and value or name == "optional" and not value:
            continue
        if name == "constraints":
            value = [written_constraint(clause) for clause in value]
        elif isinstance(value, list):
            value = sorted({canonical(item): item for item in value}.values(), key=sort_key)
        result[name] = value
    return result


def written_tools(tools):
    result = {}
    for tool, named in tools.items():
        result[tool] = {} if set(named) == {"*"} else {name: written_constraint(c) for name, c in named.items()}
    return result


def written_audience(aud):
    names = [aud] if isinstance(aud, str) else aud
    need(names, "6c", "audience_mismatch", "an audience of nobody")
    names = sorted(set(names), key=utf8)
    return names[0] if len(names) == 1 else names


def signed_jws(signer, typ, claims):
    header = encode(utf8(canonical({"alg": "Ed25519", "typ": typ})))
    signing_input = header + "." + encode(utf8(canonical(claims)))
    return signing_input + "." + encode(signer.sign(utf8(signing_input)))


def number(value):
    return Number(str(value))


def token_claims(grant, signer_iss, iat, depth, tools):
    """The claims that roots and children have in common, from a request's `grant`."""
    details = [] if tools is None else [{"type": "attenuating_agent_token", "tools": tools}]
    claims = {
        "jti": grant.get("jti"), "iss": signer_iss, "iat": number(iat), "exp": grant.get("exp"),
        "del_depth": number(depth), "del_max_depth": grant.get("max_depth"),
        "cnf": {"jwk": grant.get("holder")}, "authorization_details": details,
    }
    if "aud" in grant:
        claims["aud"] = grant["aud"]
    return claims


def granted_tools(grant, step):
    if "tools" not in grant:
        return None
    try:
        return read_unique(utf8(grant["tools"]))
    except Malformed as fault:
        raise Deny(step, "claims_malformed", str(fault))


def sign_token(signer, claims, t):
    """Signs claims that were judged, written as J-41 and J-42 ask."""
    claims["cnf"] = {"jwk": public_jwk(t.key)}
    if "aud" in claims:
        claims["aud"] = written_audience(claims["aud"])
    for entry in claims["authorization_details"]:
        entry["tools"] = written_tools(entry["tools"])
    return signed_jws(signer, "aat+jwt", claims)


def check_sizes(chain, limits):
    need(len(chain[-1]) <= limits["max_token_size"], "2a", "token_too_large", token=len(chain) - 1)
    need(sum(map(len, chain)) <= limits["max_chain_size"], "2b", "chain_too_large")


def issue(request, limits):
    signer, now, grant = Signer(bytes.fromhex(request["seed_hex"])), request["now"].integer(), request["grant"]
    claims = token_claims(grant, request["iss"], now, 0, granted_tools(grant, "3b"))
    root = read_root(claims, limits)
    need(is_uri(root.iss), "3k", "issuer_mismatch", "the issuer is no URI")
    need(root.exp > root.iat, "3g", "expires_before_issued")
    check_root(root, now, limits)
    chain = [sign_token(signer, claims, root)]
    check_sizes(chain, limits)
    return chain


def own_chain(chain, limits):
    """The tokens of a chain that is built upon, whose signatures are not judged."""
    tokens = []
    for i, token in enumerate(chain):
        claims = verified_payload(token, "4b" if i else "3b")
        tokens.append(read_child(claims, limits) if i else read_root(claims, limits))
        tokens[-1].digest = digest(token.rpartition(".")[0])
    return tokens


def derive(request, limits):
    chain, now, grant = request["chain"], request["now"].integer(), dict(request["grant"])
    signer = Signer(bytes.fromhex(request["seed_hex"]))
    parent = own_chain(chain, limits)[-1]
    need(signer.public == parent.key, "4b", "signature_invalid", "not the parent's holder")
    grant.setdefault("exp", number(parent.exp))
    grant.setdefault("max_depth", number(parent.max_depth))
    tools = granted_tools(grant, "4b") if "tools" in grant else parent.tools_json
    claims = token_claims(grant, thumbprint_uri(parent.key), max(now, parent.iat), parent.depth + 1, tools)
    claims["par_hash"] = parent.digest
    child = read_child(claims, limits)
    need(child.key != parent.key, None, None, "the parent's holder again, which no verifier can tell")
    check_child(child, parent, now, limits)
    made = chain + [sign_token(signer, claims, child)]
    check_sizes(made, limits)
    return made


def prove(request, limits):
    chain, now, tool = request["chain"], request["now"].integer(), request["tool"]
    signer = Signer(bytes.fromhex(request["seed_hex"]))
    leaf = own_chain(chain, limits)[-1]
    need(signer.public == leaf.key, "7b", "signature_invalid", "not the leaf's holder")
    args = read_arguments(utf8(request["args_json"]))
    need(isinstance(args, dict), "6b", "arguments_malformed")
    need(request["jti"] != "", "7c", "claim_type", "jti")
    check_call(leaf, tool, args, NO_POLICY)
    claims = {"jti": request["jti"], "iat": number(now), "aat_id": leaf.jti, "aat_hash": leaf.digest,
              "aat_tool": tool, "hta": args}
    for name, claim in (("audience", "aat_aud"), ("nonce", "nonce")):
        if name in request:
            claims[claim] = request[name]
    proof = signed_jws(signer, "aat-pop+jwt", claims)
    need(len(proof) <= limits["max_proof_size"], "7a", "proof_too_large")
    return {"aat_chain": chain, "aat_pop": proof}


# ---------------------------------------------------------------- the protocol of test-vectors/README.md

NO_POLICY = {"audiences": [], "require_pop_aud": False, "require_chain_aud": False, "nonces": None,
             "seen_jti": [], "idempotent": [], "min_depth": {}}


def limits_of(request):
    limits = dict(LIMITS)
    limits.update((name, value.integer()) for name, value in request.get("params", {}).items() if name in LIMITS)
    return limits


def policy_of(request):
    policy, params = dict(NO_POLICY), request.get("params", {})
    if "audience" in params:
        policy["audiences"] = [params["audience"]]
    policy.update(request.get("policy", {}))
    policy["min_depth"] = {tool: depth.integer() for tool, depth in policy["min_depth"].items()}
    return policy


def presented(request):
    """The bytes that were received, in whichever form the request has them."""
    if "presentation_hex" in request:
        return bytes.fromhex(request["presentation_hex"])
    if "presentation_text" in request:
        return utf8(request["presentation_text"])
    value = request["presentation"]
    return utf8(value if isinstance(value, str) else as_written(value))


def op_verify(request, replay=None):
    verify(presented(request), request["tool"], utf8(request["args_json"]), int(request["now"].double()),
           usable_anchors(request.get("trust_anchors", [])), limits_of(request), policy_of(request), replay)


def op_sequence(request):
    replay, results = Replay(), []
    for call in request["calls"]:
        whole = {name: value for name, value in request.items() if name != "calls"}
        whole.update(call)
        results.append(judged(lambda: op_verify(whole, replay)))
    return results


def text_of(request, name):
    """Raw JSON text of a request, as a value. What cannot be read is no constraint, map or tools."""
    try:
        return read_unique(utf8(request[name]))
    except Malformed as fault:
        raise Deny("3n", "constraint_malformed", str(fault))


def maps_of(value, level, deepest):
    """The tools that a request's value stands for, when it is a map of constraints or of tools."""
    tools = {"t": value} if level == "arguments" else value
    need(isinstance(tools, dict), "3m", "claim_type")
    need(all(isinstance(named, dict) for named in tools.values()), "3m", "tool_malformed")
    return tools_map(tools, "3n", deepest)


def op_narrows(request):
    limits, level = limits_of(request), request.get("level", "constraint")
    deepest = limits["max_constraint_depth"]
    child, parent = text_of(request, "child"), text_of(request, "parent")
    if level == "constraint":
        child, parent = (constraint(c, "alone", "3n", deepest) for c in (child, parent))
        need(narrows(child, parent, Comparisons(limits)), "4p4", "constraint_widened")
    else:
        narrow_tools(maps_of(child, level, deepest), maps_of(parent, level, deepest), limits)


def op_check(request):
    deepest, level = limits_of(request)["max_constraint_depth"], request.get("level", "constraint")
    rule, value = text_of(request, "constraint"), read_arguments(utf8(request["value"]))
    if level == "constraint":
        need(accepts(constraint(rule, "alone", "3n", deepest), value), "6b", "argument_refused")
    else:
        need(isinstance(value, dict), "6b", "arguments_malformed")
        check_arguments(value, maps_of(rule, "arguments", deepest)["t"])


def op_well_formed(request):
    deepest, level = limits_of(request)["max_constraint_depth"], request.get("level", "constraint")
    rule = text_of(request, "constraint")
    if level == "constraint":
        constraint(rule, "alone", "3n", deepest)
    else:
        maps_of(rule, level, deepest)


def op_canonicalize(request):
    data = bytes.fromhex(request["input_hex"]) if "input_hex" in request else utf8(request["input"])
    return canonical(read_arguments(data))


def op_key(request):
    try:
        key = public_key(read_unique(utf8(request["input"])))
    except Malformed as fault:
        raise Deny("3l", "holder_key", str(fault))
    need(key is not None, "3l", "holder_key")
    return thumbprint(key)


def op_signature(request):
    key, message, signature = (bytes.fromhex(request[name + "_hex"]) for name in ("public_key", "message", "signature"))
    need(is_public_key(key), None, "holder_key")
    need(len(signature) == 64, None, "envelope_malformed")
    need(signature_holds(key, message, signature), None, "signature_invalid")


OPERATIONS = {
    "verify": op_verify, "sequence": op_sequence, "narrows": op_narrows, "check": op_check,
    "well_formed": op_well_formed, "canonicalize": op_canonicalize, "key": op_key, "signature": op_signature,
    "issue": lambda r: issue(r, limits_of(r)),
    "derive": lambda r: derive(r, limits_of(r)),
    "prove": lambda r: prove(r, limits_of(r)),
}


def judged(operation):
    """The answer to what an operation gives or denies."""
    try:
        output = operation()
    except Deny as denial:
        answer = {"verdict": "DENY", "step": denial.step, "code": denial.code, "detail": str(denial)}
        if denial.token is not None:
            answer["token"] = denial.token
        return answer
    return {"verdict": "PERMIT", "step": None, "code": None, "output": output}


def answer(request):
    if request.get("profile") == "compact":
        return {"verdict": "DENY", "step": None, "code": "profile_not_supported"}
    operation = request.get("operation", "verify")
    result = judged(lambda: OPERATIONS[operation](request))
    if operation == "sequence":
        results = result.pop("output")
        result["results"] = results
        if any(r["verdict"] != "PERMIT" for r in results):
            result["verdict"] = "DENY"
    return result


def main():
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # integers have any number of digits [J-14]
    sys.setrecursionlimit(20000)
    for line in sys.stdin.buffer:
        reply = {"id": None}
        try:
            request, _ = read(line, nesting=1000)
            reply["id"] = request.get("id")
            reply.update(answer(request))
        except Exception as fault:  # an answer without a verdict is wrong, and seen
            reply["error"] = "%s: %s" % (type(fault).__name__, fault)
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
