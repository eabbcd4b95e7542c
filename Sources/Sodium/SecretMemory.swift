internal import CSodium
internal import Synchronization

/// Where secrets live: slots of slabs that libsodium allocates between guard pages, and which it
/// locks into memory and leaves out of core dumps where the system lets it.
///
/// A page each, as libsodium hands them out, would take a simulation of thousands of devices
/// gigabytes; slots of 64 to 4096 bytes are cut from slabs and used again. Larger secrets get pages
/// of their own.
enum SecretMemory {
    private static let smallestSlot = 64
    private static let largestSlot = 4096
    private static let slabLength = 65_536

    /// The addresses of the free slots, by the binary logarithm of their length.
    private static let freeSlots = Mutex([[UInt]](repeating: [], count: 13))

    /// Zeroed memory of at least `count` bytes, aligned to 64.
    static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        Library.require()
        let length = slotLength(count)
        guard length <= largestSlot else {
            let rounded = (count + smallestSlot - 1) / smallestSlot * smallestSlot
            let pages = sodiumAllocate(rounded)
            sodium_memzero(pages, rounded)
            return pages
        }
        let address = freeSlots.withLock { free in
            let size = length.trailingZeroBitCount
            if free[size].isEmpty {
                let slab = sodiumAllocate(slabLength)
                sodium_memzero(slab, slabLength)
                free[size] = stride(from: 0, to: slabLength, by: length).map {
                    UInt(bitPattern: slab + $0)
                }
            }
            return free[size].removeLast()
        }
        guard let slot = UnsafeMutableRawPointer(bitPattern: address) else {
            preconditionFailure("a free slot has an address")
        }
        return slot
    }

    /// Erases what ``allocate(_:)`` returned for the same `count`, and takes it back.
    static func release(_ memory: UnsafeMutableRawPointer, _ count: Int) {
        let length = slotLength(count)
        guard length <= largestSlot else { return sodium_free(memory) }
        sodium_memzero(memory, length)
        freeSlots.withLock {
            $0[length.trailingZeroBitCount].append(UInt(bitPattern: memory))
        }
    }

    /// The power of two that holds `count` bytes.
    private static func slotLength(_ count: Int) -> Int {
        count <= smallestSlot ? smallestSlot : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }

    /// Ends the process where there is no memory left, as every allocation in Swift does.
    private static func sodiumAllocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = sodium_malloc(count) else {
            preconditionFailure("out of memory for secrets")
        }
        return memory
    }
}
