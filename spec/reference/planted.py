#!/usr/bin/env python3
"""Plants mistakes in copies of aat.py and sees that the test vectors find each of them.

    python3 spec/reference/planted.py                     # with `taper` from the PATH
    python3 spec/reference/planted.py --taper PATH [--vectors DIR] [--only NAME]

Each is a mistake that somebody who writes a verifier could make. `taper conformance` has to end with 0 for
aat.py as it is, and with 1 for each copy, naming vectors whose verdict is wrong. Ends with 1 otherwise.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

# Name, what stands in aat.py (once), and what stands there instead.
PLANTED = [
    ("parent hash not compared",
     'need(t.par_hash == parent.digest, "4q", "parent_hash_mismatch")', "pass"),
    ("strings compared after normalization",
     "def quote(text):\n",
     'def quote(text):\n    import unicodedata\n    text = unicodedata.normalize("NFC", text)\n'),
    ("a token holds at the second of its exp",
     'need(t.exp > now, "3e", "expired")', 'need(t.exp >= now, "3e", "expired")'),
    ("arguments that are not named pass",
     'need("*" in named, step, "argument_not_named", name)', "pass"),
    ("arguments that are required may be absent",
     'need(name == "*" or c.optional or name in args, step, "argument_missing", name)', "pass"),
    ("range takes texts of numbers",
     "return isinstance(value, Number) and in_range(c, value.double())",
     'return in_range(c, float(value.text if isinstance(value, Number) else value))'),
    ("range is exclusive",
     "double > c.min or (double == c.min and c.min_inclusive)", "double > c.min"),
    ("EdDSA is an algorithm",
     'header.get("alg") == "Ed25519"', 'header.get("alg") in ("Ed25519", "EdDSA")'),
    ("typ is not looked at",
     'need(header.get("typ") == typ, step, "type_wrong")', "pass"),
    ("crit is not looked at",
     'need("crit" not in header, step, "critical_header")', "pass"),
    ("depth is not compared with the parent's ceiling",
     'need(t.depth <= parent.max_depth, "4e", "depth_above_parent_max")', "pass"),
    ("the ceiling may rise",
     'need(t.max_depth <= parent.max_depth, "4g", "max_depth_raised")', "pass"),
    ("a child may outlive its parent",
     'need(t.exp <= parent.exp, "4h", "outlives_parent")', "pass"),
    ("the root's issuer is not compared",
     'need(any(issuer == t.iss for issuer, _ in trusted), "3k", "issuer_mismatch")', "pass"),
    ("a child's issuer is not compared",
     'need(t.iss == thumbprint_uri(parent.key), "4c", "issuer_not_parent_holder")', "pass"),
    ("any clause of all is enough",
     "return all(accepts(clause, value) for clause in c.clauses)",
     "return any(accepts(clause, value) for clause in c.clauses)"),
    ("exact may stand below any",
     "    return False\n\n\ndef bound_narrows",
     '    return parent.kind == "any" and any(narrows(child, c) for c in parent.clauses)\n\n\ndef bound_narrows'),
    ("a required argument may become optional",
     'need(parent[tool][name].optional or not child[tool][name].optional, "4p3", "made_optional", name)', "pass"),
    ("constraints of middle tokens are not judged",
     't.tools = tools_map(t.tools_json or {}, "4o", limits["max_constraint_depth"])',
     "t.tools = {tool: {name: Constraint('wildcard') for name in named} or {'*': WILDCARD}"
     " for tool, named in (t.tools_json or {}).items()}"),
    ("numbers are what their doubles are",
     "return abs(double) != float(\"inf\") and parts(ecmascript(double)) == parts(number.text)",
     "return abs(double) != float(\"inf\")"),
    ("numbers are compared by their text",
     "        return ecmascript(double)\n    if isinstance(value, list):", "        return value.text\n    if isinstance(value, list):"),
    ("true is 1",
     "    return {None: \"null\", True: \"true\", False: \"false\"}[value]",
     "    return {None: \"null\", True: \"1\", False: \"0\"}[value]"),
    ("the last of two members counts",
     "    if repeats:\n        raise Malformed(\"a member stands twice\")\n", ""),
    ("base64url with trailing bits",
     "return data if encode(data) == text else None", "return data"),
    ("private keys pass",
     "if not isinstance(jwk, dict) or any(name in jwk for name in PRIVATE_MEMBERS):", "if not isinstance(jwk, dict):"),
    ("S is not bounded",
     "    if s >= L:\n        return False\n", ""),
    ("audiences of the leaf only",
     'with_audience = [(i, t.claims["aud"]) for i, t in enumerate(tokens) if "aud" in t.claims]',
     'with_audience = [(i, t.claims["aud"]) for i, t in enumerate(tokens) if "aud" in t.claims][-1:]'),
    ("the proof's arguments are not compared",
     'need(same, "7f", "proof_of_other_arguments")', "pass"),
    ("the proof's token is told by its id alone",
     'need(claims["aat_hash"] == leaf.digest, "7c", "proof_of_other_token", "aat_hash")', "pass"),
    ("the proof's tool is not compared",
     'need(claims["aat_tool"] == tool, "7e", "proof_of_other_tool")', "pass"),
    ("a proof may come from the future",
     'need(abs(claims["iat"].integer() - now) <= limits["pop_window"], "7g", "proof_outside_window")',
     'need(now - claims["iat"].integer() <= limits["pop_window"], "7g", "proof_outside_window")'),
    ("proof ids are shared by all holders",
     'replay.check(leaf.key, claims["jti"], now)\n        replay.record(leaf.key, ',
     'replay.check(b"", claims["jti"], now)\n        replay.record(b"", '),
]


def planted(source, old, new):
    if source.count(old) != 1:
        sys.exit("aat.py changed; this stands not once in it any more:\n%s" % old)
    return source.replace(old, new)


def conformance(options, program):
    """The exit code of `taper conformance`, and the ids of vectors with a wrong verdict or output."""
    command = [options.taper, "conformance", options.vectors, "--profile", "jws", "--json",
               "--exec", "%s %s" % (sys.executable, program)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [line["id"] for line in lines if line.get("outcome", "").startswith("wrong_")]
    return done.returncode, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taper", default="taper")
    parser.add_argument("--vectors", default="test-vectors")
    parser.add_argument("--only")
    options = parser.parse_args()
    source = (HERE / "aat.py").read_text(encoding="utf-8")
    missed = []

    code, wrong = conformance(options, HERE / "aat.py")
    if code != 0 or wrong:
        sys.exit("aat.py itself ends with %d: %s" % (code, ", ".join(wrong[:10])))

    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "aat.py"
        for name, old, new in PLANTED:
            if options.only not in (None, name):
                continue
            copy.write_text(planted(source, old, new), encoding="utf-8")
            code, wrong = conformance(options, copy)
            found = code == 1 and wrong
            print("%s  %s: %d wrong%s" % ("found " if found else "MISSED", name, len(wrong),
                                          " (%s ...)" % wrong[0] if wrong else ""), flush=True)
            if not found:
                missed.append(name)
    if missed:
        sys.exit("not found: " + "; ".join(missed))


if __name__ == "__main__":
    main()
