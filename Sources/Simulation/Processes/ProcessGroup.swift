#if MPI
    internal import CMPI
#endif
internal import Foundation

/// The processes among which the devices of a simulation are divided: one, or those that `mpirun` started
/// together. Each trains its own devices; sums are added up over all of them in integers, so that everything
/// comes out the same for any number of processes. All of them call the collective functions in the same
/// order.
public struct ProcessGroup: Sendable {
    /// The number of this process, from 0. Process 0 writes the files.
    public let rank: Int
    /// The number of processes.
    public let count: Int

    /// Whether MPI was asked, and is to be left.
    private let isJoined: Bool

    /// This process alone.
    public static let alone = ProcessGroup(rank: 0, count: 1, isJoined: false)

    private init(rank: Int, count: Int, isJoined: Bool) {
        self.rank = rank
        self.count = count
        self.isJoined = isJoined
    }

    /// The group that this process was started in by `mpirun`, `srun` or their like; itself alone otherwise.
    /// To be called once.
    ///
    /// - Throws: ``ProcessGroupError``.
    public static func joined() throws -> ProcessGroup {
        let environment = ProcessInfo.processInfo.environment
        let launchers = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"]
        guard launchers.contains(where: { environment[$0] != nil }) else { return .alone }
        #if MPI
            var (rank, count): (Int32, Int32) = (0, 0)
            try check(covey_mpi_join(&rank, &count), "joining the other processes")
            return ProcessGroup(rank: Int(rank), count: Int(count), isJoined: true)
        #else
            // PMIx tells a process its number, and not always how many there are.
            let sizes = launchers.filter { $0 != "PMIX_RANK" } + ["SLURM_NTASKS"]
            guard sizes.compactMap({ environment[$0].flatMap { Int($0) } }).max() ?? 2 > 1
            else { return .alone }
            throw ProcessGroupError.builtWithoutMPI
        #endif
    }

    /// Takes leave of the others, when all is done.
    public func leave() {
        #if MPI
            if isJoined { _ = covey_mpi_leave() }
        #endif
    }

    /// Ends all processes: for one that cannot go on, which the others would wait for.
    public func abort() {
        #if MPI
            if count > 1 { covey_mpi_abort(1) }
        #endif
    }

    /// Whether this process writes the files.
    public var isFirst: Bool { rank == 0 }

    /// Whether a device is one of this process.
    func owns(_ device: Int) -> Bool { device % count == rank }

    /// Adds up what the processes computed; each gets the sum.
    ///
    /// - Parameters:
    ///   - words: What `work` returns: as many in each process.
    ///   - work: This process's part. Where it throws in one, all throw: `Interrupted` if that was it,
    ///     ``ProcessGroupError/anotherFailed`` for anything else that was thrown elsewhere.
    func sum(
        count wordCount: Int, of work: () async throws -> [Int64]
    ) async throws -> [Int64] {
        guard count > 1 else { return try await work() }
        var words: [Int64]
        var failure: (any Error)?
        do { words = try await work() } catch {
            words = [Int64](repeating: 0, count: wordCount)
            failure = error
        }
        words.append(failure == nil ? 0 : failure is Interrupted ? 1 : 1 << 32)
        try addUp(&words)
        let state = words.removeLast()
        if let failure { throw failure }
        guard state < 1 << 32 else { throw ProcessGroupError.anotherFailed }
        guard state == 0 else { throw Interrupted() }
        return words
    }

    /// The sum of what the processes have.
    func sum(_ value: Double) throws -> Double {
        try gather([Int64(bitPattern: value.bitPattern)]).reduce(0) {
            $0 + $1.reduce(0) { $0 + Double(bitPattern: UInt64(bitPattern: $1)) }
        }
    }

    /// Whether it is so in any process.
    func any(_ flag: Bool) throws -> Bool {
        guard count > 1 else { return flag }
        var words: [Int64] = [flag ? 1 : 0]
        try addUp(&words)
        return words[0] > 0
    }

    /// What every process has, by its number, at process 0; nothing at the others.
    func gather(_ words: [Int64]) throws -> [[Int64]] {
        guard count > 1 else { return [words] }
        #if MPI
            guard isFirst else {
                var length = Int64(words.count)
                try Self.check(covey_mpi_send(&length, 1), "sending")
                try Self.inPieces(words.count) { range in
                    words.withUnsafeBufferPointer {
                        covey_mpi_send(
                            $0.baseAddress.map { $0 + range.lowerBound }, Int32(range.count))
                    }
                }
                return []
            }
            return try (0..<count).map { source in
                guard source > 0 else { return words }
                var length: Int64 = 0
                try Self.check(covey_mpi_receive(&length, 1, Int32(source)), "receiving")
                var received = [Int64](repeating: 0, count: Int(length))
                try Self.inPieces(received.count) { range in
                    received.withUnsafeMutableBufferPointer {
                        covey_mpi_receive(
                            $0.baseAddress.map { $0 + range.lowerBound }, Int32(range.count),
                            Int32(source))
                    }
                }
                return received
            }
        #else
            return [words]
        #endif
    }

    /// What process 0 has, for everybody.
    func broadcast(_ words: [Int64]) throws -> [Int64] {
        guard count > 1 else { return words }
        #if MPI
            var length = Int64(words.count)
            try Self.check(covey_mpi_broadcast(&length, 1), "passing on")
            var shared = isFirst ? words : [Int64](repeating: 0, count: Int(length))
            try Self.inPieces(shared.count) { range in
                shared.withUnsafeMutableBufferPointer {
                    covey_mpi_broadcast(
                        $0.baseAddress.map { $0 + range.lowerBound }, Int32(range.count))
                }
            }
            return shared
        #else
            return words
        #endif
    }

    private func addUp(_ words: inout [Int64]) throws {
        #if MPI
            try Self.inPieces(words.count) { range in
                words.withUnsafeMutableBufferPointer {
                    covey_mpi_sum($0.baseAddress.map { $0 + range.lowerBound }, Int32(range.count))
                }
            }
        #endif
    }

    #if MPI
        /// The most words of one message: MPI counts with 32 bits.
        private static let largestMessage = 1 << 26

        private static func inPieces(
            _ count: Int, _ body: (Range<Int>) -> Int32
        ) throws {
            for start in stride(from: 0, to: count, by: largestMessage) {
                try check(body(start..<min(start + largestMessage, count)), "exchanging words")
            }
        }

        private static func check(_ code: Int32, _ action: String) throws {
            guard code == 0 else { throw ProcessGroupError.failed(action: action, code: Int(code)) }
        }
    #endif
}

/// Why processes cannot work together.
public enum ProcessGroupError: Error, Equatable, CustomStringConvertible {
    /// Several processes were started of a program that does not know how to divide work.
    case builtWithoutMPI
    /// The others have ended, or cannot be reached.
    case failed(action: String, code: Int)
    /// Another process cannot go on.
    case anotherFailed

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .builtWithoutMPI:
            "several processes were started, and this program was built without MPI; "
                + "build it with `swift build -c release --traits MPI`"
        case .failed(let action, let code):
            "\(action) failed (MPI error \(code)): a process or a machine is lost; "
                + "go on from the last checkpoint with --resume"
        case .anotherFailed:
            "another process cannot go on (see its message); go on with --resume"
        }
    }
}
