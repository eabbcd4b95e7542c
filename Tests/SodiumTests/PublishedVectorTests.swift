import Sodium
import Testing

/// The published test vectors of every primitive, through the typed face.
@Suite struct PublishedVectorTests {
    @Test func `ChaCha20, RFC 8439 section 2.3.2 and appendix A.1`() throws {
        var zero = try ChaCha20(key: SecretBytes([UInt8](repeating: 0, count: 32)))
        var block = [UInt8](repeating: 1, count: 64)
        zero.fill(&block)
        #expect(
            block
                == bytes(
                    "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                        + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"))
        var counted = try ChaCha20(
            key: SecretBytes(0..<32), nonce: bytes("000000090000004a00000000"), counter: 1)
        counted.fill(&block)
        #expect(
            block
                == bytes(
                    "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
                        + "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"))
    }

    @Test func `ChaCha20 goes on behind the last block of a 32-bit counter`() throws {
        let key = SecretBytes([UInt8](repeating: 0, count: 32))
        var stream = try ChaCha20(key: key, counter: .max)
        var two = [UInt8](repeating: 0, count: 128)
        stream.fill(&two)
        #expect(
            Array(two[64...])
                == bytes(
                    "3db41d3aa0d329285de6f225e6e24bd59c9a17006943d5c9b680e3873bdc683a"
                        + "5819469899989690c281cd17c96159af0682b5b903468a61f50228cf09622b5a"))
        var next = [UInt8](repeating: 0, count: 64)
        stream.fill(&next)
        var expected = try ChaCha20(
            key: key, nonce: [1] + [UInt8](repeating: 0, count: 11), counter: 1)
        var block = [UInt8](repeating: 0, count: 64)
        expected.fill(&block)
        #expect(next == block)
    }

    @Test func `X25519, RFC 7748 sections 5.2 and 6.1`() throws {
        let pair = try KeyAgreement(
            secretKey: SecretBytes(
                bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")))
        let point = try pair.sharedPoint(
            with: bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))
        #expect(
            content(point)
                == bytes("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"))
        let bob = try KeyAgreement(
            secretKey: SecretBytes(
                bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")))
        #expect(
            bob.publicKey
                == bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
    }

    @Test func `X25519 iterated a thousand times, RFC 7748 section 5.2`() throws {
        var scalar = SecretBytes([9] + [UInt8](repeating: 0, count: 31))
        var point = [9] + [UInt8](repeating: 0, count: 31)
        for round in 1...1000 {
            let next = try KeyAgreement(secretKey: scalar).sharedPoint(with: point)
            point = content(scalar)
            scalar = next
            if round == 1 {
                #expect(
                    content(scalar)
                        == bytes(
                            "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"))
            }
        }
        #expect(
            content(scalar)
                == bytes("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"))
    }

    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
                + "1cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
                + "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ])
    func `Ed25519, RFC 8032 section 7.1`(
        seed: String, message: String, publicKey: String, signature: String
    ) throws {
        let key = try SigningKey(seed: SecretBytes(bytes(seed)))
        #expect(key.publicKey == bytes(publicKey))
        #expect(key.sign(bytes(message)) == bytes(signature))
        #expect(
            SigningKey.isValid(bytes(signature), of: bytes(message), publicKey: bytes(publicKey)))
        #expect(
            !SigningKey.isValid(
                bytes(signature), of: bytes(message) + [0], publicKey: bytes(publicKey)))
    }

    @Test func `XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03 appendix A.3.1`() throws {
        let message = Array(
            ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                + "future, sunscreen would be it.").utf8)
        let key = SecretBytes(0x80..<0xa0)
        let nonce = [UInt8](0x40..<0x58)
        let data = bytes("50515253c0c1c2c3c4c5c6c7")
        let sealed = try AuthenticatedEncryption.seal(
            SecretBytes(message), key: key, nonce: nonce, associatedData: data)
        #expect(
            sealed
                == bytes(
                    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa644"
                        + "0bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb"
                        + "9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
                        + "c0875924c1c7987947deafd8780acf49"))
        #expect(
            SecretBytes.constantTimeEqual(
                try AuthenticatedEncryption.open(
                    sealed, key: key, nonce: nonce, associatedData: data), SecretBytes(message)))
    }

    @Test func `BLAKE2b, RFC 7693 appendix A, also shorter and keyed`() throws {
        let message = Array("abc".utf8)
        var long = try BLAKE2b(outputLength: 64)
        long.update(message)
        #expect(
            long.finalize()
                == bytes(
                    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"))
        #expect(
            BLAKE2b.hash(message)
                == bytes("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"))
        var keyed = try BLAKE2b(outputLength: 32, key: SecretBytes(0..<32))
        keyed.update(message)
        #expect(
            keyed.finalize()
                == bytes("d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"))
    }

    private func content(_ secret: SecretBytes) -> [UInt8] {
        secret.withBytes { span in span.indices.map { span[$0] } }
    }
}
