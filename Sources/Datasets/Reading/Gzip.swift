internal import CZlib

/// Decompression of the gzip format (RFC 1952).
enum Gzip {
    /// Why a file was refused.
    struct Damage: Error {
        var reason: String
    }

    /// Whether `bytes` start with gzip's two magic bytes.
    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The decompressed content of all members of `compressed`, one after another.
    ///
    /// Zero bytes after the last member are padding and ignored.
    static func decompress(_ compressed: [UInt8]) throws(Damage) -> [UInt8] {
        var stream = z_stream()
        // 15 bits of window, plus 16 for the gzip wrapper instead of zlib's own.
        let status = inflateInit2_(
            &stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw Damage(reason: "zlib returned \(status)") }
        defer { inflateEnd(&stream) }

        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var position = 0
        while true {
            let step = inflateStep(&stream, compressed, from: position, into: &buffer)
            position += step.consumed
            result.append(contentsOf: buffer[..<step.produced])
            switch step.status {
            case Z_STREAM_END:
                guard compressed[position...].contains(where: { $0 != 0 }) else { return result }
                guard compressed[position...].starts(with: [0x1F, 0x8B]) else {
                    throw Damage(reason: "other bytes follow its end")
                }
                inflateReset(&stream)
            case Z_OK where step.consumed > 0 || step.produced > 0:
                continue
            case Z_OK, Z_BUF_ERROR:
                throw Damage(reason: "it ends too early")
            case Z_DATA_ERROR:
                throw Damage(reason: stream.msg.map { String(cString: $0) } ?? "invalid data")
            default:
                throw Damage(reason: "zlib returned \(step.status)")
            }
        }
    }

    /// Decompresses until the input ends, the buffer is full or a member ends.
    private static func inflateStep(
        _ stream: inout z_stream, _ input: [UInt8], from position: Int, into buffer: inout [UInt8]
    ) -> (status: Int32, consumed: Int, produced: Int) {
        // zlib counts in 32 bits, and neither reads nor writes beyond the counts given here.
        let offered = min(input.count - position, 1 << 30)
        let room = buffer.count
        let status = input.withUnsafeBufferPointer { source in
            buffer.withUnsafeMutableBufferPointer { destination in
                stream.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress.map { $0 + position })
                stream.avail_in = UInt32(offered)
                stream.next_out = destination.baseAddress
                stream.avail_out = UInt32(room)
                defer {
                    stream.next_in = nil
                    stream.next_out = nil
                }
                return inflate(&stream, Z_NO_FLUSH)
            }
        }
        return (status, offered - Int(stream.avail_in), room - Int(stream.avail_out))
    }
}
