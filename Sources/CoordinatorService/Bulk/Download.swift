internal import NIOCore

/// A content, or the end of one, that is being sent. It keeps its place among the ``Downloads`` until
/// it is gone.
final class Download: Sendable {
    private let content: ByteBuffer
    private let start: Int
    private let leave: @Sendable () -> Void

    /// - Parameters:
    ///   - content: The bytes.
    ///   - start: Where they begin in the whole.
    ///   - leave: Gives the place back.
    init(_ content: ByteBuffer, from start: Int, leave: @escaping @Sendable () -> Void) {
        self.content = content
        self.start = start
        self.leave = leave
    }

    deinit { leave() }

    /// A part of the whole. It is a copy: what waits on a slow connection when this is gone already
    /// must not keep all of a content in memory.
    func piece(_ part: Range<Int>) -> ByteBuffer {
        let view = content.viewBytes(at: part.lowerBound - start, length: part.count)
        return ByteBuffer(bytes: view ?? ByteBufferView())
    }
}
