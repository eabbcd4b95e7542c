"""The nine kinds of messages: private-sum.md, "Messages".

Each kind has a function that encodes it and one that decodes it. Those that decode take the public parameters
(anything with n, d, b, k, C and q), from which lengths follow, and raise `Refused` for other lengths, bytes
at the end, numbers outside their range and lists that are too long.
"""

from dataclasses import dataclass
from typing import List, Tuple

from sharing import SHARE_SIZE, is_in_field

ADVERTISEMENT, INTRODUCTIONS, SEALED_SHARES, DELIVERED_SHARES, MASKED_INPUT = 1, 2, 3, 4, 5
SURVIVORS, ENDORSEMENT, UNMASKING_REQUEST, UNMASKING_SHARES = 6, 7, 8, 9


class Refused(Exception):
    """What a party refuses, with the reason."""


@dataclass(frozen=True)
class Member:
    device: int
    identity: bytes
    path: Tuple[bytes, ...]


@dataclass(frozen=True)
class Advertisement:
    device: int
    encryption_key: bytes
    masking_key: bytes
    commitments: Tuple[bytes, ...]
    signature: bytes


@dataclass(frozen=True)
class SealedShare:
    sender: int
    receiver: int
    ciphertext: bytes


@dataclass(frozen=True)
class OwnerShares:
    owner: int
    shares: Tuple[bytes, ...]


# Fields


class Reader:
    """Takes a message apart, and refuses to read behind its end."""

    def __init__(self, data, parameters):
        self._data, self._place, self.parameters = data, 0, parameters

    def take(self, length):
        if self._place + length > len(self._data):
            raise Refused("the message is too short")
        piece = self._data[self._place : self._place + length]
        self._place += length
        return piece

    def kind(self, kind):
        if self.take(1)[0] != kind:
            raise Refused("the message is of another kind")

    def number(self):
        return int.from_bytes(self.take(4), "little")

    def device(self):
        number = self.number()
        if number >= self.parameters.n:
            raise Refused("a device's number is outside the cohort")
        return number

    def hashes(self, count):
        return tuple(self.take(32) for _ in range(count))

    def list(self, most, read_item):
        count = self.number()
        if count > most:
            raise Refused("a list is too long")
        return [read_item(self) for _ in range(count)]

    def end(self):
        if self._place != len(self._data):
            raise Refused("there are bytes at the end of the message")


def _number(value):
    return value.to_bytes(4, "little")


def _list(items):
    return _number(len(items)) + b"".join(items)


def encode_member(member):
    return _number(member.device) + member.identity + bytes([len(member.path)]) + b"".join(member.path)


def _read_member(reader):
    device, identity = reader.device(), reader.take(32)
    count = reader.take(1)[0]
    if count > (reader.parameters.n - 1).bit_length():
        raise Refused("a path is too long")
    return Member(device, identity, reader.hashes(count))


def decode_member(data, parameters):
    """A member on its own, as the driver is told it."""
    reader = Reader(data, parameters)
    member = _read_member(reader)
    reader.end()
    return member


def encode_bitmap(devices, n):
    bitmap = bytearray((n + 7) // 8)
    for device in devices:
        bitmap[device // 8] |= 1 << device % 8
    return bytes(bitmap)


def _read_bitmap(reader):
    """The devices in ascending order."""
    n = reader.parameters.n
    number = int.from_bytes(reader.take((n + 7) // 8), "little")
    if number >> n:
        raise Refused("a bitmap is that of another cohort")
    digits = bin(number)[:1:-1]
    return [device for device, digit in enumerate(digits) if digit == "1"]


def _signatures(signatures):
    return _list([encode_member(member) + signature for member, signature in signatures])


def _read_signatures(reader, most):
    return reader.list(most, lambda r: (_read_member(r), r.take(64)))


# 1: device, encryption key, masking key, 1 + q commitments, signature


def _advertisement_fields(advertisement):
    return (
        _number(advertisement.device) + advertisement.encryption_key + advertisement.masking_key
        + b"".join(advertisement.commitments) + advertisement.signature
    )


def _read_advertisement(reader):
    return Advertisement(
        reader.device(), reader.take(32), reader.take(32), reader.hashes(1 + reader.parameters.q), reader.take(64)
    )


def encode_advertisement(advertisement):
    return bytes([ADVERTISEMENT]) + _advertisement_fields(advertisement)


def decode_advertisement(data, parameters):
    reader = Reader(data, parameters)
    reader.kind(ADVERTISEMENT)
    advertisement = _read_advertisement(reader)
    reader.end()
    return advertisement


# 2: list of members with their advertisements


def encode_introductions(introductions):
    """`introductions`: pairs of a member and an advertisement."""
    return bytes([INTRODUCTIONS]) + _list(
        [encode_member(member) + _advertisement_fields(advertisement) for member, advertisement in introductions]
    )


def decode_introductions(data, parameters):
    reader = Reader(data, parameters)
    reader.kind(INTRODUCTIONS)
    introductions = reader.list(parameters.k, lambda r: (_read_member(r), _read_advertisement(r)))
    reader.end()
    return introductions


# 3: list of sealed shares


def _sealed_shares(shares):
    return _list([_number(share.sender) + _number(share.receiver) + share.ciphertext for share in shares])


def _read_sealed_shares(reader) -> List[SealedShare]:
    size = SHARE_SIZE * (2 + reader.parameters.q) + 16
    return reader.list(reader.parameters.k, lambda r: SealedShare(r.device(), r.device(), r.take(size)))


def encode_sealed_shares(shares):
    return bytes([SEALED_SHARES]) + _sealed_shares(shares)


def decode_sealed_shares(data, parameters):
    reader = Reader(data, parameters)
    reader.kind(SEALED_SHARES)
    shares = _read_sealed_shares(reader)
    reader.end()
    return shares


# 4: sharers, list of sealed shares


def encode_delivered_shares(sharers, n, shares):
    return bytes([DELIVERED_SHARES]) + encode_bitmap(sharers, n) + _sealed_shares(shares)


def decode_delivered_shares(data, parameters):
    """The sharers and the shares."""
    reader = Reader(data, parameters)
    reader.kind(DELIVERED_SHARES)
    delivered = _read_bitmap(reader), _read_sealed_shares(reader)
    reader.end()
    return delivered


# 5: device, signature, packed elements


def pack(elements, bits):
    """The elements' low bits one after the other, least significant first, filled up with zeros (section 3)."""
    mask = (1 << bits) - 1
    out = bytearray()
    held = count = 0
    for element in elements:
        held |= (element & mask) << count
        count += bits
        while count >= 8:
            out.append(held & 0xFF)
            held >>= 8
            count -= 8
    if count:
        out.append(held)
    return bytes(out)


def unpack(data, count, bits):
    mask = (1 << bits) - 1
    elements = []
    held = filled = 0
    for byte in data:
        held |= byte << filled
        filled += 8
        while filled >= bits and len(elements) < count:
            elements.append(held & mask)
            held >>= bits
            filled -= bits
    if held or len(elements) != count:
        raise Refused("the packed elements have another length, or bits that are not zero at their end")
    return elements


def encode_masked_input(device, signature, elements, bits):
    return bytes([MASKED_INPUT]) + _number(device) + signature + pack(elements, bits)


def decode_masked_input(data, parameters):
    """The device, its inclusion and its masked elements."""
    reader = Reader(data, parameters)
    reader.kind(MASKED_INPUT)
    device, signature = reader.device(), reader.take(64)
    packed = reader.take((parameters.d * parameters.b + 7) // 8)
    reader.end()
    return device, signature, unpack(packed, parameters.d, parameters.b)


# 6: survivors


def encode_survivors(survivors, n):
    return bytes([SURVIVORS]) + encode_bitmap(survivors, n)


def decode_survivors(data, parameters):
    reader = Reader(data, parameters)
    reader.kind(SURVIVORS)
    survivors = _read_bitmap(reader)
    reader.end()
    return survivors


# 7: device, signature


def encode_endorsement(device, signature):
    return bytes([ENDORSEMENT]) + _number(device) + signature


def decode_endorsement(data, parameters):
    reader = Reader(data, parameters)
    reader.kind(ENDORSEMENT)
    endorsement = reader.device(), reader.take(64)
    reader.end()
    return endorsement


# 8: sharers, survivors, two lists of members with their signatures


def encode_unmasking_request(sharers, survivors, n, endorsements, inclusions):
    """`endorsements` and `inclusions`: pairs of a member and a signature."""
    return (
        bytes([UNMASKING_REQUEST]) + encode_bitmap(sharers, n) + encode_bitmap(survivors, n)
        + _signatures(endorsements) + _signatures(inclusions)
    )


def decode_unmasking_request(data, parameters):
    """The sharers, the survivors, and the endorsements and inclusions as pairs of a member and a signature."""
    reader = Reader(data, parameters)
    reader.kind(UNMASKING_REQUEST)
    sharers, survivors = _read_bitmap(reader), _read_bitmap(reader)
    endorsements = _read_signatures(reader, parameters.C)
    inclusions = _read_signatures(reader, parameters.k)
    reader.end()
    return sharers, survivors, endorsements, inclusions


# 9: device, survivors' shares, lost devices' shares


def _owner_shares(item):
    return _number(item.owner) + bytes([len(item.shares)]) + b"".join(item.shares)


def _read_owner_shares(most):
    def read(reader):
        owner, count = reader.device(), reader.take(1)[0]
        if count > most:
            raise Refused("a list of shares is too long")
        shares = tuple(reader.take(SHARE_SIZE) for _ in range(count))
        if not all(is_in_field(share) for share in shares):
            raise Refused("a share has a value outside the field")
        return OwnerShares(owner, shares)

    return read


def encode_unmasking_shares(device, survivors, lost):
    return (
        bytes([UNMASKING_SHARES]) + _number(device)
        + _list([_owner_shares(item) for item in survivors]) + _list([_owner_shares(item) for item in lost])
    )


def decode_unmasking_shares(data, parameters):
    """The device, its survivors' shares and its lost devices' shares."""
    reader = Reader(data, parameters)
    reader.kind(UNMASKING_SHARES)
    device = reader.device()
    survivors = reader.list(parameters.k, _read_owner_shares(1 + parameters.q))
    lost = reader.list(parameters.k, _read_owner_shares(1))
    reader.end()
    return device, survivors, lost
