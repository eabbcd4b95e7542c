/// How the latest rounds ended, for devices that ask late.
struct RecentEndings: Sendable {
    private var endings: [[UInt8]: (completed: Bool, reason: String)] = [:]
    private var order: [[UInt8]] = []
    private static let most = 256

    subscript(session: [UInt8]) -> (completed: Bool, reason: String)? { endings[session] }

    mutating func note(_ session: [UInt8], completed: Bool, _ reason: String) {
        if endings.updateValue((completed, reason), forKey: session) == nil {
            order.append(session)
        }
        if order.count > Self.most { endings[order.removeFirst()] = nil }
    }
}
