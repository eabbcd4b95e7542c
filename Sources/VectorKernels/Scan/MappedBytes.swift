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

    /// How a mapped file is going to be read.
    package enum Access: Sendable {
        /// Mostly onwards: the system reads ahead.
        case sequential
        /// Here and there: the system reads only what is touched.
        case scattered
    }

    /// Maps a file; pages are read when they are first touched.
    ///
    /// - Throws: ``ItemTableError/unreadable(path:code:)``.
    public convenience init(path: String) throws(ItemTableError) {
        try self.init(path: path, access: .sequential)
    }

    /// Maps a file that is going to be read in a known way.
    ///
    /// - Throws: ``ItemTableError/unreadable(path:code:)``.
    package init(path: String, access: Access) throws(ItemTableError) {
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
        // Advice may be refused; the bytes are the same.
        if access == .scattered { madvise(base, mappedCount, MADV_RANDOM) }
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

    /// Gives back the memory of a mapped file's pages; they are read again when they are touched.
    ///
    /// Pages count as the process's memory from their first touch until then, or until the system needs
    /// the room.
    package func releasePages() {
        if mappedCount > 0 { madvise(base, mappedCount, MADV_DONTNEED) }
    }

    /// Gives back the memory of the pages of a mapped file that came with touching `range`.
    ///
    /// Linux maps, with a page that is touched, what it holds in memory around it, up to a large page and
    /// whatever the advice: 10,000 scattered reads of 700 bytes count as 650 MB without this.
    package func releasePages(around range: Range<Int>) {
        guard mappedCount > 0, !range.isEmpty else { return }
        let window = Self.largePage
        let address = UInt(bitPattern: base)
        let first = (address + UInt(range.lowerBound)) / UInt(window) * UInt(window)
        let end =
            (address + UInt(range.upperBound) + UInt(window - 1)) / UInt(window) * UInt(window)
        let offset = max(Int(bitPattern: first &- address), 0)
        madvise(base + offset, min(Int(end - address), mappedCount) - offset, MADV_DONTNEED)
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
