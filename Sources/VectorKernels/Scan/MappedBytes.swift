#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Bytes that are read-only and stay where they are: a memory-mapped file, or an aligned copy.
///
/// A mapped file must not be shortened while it is in use: the system ends a process that reads
/// past its end. Replace it by renaming a new file over it; the mapping keeps the old one.
///
/// `@unchecked Sendable`: nothing writes to the bytes after the initialiser, and only `deinit`
/// releases them.
public final class MappedBytes: @unchecked Sendable {
    /// The number of bytes.
    public let count: Int
    private let base: UnsafeMutableRawPointer
    private let mappedCount: Int

    /// Maps a file; pages are read when they are first touched.
    ///
    /// - Throws: ``ItemTableError/unreadable(path:code:)``.
    public init(path: String) throws(ItemTableError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, code: EINVAL)
        }
        count = Int(status.st_size)
        mappedCount = max(count, 1)
        guard let base = mmap(nil, mappedCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            base != MAP_FAILED
        else { throw .unreadable(path: path, code: errno) }
        self.base = base
    }

    /// Copies bytes to memory that begins on a page, on large pages where the system has them.
    public init(copying bytes: [UInt8]) {
        count = bytes.count
        mappedCount = 0
        let alignment = bytes.count >= Self.largePage ? Self.largePage : 4096
        base = .allocate(byteCount: max(bytes.count, 1), alignment: alignment)
        #if os(Linux)
            if bytes.count >= Self.largePage { madvise(base, bytes.count, MADV_HUGEPAGE) }
        #endif
        UnsafeMutableRawBufferPointer(start: base, count: count).copyBytes(from: bytes)
    }

    deinit {
        if mappedCount > 0 { munmap(base, mappedCount) } else { base.deallocate() }
    }

    /// A copy of some of the bytes.
    ///
    /// - Precondition: The range lies within them.
    public func bytes(in range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// Calls `body` with all bytes, where they lie.
    package func withSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    /// The address of a byte, which holds while this object does.
    func address(of offset: Int) -> UnsafeRawPointer { UnsafeRawPointer(base) + offset }

    private static let largePage = 1 << 21
}
