"""A device's connection to a coordinator, with the stubs that `connectrpc` makes of the protocol's description."""

import hashlib
import random
import time

from connectrpc.code import Code
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.compression.gzip import GzipCompression
from connectrpc.errors import ConnectError
from covey.v1.coordinator_connect import CoordinatorServiceClientSync
from covey.v1.coordinator_pb2 import DescribeRequest, EnrolRequest
from covey.v1.ledger_pb2 import LedgerEntry
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import transparency

PASSING = (Code.UNAVAILABLE, Code.ABORTED, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED)
CODECS = {"binary": google_protobuf_binary_codec, "json": google_protobuf_json_codec}


def labelled_hash(label, data):
    """H(label, x) of protocol/README.md."""
    name = label.encode("ascii")
    content = len(name).to_bytes(8, "little") + name + data
    return hashlib.blake2b(content, digest_size=32).digest()


class Connection:
    """The stubs at one coordinator, the key of one device, and the ledger as it was seen last."""

    def __init__(self, url, codec="binary", compression=True):
        self.calls = CoordinatorServiceClientSync(
            url, codec=CODECS[codec](), timeout_ms=60_000,
            accept_compression=None if compression else [],
            send_compression=GzipCompression() if compression else None)
        self.seed = Ed25519PrivateKey.generate().private_bytes_raw()
        self.key = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.identity = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.opening = self.checkpoint = self.challenge = self.bearer = None

    @property
    def headers(self):
        return {"authorization": "Bearer " + self.bearer}

    def repeat(self, call, request):
        """Makes a device's call, again where it may succeed later (protocol/network.md, "Errors")."""
        for attempt in range(8):
            try:
                return call(request, headers=self.headers)
            except ConnectError as error:
                if error.code == Code.UNAUTHENTICATED:
                    self.enrol()
                elif error.code not in PASSING:
                    raise
                time.sleep(random.uniform(0, 0.5 * 2 ** attempt))
        return call(request, headers=self.headers)

    def describe(self):
        """Asks for the opening and a challenge, and checks the checkpoint."""
        described = self.calls.describe(DescribeRequest())
        self.opening = LedgerEntry.FromString(described.opening).opening
        self.challenge = described.challenge
        self.see(described.checkpoint)
        return described

    def see(self, note, consistency=None):
        """Takes a checkpoint that is signed, and continues the one before where that is proven."""
        seen = transparency.read_checkpoint(note, self.opening.origin, self.opening.public_key)
        if consistency is not None and self.checkpoint is not None:
            old = self.checkpoint
            transparency.check_consistency(old.size, old.root, seen.size, seen.root, consistency)
        self.checkpoint = seen
        return seen

    def proof(self):
        """The request to enrol, with the proof of having the key."""
        origin = self.opening.origin.encode()
        text = len(origin).to_bytes(8, "little") + origin + self.challenge + self.identity
        return EnrolRequest(
            identity=self.identity, challenge=self.challenge,
            signature=self.key.sign(labelled_hash("covey enrolment", text)))

    def enrol(self):
        """Enrols, or gets the next token."""
        self.describe()
        enrolled = self.calls.enrol(self.proof())
        self.bearer = enrolled.bearer
        return enrolled
