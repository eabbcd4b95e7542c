internal import Recommender

/// A person's history in a file of columns: short columns, one after the other.
///
/// The columns of one person lie together because histories are read whole: one touched page of the
/// file instead of one for each column.
///
/// | part | bytes | content |
/// |---|---|---|
/// | form | 1 | which of the following there are, and how wide: ``HistoryRecord/Form`` |
/// | identifier | – | its length as a short number and its UTF-8, if it does not follow from the position |
/// | items | 2 or 4 each | positions in the catalogue |
/// | ratings | 0, 1 or 4 each | half steps with 255 for none, or Float32 with not-a-number for none |
/// | contexts | 0, 1 or 2 each | with 65,535 for none where some have one and others do not |
/// | times | 1 to 10 each | the step from the one before (the first: from 0) as a short number |
///
/// A short number has seven bits a byte, the lowest first, and the eighth bit set in all but the last
/// byte; a step's sign is its lowest bit.
enum HistoryRecord {
    /// The first byte of a record.
    struct Form: RawRepresentable {
        var rawValue: UInt8

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(identifier: Identifier, widths: (item: Int, rating: Int, context: Int)) {
            rawValue =
                identifier.rawValue | (widths.item == 4 ? 4 : 0)
                | UInt8(widths.rating) << 3 | UInt8(widths.context) << 6
        }

        enum Identifier: UInt8 {
            /// "person-1" for the first, as generated people are called.
            case personNumber = 0
            /// "1" for the first.
            case number = 1
            case text = 2
        }

        /// Nil where the byte is no form that was ever written.
        var identifier: Identifier? { Identifier(rawValue: rawValue & 3) }
        var itemWidth: Int { rawValue & 4 == 0 ? 2 : 4 }
        var ratingWidth: Int { Int(rawValue >> 3 & 7) }
        var contextWidth: Int { Int(rawValue >> 6) }
    }

    /// No rating, in half steps.
    static let noHalfSteps: UInt8 = 255
    /// No context, where some have one.
    static let noContext = UInt16.max

    /// How a person at `position` is called if it is not said.
    static func identifier(_ kind: Form.Identifier, position: Int) -> String {
        kind == .number ? "\(position + 1)" : "person-\(position + 1)"
    }

    // MARK: - Writing

    /// Appends the record of the person at `position` to `bytes`.
    static func append(
        _ user: InteractionData.User, position: Int, to bytes: inout [UInt8]
    ) {
        let history = user.history
        let identifier: Form.Identifier =
            user.id == Self.identifier(.personNumber, position: position)
            ? .personNumber
            : user.id == Self.identifier(.number, position: position) ? .number : .text
        let widths = (
            item: history.contains { $0.item > Int32(UInt16.max) } ? 4 : 2,
            rating: ratingWidth(of: history), context: contextWidth(of: history)
        )
        bytes.append(Form(identifier: identifier, widths: widths).rawValue)
        if identifier == .text {
            appendShort(UInt64(user.id.utf8.count), to: &bytes)
            bytes.append(contentsOf: user.id.utf8)
        }
        for interaction in history {
            append(UInt64(UInt32(bitPattern: interaction.item)), width: widths.item, to: &bytes)
        }
        if widths.rating == 1 {
            for interaction in history {
                bytes.append(interaction.rating.map { UInt8($0 * 2) } ?? noHalfSteps)
            }
        } else if widths.rating == 4 {
            for interaction in history {
                append(UInt64((interaction.rating ?? .nan).bitPattern), width: 4, to: &bytes)
            }
        }
        for interaction in history where widths.context > 0 {
            let context = interaction.context.map(UInt16.init) ?? noContext
            append(UInt64(context), width: widths.context, to: &bytes)
        }
        var last: Int64 = 0
        for interaction in history {
            let step = interaction.timestamp &- last
            appendShort(UInt64(bitPattern: step << 1 ^ step >> 63), to: &bytes)
            last = interaction.timestamp
        }
    }

    private static func ratingWidth(of history: [Interaction]) -> Int {
        var width = 0
        for case let rating? in history.lazy.map(\.rating) {
            width = 1
            // NaN fails the comparison.
            guard rating >= 0, rating <= 127, rating * 2 == (rating * 2).rounded() else { return 4 }
        }
        return width
    }

    private static func contextWidth(of history: [Interaction]) -> Int {
        let known = history.reduce(0) { $0 + ($1.context == nil ? 0 : 1) }
        return known == 0 ? 0 : known == history.count ? 1 : 2
    }

    private static func append(_ value: UInt64, width: Int, to bytes: inout [UInt8]) {
        for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    private static func appendShort(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    // MARK: - Reading

    /// The record of the person at `position` with `count` interactions over `items` items.
    ///
    /// Whatever the bytes are, there are `count` interactions with items of the catalogue: an item beyond
    /// its end becomes the last, and what does not fit the record becomes item 0 at time 0.
    static func read(
        _ record: RawSpan, position: Int, count: Int, items: Int
    ) -> InteractionData.User {
        let (form, id, start) = readIdentifier(record, position: position)
        var history = [Interaction](repeating: Interaction(item: 0, timestamp: 0), count: count)
        let (itemWidth, ratingWidth) = (form.itemWidth, form.ratingWidth)
        let contextWidth = form.contextWidth
        let width = itemWidth + ratingWidth + contextWidth
        guard count > 0, [0, 1, 4].contains(ratingWidth), contextWidth <= 2,
            count <= (record.byteCount - start) / width
        else { return InteractionData.User(id: id, history: history) }
        var offset = start
        let last = UInt32(items - 1)
        for index in 0..<count {
            let item =
                itemWidth == 2
                ? UInt32(load(record, offset, as: UInt16.self))
                : load(record, offset, as: UInt32.self)
            history[index].item = Int32(min(item, last))
            offset += itemWidth
        }
        for index in 0..<count where ratingWidth > 0 {
            if ratingWidth == 1 {
                let steps = load(record, offset, as: UInt8.self)
                history[index].rating = steps == noHalfSteps ? nil : Float(steps) / 2
            } else {
                let rating = Float(bitPattern: load(record, offset, as: UInt32.self))
                history[index].rating = rating.isFinite ? rating : nil
            }
            offset += ratingWidth
        }
        for index in 0..<count where contextWidth > 0 {
            history[index].context =
                contextWidth == 1
                ? load(record, offset, as: UInt8.self)
                : UInt8(exactly: load(record, offset, as: UInt16.self))
            offset += contextWidth
        }
        var time: Int64 = 0
        for index in 0..<count {
            let step = readShort(record, &offset)
            time &+= Int64(bitPattern: step >> 1) ^ -Int64(step & 1)
            history[index].timestamp = time
        }
        return InteractionData.User(id: id, history: history)
    }

    /// The form, the identifier and where the columns begin.
    static func readIdentifier(
        _ record: RawSpan, position: Int
    ) -> (form: Form, id: String, end: Int) {
        guard record.byteCount > 0 else {
            return (Form(rawValue: 0), identifier(.personNumber, position: position), 0)
        }
        let form = Form(rawValue: load(record, 0, as: UInt8.self))
        guard form.identifier == .text else {
            return (form, identifier(form.identifier ?? .personNumber, position: position), 1)
        }
        var offset = 1
        let length = Int(min(readShort(record, &offset), UInt64(record.byteCount - offset)))
        let text = (offset..<offset + length).map { load(record, $0, as: UInt8.self) }
        return (form, String(decoding: text, as: UTF8.self), offset + length)
    }

    /// A number at an offset; the span checks that it lies within.
    private static func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ record: RawSpan, _ offset: Int, as type: Number.Type
    ) -> Number {
        Number(littleEndian: record.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The short number at an offset, which moves behind it; beyond the record there are zeros.
    private static func readShort(_ record: RawSpan, _ offset: inout Int) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while offset < record.byteCount, shift < 64 {
            let byte = load(record, offset, as: UInt8.self)
            offset += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return result
    }
}
