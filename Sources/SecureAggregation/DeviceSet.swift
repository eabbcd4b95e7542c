/// A set of devices of a cohort, such as those whose masked vectors are in a sum, as a bit for
/// each.
public struct DeviceSet: Sendable, Hashable {
    /// The number of devices in the cohort.
    public let cohortSize: Int
    /// Bit i % 8 of byte i / 8 is set where device i is in the set; the bits behind the last device
    /// are 0.
    public let bitmap: [UInt8]
    /// The number of devices in the set.
    public let count: Int
    /// The number of devices in the bytes before each.
    private let countsBefore: [Int32]

    /// Takes over a bitmap; nil where its length is wrong or it names devices outside the cohort.
    public init?(bitmap: [UInt8], cohortSize: Int) {
        guard bitmap.count == Self.byteCount(cohortSize: cohortSize) else { return nil }
        let unused = 8 * bitmap.count - cohortSize
        if unused > 0, let last = bitmap.last, last >> UInt8(8 - unused) != 0 { return nil }
        self.cohortSize = cohortSize
        self.bitmap = bitmap
        var total = 0
        countsBefore = bitmap.map { byte in
            defer { total += byte.nonzeroBitCount }
            return Int32(total)
        }
        count = total
    }

    /// The set of `devices`, each within the cohort.
    public init(_ devices: some Sequence<Int>, cohortSize: Int) {
        var bitmap = [UInt8](repeating: 0, count: Self.byteCount(cohortSize: cohortSize))
        for device in devices {
            precondition((0..<cohortSize).contains(device), "a device outside the cohort")
            bitmap[device / 8] |= 1 << UInt8(device % 8)
        }
        guard let set = DeviceSet(bitmap: bitmap, cohortSize: cohortSize) else {
            preconditionFailure("devices within the cohort make a set")
        }
        self = set
    }

    /// The length of a bitmap, in bytes.
    public static func byteCount(cohortSize: Int) -> Int { (cohortSize + 7) / 8 }

    /// Whether `device` is in the set.
    public func contains(_ device: Int) -> Bool {
        (0..<cohortSize).contains(device) && bitmap[device / 8] >> UInt8(device % 8) & 1 == 1
    }

    /// The number of devices in the set with a smaller number.
    ///
    /// - Precondition: The device is in the cohort.
    public func rank(of device: Int) -> Int {
        precondition((0..<cohortSize).contains(device), "a device outside the cohort")
        let below = bitmap[device / 8] & (1 << UInt8(device % 8) - 1)
        return Int(countsBefore[device / 8]) + below.nonzeroBitCount
    }

    /// The devices in ascending order.
    public var devices: [Int] { (0..<cohortSize).filter(contains) }

    /// Whether all devices of this set are in `other`, a set of the same cohort.
    public func isSubset(of other: DeviceSet) -> Bool {
        cohortSize == other.cohortSize
            && zip(bitmap, other.bitmap).allSatisfy { $0 & ~$1 == 0 }
    }
}
