internal import VectorKernels

/// The parameters of every device that never leave it: as many of each. A device that has not trained has
/// those that it begins with, which are made when they are asked for.
struct PrivateParameters: Sendable {
    /// How many a device has.
    let width: Int
    /// Those of a device before its first round.
    private let initial: @Sendable (_ device: Int) -> [Float]
    /// A row a device: a mark that it trained, then its parameters. Only ``settle(_:)`` changes it, so
    /// that the file of a run is never ahead of its checkpoint.
    private let rows: MappedRows
    private let path: String?
    /// What devices learnt since then.
    private(set) var recent: [Int: [Float]] = [:]
    /// What devices learnt in the round that is being judged.
    private var pending: [Int: [Float]] = [:]

    /// Those of `count` devices before the first round.
    ///
    /// - Parameters:
    ///   - path: The file that keeps them; nil for memory.
    ///   - initial: Those of a device before its first round.
    init(
        count: Int, path: String? = nil, initial: @escaping @Sendable (_ device: Int) -> [Float]
    ) throws {
        self.initial = initial
        self.path = path
        width = count == 0 ? 0 : initial(0).count
        do {
            rows = try MappedRows(
                count: width == 0 ? 0 : count, width: width + 1, path: width == 0 ? nil : path)
        } catch {
            throw SimulationError.unwritable(path: path ?? "memory for \(count) devices")
        }
    }

    /// The size of the file.
    static func byteCount(count: Int, width: Int) -> Int { count * (width + 1) * 4 }

    /// Those of one device.
    subscript(device: Int) -> [Float] {
        guard width > 0 else { return [] }
        if let values = pending[device] ?? recent[device] { return values }
        let row = rows[device]
        return row[0] == 0 ? initial(device) : Array(row.dropFirst())
    }

    /// These, as they are after a round that may yet come to nothing.
    func with(_ learnt: [(device: Int, parameters: [Float])]) -> PrivateParameters {
        var result = self
        if width > 0 { result.pending = Self.byDevice(learnt) }
        return result
    }

    /// Takes in what devices learnt in a round.
    mutating func take(_ learnt: [(device: Int, parameters: [Float])]) {
        guard width > 0 else { return }
        for (device, parameters) in learnt { recent[device] = parameters }
    }

    /// Puts what devices learnt to its place. A checkpoint that holds it must have been written.
    mutating func settle(_ learnt: [Int: [Float]]) {
        for (device, parameters) in learnt { rows[device] = [1] + parameters }
        recent = [:]
    }

    /// Waits until everything that was settled is on disk.
    func synchronize() throws {
        do { try rows.synchronize() } catch {
            throw SimulationError.unwritable(path: path ?? "memory")
        }
    }

    /// What some devices had learnt when it was last settled, for those that had trained.
    func settled(of devices: Range<Int>) -> [Int: [Float]] {
        var result: [Int: [Float]] = [:]
        for device in devices {
            let row = rows[device]
            if row[0] != 0 { result[device] = Array(row.dropFirst()) }
        }
        return result
    }

    /// What devices learnt, as processes pass it to each other: for each its number and the values' bits.
    func words(of learnt: [Int: [Float]]) -> [Int64] {
        learnt.sorted { $0.key < $1.key }.flatMap { device, parameters in
            [Int64(device)] + parameters.map { Int64($0.bitPattern) }
        }
    }

    /// What ``words(of:)`` made words of.
    func learnt(from words: [Int64]) -> [Int: [Float]] {
        var result: [Int: [Float]] = [:]
        for start in stride(from: 0, to: words.count, by: width + 1) {
            result[Int(words[start])] = words[start + 1...start + width].map {
                Float(bitPattern: UInt32(truncatingIfNeeded: $0))
            }
        }
        return result
    }

    private static func byDevice(
        _ learnt: [(device: Int, parameters: [Float])]
    ) -> [Int: [Float]] {
        Dictionary(learnt.map { ($0.device, $0.parameters) }, uniquingKeysWith: { $1 })
    }
}
