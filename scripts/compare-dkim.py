#!/usr/bin/python3
"""Holds mbaudit's DKIM and ARC body hash verdicts against dkimpy's, on every signature of the mail in a folder.

Usage: npm run build && scripts/compare-dkim.py FOLDER

Each file is one message, or an mbox when it begins with a separator line. Needs Debian's python3-dkim. Exits with 1
if the two differ on a signature that both can read.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

import dkim
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError
from dkim.util import InvalidTagValueList, parse_tag_value

SIGNED = re.compile(rb"(?im)^(?:dkim|arc-message)-signature[ \t]*:")
SEPARATOR = re.compile(rb"^From [^\n]*\d\d:\d\d[^\n]*\n(?=[!-9;-~]+:)", re.M)
HASHES = {b"rsa-sha1": hashlib.sha1, b"rsa-sha256": hashlib.sha256, b"ed25519-sha256": hashlib.sha256}
VERIFY = """
import { readFileSync } from 'node:fs'
const { verifyBodyHashes } = await import(process.argv[1])
for (const path of readFileSync(0, 'utf8').split('\\n')) console.log(JSON.stringify(verifyBodyHashes(readFileSync(path))))
"""


def messages(folder):
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                octets = file.read()
            starts = [match.start() for match in SEPARATOR.finditer(octets)]
            if not starts or starts[0] != 0:
                starts = [0]
            for start, end in zip(starts, starts[1:] + [len(octets)]):
                if SIGNED.search(octets, start, end):
                    yield f"{path} at {start}", octets[start:end]


def their_verdict(field_body, body):
    """True or False, or None where dkimpy cannot read the signature."""
    try:
        tags = parse_tag_value(field_body)
        policy = CanonicalizationPolicy.from_c_value(tags.get(b"c"))
        algorithm = HASHES[tags[b"a"]]
        expected = base64.b64decode(re.sub(rb"\s+", b"", tags[b"bh"]), validate=True)
        length = int(tags[b"l"]) if b"l" in tags else None
    except (KeyError, ValueError, binascii.Error, InvalidCanonicalizationPolicyError, InvalidTagValueList):
        return None
    if len(expected) != algorithm().digest_size:
        return None
    return algorithm(policy.canonicalize_body(body)[:length]).digest() == expected


def their_verdicts(message):
    try:
        headers, body = dkim.rfc822_parse(message)
    except (dkim.MessageFormatError, IndexError):
        return None
    signed = [value for name, value in headers if name.lower() in (b"dkim-signature", b"arc-message-signature")]
    return [their_verdict(value, body) for value in signed]


def our_verdicts(found):
    module = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "dist", "src", "message", "dkim.js")
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, str(number)) for number in range(len(found))]
        for path, (_, octets) in zip(paths, found):
            with open(path, "wb") as file:
                file.write(octets)
        command = ["node", "--input-type=module", "-e", VERIFY, os.path.abspath(module)]
        lines = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


def main():
    found = list(messages(sys.argv[1]))
    signatures = comparable = agreements = 0
    for (name, octets), ours in zip(found, our_verdicts(found) if found else []):
        signatures += len(ours)
        theirs = their_verdicts(octets)
        if theirs is None:
            continue
        if len(ours) != len(theirs):
            print(f"{name}: {len(ours)} signatures here, {len(theirs)} there")
            comparable += len(theirs)
            continue
        for our, their in zip(ours, theirs):
            if their is None:
                continue
            comparable += 1
            if our["verdict"] == ("intact" if their else "altered"):
                agreements += 1
            else:
                print(f"{name}: {our['domain']}: {our['verdict']} here, {'intact' if their else 'altered'} there")
    print(f"{signatures} signatures, {comparable} comparable, {agreements} agreements")
    return 0 if comparable == agreements else 1


if __name__ == "__main__":
    sys.exit(main())
