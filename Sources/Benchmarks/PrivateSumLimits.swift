import CVectorKernels
import Foundation
import Sodium
import VectorKernels

/// What the machine can do at best, measured in the same run as what is compared with it.
struct PrivateSumLimits: Codable {
    /// Bytes of libsodium's ChaCha20 keystream in a second.
    var keystreamBytesPerSecond: Double
    /// Elements of 32 bits added to others in a second.
    var ringAdditionsPerSecond: Double
    /// X25519 agreements in a second.
    var agreementsPerSecond: Double
    /// Ed25519 verifications in a second.
    var verificationsPerSecond: Double
    /// Milliseconds of one mask of a million 32-bit elements: libsodium's keystream and an
    /// addition.
    var maskMilliseconds: Double
    /// The same with the fused kernel.
    var fusedMaskMilliseconds: Double

    static func measured() -> PrivateSumLimits {
        let count = 1_000_000
        var words = [UInt32](repeating: 0, count: count)
        var sum = words
        let key = SecretBytes([UInt8](0..<32))
        var vector = RingVector(zeros: count, bits: 32)
        // In turns, so that all meet the same noise of the machine.
        var (keystream, addition, fused) = (Double.infinity, Double.infinity, Double.infinity)
        var stream = (try? ChaCha20(key: key)).map { $0 }
        for _ in 0..<25 {
            keystream = min(keystream, Stopwatch.best(of: 1) { stream?.fill(&words) })
            addition = min(
                addition, Stopwatch.best(of: 1) { covey_ring_add32(&sum, words, count) })
            fused = min(
                fused,
                Stopwatch.best(of: 1) {
                    key.withBytes {
                        vector.add(keystreamOf: $0, subtracting: false, in: 0..<count)
                    }
                })
        }
        var randomness = SystemRandomness()
        let pair = KeyAgreement(from: &randomness)
        let peer = KeyAgreement(from: &randomness).publicKey
        let agreement = Stopwatch.best {
            for _ in 0..<200 { _ = try? pair.sharedPoint(with: peer) }
        }
        let signer = try? SigningKey(seed: key)
        let message = [UInt8](repeating: 1, count: 32)
        let signature = signer?.sign(message) ?? []
        let verification = Stopwatch.best {
            for _ in 0..<200 {
                _ = SigningKey.isValid(
                    signature, of: message, publicKey: signer?.publicKey ?? [])
            }
        }
        return PrivateSumLimits(
            keystreamBytesPerSecond: Double(4 * count) / keystream,
            ringAdditionsPerSecond: Double(count) / addition,
            agreementsPerSecond: 200 / agreement, verificationsPerSecond: 200 / verification,
            maskMilliseconds: (keystream + addition) * 1e3, fusedMaskMilliseconds: fused * 1e3)
    }

    /// The seconds that masks of so many bytes take at the least.
    func seconds(ofMasks bytes: Double) -> Double {
        bytes / keystreamBytesPerSecond + bytes / 4 / ringAdditionsPerSecond
    }

    var description: String {
        String(
            format: """
                libsodium keystream %.2f GB/s, ring addition %.2f G/s, X25519 %.0f/s, Ed25519 verify %.0f/s
                one mask of 1M 32-bit elements: libsodium and addition %.3f ms, fused %.3f ms (%.2f x)
                """,
            keystreamBytesPerSecond / 1e9, ringAdditionsPerSecond / 1e9, agreementsPerSecond,
            verificationsPerSecond, maskMilliseconds, fusedMaskMilliseconds,
            fusedMaskMilliseconds / maskMilliseconds)
    }
}
