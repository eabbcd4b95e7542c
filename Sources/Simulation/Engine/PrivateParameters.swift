/// The parameters of every device that never leave it, side by side: as many of each.
struct PrivateParameters: Sendable {
    /// How many a device has.
    let width: Int
    /// Those of all devices, in the order of their numbers.
    private(set) var values: [Float]

    /// Those of `rows`, all of one length.
    init(_ rows: [[Float]]) {
        width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { [width] in $0.count == width })
        values = Array(rows.joined())
    }

    /// Those of one device.
    subscript(device: Int) -> [Float] {
        get { Array(values[device * width..<(device + 1) * width]) }
        set {
            precondition(newValue.count == width)
            let first = device * width
            for column in 0..<width { values[first + column] = newValue[column] }
        }
    }

    /// Takes what a checkpoint kept.
    mutating func restore(_ values: [Float]) {
        precondition(values.count == self.values.count)
        self.values = values
    }
}
