package import FederatedProtocol
internal import SecureAggregation
internal import VectorKernels

/// Masked inputs that other processes collect.
extension LiveRound {
    /// Settles which process collects a device's masked input. The first choice stays, so that no
    /// vector can be in two partial sums.
    ///
    /// - Parameters:
    ///   - identity: The device, which asked for its shares.
    ///   - preferred: The name of the process that it is to be, where none is settled.
    /// - Returns: The name of the process that it is.
    package mutating func settleUpload(
        of identity: [UInt8], at preferred: String
    ) throws(CallError) -> String {
        let device = try number(of: identity)
        if let settled = uploads[device] { return settled }
        let settled = accepted[.masking]?[device] == nil ? preferred : replica
        uploads[device] = settled
        return settled
    }

    /// The ticket with which a device uploads to the process that collects its masked input.
    ///
    /// - Parameter expires: When it expires, in milliseconds since 1970.
    package func uploadTicket(
        for identity: [UInt8], expires: Int64
    ) throws(CallError) -> UploadTicket {
        let device = try number(of: identity)
        guard step == .masking else { throw .notNow(.masking, current: step) }
        return UploadTicket(
            session: parameters.session, replica: uploads[device, default: replica],
            device: device, identity: identity,
            inclusionHash: parameters.inclusionHash(of: device, sharers: coordinator.sharers),
            vectorLength: parameters.vectorLength, modulusBits: parameters.modulusBits,
            expires: expires)
    }

    /// Adds what another process collected, all of it or nothing. The same process may hand in again;
    /// the first time counts.
    ///
    /// - Throws: ``FederatedProtocol/CallError`` where masking is not over, or something of it does not
    ///   belong to this sum.
    package mutating func merge(_ partial: PartialSum) throws(CallError) {
        guard !merged.contains(partial.replica) else { return }
        guard step == .masking, isClosed, outcome == nil else {
            throw CallError(
                .failedPrecondition, "the partial sum of \(partial.replica) is not due now")
        }
        var sum = RingVector(zeros: parameters.vectorLength, bits: parameters.modulusBits)
        guard partial.session == parameters.session, sum.add(packed: partial.packed[...]) else {
            throw CallError(
                .invalidArgument, "the partial sum of \(partial.replica) is not of this round")
        }
        do throws(AggregationError) {
            try coordinator.receive(
                sum, of: partial.inclusions.map { ($0.device, $0.signature) })
        } catch {
            throw CallError(
                .failedPrecondition, "the partial sum of \(partial.replica) is left out: \(error)")
        }
        merged.insert(partial.replica)
    }
}
