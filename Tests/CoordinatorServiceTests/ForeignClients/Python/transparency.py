"""What a client checks of a ledger: protocol/ledger.md, RFC 9162 section 2.1, C2SP signed-note and tlog-checkpoint."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unproven(Exception):
    """A proof or a signature that does not hold."""


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(leaf, index, size, path):
    """The root that a path leads to (section 2.1.3.2)."""
    if not 0 <= index < size:
        raise Unproven("the index is not below the size")
    place, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Unproven("the path is too long")
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Unproven("the path is too short")
    return value


def check_consistency(old_size, old_root, new_size, new_root, proof):
    """That a tree continues an earlier one (section 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        raise Unproven("the sizes are not in order")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise Unproven("two roots for one size")
        return
    hashes = list(proof)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise Unproven("the proof is empty")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise Unproven("the proof is too long")
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    if last or old != old_root or new != new_root:
        raise Unproven("the tree does not continue the earlier one")


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def read_checkpoint(note, origin, public_key):
    """A checkpoint that the ledger's key has signed."""
    text, separator, signatures = note.partition("\n\n")
    if not separator:
        raise Unproven("the checkpoint has no signatures")
    text += "\n"
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]
    key = Ed25519PublicKey.from_public_bytes(public_key)
    for line in signatures.splitlines():
        dash, name, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and name == origin and signature[:4] == key_id:
            try:
                key.verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Unproven("the checkpoint's signature is not valid")
            break
    else:
        raise Unproven("the ledger's key has not signed the checkpoint")
    name, size, root = text.split("\n")[:3]
    if name != origin:
        raise Unproven("the checkpoint is that of another ledger")
    return Checkpoint(name, int(size), base64.b64decode(root, validate=True))


def check_inclusion(inclusion, checkpoint):
    """That a ledger has an entry (LedgerInclusion of coordinator.proto)."""
    leaf = leaf_hash(inclusion.entry)
    if root_of_inclusion(leaf, inclusion.index, checkpoint.size, inclusion.path) != checkpoint.root:
        raise Unproven("the entry is not in the ledger")
