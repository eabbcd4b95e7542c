"""The test vectors of protocol/vectors, replayed with this implementation."""

import hashlib
import json
import os
import struct
import unittest

import device
import encoding
import messages
from noise import samples

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol", "vectors")


def read(name):
    with open(os.path.join(FOLDER, name)) as file:
        return json.load(file)


class Vectors(unittest.TestCase):
    def test_packing(self):
        for vector in read("packing.json"):
            bits = vector["bits"]
            values = [value % (1 << bits) for value in vector["values"]]
            self.assertEqual(messages.pack(values, bits).hex(), vector["packed"])
            self.assertEqual(list(messages.unpack(bytes.fromhex(vector["packed"]), len(values), bits)), values)

    def test_noise(self):
        for vector in read("noise.json"):
            drawn = samples(
                vector["distribution"], vector["scaledVariance"], bytes.fromhex(vector["seed"]), vector["count"])
            self.assertEqual(list(drawn[: len(vector["samples"])]), vector["samples"])
            packed = struct.pack("<%di" % len(drawn), *drawn)
            self.assertEqual(hashlib.blake2b(packed, digest_size=32).hexdigest(), vector["digest"])

    def test_rotation_and_sketch(self):
        for vector in read("rotation.json"):
            session = bytes.fromhex(vector["session"])
            for value, expected in zip(encoding.rotate(vector["vector"], session), vector["rotated"]):
                self.assertAlmostEqual(value, expected, delta=2e-5)
            sketch = encoding.sketch(vector["vector"], vector["sketchWidth"], session)
            for value, expected in zip(sketch, vector["sketch"]):
                self.assertAlmostEqual(value, expected, delta=1e-5)

    def test_round(self):
        """Every message of every device, bit for bit."""
        vector = read("round.json")
        plan = vector["plan"]
        common = {name: vector[name] for name in (
            "session", "round", "rosterRoot", "plan", "purpose", "degree", "threshold", "window",
            "committeeSize", "quorum")}
        common.update({name: plan[name] for name in (
            "modulusBits", "minimumSurvivors", "components", "baseUnits", "targetUnits", "excluded", "cohortSize")})
        common["vectorLength"] = plan["encodedDimension"]
        for number, expected in enumerate(vector["devices"]):
            driver = device.Driver()

            def ask(step, **fields):
                answer = driver.answer(dict(fields, step=step))
                self.assertNotIn("error", answer)
                self.assertNotIn("refused", answer)
                return answer

            joined = ask("join", **common, **{name: expected[name] for name in (
                "member", "identitySeed", "randomnessKey", "noiseSeeds")})
            self.assertEqual(joined["digest"], vector["digest"])
            self.assertEqual(joined["advertisement"], expected["advertisement"])
            parameters = driver._device.parameters
            self.assertEqual(sorted(parameters.neighbours(number)), expected["neighbours"])
            self.assertEqual(sorted(parameters.committee), vector["committee"])
            shared = ask("share", introductions=expected["introductions"])
            self.assertEqual(shared["shares"], expected["sharesSent"])
            if expected.get("masked") is None:
                continue
            masked = ask("mask", shares=expected["sharesReceived"], elements=expected["elements"])
            self.assertEqual(masked["masked"], expected["masked"])
            if expected.get("endorsement") is not None:
                endorsed = ask("endorse", survivors=vector["survivors"])
                self.assertEqual(endorsed["endorsement"], expected["endorsement"])
            if expected.get("unmasking") is not None:
                unmasked = ask("unmask", request=expected["request"])
                self.assertEqual(unmasked["shares"], expected["unmasking"])

    def test_removed_noise(self):
        vector = read("round.json")
        plan, modulus = vector["plan"], 1 << vector["plan"]["modulusBits"]
        total = list(vector["sum"])
        for number, component in vector["removed"]:
            variance = int(plan["unitVariance"] * 65536) << component
            seed = bytes.fromhex(vector["devices"][number]["noiseSeeds"][component])
            for index, value in enumerate(samples(plan["noise"], variance, seed, len(total))):
                total[index] = (total[index] - value) % modulus
        self.assertEqual(total, vector["sumWithoutExcess"])


if __name__ == "__main__":
    unittest.main()
