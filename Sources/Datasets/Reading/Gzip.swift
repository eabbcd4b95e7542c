internal import CZlib

/// The gzip format (RFC 1952): of data sets, and of what is sent over a network.
package enum Gzip {
    /// Why compressed bytes were refused.
    package struct Damage: Error {
        /// The cause, as the end of a sentence.
        package var reason: String
        /// Whether the content is larger than was allowed, and may be sound otherwise.
        package var isTooLarge = false
    }

    /// Whether `bytes` start with gzip's two magic bytes.
    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The decompressed content of all members of `compressed`, one after another.
    ///
    /// Zero bytes after the last member are padding and ignored.
    ///
    /// - Parameter limit: The most bytes that may come out; inflating stops there.
    package static func decompress(
        _ compressed: [UInt8], limit: Int = .max
    ) throws(Damage) -> [UInt8] {
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
            guard step.produced <= limit - result.count else {
                throw Damage(reason: "it holds more than \(limit) bytes", isTooLarge: true)
            }
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

    /// `bytes` as one member; nil where zlib cannot be had.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 15 bits of window, plus 16 for the gzip wrapper; 8 is zlib's default memory level.
        guard
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY,
                ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }

        var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        guard bytes.count <= 1 << 30, result.count <= 1 << 31 else { return nil }
        let room = result.count
        let status = bytes.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { destination in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = destination.baseAddress
                stream.avail_out = UInt32(room)
                defer {
                    stream.next_in = nil
                    stream.next_out = nil
                }
                return deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { return nil }
        result.removeLast(Int(stream.avail_out))
        return result
    }
}
