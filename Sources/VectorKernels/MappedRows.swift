#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Rows of floats that begin as zeros, of which only those that were written take up memory: on pages of a
/// file, which keeps them, or of nothing.
///
/// A file must not be shortened while it is in use: the system ends a process that reads past its end, or that
/// writes where the disk has no room.
///
/// `@unchecked Sendable`: rows may be read from many tasks at once; whoever writes sees to it that nobody
/// reads meanwhile.
package final class MappedRows: @unchecked Sendable {
    /// The number of rows.
    package let count: Int
    /// The number of floats in each.
    package let width: Int
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Why rows cannot be had.
    package struct Failure: Error {
        /// What the system says.
        package let code: Int32
    }

    /// Rows of zeros in memory, or those of a file, which is made and grown where it is missing or short.
    package init(count: Int, width: Int, path: String? = nil) throws(Failure) {
        self.count = count
        self.width = width
        byteCount = count * width * MemoryLayout<Float>.stride
        var descriptor: Int32 = -1
        if let path {
            descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failure(code: errno) }
        }
        defer { if descriptor >= 0 { close(descriptor) } }
        if descriptor >= 0 {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw Failure(code: errno) }
            if Int(status.st_size) < byteCount {
                guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
                    throw Failure(code: errno)
                }
            }
        }
        let kind = path == nil ? MAP_PRIVATE | MAP_ANON : MAP_SHARED
        guard
            let base = mmap(
                nil, max(byteCount, 1), PROT_READ | PROT_WRITE, kind, descriptor, 0),
            base != MAP_FAILED
        else { throw Failure(code: errno) }
        self.base = base
        madvise(base, max(byteCount, 1), MADV_RANDOM)
    }

    deinit { munmap(base, max(byteCount, 1)) }

    /// A copy of a row.
    package subscript(row: Int) -> [Float] {
        get {
            precondition(row >= 0 && row < count)
            return [Float](unsafeUninitializedCapacity: width) { values, filled in
                UnsafeMutableRawBufferPointer(values).copyMemory(
                    from: UnsafeRawBufferPointer(
                        start: base + row * width * 4, count: width * 4))
                filled = width
            }
        }
        set {
            precondition(row >= 0 && row < count && newValue.count == width)
            newValue.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(start: base + row * width * 4, count: width * 4)
                    .copyMemory(from: bytes)
            }
        }
    }

    /// Waits until what was written is in the file.
    package func synchronize() throws(Failure) {
        guard msync(base, max(byteCount, 1), MS_SYNC) == 0 else { throw Failure(code: errno) }
    }
}
