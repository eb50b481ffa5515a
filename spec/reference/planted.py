#!/usr/bin/env python3
"""Plants mistakes in copies of aat.py and sees that `taper conformance` finds each of them.

    python3 spec/reference/planted.py [--taper PROGRAM] [--only WORDS]

Each is a mistake that somebody who writes a verifier could make. Asked the test vectors, aat.py as it is
has to answer all of them, and each copy some of them wrongly. Where a copy passes them all, random cases are
asked too, and that is told: a vector is missing. This ends with 1 when a mistake stays unseen.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VECTORS = str(ROOT / "test-vectors")

# What the mistake is; then, in turn, what stands in aat.py (once) and what stands there instead.
PLANTED = [
    ("parent hash not compared",
     'need(t.par_hash == parent.digest, "4q", "parent_hash_mismatch")', "pass"),
    ("strings compared after normalization",
     "def quote(text):\n",
     'def quote(text):\n    import unicodedata\n    text = unicodedata.normalize("NFC", text)\n'),
    ("a token holds at the second of its exp",
     'need(t.exp > now, "3e", "expired")', 'need(t.exp >= now, "3e", "expired")',
     'need(t.exp > now, "4i", "expired")', 'need(t.exp >= now, "4i", "expired")'),
    ("arguments that are not named pass",
     'need("*" in named, step, "argument_not_named", name)', "pass"),
    ("arguments that are required may be absent",
     'need(name == "*" or c.optional or name in args, step, "argument_missing", name)', "pass"),
    ("range lets pass what is no number",
     "return isinstance(value, Number) and in_range(c, value.double())",
     "return not isinstance(value, Number) or in_range(c, value.double())"),
    ("range takes texts of numbers",
     "return isinstance(value, Number) and in_range(c, value.double())",
     'return (isinstance(value, Number) and in_range(c, value.double())'
     ' or isinstance(value, str) and bool(re.fullmatch("[0-9]+", value)) and in_range(c, float(value)))'),
    ("range is exclusive",
     "double > c.min or (double == c.min and c.min_inclusive)", "double > c.min"),
    ("EdDSA is an algorithm",
     'header.get("alg") == "Ed25519"', 'header.get("alg") in ("Ed25519", "EdDSA")'),
    ("typ is not looked at",
     'need(header.get("typ") == typ, step, "type_wrong")', "pass"),
    ("crit is not looked at",
     'need("crit" not in header, step, "critical_header")', "pass"),
    ("times of the root are left to its children",
     'need(t.exp > now, "3e", "expired")', "pass",
     'need(t.iat <= now + limits["max_iat_skew"], "3f", "issued_in_future")', "pass"),
    ("depth may jump",
     'need(t.depth == parent.depth + 1, "4d", "depth_not_next")', "pass"),
    ("depth is not compared with its ceilings",
     'need(t.depth <= parent.max_depth, "4e", "depth_above_parent_max")', "pass",
     'need(t.depth <= t.max_depth, "4m", "depth_above_own_max")', "pass"),
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
     '    return parent.kind == "any" and any(narrows(child, c, comparisons) for c in parent.clauses)\n\n\ndef bound_narrows'),
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
     "        return ecmascript(double)\n    if isinstance(value, list):",
     "        return value.text\n    if isinstance(value, list):"),
    ("true is 1",
     "    return {None: \"null\", True: \"true\", False: \"false\"}[value]",
     "    return {None: \"null\", True: \"1\", False: \"0\"}[value]"),
    ("the last of two members counts",
     "    if repeats:\n        raise Malformed(\"a member stands twice\")\n", ""),
    ("base64url with trailing bits",
     "return data if encode(data) == text else None", "return data"),
    ("private keys pass",
     "if not isinstance(jwk, dict) or any(name in jwk for name in PRIVATE_MEMBERS):", "if not isinstance(jwk, dict):"),
    ("signatures without the factor 8",
     "return is_neutral(times8(add(rest, negative(r_point))))", "return is_neutral(add(rest, negative(r_point)))"),
    ("keys of small order",
     "return p is not None and not is_neutral(times8(p))", "return p is not None"),
    ("S is not bounded",
     "    if s >= L:\n        return False\n", ""),
    ("the last audience counts alone",
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


def planted(source, edits):
    for old, new in zip(edits[::2], edits[1::2]):
        if source.count(old) != 1:
            sys.exit("aat.py changed; this stands not once in it any more:\n%s" % old)
        source = source.replace(old, new)
    return source


def conformance(taper, program, *cases):
    """The ids of cases whose verdict or output is wrong; None when the exit code does not tell the same."""
    command = [taper, "conformance", "--profile", "jws", "--json",
               "--exec", "%s %s" % (sys.executable, program), *cases]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [line["id"] for line in lines if line.get("outcome", "").startswith("wrong_")]
    return wrong if done.returncode == (1 if wrong else 0) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taper", default=str(ROOT / "target" / "release" / "taper"))
    parser.add_argument("--only", default="", help="those whose name has these words")
    options = parser.parse_args()
    source = (HERE / "aat.py").read_text(encoding="utf-8")
    chosen = [entry for entry in PLANTED if options.only in entry[0]]

    wrong = conformance(options.taper, HERE / "aat.py", VECTORS)
    if wrong != []:
        sys.exit("aat.py as it is fails: %s" % wrong)

    missed = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:

        def ask(number):
            copy = pathlib.Path(folder) / ("aat_%d.py" % number)
            copy.write_text(planted(source, chosen[number][1:]), encoding="utf-8")
            return (conformance(options.taper, copy, VECTORS)
                    or conformance(options.taper, copy, "--random", "4000", "--seed", "1"))

        for (name, *_), wrong in zip(chosen, pool.map(ask, range(len(chosen)))):
            if wrong:
                lacking = "NO VECTOR " if wrong[0].startswith("random/") else ""
                print("found   %s: %s%d wrong, first %s" % (name, lacking, len(wrong), wrong[0]), flush=True)
            else:
                print("MISSED  %s" % name, flush=True)
                missed.append(name)
    if missed:
        sys.exit("not found: " + "; ".join(missed))


if __name__ == "__main__":
    main()
